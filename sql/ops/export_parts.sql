create or replace function ops.export_parts(tenant int)
returns table (
  place int, part text, kind text, file text, relation regclass, time_column name, range_start timestamptz, range_end timestamptz,
  profile_id int, archive_id bigint)
language sql stable rows 1000
as $$
  with tables as materialized (
    select t.relation, t.name, t.time_column from ops.tenant_tables() t
  ),
  chunks as materialized (
    select t.relation, t.name, t.time_column, k.range_start, k.range_end,
      pg_catalog.to_char(k.range_start at time zone 'UTC', 'YYYY-MM-DD"t"HH24MISS"z"') as begins
    from tables t
    join timescaledb_information.chunks k on pg_catalog.format('%I.%I', k.hypertable_schema, k.hypertable_name)::regclass = t.relation
  )
  select 1, t.name, 'rows', t.name, t.relation, null::name, null::timestamptz, null::timestamptz, null::int, null::bigint
  from tables t
  -- Its own records are not data of the tenant that are kept for it.
  where t.time_column is null and t.name not in ('ops.tenant_export', 'ops.tenant_export_file')
  union all
  select 2, c.name || '/' || c.begins, 'rows', c.name || '/' || c.begins, c.relation, c.time_column, c.range_start, c.range_end, null, null
  from chunks c
  where c.relation <> 'fleet.reading'::regclass
  union all
  select 3, c.name || '/' || p.profile_id || '/' || c.begins, 'readings', pg_catalog.format('%s/profile=%s/%s', c.name, p.profile_id, c.begins),
    c.relation, c.time_column, c.range_start, c.range_end, p.profile_id, null
  from chunks c
  join fleet.profile p on p.tenant_id = tenant
  where c.relation = 'fleet.reading'::regclass
  union all
  select 4, 'archive/' || m.archive_id, 'archive', 'archive/' || m.archive_id, null, null, null, null, null, m.archive_id
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.state in ('dropped', 'restored')
$$;
comment on function ops.export_parts(int) is
'What an export of a tenant consists of: each table; each chunk of features, scores and summaries; each chunk of readings by profile; each file of the archive that holds what the database no longer has. part names it, file is how the paths of its files begin.';
