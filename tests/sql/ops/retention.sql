-- What goes under which policy: the dry run, and that the run removes just that.
begin;
select plan(44);
\ir ../support/refusal.psql
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
select fleet.create_profile(:acme, 'pump', '["a"]') as pump, fleet.create_profile(:acme, 'fan', '["a"]') as fan,
  fleet.create_profile(:other, 'pump', '["a"]') as other_pump \gset
select fleet.open_stream(:acme, 'p-1', 'pump') as p1, fleet.open_stream(:acme, 'p-2', 'pump') as p2, fleet.open_stream(:acme, 'f-1', 'fan') as f1,
  fleet.open_stream(:other, 'o-1', 'pump') as o1 \gset
-- Midnight, so many days ago: the beginning of a chunk.
create function pg_temp.day(n int) returns timestamptz language sql as $$ select date_trunc('day', now(), 'UTC') - n * interval '1 day' $$;
insert into fleet.reading (tenant_id, stream_id, ts, values)
select t, s, pg_temp.day(d) + n * interval '1 hour', '{1}'
from (values (:acme, :p1), (:acme, :p2), (:acme, :f1), (:other, :o1)) as x (t, s), unnest('{200,100,60,40,20}'::int[]) d, generate_series(0, 23) n;
create function pg_temp.chunk(days_ago int) returns text language sql as $$
  select format('%I.%I', c.chunk_schema, c.chunk_name) from timescaledb_information.chunks c where c.hypertable_name = 'reading' and c.range_start = pg_temp.day(days_ago)
$$;
-- The dry run of readings: days ago, tenant, action, rows, held.
create function pg_temp.plan(of_object text default 'readings') returns table (days_ago int, tenant text, action text, going bigint, held bigint)
language sql as $$
  select (date_trunc('day', now(), 'UTC')::date - c.range_start::date)::int, t.name, p.action, p.row_count, p.held_rows
  from ops.retention_plan(of_object) p left join fleet.tenant t using (tenant_id)
  left join timescaledb_information.chunks c on format('%I.%I', c.chunk_schema, c.chunk_name) = p.relation
  order by c.range_start, t.name
$$;

-- Defaults.
select results_eq($$select p.object, p.hot from ops.retention_policy p join ops.retention_object o using (object) where p.tenant_id is null order by o.position$$,
  $$values ('readings', interval '30 days'), ('features', '30 days'), ('scores', '90 days'), ('anomalies', '365 days'), ('training', '180 days'), ('job_runs', '30 days'),
    ('retention_runs', '730 days'), ('scheduler_log', '2 days'), ('heartbeats', '7 days'), ('storage_samples', '730 days'), ('audit', '730 days'), ('incidents', '365 days'), ('alerts', '365 days'), ('notifications', '90 days')$$, 'every object has a policy for all');
select is((select count(*) from ops.retention_object o where to_regclass(o.relation) is null), 0::bigint, 'and is kept in a table there is');
select matches(pg_temp.refusal($$insert into ops.retention_policy (object, hot, reason) values ('readings', '1 day', 'x')$$), '^23505: .*one_per_scope', 'one to a scope');
select matches(pg_temp.refusal($$insert into ops.retention_policy (object, hot, reason) values ('poems', '1 day', 'x')$$), '^23503:', 'over what there is');
select matches(pg_temp.refusal($$update ops.retention_policy set hot = '59 minutes'$$), '^23514: .*hot_at_least_an_hour', 'not to remove what has just come');
select matches(pg_temp.refusal($$update ops.retention_policy set cold = '1 year'$$), '^23514: .*warm_and_cold_are_for_readings', 'only readings have a cold tier');
select matches(pg_temp.refusal($$update ops.retention_policy set reason = ' '$$), '^23514: .*reason_is_given', 'with a reason');
select matches(pg_temp.refusal(format($$insert into ops.retention_policy (profile_id, object, hot, reason) values (%s, 'readings', '1 day', 'x')$$, :pump)), '^23514: .*profile_belongs', 'a profile is a tenant''s');
select is(pg_temp.refusal($$select * from ops.retention_plan('poems')$$), '22023: object "poems" does not exist (select object from ops.retention_object lists the objects.)', 'the dry run knows its objects');

-- The default alone: whole chunks.
select results_eq('select * from pg_temp.plan()', $$values (200, 'acme', 'drop chunk', 72::bigint, 0::bigint), (200, 'other', 'drop chunk', 24, 0), (100, 'acme', 'drop chunk', 72, 0), (100, 'other', 'drop chunk', 24, 0)$$, 'chunks past the limit are dropped as a whole');
select results_eq($$select from_ts, to_ts, bytes between 1 and 1000000 from ops.retention_plan('readings') where tenant_id = pg_temp.tenant('other') limit 1$$,
  $$values (pg_temp.day(200), pg_temp.day(200) + interval '23 hours', true)$$, 'with their time and size');
select is((select sum(bytes) from ops.retention_plan('readings', of_relation => pg_temp.chunk(100))), pg_total_relation_size(pg_temp.chunk(100)::regclass)::numeric, 'the shares make up the chunk');
select results_eq(format('select distinct tenant_id from ops.retention_plan(of_tenant => %s)', :acme), array[:acme], 'one tenant''s part can be asked for');
update ops.retention_policy set enabled = false where object = 'readings' and tenant_id is null;
select is_empty('select * from pg_temp.plan()', 'a policy that is off removes nothing');
update ops.retention_policy set enabled = true where object = 'readings' and tenant_id is null;

-- The narrowest scope decides.
insert into ops.retention_policy (tenant_id, profile_id, object, hot, reason) values (:acme, null, 'readings', '30 days', 'short'), (:acme, :fan, 'readings', '150 days', 'warranty');
select results_eq('select * from pg_temp.plan()', $$values (200, 'acme', 'drop chunk', 48::bigint, 0::bigint), (200, 'acme', 'drop chunk', 24, 0), (200, 'other', 'drop chunk', 24, 0),
    (100, 'acme', 'delete', 48, 0), (100, 'other', 'delete', 24, 0), (60, 'acme', 'delete', 48, 0), (40, 'acme', 'delete', 48, 0)$$,
  'a profile''s policy, else its tenant''s, else the one for all; where one of them is longer, rows are deleted');
select is((select count(distinct p.policy_id) from ops.retention_plan('readings') p), 3::bigint, 'each under its own policy');
update ops.retention_policy set enabled = false where profile_id = :fan;
select results_eq('select days_ago, going from pg_temp.plan() where tenant = ''acme''', 'values (200, 48::bigint), (100, 48), (60, 48), (40, 48)', 'one that is off keeps its rows, and does not fall to a wider one');
update ops.retention_policy set enabled = true where profile_id = :fan;
update ops.retention_policy set hot = now() - pg_temp.day(40) where profile_id is null and tenant_id = :acme;
select results_eq('select days_ago from pg_temp.plan() where tenant = ''acme''', 'values (200), (200), (100), (60)', 'a chunk stays until its last instant is past the limit');
update ops.retention_policy set hot = '30 days' where profile_id is null and tenant_id = :acme;

-- Legal holds.
select matches(pg_temp.refusal($$select ops.place_hold('nobody', 'x')$$), '^42704: tenant "nobody" does not exist', 'a hold is on somebody');
select matches(pg_temp.refusal($$select ops.place_hold('acme', 'x', 'z')$$), '^42704: device "z" does not exist', 'or on a device there is');
select matches(pg_temp.refusal($$select ops.place_hold('acme', 'x', 'p-1', 'fan')$$), '^42704: .*does not speak profile "fan"', 'that speaks the profile');
select matches(pg_temp.refusal($$select ops.place_hold('acme', ' ')$$), '^23514: .*reason_is_given', 'for a reason');
select matches(pg_temp.refusal($$select ops.place_hold('acme', 'x', from_ts => '2026-02-01', to_ts => '2026-01-01')$$), '^23514: .*hold_range_in_order', 'from before to');
select ops.place_hold('acme', 'case 7', 'p-1', from_ts => pg_temp.day(60) + interval '2 hours', to_ts => pg_temp.day(60) + interval '4 hours') as hold,
  ops.place_hold('other', 'case 8', 'o-1', 'pump', to_ts => pg_temp.day(200)) as other_hold \gset
select results_eq('select * from pg_temp.plan()', $$values (200, 'acme', 'delete', 48::bigint, 0::bigint), (200, 'acme', 'delete', 24, 0), (200, 'other', 'delete', 23, 1),
    (100, 'acme', 'delete', 48, 0), (100, 'other', 'delete', 24, 0), (60, 'acme', 'delete', 45, 3), (40, 'acme', 'delete', 48, 0)$$,
  'what is held stays, both ends of the range included, and so does its chunk');
select is(ops.remove_chunk('readings', pg_temp.chunk(200), now()), null, 'which cannot be dropped');
select is(ops.remove_rows('readings', pg_temp.chunk(60), 0, 1000, 10, now()), 45::bigint, 'rows beside it are deleted');
select results_eq(format('select ts from fleet.reading where tenant_id = %s and stream_id = %s and ts < pg_temp.day(59) and ts >= pg_temp.day(60)', :acme, :p1),
  'select pg_temp.day(60) + n * interval ''1 hour'' from generate_series(2, 4) n', 'and no others');
select is((select count(*) from fleet.reading where tenant_id = :acme and stream_id = :f1), 120::bigint, 'of no other profile');
select results_eq($$select object, tenant_id, relation, action, row_count, bytes, from_ts, to_ts from ops.retention_run$$,
  $$values ('readings', pg_temp.tenant('acme'), pg_temp.chunk(60), 'delete', 45::bigint, 450::bigint, pg_temp.day(60), pg_temp.day(60) + interval '23 hours')$$, 'the run is recorded');
select is(ops.remove_rows('readings', pg_temp.chunk(60), 0, 1000, 10, now()), 0::bigint, 'doing it again removes nothing');
select matches(pg_temp.refusal(format('delete from fleet.reading where tenant_id = %s', :acme)), '^55006: legal hold \d+ of tenant \d+ covers what would be removed \(It is held because: case 7\.', 'nobody deletes what is held');
select is(pg_temp.refusal(format('delete from fleet.reading where tenant_id = %s and ts >= pg_temp.day(59)', :acme)), 'accepted', 'but what is not');
select matches(pg_temp.refusal('truncate fleet.reading'), '^55006:', 'nor empties the table');
select matches(pg_temp.refusal(format('delete from fleet.device where tenant_id = %s', :acme)), '^55006:', 'nor removes the device');
select matches(pg_temp.refusal(format('delete from ops.legal_hold where tenant_id = %s', :acme)), '^55006:', 'nor the hold');
select is(pg_temp.refusal(format('select ops.release_hold(%s, %s)', :other, :hold)), format('42704: tenant %s has no hold %s that is not released (select tenant_id, hold_id from ops.legal_hold where released_at is null lists the holds.)', :other, :hold), 'a hold is released by tenant and number');
select ops.release_hold(:acme, :hold), ops.release_hold(:other, :other_hold) \gset
select is(pg_temp.refusal(format('delete from fleet.device where tenant_id = %s', :acme)), 'accepted', 'then all that is allowed again');
select is(ops.remove_chunk('readings', pg_temp.chunk(200), now()), 96::bigint, 'and the chunk goes');
select is(pg_temp.chunk(200), null, 'altogether');
select is((select count(*) from fleet.reading), (5 * 96 - 96 - 45)::bigint, 'and nothing else');

-- Features and scores, whose streams may be gone.
insert into detect.score (tenant_id, stream_id, ts, model_id, score) values (:acme, :p1, pg_temp.day(100), 1, 0.5), (:acme, 2000000000, pg_temp.day(100), 1, 0.5), (2000000000, 1, pg_temp.day(100), 1, 0.5);
select results_eq($$select tenant_id, row_count, action from ops.retention_plan('scores') order by tenant_id$$, format($$values (%s, 2::bigint, 'drop chunk'), (2000000000, 1, 'drop chunk')$$, :acme), 'what has lost its stream or tenant goes as well');

-- Logs.
insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status)
select 'features', t, now() - d, now() - d, 'ok' from unnest('{29 days 23 hours,30 days 1 hour,1 year}'::interval[]) d, unnest(array[:acme, null]) t;
insert into ops.heartbeat (component, instance, version, last_seen_at) values ('worker', 'old', '0', now() - interval '7 days 1 minute'), ('worker', 'silent', '0', now() - interval '6 days 23 hours');
insert into cron.job_run_details (runid, job_pid, jobid, database, username, command, status, start_time)
select nextval('cron.runid_seq'), 0, 0, 'x', 'vigil_jobs', format('test %s', d), 'succeeded', now() - d from unnest('{47 hours,49 hours}'::interval[]) d;
insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes) select :acme, 'readings', now() - d, 1, 1 from unnest('{729 days,731 days}'::interval[]) d;
select results_eq($$select object, tenant_id, row_count from ops.retention_plan() where object in ('job_runs', 'scheduler_log', 'heartbeats', 'storage_samples') order by 1, 2$$,
  format($$values ('heartbeats', null::int, 1::bigint), ('job_runs', %s, 2), ('job_runs', null, 2), ('scheduler_log', null, 1), ('storage_samples', %s, 1)$$, :acme, :acme), 'logs are trimmed by the same means');
select ops.remove_rows(o.object, o.relation, 0, 100000, 0, now()) from ops.retention_object o where o.position >= 6 \g /dev/null
select set_eq($$select (now() - started_at)::text from ops.job_run where started_at < now() - interval '1 day' union all select instance from ops.heartbeat where instance in ('old', 'silent') union all select command from cron.job_run_details where command like 'test %'$$,
  $$values ('29 days 23:00:00'), ('silent'), ('test 47:00:00')$$, 'to what they keep');
select is((select array_agg(distinct s.policy_id is null) from ops.retention_scope('readings') s), '{f}', 'everything has a policy');

select * from finish();
rollback;
