-- All data of a tenant as files: what is in the tables is in the files, and no secret is.
begin;
set local client_min_messages = warning;
select plan(20);
\ir ../support/refusal.psql
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
select fleet.create_profile(:acme, 'pump', '[{"name": "pressure", "unit": "bar"}, "heat"]') as pump, fleet.create_profile(:other, 'pump', '["pressure"]') as other_pump \gset
select fleet.open_stream(:acme, 'p-1', 'pump') as p1, fleet.open_stream(:acme, 'p-2', 'pump') as p2, fleet.open_stream(:other, 'o-1', 'pump') as o1 \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select x.t, x.s, '2026-01-01 00:00Z'::timestamptz + n * interval '7 hours', case when x.t = :acme then array[n, null] else array[n::float8] end
from (values (:acme, :p1), (:acme, :p2), (:other, :o1)) x (t, s), generate_series(0, 19) n;
insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, created_by) values (:acme, 'loader', 'vgl_abc', sha256('geheim'), 'ingest', 'test');
-- More than a file takes.
insert into alerting.template (tenant_id, name, kind, body) select :acme, 't' || n, 'slack', repeat('x', 8000) from generate_series(1, 5) n;
create function pg_temp.text_of(path text) returns text language sql as $$
  select convert_from(vigil_platform.archive_read(e.folder || '/' || path), 'UTF8') from ops.tenant_export e where e.tenant_id = pg_temp.tenant('acme')
$$;

select is(pg_temp.refusal($$select ops.request_export('nobody')$$), '42704: there is no tenant "nobody" (A DBA finds them in fleet.tenant, platform staff at GET /tenants.)', 'who is not there has no data');
select ops.request_export('acme') as export \gset
select is(ops.request_export('acme'), :export::bigint, 'one at a time');
select is((select state from ops.tenant_export where tenant_id = :acme), 'requested', 'it is asked for');

create temp table row_count as select key as name, value::bigint as rows from jsonb_each_text(ops.rows_of_tenant(:acme)) where key not in ('ops.tenant_export', 'ops.tenant_export_file');

-- Part by part; one that is begun again is written again.
select is(ops.export_step(:acme, :export), true, 'the first part');
update ops.tenant_export set parts_done = '{}' where tenant_id = :acme;
select is(ops.export_step(:acme, :export), true, 'again, as after a crash');
select is((select count(*) = count(distinct path) from ops.tenant_export_file where tenant_id = :acme), true, 'is there once');
do $$ begin
  while ops.export_step(pg_temp.tenant('acme'), (select e.export_id from ops.tenant_export e where e.tenant_id = pg_temp.tenant('acme'))) loop null; end loop;
end $$;
select is((select state from ops.tenant_export where tenant_id = :acme), 'done', 'until it is done');
select is(ops.export_step(:acme, :export), false, 'and there is nothing to do');

-- Whole.
select results_eq($$select name, rows from row_count order by name$$,
  $$select f.content, sum(f.row_count)::bigint from ops.tenant_export_file f where f.tenant_id = pg_temp.tenant('acme') group by 1 order by 1$$, 'the files hold as many rows as the tables');
select is((select sum((select count(*) from regexp_matches(pg_temp.text_of(f.path), '\n', 'g'))) from ops.tenant_export_file f where f.tenant_id = :acme and f.path like '%.ndjson'),
  (select sum(f.row_count) from ops.tenant_export_file f where f.tenant_id = :acme and f.path like '%.ndjson'), 'a line each');
select is((select count(*) from ops.tenant_export_file f join ops.tenant_export e using (tenant_id, export_id) cross join lateral vigil_platform.archive_hash(e.folder || '/' || f.path) h
  where f.tenant_id = :acme and (h.sha256, h.bytes) is distinct from (f.sha256, f.bytes)), 0::bigint, 'each file is what its SHA-256 says');
select results_eq(format($$select r.stream_id, r.ts, r.values from ops.tenant_export_file f join ops.tenant_export e using (tenant_id, export_id)
    cross join lateral vigil.parquet_rows(vigil_platform.archive_read(e.folder || '/' || f.path)) r where f.tenant_id = %1$s and f.content = 'fleet.reading' order by 1, 2$$, :'acme'),
  format('select stream_id, ts, values from fleet.reading where tenant_id = %s order by 1, 2', :'acme'), 'readings are as they were');
select is((select pg_temp.text_of('fleet.device.1.ndjson')::text like '%"external_id": "p-1"%'), true, 'rows are JSON');
select is((pg_temp.text_of('manifest.json')::jsonb -> 'tables' ->> 'fleet.reading')::int, 40, 'the manifest counts');
select is((select count(*) from ops.tenant_export_file f where f.tenant_id = :acme and not pg_temp.text_of('manifest.json')::jsonb @> jsonb_build_object('files', jsonb_build_array(jsonb_build_object('path', f.path, 'sha256', f.sha256, 'rows', f.row_count)))), 0::bigint, 'and lists every file');
select is((select e.manifest_sha256 from ops.tenant_export e where e.tenant_id = :acme), (select h.sha256 from ops.tenant_export e cross join lateral vigil_platform.archive_hash(e.folder || '/manifest.json') h where e.tenant_id = :acme), 'its own SHA-256 is in the database');

-- No more.
select is((select bool_or(pg_temp.text_of(f.path) like '%' || encode(sha256('geheim'), 'hex') || '%') from ops.tenant_export_file f where f.tenant_id = :acme and f.path like '%.ndjson'), false, 'hashes of keys stay');
select is((select bool_or(pg_temp.text_of(f.path) like '%"tenant_id": ' || :other || ',%') from ops.tenant_export_file f where f.tenant_id = :acme and f.path like '%.ndjson'), false, 'so does what is another tenant''s');
select is((select count(*) from audit.entry where tenant_id = :acme and action = 'tenant_exported'), 1::bigint, 'its trail says so');
select is((select count(vigil_platform.archive_remove(p)) filter (where true) > 0 from ops.files_of_tenant(:acme, 'acme') p), true, 'cleared away');

select * from finish();
rollback;
