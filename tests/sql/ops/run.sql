-- Jobs, as pg_cron runs them: for each tenant in a transaction of its own, one run at a time, nothing lost.
-- Not in one transaction: ops.run commits.
select plan(50);
\ir ../support/sessions.psql
\ir ../support/refusal.psql
\ir ../support/names.psql
call pg_temp.pause_jobs();

select ops.create_tenant('run-a', 'A'), ops.create_tenant('run-b', 'B'), ops.create_tenant('run-c', 'Sleeps') \gset
update fleet.tenant set active = false where name = 'run-c';
select fleet.create_profile(pg_temp.tenant(t), 'probe', '["a", "b"]') from unnest('{run-a,run-b,run-c}'::text[]) t \g /dev/null
select detect.define_features(pg_temp.tenant(t), pg_temp.profile(t, 'probe'), '[{"statistic": "raw"}]'), fleet.open_stream(pg_temp.tenant(t), 'p-1', 'probe')
from unnest('{run-a,run-b,run-c}'::text[]) t \g /dev/null
-- More readings for a tenant, from some hours ago on.
create function pg_temp.measure(tenant text, hours_ago int, n int, factor float8 default 1) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select pg_temp.tenant(tenant), pg_temp.stream(tenant, 'p-1'), date_trunc('hour', now()) - hours_ago * interval '1 hour' + i * interval '30 seconds',
    array[factor * (10 + sin(i)), factor * (5 + cos(i * 0.7))] from generate_series(1, n) i
$$;
create function pg_temp.vectors(tenant text) returns bigint language sql as $$ select count(*) from detect.device_feature where tenant_id = pg_temp.tenant(tenant) $$;
create function pg_temp.scores(tenant text) returns bigint language sql as $$ select count(*) from detect.score where tenant_id = pg_temp.tenant(tenant) $$;
create function pg_temp.runs(job text) returns table (tenant text, status text, row_count bigint, error_code text)
language sql as $$ select t.name, r.status, r.row_count, r.error_code from ops.job_run r join fleet.tenant t using (tenant_id) where r.job_name = job and t.name like 'run-_' order by r.job_run_id $$;
select pg_temp.session('scheduler', 'vigil_jobs') \gset
-- Runs a job as pg_cron does: as vigil_jobs, in a session of its own.
create function pg_temp.run(job text) returns text language sql as $$ select dblink_exec('scheduler', format('call ops.run(%L)', job)) $$;

select is(pg_temp.refusal($$call ops.run('dance')$$), '22023: job "dance" does not exist (select job_name from ops.job lists the jobs.)', 'a job has a name');
select throws_ok($$call ops.run('features')$$, '2D000', null, 'and does not run inside a transaction');
select is((select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), 1::bigint, 'which leaves its lock to the session');
select pg_advisory_unlock_all() \gset

-- What a run does and records.
select pg_temp.measure('run-a', 5, 60), pg_temp.measure('run-b', 5, 40), pg_temp.measure('run-c', 5, 20) \gset
select is(pg_temp.run('features'), 'CALL', 'vigil_jobs runs the features job');
select is(pg_temp.vectors('run-a'), 60::bigint, 'for one tenant');
select is(pg_temp.vectors('run-b'), 40::bigint, 'and another');
select is(pg_temp.vectors('run-c'), 0::bigint, 'but not for one that is not active');
select results_eq($$select * from pg_temp.runs('features')$$, $$values ('run-a', 'ok', 60::bigint, null::text), ('run-b', 'ok', 40, null)$$, 'each tenant''s run is recorded with its rows');
select ok((select bool_and(r.finished_at >= r.started_at and r.finished_at <= clock_timestamp()) from ops.job_run r), 'and times');
select results_eq($$select last_succeeded_at between last_started_at and clock_timestamp(), last_message from ops.job where job_name = 'features'$$, $$values (true, null::text)$$, 'the job succeeded');
select is((select count(*) from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = current_database()), 0::bigint, 'its lock is released');
select last_succeeded_at as before from ops.job where job_name = 'features' \gset
select pg_temp.run('features') \gset
select is((select count(*) from pg_temp.runs('features')), 2::bigint, 'a run that finds nothing to do leaves no record');
select cmp_ok((select last_succeeded_at from ops.job where job_name = 'features'), '>', :'before', 'but counts as a success');

-- One tenant's failure: real damage to a model.
select pg_temp.run('scores'), pg_temp.run('train') \gset
select is((select count(*) from detect.model m where m.tenant_id in (pg_temp.tenant('run-a'), pg_temp.tenant('run-b'))), 0::bigint, 'too few readings for a first model');
select results_eq($$select * from pg_temp.runs('train')$$, $$values ('run-a', 'error', 0::bigint, '22023'), ('run-b', 'error', 0, '22023')$$, 'are recorded by profile');
select detect.train(pg_temp.tenant(t), pg_temp.profile(t, 'probe'), 'profile', null, '{"n_trees": 10, "sample_size": 16}') from unnest('{run-a,run-b}'::text[]) t \g /dev/null
create temp table sound as select tenant_id, bytes from detect.model;
update detect.model set bytes = overlay(bytes placing '\xff00' from 100) where tenant_id = pg_temp.tenant('run-a');
select pg_temp.measure('run-a', 3, 10), pg_temp.measure('run-b', 3, 10) \gset
select pg_temp.run('features'), pg_temp.run('scores') \gset
select is(pg_temp.scores('run-b'), 10::bigint, 'the failure of one tenant does not stop the next');
select is(pg_temp.scores('run-a'), 0::bigint, 'which has no scores');
select results_eq($$select * from pg_temp.runs('scores')$$, $$values ('run-a', 'error', 0::bigint, '22P03'), ('run-b', 'ok', 10, null)$$, 'both are recorded');
select results_eq($$select r.message <> '', r.hint <> '' from ops.job_run r where r.job_name = 'scores' and r.status = 'error'$$, 'values (true, true)', 'the failure with message and hint');
select is((select last_message from ops.job where job_name = 'scores'), (select 'run-a: ' || r.message from ops.job_run r where r.job_name = 'scores' and r.status = 'error'), 'the job names the tenant that failed');
select is((select last_failed_at > coalesce(last_succeeded_at, '-infinity') from ops.job where job_name = 'scores'), true, 'and that it failed last');
select is((select count(*) from detect.feature_change where tenant_id = pg_temp.tenant('run-a')) > 0, true, 'what was not scored waits');
select pg_temp.run('scores') \gset
select results_eq($$select r.repeats, r.finished_at - r.started_at > interval '0' from ops.job_run r where r.job_name = 'scores' and r.status = 'error'$$, 'values (1, true)',
  'and is tried again; a failure that repeats itself does not fill the log');
select results_eq($$select errors_24h, runs_24h from ops.job_status where job_name = 'scores'$$, 'values (2::bigint, 3::bigint)', 'but counts');
update ops.job_run set started_at = started_at - interval '61 minutes' where job_name = 'scores' and status = 'error';
select pg_temp.run('scores') \gset
select results_eq($$select r.repeats from ops.job_run r where r.job_name = 'scores' and r.status = 'error' order by r.job_run_id$$, 'values (1), (0)', 'after an hour a new row begins');
update detect.model m set bytes = s.bytes from sound s where m.tenant_id = s.tenant_id;
select pg_temp.run('scores') \gset
select is(pg_temp.scores('run-a'), 10::bigint, 'until it can be done');
select is((select last_message from ops.job where job_name = 'scores'), null, 'then the job is well again');

-- No overlap. The first run is held up where it records its start.
select pg_temp.session('holder'), pg_temp.measure('run-a', 2, 10) \gset
select dblink_exec('holder', 'begin'), dblink_exec('holder', $$update ops.job set description = description where job_name = 'features'$$) \gset
select dblink_send_query('scheduler', $$call ops.run('features')$$) \gset
call pg_temp.await_blocked('scheduler');
call ops.run('features');
select is(pg_temp.vectors('run-a'), 70::bigint, 'while a run is going on, another returns at once and does nothing');
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('run-a')) > 0, true, 'nor does it take what waits');
select dblink_exec('holder', 'commit') \gset
select * from dblink_get_result('scheduler') as r (status text) \g /dev/null
select * from dblink_get_result('scheduler') as r (status text) \g /dev/null
select is(pg_temp.vectors('run-a'), 80::bigint, 'the first run does it');

-- A reading that is written while the job runs is not lost: its row in the log is not seen, and not taken.
select dblink_exec('holder', 'begin'),
  dblink_exec('holder', format($$insert into fleet.reading values (%s, %s, %L, '{1,2}')$$, pg_temp.tenant('run-b'), pg_temp.stream('run-b', 'p-1'), date_trunc('hour', now()) - interval '1 hour')) \gset
select pg_temp.vectors('run-b') as vectors \gset
select pg_temp.run('features') \gset
select is(pg_temp.vectors('run-b'), :vectors::bigint, 'a reading that is not committed is not computed');
select dblink_exec('holder', 'commit') \gset
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('run-b')), 1::bigint, 'once it is, it waits');
select pg_temp.run('features') \gset
select is(pg_temp.vectors('run-b'), :vectors + 1::bigint, 'for the next run');

-- Missed runs are made up, by every step.
update detect.model set thresholds = '{0.5,0.5,0.5,0.5}' where tenant_id = pg_temp.tenant('run-b');
select ops.add_webhook('run-b', 'hook', 'http://127.0.0.1:9/', 'hook', true) \gset
select pg_temp.measure('run-b', 0, 5, 100) \gset
select pg_temp.run('features'), pg_temp.run('scores'), pg_temp.run('anomalies') \gset
select dblink_exec('holder', 'listen vigil_notification') \gset
select pg_temp.run('alerts'), pg_temp.run('escalations') \gset
select cmp_ok((select count(*) from detect.anomaly where tenant_id = pg_temp.tenant('run-b') and state = 'open'), '>=', 1::bigint, 'readings that came meanwhile go all the way');
select is((select count(*) from alerting.notification where tenant_id = pg_temp.tenant('run-b') and state = 'pending'), (select count(*) from alerting.incident where tenant_id = pg_temp.tenant('run-b')), 'to a notification');
select is((select array_agg(distinct notify_name) from dblink_get_notify('holder')), '{vigil_notification}', 'of which listeners are told');
select is((select count(*) from pg_temp.runs('anomalies') where tenant = 'run-a' and status = 'error'), 0::bigint, 'other tenants have nothing to do');
select is(array(select pg_temp.run(j) from unnest('{rollups,dead_man}'::text[]) j), '{CALL,CALL}', 'what is done for all tenants at once is done with the rights of the scheduler');

-- Usage is counted for all tenants at once; each is warned in a transaction of its own.
insert into ops.plan (plan_name, description, max_devices) values ('run-tiny', 'For a test.', 1);
update fleet.tenant set plan_name = 'run-tiny' where name like 'run-_';
insert into ops.point_log (tenant_id, at, points)
select pg_temp.tenant(t), date_trunc('day', now(), 'UTC') - ago, n
from (values ('run-a', interval '0', 3), ('run-a', '0', 4), ('run-a', '1 hour', 5), ('run-b', '0', 6), ('run-c', '0', 7)) x (t, ago, n);
create function pg_temp.warned() returns table (tenant text, key text, severity text, state text)
language sql as $$ select t.name, al.dedup_key, al.severity, al.state from alerting.alert al join fleet.tenant t using (tenant_id) where al.dedup_key like 'quota/%' and t.name like 'run-_' $$;
-- One tenant's alerts cannot be written.
create function ops.run_test_refuses() returns trigger language plpgsql as $$ begin raise exception 'no alert for it'; end $$;
select format('create trigger run_test before insert on alerting.alert for each row when (new.tenant_id = %s) execute function ops.run_test_refuses()', pg_temp.tenant('run-a')) \gexec
select is(pg_temp.run('usage'), 'CALL', 'vigil_jobs runs the usage job');
select results_eq($$select t.name, (now() at time zone 'UTC')::date - u.day, u.points, u.devices from ops.usage u join fleet.tenant t using (tenant_id) where t.name like 'run-_' order by 1, 2$$,
  $$values ('run-a', 0, 7::bigint, 1::bigint), ('run-a', 1, 5, 0), ('run-b', 0, 6, 1)$$, 'each tenant''s by itself, a day at a time');
select is((select count(*) from ops.point_log where tenant_id = pg_temp.tenant('run-c')), 1::bigint, 'but not of one that is not active');
select results_eq('select * from pg_temp.warned()', $$values ('run-b', 'quota/devices', 'high', 'open')$$, 'one that cannot be warned does not stop the next');
select results_eq($$select * from pg_temp.runs('usage')$$, $$values ('run-a', 'error', 0::bigint, 'P0001')$$, 'is recorded');
select is((select last_message from ops.job where job_name = 'usage'), 'run-a: no alert for it', 'and named');
drop trigger run_test on alerting.alert;
drop function ops.run_test_refuses();
select pg_temp.run('usage') \gset
select set_eq('select * from pg_temp.warned()', $$values ('run-a', 'quota/devices', 'high', 'open'), ('run-b', 'quota/devices', 'high', 'open')$$, 'and warned the next time');
update fleet.tenant set plan_name = 'unlimited' where name in ('run-a', 'run-c');
select pg_temp.run('usage') \gset
select set_eq('select * from pg_temp.warned()', $$values ('run-a', 'quota/devices', 'high', 'resolved'), ('run-b', 'quota/devices', 'high', 'open')$$, 'a warning ends with what it is about');
select is((select count(*) from pg_temp.runs('usage')), 1::bigint, 'what is counted is not in the log of runs');

-- The retention job runs for all tenants at once.
insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status) values ('features', pg_temp.tenant('run-a'), now() - interval '31 days', now() - interval '31 days', 'ok');
select is(pg_temp.run('retention'), 'CALL', 'vigil_jobs runs the retention job');
select is((select count(*) from ops.job_run where started_at < now() - interval '30 days'), 0::bigint, 'which removes old runs');
select is((select tenant_id from ops.job_run where job_name = 'retention' order by job_run_id desc limit 1), null, 'and belongs to no tenant');

select dblink_disconnect('scheduler'), dblink_disconnect('holder') \gset
call pg_temp.remove('run-a', 'run-b', 'run-c');
delete from ops.point_log l where not exists (select from fleet.tenant t where t.tenant_id = l.tenant_id);
delete from ops.plan where plan_name = 'run-tiny';
delete from ops.job_run where job_name = 'retention' and tenant_id is null;
drop extension dblink;
select * from finish();
