-- Detectors: what they find, that they serve where forests do, every error; moving averages of scores.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(34);

-- 1000 rows in time of two features that go together, a constant, and one that is never seen.
create temporary table sample on commit drop as
select n, timestamptz '2024-03-01' + n * interval '1 minute' as ts, array[sin(n * 0.7) + n / 1e4, 2 * sin(n * 0.7) + cos(n * 1.3) / 10, 7, null]::float8[] as v
from generate_series(1, 1000) as n;
create temporary table model on commit drop as
select 'history' as kind, vigil.detector_agg(ts, v, '{"seed": 7, "n_trees": 20}' order by n) as m from sample
union all
select 'table', vigil.detector_agg(v, '{"seed": 7, "n_trees": 20}' order by n) from sample;

select is(
    vigil.forest_info(m) - array['n_nodes', 'score_quantiles', 'contamination', 'threshold'],
    jsonb_build_object('version', 1, 'detector', kind, 'n_trees', trees, 'sample_size', size, 'n_features', 4, 'seed', 7, 'rows', 1000, 'reservoir_rows', 1000),
    'forest_info of a detector: ' || kind
) from model join (values ('history', 20, 1000), ('table', 40, 256)) as e (kind, trees, size) using (kind);
create temporary table score on commit drop as
select kind, n, vigil.anomaly_score(m, v) as s from model, sample;
select ok(min(s) > 0 and max(s) < 1, 'scores of training rows: ' || kind) from score group by kind order by kind;
select is((vigil.forest_info(m) -> 'score_quantiles' ->> '1')::float8, (select max(s) from score where score.kind = model.kind),
    'the highest score of the training rows is kept: ' || kind) from model order by kind;
select is(vigil.anomaly_scores(m, (select array_agg(v order by n) from sample)), (select array_agg(s order by n) from score where score.kind = model.kind),
    'anomaly_scores gives what anomaly_score gives: ' || kind) from model order by kind;
select ok(vigil.anomaly_score(m, x) > (select max(s) from score where score.kind = model.kind), format('found by %s: %s', kind, what))
from model, (values ('{5,0,7,null}'::float8[], 'out of range'), ('{-0.9,1.9,7,null}', 'against the correlation'), ('{1e100,-1e100,7,1}', 'far out')) as t (x, what)
order by kind, what;
select is((select max(abs(vigil.anomaly_score(m, v) - vigil.anomaly_score(m, array[v[1], v[2], null, null]))) from sample), 0::float8,
    'a missing element counts as the median: ' || kind) from model order by kind;
select ok(abs((select sum(c) from unnest(e) c) - vigil.anomaly_score(m, '{9,0,7,null}')) < 1e-12 and e[1] > 0.5 * (select sum(c) from unnest(e) c),
    'contributions add up to the score, most of it by the feature that is off: ' || kind)
from model cross join lateral vigil.explain(m, '{9,0,7,null}') e order by kind;
select results_eq($$select t.* from model, vigil.typical_range(m) t where kind = 'history'$$,
    $$select t.* from vigil.typical_range((select vigil.forest_agg(v, null order by n) from sample)) t$$, 'typical ranges are those of a forest');
select is((select vigil.detector_agg(ts, v, '{"seed": 7, "n_trees": 20}' order by n) from sample), (select m from model where kind = 'history'), 'the same rows and seed: the same bytes');
select isnt((select vigil.detector_agg(ts, v, '{"seed": 8, "n_trees": 20}' order by n) from sample), (select m from model where kind = 'history'), 'another seed: others');
select is((select vigil.detector_agg(ts, v, '{"seed": 7, "n_trees": 20}' order by n) from (
    select n, ts, v from sample union all select 5.5, null, '{9,9,9,9}' union all select 6.5, now(), null) x), (select m from model where kind = 'history'),
    'rows without a time or without features are skipped');

-- Errors.
select is(pg_temp.failure('select vigil.detector_agg(v, null) from sample where false'),
    '22023 there are no rows to train on | Train on a period that has readings.', 'no rows');
select is(pg_temp.failure('select vigil.detector_agg(ts, v, null) from sample where n <= 15'),
    '22023 training needs at least sample_size (16) rows, got 15 | Train on more rows or set a smaller sample_size.', 'too few rows');
select is(pg_temp.failure('select vigil.detector_agg(''{7,null}'', null) from sample'),
    '22023 no feature varies in the training rows | Train on a longer period, or choose features that are not constant.', 'nothing varies');
select is(pg_temp.failure($$select vigil.detector_agg(v, '{"max_depth": 8}') from sample$$),
    '22023 unknown option "max_depth" | Options are n_trees, sample_size, reservoir, seed and contamination.', 'unknown option');
select is(pg_temp.failure($$select vigil.detector_agg(v, '{"n_trees": 100000}') from sample$$),
    '22023 option "n_trees" must be an integer from 1 to 1000 | Correct "n_trees" or leave it out to use its default.', 'too many trees');
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{1,2}'') from model'),
    '22023 model expects 4 features, got 2 | Score with the feature set that the model was trained on.', 'another length');
select is(left(pg_temp.failure($$select vigil.anomaly_score(overlay(m placing '\x00ff' from 200), '{1,2,3,4}') from model$$), 5), '22P03', 'a damaged detector');

-- Moving averages.
select results_eq(
    $$select vigil.ewma(x, 3) over (order by n) from (values (1, 8::float8), (2, 4), (3, null), (4, 6)) as t (n, x)$$,
    'values (8::float8), (6), (6), (6)', 'ewma: the first value, then half of the way to each, nulls passed over');
select is(vigil.ewma(null, 3), null, 'ewma of nothing');
select is(pg_temp.failure('select vigil.ewma(1, 0.5)'), '22023 span must be from 1 to 1e9 values | Give the number of values over which to average, for example 3.', 'ewma: span too short');
select is(pg_temp.failure('select vigil.ewma(1, null)'), '22023 span must be from 1 to 1e9 values | Give the number of values over which to average, for example 3.', 'ewma: no span');
select is(left(pg_temp.failure($$select vigil.ewma('nan', 3)$$), 5), '22023', 'ewma of nan');

select * from finish();
rollback;
