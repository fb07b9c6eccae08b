-- Feature vectors against plain SQL over the same readings.
begin;
set local client_min_messages = warning;
select plan(27);
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'pump', '["flow", "heat", "noise"]') \gset
-- Every statistic over three windows, in an order of their own, and the values themselves.
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '[
  {"statistic": "slope", "window": "2 hours"}, {"statistic": "raw", "metrics": ["noise", "flow"]},
  {"statistic": "last", "window": "10 minutes"}, {"statistic": "first", "window": "2 hours"}, {"statistic": "mean", "window": "2 hours"},
  {"statistic": "stddev", "window": "10 minutes"}, {"statistic": "min", "window": "2 hours"}, {"statistic": "max", "window": "10 minutes"},
  {"statistic": "delta", "window": "2 hours"}, {"statistic": "count", "window": "2 hours"}, {"statistic": "raw", "metrics": ["heat"]},
  {"statistic": "mean", "window": "10 minutes"}, {"statistic": "stddev", "window": "1 day", "metrics": ["heat"]}, {"statistic": "slope", "window": "10 minutes"}]') as set \gset
select fleet.open_stream(pg_temp.tenant('acme'), 'p-1', 'pump'), fleet.open_stream(pg_temp.tenant('acme'), 'p-2', 'pump') \gset

create function pg_temp.store(device text, ts timestamptz, "values" float8[]) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values) values (pg_temp.tenant('acme'), pg_temp.stream('acme', $1), $2, $3)
$$;

create view pg_temp.feature as
select f.* from detect.feature f join detect.feature_set s using (tenant_id, feature_set_id)
where s.tenant_id = pg_temp.tenant('acme') and s.current;
create view pg_temp.vector as
select v.* from detect.device_feature v join detect.feature_set s using (tenant_id, feature_set_id)
where s.tenant_id = pg_temp.tenant('acme') and s.current;
-- Every feature at every reading as a window aggregate, changes and spreads only where values span half the window;
-- listed where what was computed differs. Slopes and deviations
-- are sums in another order, so they are compared to nine digits.
create view pg_temp.difference as
with measured as materialized (
  select r.stream_id, r.ts, extract(epoch from r.ts - '2026-01-01')::float8 as s, m.metric, r.values[m.metric] as v
  from fleet.reading r
  cross join generate_series(1, 4) as m (metric)
  where r.tenant_id = pg_temp.tenant('acme')
),
windowed (stream_id, ts, metric, time_window, raw, mean, stddev, min, max, slope, count, reported, span) as (
  select x.stream_id, x.ts, x.metric, interval '10 minutes', x.v, avg(x.v) over w, stddev_samp(x.v) over w, min(x.v) over w, max(x.v) over w,
    regr_slope(x.v, x.s) over w, count(x.v) over w, array_agg(x.v) filter (where x.v is not null) over w,
    max(x.ts) filter (where x.v is not null) over w - min(x.ts) filter (where x.v is not null) over w
  from measured x
  window w as (partition by x.stream_id, x.metric order by x.ts range between interval '10 minutes' preceding and current row)
  union all
  select x.stream_id, x.ts, x.metric, interval '1 hour', x.v, avg(x.v) over w, stddev_samp(x.v) over w, min(x.v) over w, max(x.v) over w,
    regr_slope(x.v, x.s) over w, count(x.v) over w, array_agg(x.v) filter (where x.v is not null) over w,
    max(x.ts) filter (where x.v is not null) over w - min(x.ts) filter (where x.v is not null) over w
  from measured x
  window w as (partition by x.stream_id, x.metric order by x.ts range between interval '1 hour' preceding and current row)
  union all
  select x.stream_id, x.ts, x.metric, interval '2 hours', x.v, avg(x.v) over w, stddev_samp(x.v) over w, min(x.v) over w, max(x.v) over w,
    regr_slope(x.v, x.s) over w, count(x.v) over w, array_agg(x.v) filter (where x.v is not null) over w,
    max(x.ts) filter (where x.v is not null) over w - min(x.ts) filter (where x.v is not null) over w
  from measured x
  window w as (partition by x.stream_id, x.metric order by x.ts range between interval '2 hours' preceding and current row)
  union all
  select x.stream_id, x.ts, x.metric, interval '1 day', x.v, avg(x.v) over w, stddev_samp(x.v) over w, min(x.v) over w, max(x.v) over w,
    regr_slope(x.v, x.s) over w, count(x.v) over w, array_agg(x.v) filter (where x.v is not null) over w,
    max(x.ts) filter (where x.v is not null) over w - min(x.ts) filter (where x.v is not null) over w
  from measured x
  window w as (partition by x.stream_id, x.metric order by x.ts range between interval '1 day' preceding and current row)
),
vector as materialized (table pg_temp.vector)
select w.stream_id, w.ts, f.name, v.values[f.position] as computed, e.value as written_out
from windowed w
join pg_temp.feature f on f.metric_position = w.metric and coalesce(f.time_window, interval '1 day') = w.time_window
left join vector v on v.stream_id = w.stream_id and v.ts = w.ts
cross join lateral (
  select case when f.statistic in ('stddev', 'slope', 'delta') and w.span < w.time_window / 2 then null else case f.statistic
    when 'raw' then w.raw when 'last' then w.reported[cardinality(w.reported)] when 'first' then w.reported[1] when 'mean' then w.mean
    when 'stddev' then w.stddev when 'min' then w.min when 'max' then w.max when 'slope' then w.slope
    when 'delta' then w.reported[cardinality(w.reported)] - w.reported[1] when 'count' then w.count end end as value
) e
where v.stream_id is null or num_nulls(v.values[f.position], e.value) = 1
  or abs(v.values[f.position] - e.value) > 1e-9 * greatest(1, abs(e.value));

-- Irregular times, gaps, metrics left out, and vectors shorter than the profile.
select setseed(0.7) \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-' || 1 + n % 2), '2026-01-01'::timestamptz + n * interval '90 seconds' + random() * interval '80 seconds'
    + case when n > 150 then interval '5 hours' else interval '0' end,
  (array[case when random() < 0.9 then n + random() end, case when random() < 0.3 then random() * 100 end, case when random() < 0.95 then sin(n / 10.0) end])[1:case when n % 17 = 0 then 2 else 3 end]
from generate_series(1, 300) n;

select is(detect.compute_features(pg_temp.tenant('acme')), 300::bigint, 'a vector for each reading');
select is((select array_agg(distinct cardinality(values)) from pg_temp.vector), '{37}', 'with an element for each feature');
select is_empty('select * from pg_temp.difference', 'each as plain SQL computes it');
select cmp_ok((select count(*) from pg_temp.vector v cross join lateral unnest(v.values) x where x is null), '>', 100::bigint, 'undefined ones are null');
select is(
  (select count(*) from pg_temp.vector v cross join pg_temp.feature f join fleet.reading r on r.tenant_id = v.tenant_id and r.stream_id = v.stream_id and r.ts = v.ts
    where f.name = 'flow slope 02:00:00' and v.values[f.position] is not null
      and r.ts < (select min(x.ts) from fleet.reading x where x.tenant_id = r.tenant_id and x.stream_id = r.stream_id) + interval '1 hour'),
  0::bigint, 'a stream has no slope over two hours in its first hour');
select cmp_ok((select count(distinct v.values[f.position]) from pg_temp.vector v cross join pg_temp.feature f where f.statistic = 'count'), '>', 30::bigint, 'windows grow and shrink');

-- Again: nothing changes.
select is(detect.compute_features(pg_temp.tenant('acme')), 0::bigint, 'without new readings nothing is computed');
insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
select r.tenant_id, r.stream_id, min(r.ts), max(r.ts) from fleet.reading r where r.tenant_id = pg_temp.tenant('acme') group by r.tenant_id, r.stream_id;
delete from detect.feature_change;
create temp table before as select * from pg_temp.vector;
select is(detect.compute_features(pg_temp.tenant('acme')), 0::bigint, 'computing everything again changes nothing');
select is_empty('select * from detect.feature_change where tenant_id = pg_temp.tenant(''acme'')', 'and tells the scores job nothing');
select is_empty('table pg_temp.vector except table before', 'to the last bit');

-- A late reading changes the windows of the readings after it, up to the longest window, and no others.
select min(ts) + interval '1 hour 1 second' as late from fleet.reading where stream_id = pg_temp.stream('acme', 'p-1') \gset
select pg_temp.store('p-1', :'late', '{1000,1000,1000}') \gset
select cmp_ok(detect.compute_features(pg_temp.tenant('acme')), '>', 40::bigint, 'a late reading changes the vectors after it');
select is_empty('select * from pg_temp.difference', 'to what plain SQL computes with it');
select is(
  (select count(*) from pg_temp.vector v join before b using (stream_id, ts) where v.values is distinct from b.values and (v.ts < :'late' or v.stream_id <> pg_temp.stream('acme', 'p-1'))),
  0::bigint, 'no vector before it, and none of another stream');
select set_eq($$
  select distinct v.stream_id, date_bin('1 hour', v.ts, '2000-01-01')
  from pg_temp.vector v left join before b using (stream_id, ts) where v.values is distinct from b.values$$,
  $$select stream_id, date_bin('1 hour', from_ts, '2000-01-01') from detect.feature_change where tenant_id = pg_temp.tenant('acme')$$,
  'the scores job is told of just the hours that changed');
select is((select count(*) from detect.feature_change where date_bin('1 hour', from_ts, '2000-01-01') <> date_bin('1 hour', to_ts, '2000-01-01')), 0::bigint, 'one row an hour');

-- A correction.
update fleet.reading set values = '{-5,null,7}' where tenant_id = pg_temp.tenant('acme') and ts = :'late';
select cmp_ok(detect.compute_features(pg_temp.tenant('acme')), '>', 40::bigint, 'a corrected reading');
select is_empty('select * from pg_temp.difference', 'corrects every window it is in');

-- Readings before all others, between, and after, in one go and piece by piece.
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-2'), min(ts) - interval '20 minutes', '{1,1,1}'::float8[] from fleet.reading where stream_id = pg_temp.stream('acme', 'p-2')
union all
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-2'), max(ts) + interval '3 days', '{2,2,2}' from fleet.reading where stream_id = pg_temp.stream('acme', 'p-2');
select detect.compute_features(pg_temp.tenant('acme')) \gset
select is_empty('select * from pg_temp.difference', 'readings before and after all others');
select is(
  (select v.values[f.position] from pg_temp.vector v join fleet.latest l using (stream_id, ts) cross join pg_temp.feature f
    where v.stream_id = pg_temp.stream('acme', 'p-2') and f.name = 'flow count 02:00:00'), 1::float8, 'one that is alone has windows of one reading');
do $$
begin
  for n in 1 .. 60 loop
    perform pg_temp.store('p-2', '2026-01-03'::timestamptz + (n * 37 % 61) * interval '1 minute', array[n, n % 3, null]);
    perform detect.compute_features(pg_temp.tenant('acme'));
  end loop;
end $$;
select is_empty('select * from pg_temp.difference', 'computed after each of sixty readings in no order');

-- Windows end at the reading and include their far edge.
select pg_temp.store('p-1', '2026-02-01 00:00', '{1,1,1}'), pg_temp.store('p-1', '2026-02-01 02:00', '{3,3,3}'), pg_temp.store('p-1', '2026-02-01 04:00:00.000001', '{5,5,5}') \gset
select detect.compute_features(pg_temp.tenant('acme')) \gset
select results_eq($$select v.ts, v.values[f.position] from pg_temp.vector v, pg_temp.feature f where f.name = 'flow count 02:00:00' and v.ts >= '2026-02-01' order by 1$$,
  $$values ('2026-02-01 00:00Z'::timestamptz, 1::float8), ('2026-02-01 02:00Z', 2), ('2026-02-01 04:00:00.000001Z', 1)$$,
  'a reading exactly as old as the window is in it, one microsecond older is not');

-- A set without windows, and metrics that a profile gained later.
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '[{"statistic": "raw"}]') \gset
select is(detect.compute_features(pg_temp.tenant('acme')), (select count(*) from fleet.reading where tenant_id = pg_temp.tenant('acme')), 'a new set is computed for all readings');
select is_empty('select * from pg_temp.difference', 'one without windows holds the values');
insert into fleet.metric (tenant_id, profile_id, position, name) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), null, 'level');
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump')) \gset
select pg_temp.store('p-1', '2026-02-02 00:00', '{1,2,3,4}'), pg_temp.store('p-1', '2026-02-02 00:10', '{1,2,3,8}') \gset
select detect.compute_features(pg_temp.tenant('acme')) \gset
select is_empty('select * from pg_temp.difference', 'a metric that is appended is null before and computed after');
select is((select v.values[f.position] from pg_temp.vector v, pg_temp.feature f where f.name = 'level mean 01:00:00' and v.ts = '2026-02-02 00:10Z'), 6::float8, 'over the readings that have it');

-- The vector that a reading would have is the one it gets.
create temp table guess as
select st.stream_id, t.ts, detect.vector_at(pg_temp.tenant('acme'), st.stream_id, (select max(feature_set_id) from detect.feature_set where tenant_id = pg_temp.tenant('acme')), t.ts, t.values) as values
from fleet.stream st, (values ('2026-02-02 00:20Z'::timestamptz, '{9,8,null,6}'::float8[]), ('2026-01-01 01:00:00.5Z', '{1,null,5,7}')) as t (ts, values)
where st.stream_id = pg_temp.stream('acme', 'p-1');
select pg_temp.store('p-1', '2026-02-02 00:20Z', '{9,8,null,6}'), pg_temp.store('p-1', '2026-01-01 01:00:00.5Z', '{1,null,5,7}') \gset
select detect.compute_features(pg_temp.tenant('acme')) \gset
select is(
  (select count(*) from guess g join pg_temp.vector v using (stream_id, ts) where exists (
    select from unnest(g.values, v.values) as x (a, b) where abs(a - b) > 1e-9 * greatest(1, abs(b)) or num_nulls(a, b) = 1)), 0::bigint,
  'vector_at gives the vector that is computed once the reading is stored');
select is((select count(*) from guess g join pg_temp.vector v using (stream_id, ts) where cardinality(g.values) = cardinality(v.values)), 2::bigint, 'of the same length');

select * from finish();
rollback;
