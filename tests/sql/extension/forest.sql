-- Isolation forests: training, scores, explanations, facts, every error.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(86);

-- 2000 rows of 4 features: two that depend on each other, a constant, one that is mostly missing; and one that is never seen.
create temporary table sample on commit drop as
select
    n,
    array[
        sin(n * 0.7) + sin(n * 1.9) + sin(n * 2.3),
        2 * (sin(n * 0.7) + sin(n * 1.9)) + cos(n * 1.3),
        7,
        case when n % 4 = 0 then n % 9 end,
        null
    ]::float8[] as v
from generate_series(1, 2000) as n;
create temporary table model on commit drop as
select vigil.forest_agg(v, '{"seed": 7}' order by n) as m from sample;

-- Facts.
select is(
    vigil.forest_info(m) - array['n_nodes', 'bytes', 'score_quantiles'],
    '{"version": 1, "n_trees": 100, "sample_size": 256, "max_depth": 8, "n_features": 5, "ndim": 1, "metric": "depth", "missing": "median", "categorical": [], "seed": 7, "contamination": null, "threshold": null, "rows": 2000, "reservoir_rows": 2000}'::jsonb,
    'forest_info: options and rows'
) from model;
select is((vigil.forest_info(m) ->> 'bytes')::int, length(m), 'forest_info: bytes') from model;
select ok((vigil.forest_info(m) ->> 'n_nodes')::int between 100 * 3 and 100 * 511, 'forest_info: n_nodes') from model;
select is(
    (select array_agg(key order by key::float8) from jsonb_each(vigil.forest_info(m) -> 'score_quantiles')),
    '{0.5,0.9,0.95,0.99,0.995,0.999,1}',
    'forest_info: shares of the score quantiles'
) from model;
create temporary table score on commit drop as
select n, v, vigil.anomaly_score(m, v) as s from sample, model;
select ok(
    bool_and(abs(value::text::float8 - (select percentile_cont(key::float8) within group (order by s) from score)) < 1e-12),
    'forest_info: score quantiles are those of the training rows'
) from model, jsonb_each(vigil.forest_info(m) -> 'score_quantiles');
select is(vigil.forest_info(null), null, 'forest_info of null');

-- Scores.
select ok(bool_and(s > 0 and s < 1), 'scores lie between 0 and 1') from score;
select ok(vigil.anomaly_score(m, '{-100,-100,7,100,null}') > (select max(s) from score), 'an outlier scores above all training rows') from model;
select ok(vigil.anomaly_score(m, '{-100,-100,7,100,null}') > 0.7, 'an outlier scores high') from model;
select is(
    vigil.anomaly_score(m, '{0,0,-1e9,4,1e9}'), vigil.anomaly_score(m, '{0,0,7,4,null}'),
    'features that did not vary are not looked at'
) from model;
select is(
    vigil.anomaly_score(m, array[null, 1, 7, null, null]::float8[]),
    vigil.anomaly_score(m, array[(select percentile_cont(0.5) within group (order by v[1]) from sample), 1, 7,
        (select percentile_cont(0.5) within group (order by v[4]) from sample), null]),
    'a missing element counts as the training median'
) from model;
select is(vigil.anomaly_score(null, '{1}'), null, 'score under no model');
select is(vigil.anomaly_score(m, null), null, 'score of no vector') from model;
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{1,2,3,4}'') from model'),
    '22023 model expects 5 features, got 4 | Score with the feature set that the model was trained on.', 'vector too short');
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{1,2,3,4,5,6}'') from model'),
    '22023 model expects 5 features, got 6 | Score with the feature set that the model was trained on.', 'vector too long');
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{}'') from model'),
    '22023 model expects 5 features, got 0 | Score with the feature set that the model was trained on.', 'vector without elements');
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{1,2,3,null,NaN}'') from model'),
    '22023 element 5 is not a finite number | Values must be finite; use NULL for a missing one.', 'nan');
select is(pg_temp.failure('select vigil.anomaly_score(m, ''{{1,2,3,4,5}}'') from model'),
    '22023 array has 2 dimensions instead of 1 | Pass the values as an array of one dimension.', 'two dimensions');

-- Score by hand. One tree of height 1 on {0, 10}: either value is isolated after one split, so E[h] = 1 and c(2) = 1.
select is(
    vigil.anomaly_score(vigil.forest_agg(v, '{"n_trees": 1, "sample_size": 2}'), '{10}'), 0.5::float8, 'score of the smallest forest'
) from (values ('{0}'::float8[]), ('{10}')) as t (v);

-- Forests of other kinds.
create temporary table kinds on commit drop as
select name, vigil.forest_agg(v, options || '{"seed": 3, "contamination": 0.05}' order by n) as m
from sample, (values
    ('two features a split', '{"ndim": 2}'::jsonb),
    ('by gain and in range', '{"ndim": 3, "pooled_gain": 0.5, "averaged_gain": 0.5, "tries": 3, "penalize_range": true, "max_depth": 60}'),
    ('density', '{"metric": "density"}'),
    ('both branches', '{"missing": "both"}'),
    ('categories', '{"categorical": [4]}')
) as kind (name, options)
group by name;
select is(
    (select count(*) from kinds, sample where vigil.is_anomaly(m, v) <> (vigil.anomaly_score(m, v) > (vigil.forest_info(m) ->> 'threshold')::float8)),
    0::bigint, 'is_anomaly: above the threshold of the model'
);
select ok(
    (select count(*) filter (where vigil.is_anomaly(m, v)) from sample) between 80 and 100, format('is_anomaly: a share of contamination (%s)', name)
) from kinds order by name;
select ok(
    bool_and(vigil.anomaly_scores(m, (select array_agg(v order by n) from sample))
        = (select array_agg(vigil.anomaly_score(m, v) order by n) from sample)),
    'anomaly_scores: the same as row by row, whatever the kind'
) from kinds;
select is(
    vigil.forest_info(m) -> 'categorical', '[4]'::jsonb, 'forest_info: categories count from 1'
) from kinds where name = 'categories';
select is(vigil.is_anomaly(null, '{1}'), null, 'is_anomaly under no model');
select is(pg_temp.failure('select vigil.is_anomaly(m, ''{1,2,3,4,5}'') from model'),
    '22023 the model has no threshold | Train with option "contamination", the share of anomalies to expect, or compare anomaly_score with a limit of your own.',
    'is_anomaly without a threshold');

-- Weights.
select ok(
    vigil.anomaly_score(vigil.forest_agg(array[n % 2 + sin(n) / 10], case n % 2 when 0 then 1 else 0.01 end, null order by n), '{1}')
        > vigil.anomaly_score(vigil.forest_agg(array[n % 2 + sin(n) / 10], 1, null order by n), '{1}') + 0.1,
    'what rarely is drawn is strange'
) from generate_series(1, 2000) as n;
select is(pg_temp.failure('select vigil.forest_agg(array[n], -1, null) from generate_series(1, 300) as n'),
    '22023 weight -1 is not a finite number of at least 0 | Give each row a weight of at least 0, or NULL to leave it out.', 'negative weight');

-- Scores of matrices.
select is(
    vigil.anomaly_scores(m, (select array_agg(v order by n) from sample)), (select array_agg(s order by n) from score),
    'anomaly_scores are the scores of the rows'
) from model;
select is(vigil.anomaly_scores(m, (select array_agg(v) from score where n = 3)), (select array[s] from score where n = 3), 'one row') from model;
select is(vigil.anomaly_scores(m, '{}'), '{}', 'no rows') from model;
select is(vigil.anomaly_scores(null, '{}'), null, 'scores under no model');
select is(vigil.anomaly_scores(m, null), null, 'scores of no matrix') from model;
select is(pg_temp.failure('select vigil.anomaly_scores(m, ''{1,2,3,4,5}'') from model'),
    '22023 array has 1 dimensions instead of 2 | Pass the rows as an array of two dimensions, as array_agg makes of arrays.', 'a vector is no matrix');
select is(pg_temp.failure('select vigil.anomaly_scores(m, ''{{1,2,3},{4,5,6}}'') from model'),
    '22023 model expects 5 features, got 3 | Score with the feature set that the model was trained on.', 'rows too short');
select is(pg_temp.failure('select vigil.anomaly_scores(m, ''{{1,2},{3,4},{5,6},{7,8},{9,10}}'') from model'),
    '22023 model expects 5 features, got 2 | Score with the feature set that the model was trained on.', 'rows whose elements divide evenly all the same');
select is(pg_temp.failure('select vigil.anomaly_scores(m, ''{{1,2,3,4,5},{1,2,3,4,Infinity}}'') from model'),
    '22023 element 10 is not a finite number | Values must be finite; use NULL for a missing one.', 'infinity in a matrix');

-- Explanations.
select ok(bool_and(abs(total - s) < 1e-12 and least >= 0 and length = 5), 'explain: contributions are positive and sum to the score')
from (
    select score.s, (select sum(x) from unnest(e) as x) as total, (select min(x) from unnest(e) as x) as least, cardinality(e) as length
    from score, model, lateral vigil.explain(m, v) as e
) as t;
select is((vigil.explain(m, '{0,0,7,4000,null}'))[array_position(vigil.explain(m, '{0,0,7,4000,null}'),
    (select max(x) from unnest(vigil.explain(m, '{0,0,7,4000,null}')) as x))], (vigil.explain(m, '{0,0,7,4000,null}'))[4],
    'explain: the odd feature contributes most') from model;
select is((vigil.explain(m, '{0,0,7,4,null}'))[3], 0::float8, 'explain: a constant feature contributes nothing') from model;
select is(vigil.explain(null, '{1}'), null, 'explain under no model');
select is(vigil.explain(m, null), null, 'explain no vector') from model;
select is(pg_temp.failure('select vigil.explain(m, ''{1}'') from model'),
    '22023 model expects 5 features, got 1 | Score with the feature set that the model was trained on.', 'explain a vector of another length');

-- Typical ranges.
select results_eq(
    'select t.* from model, vigil.typical_range(m) as t',
    $$select
        p, percentile_cont(0.01) within group (order by v[p]), percentile_cont(0.5) within group (order by v[p]),
        percentile_cont(0.99) within group (order by v[p])
    from sample, generate_series(1, 5) as p group by p order by p$$,
    'typical_range: percentiles of the training rows'
);
select is_empty('select * from vigil.typical_range(null)', 'typical_range of null');

-- The same rows in the same order with the same seed: the same bytes.
select is(md5(vigil.forest_agg(v, '{"seed": 7}' order by n)), (select md5(m) from model), 'training is repeatable') from sample;
select isnt(md5(vigil.forest_agg(v, '{"seed": 8}' order by n)), (select md5(m) from model), 'another seed, another forest') from sample;
select is(
    md5(vigil.forest_agg(v, '{"seed": "7", "n_trees": 100, "sample_size": 256, "max_depth": null, "reservoir": 50000}' order by n)),
    (select md5(m) from model),
    'defaults, spelt out'
) from sample;
select is(
    md5(vigil.forest_agg(v, null order by n)), md5(vigil.forest_agg(v, '{}' order by n)), 'null options are the defaults'
) from sample;
select is(
    vigil.forest_info(vigil.forest_agg(v, case when n = 1 then '{"n_trees": 3}'::jsonb else '{"n_trees": 5}' end order by n)) ->> 'n_trees', '3',
    'options are read from the first row'
) from sample;
select is(
    vigil.forest_info(vigil.forest_agg(v, '{"seed": "18446744073709551615", "n_trees": 1}' order by n)) -> 'seed', '"18446744073709551615"',
    'a large seed stays exact'
) from sample;
select is(
    vigil.forest_info(vigil.forest_agg(v, '{"n_trees": 2, "sample_size": 16, "max_depth": 3, "reservoir": 100, "ndim": 2,
        "metric": "density", "missing": "both", "categorical": [3, 1], "contamination": 0.5}' order by n))
        - array['n_nodes', 'bytes', 'score_quantiles', 'version', 'threshold'],
    '{"n_trees": 2, "sample_size": 16, "max_depth": 3, "n_features": 5, "ndim": 2, "metric": "density", "missing": "both",
      "categorical": [1, 3], "seed": 0, "rows": 2000, "reservoir_rows": 100, "contamination": 0.5}'::jsonb,
    'every option is heard'
) from sample;
select is(
    vigil.forest_info(vigil.forest_agg(case when n % 2 = 0 then v end, null order by n)) ->> 'rows', '1000', 'null rows are skipped'
) from sample;
-- A running aggregate trains again and again on one state.
select results_eq(
    $$select n, md5(vigil.forest_agg(v, '{"n_trees": 3, "sample_size": 2}') over (order by n rows between unbounded preceding and 5 following))
      from sample where n <= 30 order by n$$,
    $$select s.n, (select md5(vigil.forest_agg(p.v, '{"n_trees": 3, "sample_size": 2}' order by p.n)) from sample as p where p.n <= least(s.n + 5, 30))
      from sample as s where s.n <= 30 order by s.n$$,
    'training does not change the state'
);

-- Errors of training.
select is(pg_temp.failure('select vigil.forest_agg(v, null) from sample where n <= 12'),
    '22023 training needs at least sample_size (256) rows, got 12 | Train on more rows or set a smaller sample_size.', 'too few rows');
select is(pg_temp.failure('select vigil.forest_agg(v, null) from sample where false'),
    '22023 there are no rows to train on | Train on a period that has readings.', 'no rows');
select is(pg_temp.failure('select vigil.forest_agg(null, ''{"sample_size": 50}'') from sample'),
    '22023 training needs at least sample_size (50) rows, got 0 | Train on more rows or set a smaller sample_size.', 'nothing but nulls');
select is(pg_temp.failure('select vigil.forest_agg(''{1,null}'', null) from sample'),
    '22023 no feature varies in the training rows | Train on a longer period, or choose features that are not constant.', 'nothing varies');
select is(pg_temp.failure('select vigil.forest_agg(''{}'', null) from sample'),
    '22023 vector has no elements | Pass an array with at least one element.', 'no features');
select is(pg_temp.failure('select vigil.forest_agg(v[1 : 4 + n % 2], null order by n) from sample'),
    '22023 rows differ in length: 5 and 4 | Train on rows of one profile version; pad older rows with NULL.', 'rows of different lengths');
select is(pg_temp.failure('select vigil.forest_agg(array[''NaN''::float8], null) from sample'),
    '22023 element 1 is not a finite number | Values must be finite; use NULL for a missing one.', 'training on nan');
select is(pg_temp.failure('select vigil.forest_agg(array_fill(n::float8, array[16384]), ''{"sample_size": 1000}'') from sample'),
    '22023 sample_size (1000) rows of 16384 features do not fit into the reservoir | Set a smaller sample_size or train on fewer features.', 'sample too large');

create temporary table bad (options jsonb, message text) on commit drop;
insert into bad (options, message)
values
    ('{"trees": 5}', '22023 unknown option "trees" | Options are n_trees, sample_size, max_depth, seed, reservoir, ndim, pooled_gain, averaged_gain, tries, penalize_range, metric, missing, categorical and contamination.'),
    ('[]', '22023 options must be a json object | Pass an object such as {"n_trees": 100, "sample_size": 256}.'),
    ('"n_trees"', '22023 options must be a json object | Pass an object such as {"n_trees": 100, "sample_size": 256}.'),
    ('{"n_trees": 0}', '22023 option "n_trees" must be an integer from 1 to 10000 | Correct "n_trees" or leave it out to use its default.'),
    ('{"n_trees": 10001}', '22023 option "n_trees" must be an integer from 1 to 10000 | Correct "n_trees" or leave it out to use its default.'),
    ('{"n_trees": "many"}', '22023 option "n_trees" must be an integer from 1 to 10000 | Correct "n_trees" or leave it out to use its default.'),
    ('{"n_trees": 1.5}', '22023 option "n_trees" must be an integer from 1 to 10000 | Correct "n_trees" or leave it out to use its default.'),
    ('{"sample_size": 1}', '22023 option "sample_size" must be an integer from 2 to 131072 | Correct "sample_size" or leave it out to use its default.'),
    ('{"max_depth": 61}', '22023 option "max_depth" must be an integer from 1 to 60 | Correct "max_depth" or leave it out to use its default.'),
    ('{"seed": -1}', '22023 option "seed" must be an integer from 0 to 18446744073709551615 | Correct "seed" or leave it out to use its default.'),
    ('{"reservoir": 255}', '22023 option "reservoir" must be an integer from 256 to 10000000 | Correct "reservoir" or leave it out to use its default.'),
    ('{"n_trees": 10000, "sample_size": 65536}', '22023 option "n_trees" must be an integer from 1 to 200 | Correct "n_trees" or leave it out to use its default.'),
    ('{"seed": 1e400}', '22023 json is nested too deeply or has a number out of range | Pass a flat object of numbers.');
select is(pg_temp.failure(format('select vigil.forest_agg(v, %L) from sample', options)), message, 'options ' || options::text) from bad;

-- Training can be cancelled, and says so without telling about the machine.
create function pg_temp.cancelled() returns text
language plpgsql as $$
declare
    v_detail text;
begin
    perform vigil.forest_agg(v, '{"n_trees": 10000}') from sample;
    return 'not cancelled';
exception
    when query_canceled then
        get stacked diagnostics v_detail = pg_exception_detail;
        return sqlstate || v_detail;
end
$$;
set local statement_timeout = '100ms';
select is(pg_temp.cancelled(), '57014', 'training stops at a statement timeout');
set local statement_timeout = 0;

-- Damaged models.
create function pg_temp.outcome(bytes bytea) returns text
language sql as $$
    select left(pg_temp.failure(format('select vigil.anomaly_score(%L, ''{0,0,7,4,null}'')', bytes)), 5)
$$;
select is(pg_temp.failure('select vigil.anomaly_score(''\xdeadbeef'', ''{1}'')'),
    '22P03 forest model is damaged: too short | Use the bytes of a forest model exactly as they were returned; restore them from a copy or make them again.',
    'random bytes');
select is(pg_temp.outcome(''), '22P03', 'no bytes');
select is(pg_temp.outcome(substr(m, 1, length(m) - 1)), '22P03', 'truncated') from model;
select is(pg_temp.outcome(m || '\x00'), '22P03', 'extended') from model;
select is(pg_temp.outcome(set_byte(m, 0, 0)), '22P03', 'wrong magic') from model;
select is(
    (select array_agg(distinct pg_temp.outcome(set_bit(m, bit, 1 - get_bit(m, bit)))) from generate_series(0, length(m) * 8 - 1, 8191) as bit),
    '{22P03}',
    'a flipped bit anywhere'
) from model;
select is(pg_temp.failure(format('select %s', f)), '22P03 forest model is damaged: wrong kind | Use the bytes of a forest model exactly as they were returned; restore them from a copy or make them again.', f)
from (values ('vigil.forest_info(vigil.stats_send(vigil.stats_agg(now(), ''{1}'')))')) as t (f);

select * from finish();
rollback;
