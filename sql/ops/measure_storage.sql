create or replace function ops.measure_storage() returns bigint
language plpgsql
as $$
declare
  v_rows bigint;
begin
  insert into ops.storage_sample as s (tenant_id, object, measured_at, row_count, bytes, point_count)
  select m.tenant_id, m.object, pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC'),
    pg_catalog.sum(m.row_count), pg_catalog.sum(m.bytes * m.row_count / m.total)::bigint, pg_catalog.sum(m.point_count)
  from (
    select o.object, r.tenant_id, r.row_count, r.point_count, pg_catalog.pg_total_relation_size(part.name) as bytes,
      pg_catalog.sum(r.row_count) over (partition by part.name) as total
    from ops.retention_object o
    cross join lateral (
      select pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name)::regclass as name
      from timescaledb_information.chunks c
      where c.hypertable_schema || '.' || c.hypertable_name = o.relation
      union all
      select o.relation::regclass
      where not exists (
        select from timescaledb_information.hypertables h where h.hypertable_schema || '.' || h.hypertable_name = o.relation)
    ) part
    cross join lateral ops.rows_by_tenant(part.name, o.object) r
    where o.minimum is not null
  ) m
  -- Not what deleted tenants have left behind.
  join fleet.tenant t on t.tenant_id = m.tenant_id
  group by m.tenant_id, m.object
  on conflict (tenant_id, object, measured_at) do update
  set row_count = excluded.row_count, bytes = excluded.bytes, point_count = excluded.point_count;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;
comment on function ops.measure_storage() is
'Counts what each tenant has of each object that it can set limits for, chunk by chunk, into ops.storage_sample; the day''s sample is replaced. Returns how many samples.';
