-- Feature sets: immutable lists of what is computed from a profile's metrics.
begin;
select plan(34);
\ir ../support/refusal.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'pump', '["flow", "heat", "noise"]'),
  fleet.create_profile(pg_temp.tenant('globex'), 'pump', '["flow"]') \gset

create function pg_temp.define(spec jsonb) returns int
language sql as $$ select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), spec) $$;
create function pg_temp.features(feature_set int) returns table ("position" int, name text, statistic text, metric_position int, time_window interval)
language sql as $$
  select f.position, f.name, f.statistic, f.metric_position, f.time_window from detect.feature f
  where f.tenant_id = pg_temp.tenant('acme') and f.feature_set_id = $1
$$;
create function pg_temp.current_set() returns detect.feature_set
language sql as $$ select s from detect.feature_set s where s.profile_id = pg_temp.profile('acme', 'pump') and s.current $$;

-- The default: raw, and mean, stddev and slope over an hour.
select results_eq($$select name, statistic, metric_position, time_window from pg_temp.features((pg_temp.current_set()).feature_set_id) order by position$$,
  $$select case s.statistic when 'raw' then m.name else m.name || ' ' || s.statistic || ' 01:00:00' end, s.statistic, m.position,
      case when s.statistic <> 'raw' then interval '1 hour' end
    from (values (1, 'raw'), (2, 'mean'), (3, 'stddev'), (4, 'slope')) s (n, statistic), (values (1, 'flow'), (2, 'heat'), (3, 'noise')) m (position, name)
    order by s.n, m.position$$,
  'by default raw, mean, stddev and slope of every metric');
select results_eq('select (s).feature_count, (s).longest_window from pg_temp.current_set() s', $$values (12, interval '1 hour')$$, 'with their number and longest window');

-- A spec of one's own.
create temp table first_set as select pg_temp.current_set() as s;
create temp table second_set as select pg_temp.define(
  '[{"statistic": "max", "window": "2 hours", "metrics": ["noise", "flow"]}, {"statistic": "raw", "metrics": ["heat"]},
    {"statistic": "count", "window": "10 minutes", "metrics": ["flow"]}]') as id;
select results_eq($$select x.* from second_set, pg_temp.features(id) x order by 1$$,
  $$values (1, 'flow max 02:00:00', 'max', 1, interval '2 hours'), (2, 'noise max 02:00:00', 'max', 3, '2 hours'), (3, 'heat', 'raw', 2, null),
    (4, 'flow count 00:10:00', 'count', 1, '10 minutes')$$,
  'a spec is taken in its order, metrics within in the profile''s');
select results_eq('select (s).feature_set_id, (s).feature_count, (s).longest_window from pg_temp.current_set() s',
  $$select id, 4, interval '2 hours' from second_set$$, 'it becomes the current set');
select is((select s.current from detect.feature_set s, first_set f where s.feature_set_id = (f.s).feature_set_id), false, 'the set before is no longer');
select is((select count(*) from first_set f, pg_temp.features((f.s).feature_set_id)), 12::bigint, 'but stays for the models trained on it');
select results_eq($$select count(*), bool_and(s.current) from detect.feature_set s where s.profile_id = pg_temp.profile('globex', 'pump')$$,
  'values (1::bigint, true)', 'another profile''s set is untouched');

-- The hash names contract and spec.
create temp table hashes (what text, sha256 bytea);
insert into hashes select 'default', (s).spec_sha256 from first_set;
insert into hashes select 'own', (pg_temp.current_set()).spec_sha256;
select isnt((select sha256 from hashes where what = 'own'), (select sha256 from hashes where what = 'default'), 'another spec has another hash');
select pg_temp.define(null) \gset
select is((pg_temp.current_set()).spec_sha256, (select sha256 from hashes where what = 'default'), 'the same spec the same');
insert into fleet.metric (tenant_id, profile_id, position, name) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), null, 'level');
select is((pg_temp.current_set()).feature_count, 12, 'a metric that is appended is in no set yet');
select pg_temp.define(null) \gset
select is((pg_temp.current_set()).feature_count, 16, 'until features are defined anew');
select isnt((pg_temp.current_set()).spec_sha256, (select sha256 from hashes where what = 'default'), 'and the grown contract makes another hash');

-- What was measured before gets features of the new set.
select fleet.open_stream(pg_temp.tenant('acme'), 'p-1', 'pump') \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-1'), '2026-01-01'::timestamptz + n * interval '5 hours', array[n, n, n, n] from generate_series(0, 9) n;
select detect.compute_features(pg_temp.tenant('acme')) \gset
create temp table third_set as select pg_temp.define('[{"statistic": "raw"}]') as id;
select results_eq($$select from_ts, to_ts from fleet.reading_change where tenant_id = pg_temp.tenant('acme')$$,
  $$values ('2026-01-01 00:00Z'::timestamptz, '2026-01-02 21:00Z'::timestamptz)$$, 'defining features marks all readings as changed');
select is(detect.compute_features(pg_temp.tenant('acme')), 10::bigint, 'so that the job computes them');
select results_eq($$select count(*), min(values), max(values) from detect.device_feature f, third_set where f.feature_set_id = id$$,
  $$values (10::bigint, '{0,0,0,0}'::float8[], '{9,9,9,9}'::float8[])$$, 'for the new set');
select is((select count(*) from detect.device_feature f where f.stream_id = pg_temp.stream('acme', 'p-1')), 20::bigint, 'beside those of the old one');

-- Refusals. None of them changes the current set.
create temp table before as select (pg_temp.current_set()).feature_set_id as id;
select is(pg_temp.refusal(format('select pg_temp.define(%L)', spec)), refusal, left(coalesce(spec, 'null'), 70))
from (values
  ('{}', '22023: the feature spec must be a non-empty array (Give [{"statistic": "mean", "window": "1 hour", "metrics": ["battery"]}, {"statistic": "raw"}].)'),
  ('[]', '22023: the feature spec must be a non-empty array (Give [{"statistic": "mean", "window": "1 hour", "metrics": ["battery"]}, {"statistic": "raw"}].)'),
  ('["mean"]', '22023: unknown statistic "" (Use raw, last, first, mean, stddev, min, max, slope, delta or count.)'),
  ('[{"statistic": "median", "window": "1 hour"}]', '22023: unknown statistic "median" (Use raw, last, first, mean, stddev, min, max, slope, delta or count.)'),
  ('[{"window": "1 hour"}]', '22023: unknown statistic "" (Use raw, last, first, mean, stddev, min, max, slope, delta or count.)'),
  ('[{"statistic": "mean"}]', '22023: statistic "mean" has a missing or malformed window (Every statistic but raw takes a window such as "1 hour"; raw takes none.)'),
  ('[{"statistic": "raw", "window": "1 hour"}]', '22023: statistic "raw" has a missing or malformed window (Every statistic but raw takes a window such as "1 hour"; raw takes none.)'),
  ('[{"statistic": "max", "window": "an hour"}]', '22023: statistic "max" has a missing or malformed window (Every statistic but raw takes a window such as "1 hour"; raw takes none.)'),
  ('[{"statistic": "max", "window": "0 seconds"}]', '22023: window "0 seconds" is not between nothing and 7 days (Choose a window of up to 7 days.)'),
  ('[{"statistic": "max", "window": "-1 hour"}]', '22023: window "-1 hour" is not between nothing and 7 days (Choose a window of up to 7 days.)'),
  ('[{"statistic": "max", "window": "7 days 1 second"}]', '22023: window "7 days 1 second" is not between nothing and 7 days (Choose a window of up to 7 days.)'),
  ('[{"statistic": "raw", "metrics": ["flow", "torque"]}]', '42704: metric "torque" is not in the profile (GET /profiles lists the metrics.)'),
  ('[{"statistic": "raw", "metrics": "flow"}]', '22023: metrics of statistic "raw" must be a non-empty array (Leave metrics out for all of the profile.)'),
  ('[{"statistic": "raw", "metrics": []}]', '22023: metrics of statistic "raw" must be a non-empty array (Leave metrics out for all of the profile.)')
) as r (spec, refusal);
select is(
  pg_temp.refusal($$select pg_temp.define('[{"statistic": "min", "window": "1 hour"}, {"statistic": "min", "window": "2 hours"}, {"statistic": "min", "window": "3 hours"},
    {"statistic": "min", "window": "4 hours"}, {"statistic": "min", "window": "5 hours"}]')$$),
  '22023: a feature set has at most 4 different windows (Leave out a window; each is one more pass over the readings.)', 'no more than four windows');
select is(pg_temp.refusal($$select detect.define_features(pg_temp.tenant('globex'), pg_temp.profile('acme', 'pump'))$$),
  '42704: the profile does not exist (GET /profiles lists the profiles.)', 'another tenant''s profile does not exist');
select is((pg_temp.current_set()).feature_set_id, (table before), 'a refused spec changes nothing');
select pg_temp.define('[{"statistic": "min", "window": "60 minutes"}, {"statistic": "max", "window": "1 hour"}, {"statistic": "mean", "window": "01:00:00"},
  {"statistic": "last", "window": "7 days"}, {"statistic": "first", "window": "168 hours"}, {"statistic": "delta", "window": "2 hours"},
  {"statistic": "delta", "window": "3 hours"}]') \gset
select is((pg_temp.current_set()).feature_count, 28, 'windows that are equal count once');

select * from finish();
rollback;
