-- The retention job against what happens at the same time: late readings, holds, a second run, readers that stay.
-- Not in one transaction: ops.run commits.
select plan(25);
\ir ../support/sessions.psql
\ir ../support/names.psql
call pg_temp.pause_jobs();
select ops.create_tenant('ret-a', 'A') as a, ops.create_tenant('ret-b', 'B') as b \gset
select fleet.create_profile(t, 'probe', '["a"]'), fleet.open_stream(t, 'p-1', 'probe'), fleet.open_stream(t, 'p-2', 'probe') from unnest(array[:a, :b]) t \g /dev/null
insert into ops.retention_policy (tenant_id, object, hot, reason) values (:b, 'readings', '500 days', 'longer');
select pg_temp.session('scheduler', 'vigil_jobs'), pg_temp.session('other') \gset
create function pg_temp.day(n int) returns timestamptz language sql as $$ select date_trunc('day', now(), 'UTC') - n * interval '1 day' $$;
create procedure pg_temp.measure(tenant text, days_ago int, n int)
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select pg_temp.tenant(tenant), s.stream_id, pg_temp.day(days_ago) + i * interval '2 seconds', '{1}' from fleet.stream s, generate_series(1, n) i where s.tenant_id = pg_temp.tenant(tenant)
$$;
create function pg_temp.readings(tenant text, days_ago int) returns bigint language sql as $$
  select count(*) from fleet.reading r where r.tenant_id = pg_temp.tenant(tenant) and r.ts >= pg_temp.day(days_ago) and r.ts < pg_temp.day(days_ago - 1)
$$;
create function pg_temp.chunks(days_ago int) returns bigint language sql as $$
  select count(*) from timescaledb_information.chunks c where c.hypertable_name = 'reading' and c.range_start = pg_temp.day(days_ago)
$$;
create function pg_temp.removed() returns table (tenant text, action text, row_count numeric)
language sql as $$
  select t.name, r.action, sum(r.row_count) from ops.retention_run r left join fleet.tenant t using (tenant_id)
  where r.object = 'readings' and r.started_at = (select max(x.started_at) from ops.retention_run x) group by 1, 2 order by 1, 2
$$;
create function pg_temp.run() returns text language sql as $$ select dblink_exec('scheduler', 'call ops.run(''retention'')') $$;
-- The result of a call that was sent.
create function pg_temp.result() returns text language sql as $$ select string_agg(r.status, ',') from dblink_get_result('scheduler') as r (status text) $$;

-- The dry run and the run agree; many pages, so several batches.
call pg_temp.measure('ret-a', 120, 20000);
call pg_temp.measure('ret-a', 110, 100);
call pg_temp.measure('ret-b', 110, 100);
call pg_temp.measure('ret-a', 10, 100);
create temp table planned as select p.policy_id, p.tenant_id, p.relation, p.action, p.row_count, p.from_ts, p.to_ts from ops.retention_plan('readings') p;
select is((select sum(row_count) from planned), 40200::numeric, 'the dry run counts');
select pg_temp.run() \gset
select set_eq('select policy_id, tenant_id, relation, action, row_count, from_ts, to_ts from ops.retention_run where object = ''readings''', 'table planned', 'what the run then removes');
select results_eq($$select pg_temp.readings('ret-a', 120), pg_temp.chunks(120), pg_temp.readings('ret-a', 110), pg_temp.readings('ret-b', 110), pg_temp.readings('ret-a', 10)$$,
  'values (0::bigint, 0::bigint, 0::bigint, 200::bigint, 200::bigint)', 'and no more');
select results_eq($$select r.status, r.row_count >= 40200, r.tenant_id from ops.job_run r where r.job_name = 'retention' order by r.job_run_id desc limit 1$$, $$values ('ok', true, null::int)$$, 'the job has a run');
call pg_temp.measure('ret-b', 130, 20000);
update ops.retention_policy set hot = '100 days' where tenant_id = :b;
call pg_temp.measure('ret-a', 130, 1);
insert into ops.retention_policy (tenant_id, object, hot, reason) values (:a, 'readings', '500 days', 'longer');
select pg_temp.run() \gset
select results_eq('select * from pg_temp.removed() where tenant is not null', $$values ('ret-b', 'delete', 40000::numeric), ('ret-b', 'drop chunk', 200)$$, 'many batches make one record');
select is(pg_temp.readings('ret-a', 130), 2::bigint, 'beside what stays');
select pg_temp.run() \gset
select is((select count(*) from ops.retention_run r where r.object = 'readings' and r.started_at = (select max(last_started_at) from ops.job)), 0::bigint, 'a run that finds nothing leaves no record');
delete from ops.retention_policy where tenant_id = :a;

-- A writer that was there first: the drop waits for it, and counts again.
update ops.retention_policy set hot = '500 days' where tenant_id = :b;
call pg_temp.measure('ret-a', 140, 50);
select dblink_exec('other', 'begin'),
  dblink_exec('other', format($$insert into fleet.reading values (%s, %s, %L, '{7}')$$, :b, pg_temp.stream('ret-b', 'p-1'), pg_temp.day(140) + interval '1 hour')) \gset
select dblink_send_query('scheduler', $$call ops.run('retention')$$) \gset
call pg_temp.await_blocked('scheduler');
select dblink_exec('other', 'commit') \gset
select pg_temp.result() \gset
select pg_temp.result() \gset
select is(pg_temp.readings('ret-b', 140), 1::bigint, 'a late reading with a longer policy keeps its chunk from being dropped');
select is(pg_temp.readings('ret-a', 140), 100::bigint, 'with what else is in it');
select pg_temp.run() \gset
select results_eq($$select pg_temp.readings('ret-a', 140), pg_temp.readings('ret-b', 140)$$, 'values (0::bigint, 1::bigint)', 'until the next run, which deletes');

-- A late reading that comes while the chunk is dropped waits and is stored.
call pg_temp.measure('ret-a', 150, 50);
select dblink_exec('other', 'begin'), dblink_exec('other', 'lock table fleet.stream in row share mode') \gset
-- Made beforehand: it reads fleet.stream, for which this session would wait as well.
select pg_temp.session('late'), format($$insert into fleet.reading values (%s, %s, %L, '{7}')$$, :b, pg_temp.stream('ret-b', 'p-1'), pg_temp.day(150) + interval '1 hour') as insertion \gset
select dblink_send_query('scheduler', $$call ops.run('retention')$$) \gset
call pg_temp.await_blocked('scheduler');
select dblink_send_query('late', :'insertion') \gset
call pg_temp.await_blocked('late');
select dblink_exec('other', 'commit') \gset
select pg_temp.result() \gset
select pg_temp.result() \gset
select is((select r.status from dblink_get_result('late') as r (status text)), 'INSERT 0 1', 'a writer that waits for a drop does not fail');
select results_eq($$select pg_temp.readings('ret-a', 150), pg_temp.readings('ret-b', 150), pg_temp.chunks(150)$$, 'values (0::bigint, 1::bigint, 1::bigint)', 'it makes the chunk again');

-- A hold that is being placed is waited for; it holds.
update ops.retention_policy set hot = '90 days' where tenant_id = :b;
call pg_temp.measure('ret-a', 160, 50);
select dblink_exec('other', 'begin'), dblink_exec('other', format('insert into ops.legal_hold (tenant_id, reason) values (%s, ''case 9'')', :a)) \gset
select dblink_send_query('scheduler', $$call ops.run('retention')$$) \gset
call pg_temp.await_blocked('scheduler');
select dblink_exec('other', 'commit') \gset
select pg_temp.result() \gset
select pg_temp.result() \gset
select results_eq($$select pg_temp.readings('ret-a', 160), pg_temp.readings('ret-b', 150), pg_temp.readings('ret-b', 140)$$, 'values (100::bigint, 0::bigint, 0::bigint)', 'a hold that is placed during the run counts');
select results_eq('select sum(row_count), sum(held_rows) from ops.retention_plan(''readings'')', 'values (0::numeric, 100::numeric)', 'the dry run shows what is held');
update ops.legal_hold set released_at = now(), released_by = 'test';

-- Somebody holds the table for long: the run gives up on it, says so, and does the rest.
insert into ops.heartbeat (component, instance, version, last_seen_at) values ('worker', 'ret', '0', now() - interval '8 days');
select dblink_exec('other', 'begin'), dblink_exec('other', 'lock table fleet.stream in row share mode') \gset
select pg_temp.run() \gset
select is(pg_temp.readings('ret-a', 160), 100::bigint, 'a chunk whose locks are not to be had stays');
select is((select count(*) from ops.retention_run where started_at = (select max(started_at) from ops.retention_run) and object = 'readings'), 0::bigint, 'and is not recorded as gone');
select is((select count(*) from ops.heartbeat where instance = 'ret'), 0::bigint, 'the rest is removed');
select results_eq($$select r.status, r.error_code from ops.job_run r where r.job_name = 'retention' and r.status = 'error' order by r.job_run_id desc limit 1$$, $$values ('error', '55P03')$$, 'the failure is recorded');
select matches((select last_message from ops.job where job_name = 'retention'), '_chunk: canceling statement due to lock timeout', 'with the chunk');
select dblink_exec('other', 'commit') \gset

-- Two runs at once: the second returns at once. Past that lock each chunk goes once, too.
call pg_temp.measure('ret-a', 170, 50);
select relation as chunk from ops.retention_plan('readings') where from_ts < pg_temp.day(165) \gset
select dblink_exec('other', 'begin'), dblink_exec('other', format($f$do $d$begin perform ops.remove_chunk('readings', %L, now()); end$d$$f$, :'chunk')) \gset
select dblink_send_query('scheduler', $$call ops.run('retention')$$) \gset
call pg_temp.await_blocked('scheduler');
select last_started_at as before from ops.job where job_name = 'retention' \gset
call ops.run('retention');
select is((select last_started_at from ops.job where job_name = 'retention'), :'before', 'while a run is going on, another returns at once');
select dblink_exec('other', 'commit') \gset
select pg_temp.result() \gset
select pg_temp.result() \gset
select pg_temp.run() \gset
select is((select sum(row_count) from ops.retention_run where from_ts >= pg_temp.day(170) and to_ts < pg_temp.day(169)), 100::numeric, 'what two remove is counted once');
select results_eq($$select pg_temp.chunks(170), pg_temp.readings('ret-a', 160)$$, 'values (0::bigint, 0::bigint)', 'and gone, with what the earlier run left');

-- Everything that was written is there or recorded as removed.
select is((select count(*) from fleet.reading where tenant_id in (:a, :b)) + (select sum(row_count) from ops.retention_run where object = 'readings' and tenant_id in (:a, :b)),
  (2 * (20000 + 100 + 100 + 100 + 20000 + 1 + 50 + 50 + 50 + 50) + 2)::numeric, 'what was written is kept or recorded, each once');
select is((select count(*) from ops.retention_plan('readings')), 0::bigint, 'in the end nothing is past its limit');
select is((select count(*) from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = current_database()), 0::bigint, 'no lock stays');

select dblink_disconnect('scheduler'), dblink_disconnect('other'), dblink_disconnect('late') \gset
delete from ops.retention_policy where tenant_id in (:a, :b);
call pg_temp.remove('ret-a', 'ret-b');
delete from ops.retention_run;
delete from ops.job_run where job_name = 'retention' and tenant_id is null;
drop extension dblink;
select * from finish();
