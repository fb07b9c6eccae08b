create or replace function ops.add_source(
  tenant text, name text, profile text, relation regclass, device_column text, time_column text,
  metrics jsonb default null, metric_column text default null, value_column text default null,
  start timestamptz default null, overlap interval default '1 hour', batch_size int default 5000, enabled boolean default true
) returns int
language plpgsql
as $$
declare
  v_tenant fleet.tenant;
  v_profile fleet.profile;
  v_source fleet.source;
  v_metric text;
  v_role text := pg_catalog.current_setting('role');
begin
  select t.* into v_tenant from fleet.tenant t where t.name = add_source.tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  select p.* into v_profile from fleet.profile p where p.tenant_id = v_tenant.tenant_id and p.name = add_source.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', profile),
      hint = 'Create it with POST /rpc/create_profile or fleet.create_profile.';
  end if;
  if (metrics is null) = (metric_column is null and value_column is null) or (metric_column is null) <> (value_column is null) then
    raise exception using
      errcode = '22023',
      message = 'metrics, or metric_column and value_column, say where the values are',
      hint = 'A wide table has a column for each metric: metrics => ''{"battery": "BatteryLevel"}''; a narrow one has a row for each value.';
  end if;
  if pg_catalog.jsonb_typeof(metrics) <> 'object' or metrics = '{}'
    or exists (select from pg_catalog.jsonb_each(case pg_catalog.jsonb_typeof(metrics) when 'object' then metrics end) as m where pg_catalog.jsonb_typeof(m.value) <> 'string') then
    raise exception using
      errcode = '22023',
      message = 'metrics must be a JSON object with a column for each metric',
      hint = 'Give metrics => ''{"battery": "BatteryLevel", "signal": "SignalStrength"}''.';
  end if;
  select m.key into v_metric
  from pg_catalog.jsonb_object_keys(metrics) as m (key)
  where m.key <> all (v_profile.metric_names)
  order by m.key
  limit 1;
  if found and v_tenant.unknown_metric = 'refuse' then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('metric "%s" is not in profile "%s"', v_metric, profile),
      hint = 'Leave it out, append it to the profile, or let the tenant append: update fleet.tenant set unknown_metric = ''append''.';
  end if;
  if exists (select from fleet.source s where s.tenant_id = v_tenant.tenant_id and s.name = add_source.name) then
    raise exception using
      errcode = '42710',
      message = pg_catalog.format('source "%s" exists', name),
      hint = 'Choose another name, or delete the one in fleet.source.';
  end if;

  if start is null then
    -- What is no longer kept need not be pulled.
    select greatest(a.earliest, ops.kept_since(v_tenant.tenant_id)) into start from fleet.accepted_times(v_tenant.tenant_id) a;
  end if;
  insert into fleet.source as s (
    tenant_id, profile_id, name, relation_schema, relation_name, device_column, time_column, metric_columns, metric_column,
    value_column, start_at, overlap, batch_size, enabled, watermark)
  select v_tenant.tenant_id, v_profile.profile_id, add_source.name, n.nspname, c.relname, add_source.device_column,
    add_source.time_column, metrics, add_source.metric_column, add_source.value_column, start, add_source.overlap,
    add_source.batch_size, add_source.enabled, start
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = relation
  returning s.* into v_source;
  if not found then
    raise exception using
      errcode = '42P01',
      message = 'the foreign table does not exist',
      hint = 'Give relation => ''schema.table''.';
  end if;
  perform fleet.source_query(v_source, false);
  if enabled then
    -- Read as the job will: what is missing of grants, a user mapping or the network shows here.
    perform pg_catalog.set_config('role', 'vigil_jobs', true);
    perform from fleet.source_rows(v_source, start, 'infinity', null, false, 1) r;
    perform pg_catalog.set_config('role', v_role, true);
  end if;
  return v_source.source_id;
end
$$;
comment on function ops.add_source(text, text, text, regclass, text, text, jsonb, text, text, timestamptz, interval, int, boolean) is
'Lets the sources job pull readings from a foreign table, or a view, into a profile of a tenant. metrics is the column of each metric; of a narrow table metric_column and value_column say where a row has its metric''s name and its value. start: what is older is left out, null: all that is kept. Reads a row as vigil_jobs, unless enabled is false. Returns source_id. For DBAs. 42704, 42703, 42804 and 42P01 for what does not exist or fit, 42710 for a name that is taken, 22023 and 23514 for settings out of range.';
