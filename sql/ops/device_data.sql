create or replace function ops.device_data(device text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant int := 10000;
  v_tenant_id int := auth.tenant_id();
  v_device fleet.device;
  v_streams int[];
  v_table record;
  v_rows jsonb;
  v_count bigint;
  v_all jsonb := jsonb '{}';
  v_counts jsonb := jsonb '{}';
begin
  if not auth.sees_personal_data() then
    raise exception using
      errcode = '42501',
      message = 'permission denied for whoever may not see personal data',
      hint = 'Admins of the tenant do this. Staff of the platform see one object with POST /rpc/reveal_personal_data, for a reason.';
  end if;
  select d.* into v_device from fleet.device d where d.tenant_id = v_tenant_id and d.external_id = device_data.device;
  if not found then
    raise sqlstate 'PT404' using
      message = format('there is no device "%s"', left(device_data.device, 100)),
      hint = 'GET /devices lists them.';
  end if;
  v_streams := array(select st.stream_id from fleet.stream st where st.tenant_id = v_tenant_id and st.device_id = v_device.device_id);
  for v_table in select * from ops.device_tables() loop
    execute format('select count(*) from %s x where x.tenant_id = $1 and (%s)', v_table.relation, ops.device_condition(v_table.relation))
    into v_count using v_tenant_id, v_device.device_id, v_streams;
    continue when v_count = 0;
    execute format('select jsonb_agg(y.line) from (select (select to_jsonb(z) - ''bytes'' from (select %s) z) as line from %s x where x.tenant_id = $1 and (%s) limit %s) y',
      ops.readable_columns(v_table.relation), v_table.relation, ops.device_condition(v_table.relation), c_most)
    into v_rows using v_tenant_id, v_device.device_id, v_streams;
    v_all := v_all || jsonb_build_object(v_table.name, v_rows);
    v_counts := v_counts || jsonb_build_object(v_table.name, v_count);
  end loop;
  perform audit.record(v_tenant_id, 'read_personal_data', jsonb_build_object('object', 'device', 'device_id', v_device.device_id, 'why', 'export_device'));
  return jsonb_build_object('device', v_device.external_id, 'rows', v_counts, 'tables', v_all, 'archives', (
    select coalesce(jsonb_agg(jsonb_build_object('archive_id', m.archive_id, 'from_ts', m.from_ts, 'to_ts', m.to_ts) order by m.archive_id), '[]')
    from ops.archive_manifest m
    where m.tenant_id = v_tenant_id and m.stream_ids && v_streams and m.state in ('dropped', 'restored')));
end
$$;
comment on function ops.device_data(text) is
'Everything the session''s tenant has about a device: rows by table, at most 10,000 of each (rows says how many there are), and which archive files have readings of it. Noted in the audit trail. Owned by vigil_jobs; the tenant is the session''s and no other. 42501 for whoever may not see personal data, staff of the platform among them, PT404 for an unknown device.';
