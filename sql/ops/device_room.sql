create or replace function ops.device_room(tenant int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_max bigint := (select q.max from ops.quotas_of(device_room.tenant) q where q.quota = 'devices');
begin
  if v_max is null then
    return 9223372036854775807;
  end if;
  -- As ops.wait_for_quota does: nobody else adds one until this transaction ends.
  perform from fleet.tenant t where t.tenant_id = device_room.tenant for no key update;
  return v_max - ops.used(device_room.tenant, 'devices');
end
$$;
comment on function ops.device_room(int) is
'How many more devices the tenant''s plan has room for, 0 or less for none; the largest bigint where there is no limit. Until the transaction ends nobody else takes that room. Owned by vigil_jobs, since plans belong to no tenant.';
