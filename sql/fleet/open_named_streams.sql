create or replace function fleet.open_named_streams(tenant int, bodies jsonb[]) returns jsonb
language plpgsql
as $$
declare
  v_wanted record;
  v_room bigint;
begin
  for v_wanted in
    select named.device, named.profile, d.device_id is null as is_new
    from (
      select distinct e.body ->> 'device' as device, e.body ->> 'profile' as profile
      from pg_catalog.unnest(bodies) as e (body)
      where e.body ? 'profile' and pg_catalog.jsonb_typeof(e.body) = 'object'
        and pg_catalog.jsonb_typeof(e.body -> 'profile') = 'string' and pg_catalog.jsonb_typeof(e.body -> 'device') = 'string'
    ) named
    join fleet.tenant t on t.tenant_id = tenant
    join fleet.profile p on p.tenant_id = tenant and p.name = named.profile
    left join fleet.device d on d.tenant_id = tenant and d.external_id = named.device
    left join fleet.stream s on s.tenant_id = tenant and s.device_id = d.device_id and s.profile_id = p.profile_id
    where s.stream_id is null
      and pg_catalog.length(named.device) between 1 and 200
      and (d.device_id is not null or t.unknown_device = 'register')
    -- Two requests that bring the same new devices wait for one another instead of deadlocking.
    order by named.device, named.profile
  loop
    if v_wanted.is_new then
      v_room := coalesce(v_room, ops.device_room(tenant));
      if v_room <= 0 then
        -- The readings of those that find a place are taken.
        return pg_catalog.jsonb_build_object('code', 'PT403', 'message', 'the device is new, and the quota of devices is used up',
          'hint', 'GET /usage says how many there may be. Deactivate devices that are gone, or ask the platform for a larger plan.');
      end if;
      v_room := v_room - 1;
    end if;
    perform fleet.open_stream(tenant, v_wanted.device, v_wanted.profile);
  end loop;
  return null;
end
$$;
comment on function fleet.open_named_streams(int, jsonb[]) is
'Opens the streams that readings name by device and profile: for known devices always, for new ones where the tenant registers unknown devices, as many as its plan has room for. Returns what is to be said, as {code, message, hint}, of those that found none; else null.';
