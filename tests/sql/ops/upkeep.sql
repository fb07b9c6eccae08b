-- Heartbeats and the storage report.
begin;
select plan(9);
\ir ../support/refusal.psql
select ops.create_tenant('acme', 'Acme') as acme \gset
delete from ops.heartbeat;

-- Heartbeats, as the worker sends them.
set local session authorization vigil_worker;
select ops.heartbeat('worker', 'w-1', '0.1.0', '{"queue": 3}'), ops.heartbeat('worker', 'w-2', '0.1.0', null) \gset
reset session authorization;
update ops.heartbeat set started_at = now() - interval '1 hour', last_seen_at = now() - interval '1 minute';
select ops.heartbeat('worker', 'w-1', '0.2.0', '{"queue": 4}') \gset
select results_eq('select instance, version, detail, started_at < now(), last_seen_at = now() from ops.heartbeat order by instance',
  $$values ('w-1', '0.2.0', '{"queue": 4}'::jsonb, true, true), ('w-2', '0.1.0', '{}', true, false)$$, 'a heartbeat renews its own instance and keeps when it started');

-- Storage.
select is((select array_agg(table_name order by table_name) from ops.storage), '{detect.device_feature,detect.score,fleet.reading,fleet.reading_rollup}', 'the storage report lists the hypertables');
select total_bytes as before from ops.storage where table_name = 'fleet.reading' \gset
select fleet.create_profile(:acme, 'probe', '["a"]'), fleet.open_stream(:acme, 'p', 'probe') as stream \gset
select chunks as chunks_before from ops.storage where table_name = 'fleet.reading' \gset
insert into fleet.reading (tenant_id, stream_id, ts, values) select :acme, :stream, '2001-01-01'::timestamptz + n * interval '1 minute', '{1}' from generate_series(1, 5000) n;
select cmp_ok((select total_bytes from ops.storage where table_name = 'fleet.reading'), '>', :before + 5000 * 20::bigint, 'which grow with what they hold');
select is((select chunks from ops.storage where table_name = 'fleet.reading'), :chunks_before + 4::bigint, 'a day to a chunk');
select ok((select bool_and(total_bytes = table_bytes + index_bytes + toast_bytes) from ops.storage), 'rows, indexes and TOAST add up');

-- Runs of jobs.
select matches(pg_temp.refusal($$insert into ops.job_run (job_name, started_at, finished_at, status) values ('features', now(), now(), 'maybe')$$), '^23514: .*status_known', 'a run went well or not');
select matches(pg_temp.refusal($$insert into ops.job_run (job_name, started_at, finished_at, status) values ('dance', now(), now(), 'ok')$$), '^23503:', 'and is one of a job');
select is(pg_temp.refusal('set local role viewer; select * from ops.job'), '42501: permission denied for table job', 'jobs name the tenant that failed, so tenants cannot read them');
select is(pg_temp.refusal('set local role bi_reader; select * from ops.job_status'), '42501: permission denied for view job_status', 'nor their status');

select * from finish();
rollback;
