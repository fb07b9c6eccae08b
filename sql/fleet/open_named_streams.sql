create or replace function fleet.open_named_streams(tenant int, items json) returns void
language plpgsql
as $$
begin
  -- Most requests name no profile; looking for the key as text saves reading each of them once more.
  if pg_catalog.strpos(items::text, '"profile"') = 0 then
    return;
  end if;
  perform fleet.open_stream(tenant, named.device, named.profile)
  from (
    select distinct i.body ->> 'device' as device, i.body ->> 'profile' as profile
    from (
      select case when pg_catalog.pg_input_is_valid(e.value::text, 'jsonb') then e.value::text::jsonb end as body
      from pg_catalog.json_array_elements(items) as e
    ) i
    where pg_catalog.jsonb_typeof(i.body) = 'object' and pg_catalog.jsonb_typeof(i.body -> 'profile') = 'string'
      and pg_catalog.jsonb_typeof(i.body -> 'device') = 'string'
  ) named
  join fleet.tenant t on t.tenant_id = tenant
  join fleet.profile p on p.tenant_id = tenant and p.name = named.profile
  left join fleet.device d on d.tenant_id = tenant and d.external_id = named.device
  left join fleet.stream s on s.tenant_id = tenant and s.device_id = d.device_id and s.profile_id = p.profile_id
  where s.stream_id is null
    and pg_catalog.length(named.device) between 1 and 200
    and (d.device_id is not null or t.unknown_device = 'register');
end
$$;
comment on function fleet.open_named_streams(int, json) is
'Opens the streams that readings name by device and profile: for known devices always, for new ones where the tenant registers unknown devices.';
