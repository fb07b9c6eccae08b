create or replace function fleet.make_rollups(tenant int) returns bigint
language plpgsql
as $$
begin
  perform fleet.note_rollups(tenant);
  -- fleet.refresh_rollups makes them, for all tenants at once.
  return 0;
end
$$;
comment on function fleet.make_rollups(int) is
'Notes which buckets of a tenant are due. Here nothing is made tenant by tenant: a continuous aggregate holds all of them.';
