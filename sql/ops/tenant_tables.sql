create or replace function ops.tenant_tables() returns table (relation regclass, name text, time_column name)
language sql stable rows 100
as $$
  select c.oid::regclass, pg_catalog.format('%s.%s', n.nspname, c.relname), d.column_name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  left join timescaledb_information.dimensions d on d.hypertable_schema = n.nspname and d.hypertable_name = c.relname and d.dimension_number = 1
  where c.relkind in ('r', 'p')
    -- What proves that all of these are empty.
    and c.oid <> 'ops.deletion_certificate'::regclass
  order by 2
$$;
comment on function ops.tenant_tables() is
'Every table that holds rows of tenants, from the catalog, so that a new one is neither left out of an export nor left behind by a deletion. time_column: of hypertables what their chunks are cut by, else null.';
