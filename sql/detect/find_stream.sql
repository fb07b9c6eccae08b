create or replace function detect.find_stream(tenant int, device text, profile text, out stream_id int, out metric_names text[])
language plpgsql stable
as $$
declare
  v_streams int;
begin
  select pg_catalog.count(*) over (), st.stream_id, p.metric_names
  into v_streams, find_stream.stream_id, find_stream.metric_names
  from fleet.stream st
  join fleet.device d using (tenant_id, device_id)
  join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  where st.tenant_id = find_stream.tenant and d.external_id = find_stream.device
    and (find_stream.profile is null or p.name = find_stream.profile)
  order by st.stream_id
  limit 1;
  if v_streams is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('device "%s" does not exist or does not speak the profile', pg_catalog.left(find_stream.device, 200)),
      hint = 'GET /streams lists devices and their profiles.';
  end if;
  if v_streams > 1 then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('device "%s" speaks several profiles', pg_catalog.left(find_stream.device, 200)),
      hint = 'Name one with "profile".';
  end if;
end
$$;
comment on function detect.find_stream(int, text, text) is
'The stream of a device, and its metric names; the profile may be null where the device speaks only one. 42704 when there is none, 22023 when there are several.';
