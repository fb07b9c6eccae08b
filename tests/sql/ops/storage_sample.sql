-- What each tenant's data takes, as measured.
begin;
select plan(12);
\ir ../support/names.psql
\ir ../support/pumps.psql
select ops.create_tenant('other', 'Other') as other \gset
select fleet.create_profile(:other, 'fan', '["a"]'), fleet.open_stream(:other, 'f-1', 'fan') as f1 \gset
insert into fleet.reading (tenant_id, stream_id, ts, values) select :other, :f1, '2026-01-01 00:00Z'::timestamptz + n * interval '1 minute', '{1}' from generate_series(0, 99) n;
insert into detect.score (tenant_id, stream_id, ts, model_id, score) select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-1'), '2026-01-01 00:00Z'::timestamptz + n * interval '1 minute', 1, 0.5 from generate_series(0, 9) n;
insert into detect.score (tenant_id, stream_id, ts, model_id, score) values (2000000000, 1, '2026-01-01 00:00Z', 1, 0.5);
delete from ops.job_run;
select pg_temp.train() as model \gset

select cmp_ok(ops.measure_storage(), '>=', 5::bigint, 'measuring tells how many samples it took');
select results_eq($$select t.name, s.object, s.row_count, s.point_count from ops.storage_sample s join fleet.tenant t using (tenant_id) where t.name in ('acme', 'other') and s.object <> 'audit' order by t.name, s.object$$,
  $$values ('acme', 'features', 300::bigint, 1200::bigint), ('acme', 'readings', 300, 1200), ('acme', 'scores', 10, 10), ('acme', 'training', 1, null), ('other', 'readings', 100, 100)$$,
  'rows and the values in them, by tenant');
select is((select sum(s.bytes) from ops.storage_sample s where s.object = 'readings' and s.tenant_id in (pg_temp.tenant('acme'), :other)),
  (select pg_total_relation_size(c)::numeric from public.show_chunks('fleet.reading', older_than => '2026-01-02 00:00Z'::timestamptz, newer_than => '2026-01-01 00:00Z'::timestamptz) c), 'the tenants'' shares make up the chunk');
select is((select a.bytes / b.bytes from ops.storage_sample a, ops.storage_sample b where a.tenant_id = pg_temp.tenant('acme') and b.tenant_id = :other and a.object = 'readings' and b.object = 'readings'), 3::bigint, 'by their rows');
select is((select count(*) from ops.storage_sample where tenant_id = 2000000000), 0::bigint, 'what a deleted tenant left is nobody''s');
select count(*) as before from ops.storage_sample \gset
select ops.measure_storage() \gset
select is((select count(*) from ops.storage_sample), :before::bigint, 'a second time the same day replaces the first');

-- The report.
create view pg_temp.report as select * from api.storage where tenant = 'acme' and object = 'readings';
select results_eq('select bytes_per_point = bytes / 1200.0, bytes_per_day, rows_per_day from pg_temp.report', 'values (true, null::float8, null::float8)', 'one measurement shows no growth');
insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes)
select s.tenant_id, s.object, s.measured_at - d * interval '1 day', s.row_count - d * 10, s.bytes - d * 1000 from ops.storage_sample s, unnest('{4,30}'::int[]) d where s.tenant_id = pg_temp.tenant('acme') and s.object = 'readings';
select results_eq('select bytes_per_day, rows_per_day from pg_temp.report', 'values (1000::float8, 10::float8)', 'several do, a day');
insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes)
select s.tenant_id, s.object, s.measured_at - interval '31 days', 0, 0 from ops.storage_sample s where s.tenant_id = pg_temp.tenant('acme') and s.object = 'readings' order by s.measured_at desc limit 1;
select is((select bytes_per_day from pg_temp.report), 1000::float8, 'over the 30 days before');

-- How long that can go on.
select is((select days_until_quota from pg_temp.report), null, 'without a quota nobody asks how long it lasts');
update fleet.tenant t set storage_quota = (select sum(x.bytes) + 2500 from api.storage x where x.tenant = 'acme') where t.name = 'acme';
select is((select days_until_quota from pg_temp.report), 2.5::float8, 'with one, until everything together reaches it');
update fleet.tenant t set storage_quota = 1 where t.name = 'acme';
select cmp_ok((select days_until_quota from pg_temp.report), '<', 0::float8, 'which it may have');

select * from finish();
rollback;
