create or replace function ops.place_hold(
  tenant text, reason text, device text default null, profile text default null,
  from_ts timestamptz default null, to_ts timestamptz default null
) returns int
language plpgsql
as $$
declare
  v_tenant_id int;
  v_device_id int;
  v_stream_id int;
  v_hold_id int;
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = place_hold.tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', place_hold.tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  if device is not null then
    select d.device_id into v_device_id
    from fleet.device d
    where d.tenant_id = v_tenant_id and d.external_id = place_hold.device;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('device "%s" does not exist', place_hold.device),
        hint = 'select external_id from fleet.device lists the devices.';
    end if;
  end if;
  if profile is not null then
    select st.stream_id into v_stream_id
    from fleet.stream st
    join fleet.profile p using (tenant_id, profile_id)
    where st.tenant_id = v_tenant_id and st.device_id = v_device_id and p.name = place_hold.profile;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('no device is named, or it does not speak profile "%s"', place_hold.profile),
        hint = 'Name the device, and a profile that it speaks; without a profile the hold is over all its streams.';
    end if;
    v_device_id := null;
  end if;
  insert into ops.legal_hold (tenant_id, device_id, stream_id, from_ts, to_ts, reason)
  values (v_tenant_id, v_device_id, v_stream_id, place_hold.from_ts, place_hold.to_ts, place_hold.reason)
  returning hold_id into v_hold_id;
  perform audit.record(v_tenant_id, 'place_hold', pg_catalog.jsonb_build_object(
    'hold_id', v_hold_id, 'device', device, 'profile', profile, 'from_ts', place_hold.from_ts, 'to_ts', place_hold.to_ts));
  return v_hold_id;
end
$$;
comment on function ops.place_hold(text, text, text, text, timestamptz, timestamptz) is
'Places a legal hold on a tenant, one of its devices, or a device''s stream of one profile, from an instant to an instant, both included (null: without end). Returns hold_id. Once it is committed nothing it covers goes. For DBAs. 42704 for unknown names, 23514 for an empty reason or a range that ends before it begins.';
