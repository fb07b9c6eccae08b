create or replace function ops.device_tables() returns table (relation regclass, name text, is_hypertable boolean)
language sql stable rows 30
as $$
  select t.relation, t.name, t.time_column is not null
  from ops.tenant_tables() t
  where ops.device_condition(t.relation) is not null
  order by t.name
$$;
comment on function ops.device_tables() is 'Every table with rows about devices or their streams, from the catalog.';
