create or replace view ops.storage as
select h.hypertable_schema || '.' || h.hypertable_name as table_name,
  s.table_bytes, s.index_bytes, s.toast_bytes, s.total_bytes, h.num_chunks as chunks
from timescaledb_information.hypertables h
cross join lateral public.hypertable_detailed_size(pg_catalog.format('%I.%I', h.hypertable_schema, h.hypertable_name)::regclass) s
where h.hypertable_schema in ('fleet', 'detect')
order by s.total_bytes desc;
comment on view ops.storage is 'Bytes on disk of each hypertable: rows, indexes and TOAST over all chunks.';
