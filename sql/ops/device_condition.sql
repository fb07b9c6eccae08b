create or replace function ops.device_condition(relation regclass) returns text
language sql stable
as $$
  select pg_catalog.string_agg(case a.attname when 'device_id' then 'x.device_id = $2' else 'x.stream_id = any ($3)' end, ' or ')
  from pg_catalog.pg_attribute a
  where a.attrelid = relation and a.attname in ('device_id', 'stream_id') and not a.attisdropped
$$;
comment on function ops.device_condition(regclass) is
'The condition on x that finds the rows of a table about a device $2 with streams $3; null when it has none about devices.';
