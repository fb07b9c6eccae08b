create or replace function api.register_device(
  device text, profile text, name text default null, model text default null, site text default null, attributes jsonb default '{}'
) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('register_device', jsonb_build_array(device, profile, name, model, site, attributes)::text);
  v_stream_id int;
  v_site_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if coalesce(register_device.device, '') = '' or register_device.profile is null then
    raise exception using
      errcode = '22023',
      message = 'a device has an id and a profile',
      hint = 'Send {"device": "tc52-0001", "profile": "scanner"}.';
  end if;
  if length(register_device.device) > 200 then
    raise exception using
      errcode = '22023',
      message = 'a device''s id has at most 200 characters',
      hint = 'Use the serial number or another short id.';
  end if;
  if jsonb_typeof(register_device.attributes) <> 'object' then
    raise exception using
      errcode = '22023',
      message = 'attributes must be a JSON object',
      hint = 'Send {"floor": 2}, or leave it out.';
  end if;
  if register_device.site is not null then
    select s.site_id into v_site_id
    from fleet.site s
    where s.tenant_id = v_tenant_id and s.path::text = register_device.site;
    if not found then
      raise exception using
        errcode = '42704',
        message = format('site "%s" does not exist', register_device.site),
        hint = 'Sites are made by a DBA in fleet.site.';
    end if;
  end if;
  v_stream_id := fleet.open_stream(v_tenant_id, register_device.device, register_device.profile);
  update fleet.device d
  set name = coalesce(register_device.name, d.name), model = coalesce(register_device.model, d.model),
    site_id = coalesce(v_site_id, d.site_id), attributes = d.attributes || coalesce(register_device.attributes, '{}')
  where d.tenant_id = v_tenant_id and d.external_id = register_device.device;
  return ops.keep_answer('register_device',
    jsonb_build_object('device', register_device.device, 'profile', register_device.profile, 'stream_id', v_stream_id));
end
$$;
comment on function api.register_device(text, text, text, text, text, jsonb) is
$$Register a device
Makes the device and its stream of readings, or adds to what is known of it. May be repeated.$$;
