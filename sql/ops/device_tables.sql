create or replace function ops.device_tables() returns table (relation regclass, name text, condition text, is_hypertable boolean)
language sql stable rows 30
as $$
  select t.relation, t.name,
    pg_catalog.string_agg(case a.attname when 'device_id' then 'x.device_id = $2' else 'x.stream_id = any ($3)' end, ' or '), pg_catalog.bool_or(t.time_column is not null)
  from ops.tenant_tables() t
  join pg_catalog.pg_attribute a on a.attrelid = t.relation and a.attname in ('device_id', 'stream_id') and not a.attisdropped
  group by t.relation, t.name
  order by t.name
$$;
comment on function ops.device_tables() is
'Every table with rows about devices or their streams, from the catalog, and the condition on x that finds those of a device $2 with streams $3.';
