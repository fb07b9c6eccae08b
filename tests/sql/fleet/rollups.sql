-- Summaries of readings: who gets them, what is in them, and that series answers the same with and without.
-- Both engines answer to it, whichever the database has. Not in one transaction: a continuous aggregate is not refreshed in one.
select plan(24);
\ir ../support/sessions.psql
\ir ../support/refusal.psql
\ir ../support/names.psql

call pg_temp.pause_jobs();
create temp table engine as select _timescaledb_functions.tsl_loaded() as aggregates;
-- Runs the job; the runs note how many buckets they made.
create temp table started as select clock_timestamp() as at;
create function pg_temp.made() returns bigint
language sql as $$
  select coalesce(sum(r.row_count), 0) from ops.job_run r, started where r.job_name = 'rollups' and r.started_at > started.at
$$;
create procedure pg_temp.make()
language plpgsql as $$
begin
  update started set at = clock_timestamp();
  commit;
  call ops.run('rollups');
end $$;

select ops.create_tenant('rollup-a', 'A') \gset
select fleet.create_profile(pg_temp.tenant('rollup-a'), 'probe', '["a", "b", "c"]') \gset
select fleet.open_stream(pg_temp.tenant('rollup-a'), 'fast', 'probe'), fleet.open_stream(pg_temp.tenant('rollup-a'), 'slow', 'probe') \gset
insert into auth.login (login_name, tenant_id) values (session_user, pg_temp.tenant('rollup-a'));

create function pg_temp.store(device text, "from" timestamptz, "to" timestamptz, step interval) returns void
language sql as $$
  insert into fleet.reading as r (tenant_id, stream_id, ts, values)
  select pg_temp.tenant('rollup-a'), pg_temp.stream('rollup-a', $1), t,
    array[extract(epoch from t) / 10, sin(extract(epoch from t)), case when extract(minute from t) < 30 then 1e6 + extract(second from t) end]
  from generate_series($2, $3, $4) t
  on conflict (tenant_id, stream_id, ts) do update set values = vigil.merge_values(r.values, excluded.values)
$$;

-- Of three ways to ask, how many buckets differ from what the readings themselves give, each to 1e-9 of its size.
create function pg_temp.differences() returns bigint
language sql as $$
  with asked (metric, place, "from", "to", bucket) as (values
    ('a', 1, '2026-02-01 00:00+00'::timestamptz, '2026-02-03 00:00+00'::timestamptz, interval '1 hour'),
    ('b', 2, '2026-02-01 00:17:23+00', '2026-02-02 23:01:11+00', '2 hours'),
    ('c', 3, '2026-01-31 00:00:05+00', '2026-02-05 11:00:00+00', '1 day'),
    ('b', 2, '2026-02-01 05:00+00', '2026-02-01 05:59:30+00', '10 minutes'),
    ('a', 1, '2026-02-01 05:00:01+00', '2026-02-01 05:00:40+00', '7 seconds'))
  select count(*)
  from asked q
  cross join lateral (
    select s.ts, s.n, s.average, s.minimum, s.maximum, w.n as true_n, w.average as true_average, w.minimum as true_minimum, w.maximum as true_maximum
    from api.series('fast', q.metric, q."from", q."to", q.bucket) s
    full join (
      select date_bin(q.bucket, r.ts, '2000-01-01 00:00:00+00') as ts, count(*) as n, avg(r.values[q.place]) as average,
        min(r.values[q.place]) as minimum, max(r.values[q.place]) as maximum
      from fleet.reading r
      where r.tenant_id = pg_temp.tenant('rollup-a') and r.stream_id = pg_temp.stream('rollup-a', 'fast')
        and r.ts >= q."from" and r.ts < q."to" and r.values[q.place] is not null
      group by 1
    ) w using (ts)
  ) both_ways
  where (n, minimum, maximum) is distinct from (true_n, true_minimum, true_maximum)
    or abs(average - true_average) > 1e-9 * greatest(abs(true_average), 1e-6)
$$;

select pg_temp.store('fast', '2026-02-01 00:00:00+00', '2026-02-02 23:59:55+00', '5 seconds') \gset
select pg_temp.store('slow', '2026-02-01 00:00:00+00', '2026-02-02 23:59:55+00', '5 minutes') \gset
select is(pg_temp.differences(), 0::bigint, 'before anything is summarised, series reads the readings');

call pg_temp.make();
select is(pg_temp.made(), 2 * 1440 + 2 * 24 + 2 + 2 * 24 + 2::bigint, 'buckets are made of what was there');
select results_eq(
  $$select d.external_id, r.bucket, r.made from fleet.stream_rollup r join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
    where r.tenant_id = pg_temp.tenant('rollup-a') order by 1, 2$$,
  $$values ('fast', interval '1 minute', true), ('fast', '1 hour', true), ('fast', '1 day', true),
    ('slow', '1 minute', false), ('slow', '1 hour', true), ('slow', '1 day', true)$$,
  'but for a stream that reports less than once in a bucket');
select is(pg_temp.differences(), 0::bigint, 'series gives the same from summaries');
select cmp_ok(
  (select sum(pg_column_size(k)) from fleet.summary k where k.tenant_id = pg_temp.tenant('rollup-a')), '<',
  (select sum(pg_column_size(r)) from fleet.reading r where r.tenant_id = pg_temp.tenant('rollup-a')),
  'all summaries together are smaller than the readings');
call pg_temp.make();
select is(pg_temp.made(), 0::bigint, 'a second run finds nothing to do');
select is(
  (select (n, round(average::numeric, 6), minimum, maximum, first, last) from api.rollups
    where device = 'fast' and bucket = '1 hour' and ts = '2026-02-01 05:00+00' and metric = 'c'),
  (select (count(*), round(avg(v)::numeric, 6), min(v), max(v), (array_agg(v order by ts))[1], (array_agg(v order by ts desc))[1])
    from (select r.ts, r.values[3] as v from fleet.reading r
      where r.tenant_id = pg_temp.tenant('rollup-a') and r.stream_id = pg_temp.stream('rollup-a', 'fast')
        and r.ts >= '2026-02-01 05:00+00' and r.ts < '2026-02-01 06:00+00' and r.values[3] is not null) h),
  'api.rollups has the same numbers');

-- Late readings, and one that changes.
select pg_temp.store('fast', '2026-02-01 05:00:02+00', '2026-02-01 05:10:02+00', '20 seconds') \gset
update fleet.reading set values = '{-77,5,null}'
where tenant_id = pg_temp.tenant('rollup-a') and stream_id = pg_temp.stream('rollup-a', 'fast') and ts = '2026-02-02 10:00:00+00';
select is(pg_temp.differences(), 0::bigint, 'late and changed readings show at once');
select is((select count(*) from api.series('fast', 'a', '2026-02-02 10:00+00', '2026-02-02 11:00+00', '1 hour') where minimum = -77), 1::bigint,
  'the changed one among them');
call pg_temp.make();
select is(pg_temp.made(), 11 + 1 + 1 + 1 + 1 + 1::bigint, 'only buckets that they are in are made again');
select is(pg_temp.differences(), 0::bigint, 'and they are right');

-- More places to read than are read one by one.
select pg_temp.store('fast', '2026-02-01 01:00:01+00', '2026-02-02 21:00:01+00', '2 hours') \gset
select is(pg_temp.differences(), 0::bigint, 'late readings in many buckets show at once');
call pg_temp.make();
select is(pg_temp.made(), 23 + 23 + 2::bigint, 'and only these buckets are made again');
select is(pg_temp.differences(), 0::bigint, 'rightly');

-- The bucket that is still filling; the minute must not turn meanwhile.
select pg_sleep(61 - extract(second from clock_timestamp())) where extract(second from clock_timestamp()) > 40 \g /dev/null
select pg_temp.store('fast', date_bin('1 day', now(), '2000-01-01'), now(), '1 minute') \gset
call pg_temp.make();
select is((select array_agg(distinct o.bucket order by o.bucket) from fleet.rollup_due o
    where o.tenant_id = pg_temp.tenant('rollup-a') and o.ts + o.bucket > now()), '{1 minute,1 hour,1 day}', 'buckets that are still filling wait');
select is((select n from api.series('fast', 'a', date_bin('1 day', now(), '2000-01-01'), now() + interval '1 second', '1 day')),
  (select count(*) from fleet.reading r where r.tenant_id = pg_temp.tenant('rollup-a') and r.stream_id = pg_temp.stream('rollup-a', 'fast')
    and r.ts >= date_bin('1 day', now(), '2000-01-01')), 'series counts what is in them');

-- Readings that are gone.
delete from fleet.reading where tenant_id = pg_temp.tenant('rollup-a') and ts >= '2026-02-01 07:00+00' and ts < '2026-02-01 08:00+00';
select is((select n from api.series('fast', 'a', '2026-02-01 07:00+00', '2026-02-01 08:00+00', '1 hour')), 721::bigint,
  'summaries outlive the readings');
select pg_temp.store('fast', '2026-02-01 07:00:01+00', '2026-02-01 07:00:01+00', '1 second') \gset
call pg_temp.make();
select is((select n from api.series('fast', 'a', '2026-02-01 07:00+00', '2026-02-01 08:00+00', '1 hour')), 721::bigint,
  'and a late reading does not take their place');

-- A late reading of another stream in the same hour.
select pg_temp.store('slow', '2026-02-01 07:00:01+00', '2026-02-01 07:00:01+00', '1 second') \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('rollup-a'), pg_temp.stream('rollup-a', 'slow'), t, '{1,1,1}'
from generate_series('2026-02-01 07:00:00+00'::timestamptz, '2026-02-01 07:55:00+00', '5 minutes') t \gset
call pg_temp.make();
select is((select n from api.series('slow', 'a', '2026-02-01 07:00+00', '2026-02-01 08:00+00', '1 hour')), 13::bigint, 'which counts');
select is((select n from api.series('fast', 'a', '2026-02-01 07:00+00', '2026-02-01 08:00+00', '1 hour')), 721::bigint,
  'and leaves the summary of the stream that lost its readings alone');

-- A DBA's rules.
insert into fleet.rollup (tenant_id, bucket, enabled) values (pg_temp.tenant('rollup-a'), '1 minute', false);
select results_eq($$select bucket, enabled from fleet.rollups_of(pg_temp.tenant('rollup-a')) order by 1$$,
  $$values (interval '1 minute', false), ('1 hour', true), ('1 day', true)$$, 'a tenant''s rule counts before that of all');
insert into fleet.rollup (tenant_id, bucket, retention) values (pg_temp.tenant('rollup-a'), '1 hour', '10 days');
select fleet.expire_rollups() \gset
select case when aggregates
    then skip('aggregates lose whole chunks, and none of theirs is past the retention', 1)
    else is((select count(*) from fleet.summary k where k.bucket = '1 hour' and k.ts < now() - interval '11 days'), 0::bigint,
      'buckets past their retention are removed') end
from engine;
select case when aggregates
    then is((select count(*)::int from timescaledb_information.continuous_aggregates a where a.view_schema = 'fleet' and a.view_owner = 'vigil_jobs'), 3,
      'the Community edition keeps them in continuous aggregates')
    else skip('this is the Apache edition of TimescaleDB, which has no continuous aggregates', 1) end
from engine;
select matches(pg_temp.refusal($$insert into fleet.rollup (bucket) values ('7 minutes')$$), '^23514: .*bucket_divides_a_day', 'a bucket is a whole part of a day');
select * from finish();
delete from auth.login where login_name = session_user;
delete from fleet.reading where tenant_id = pg_temp.tenant('rollup-a');
call pg_temp.remove('rollup-a');
-- Other tests count chunks.
select public.drop_chunks('fleet.reading', newer_than => '2026-01-31'::timestamptz, older_than => '2026-02-04'::timestamptz) \g /dev/null
select public.drop_chunks('fleet.reading_rollup', older_than => '2026-03-01'::timestamptz) \g /dev/null
