create or replace function fleet.open_stream(tenant int, device text, profile text) returns int
language plpgsql
as $$
declare
  v_stream_id int;
begin
  insert into fleet.device (tenant_id, external_id, name)
  values (tenant, device, device)
  on conflict (tenant_id, external_id) do nothing;

  insert into fleet.stream (tenant_id, device_id, profile_id)
  select d.tenant_id, d.device_id, p.profile_id
  from fleet.device d
  join fleet.profile p on p.tenant_id = d.tenant_id and p.name = profile
  where d.tenant_id = tenant and d.external_id = device
  on conflict (tenant_id, device_id, profile_id) do nothing;

  select s.stream_id into v_stream_id
  from fleet.stream s
  join fleet.device d using (tenant_id, device_id)
  join fleet.profile p using (tenant_id, profile_id)
  where s.tenant_id = tenant and d.external_id = device and p.name = profile;
  if v_stream_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', profile),
      hint = 'Create it first; api.profiles lists the profiles there are.';
  end if;
  return v_stream_id;
end
$$;
comment on function fleet.open_stream(int, text, text) is
'The stream of a device (by external_id) and a profile (by name), made with the device where missing. 42704 when there is no such profile.';
