-- Several features together: Mahalanobis distance, principal components, changed correlations; nulls, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(43);

create function pg_temp.near(got float8, want float8, tolerance float8) returns boolean
language sql immutable as $$ select coalesce(abs(got - want) <= tolerance * abs(want), false) $$;

-- Pressure follows speed, temperature does not; from row 301 on, pressure no longer follows.
create temporary table reading on commit drop as
select n, array[100 + sin(n * 1.3), 5000 * (case when n <= 300 then sin(n * 1.3) else sin(n * 2.9) end + 0.1 * cos(n * 2.1)), 20 + cos(n * 0.7)] as v
from generate_series(1, 500) as n;
create temporary table period on commit drop as
select vigil.covariance_agg(v) filter (where n <= 300) as reference, vigil.covariance_agg(v) filter (where n > 300) as current from reading;
create temporary table model on commit drop as
select vigil.mahalanobis_model(reference) as m, vigil.pca_model(reference, 2) as p from period;

-- covariance_agg
select is(vigil.num_vals(reference), 300::bigint, 'num_vals') from period;
select is(vigil.num_vals(vigil.covariance_agg(v)), 2::bigint, 'covariance_agg: incomplete rows are skipped')
from (values ('{1,2}'::float8[]), ('{1,null}'), (null), ('{3,4}')) as t (v);
select is(vigil.covariance_agg(null::float8[])::text, null, 'covariance_agg: nothing but nulls');
select is(vigil.num_vals(vigil.rollup(c)), 500::bigint, 'rollup') from (select reference as c from period union all select current from period union all select null) as t;
select is(vigil.rollup(null::vigil.covariance)::text, null, 'rollup: nothing but nulls');
select is(pg_temp.failure($$select vigil.covariance_agg(v) from (values ('{1,2}'::float8[]), ('{1}')) as t (v)$$),
    '22023 rows differ in length: 2 and 1 | Train on rows of one profile version; pad older rows with NULL.', 'covariance_agg: lengths');
select is(pg_temp.failure($$select vigil.covariance_agg('{}'::float8[])$$), '22023 vector has no elements | Pass an array with at least one element.', 'covariance_agg: empty');
select is(pg_temp.failure($$select vigil.covariance_agg(array_fill(1::float8, array[129]))$$),
    '22023 row has 129 features, more than 128 | Choose at most 128 features that belong together.', 'covariance_agg: too many features');
select is(pg_temp.failure($$select vigil.covariance_agg('{1,Infinity}'::float8[])$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'covariance_agg: infinity');

-- mahalanobis
select cmp_ok(vigil.mahalanobis(m, '{100.9,4500,20}'), '<', 3::float8, 'mahalanobis: usual') from model;
select cmp_ok(vigil.mahalanobis(m, '{100.9,-4500,20}'), '>', 8::float8, 'mahalanobis: values that are usual alone') from model;
select cmp_ok(vigil.mahalanobis(m, '{100.9,null,20}'), '<', 3::float8, 'mahalanobis: what is missing is left out') from model;
select is(vigil.mahalanobis(m, '{null,null,null}'), null, 'mahalanobis: nothing but nulls') from model;
select is(vigil.mahalanobis(null, '{1}'), null, 'mahalanobis: null model');
select is(vigil.mahalanobis(m, null), null, 'mahalanobis: null features') from model;
select is(vigil.mahalanobis_model(null), null, 'mahalanobis_model: null');
-- r = 0.6 in 20 rows is shrunk by 4 / (20 * 0.72).
select ok(pg_temp.near(vigil.mahalanobis(vigil.mahalanobis_model(vigil.covariance_agg(v)), '{1.5,-0.7}'), 2.066192596730814, 1e-12), 'mahalanobis: shrinkage')
from (
    select case when n <= 8 then '{1,1}' when n <= 16 then '{-1,-1}' when n <= 18 then '{1,-1}' else '{-1,1}' end::float8[] as v
    from generate_series(1, 20) as n
) as t;
select ok(vigil.mahalanobis(vigil.mahalanobis_model(vigil.covariance_agg(array[n, n])), '{5,5}') is not null, 'mahalanobis: a feature twice') from generate_series(1, 12) as n;
select is(vigil.mahalanobis(vigil.mahalanobis_model(vigil.covariance_agg(array[n, 7])), '{5,1000}'), vigil.mahalanobis(vigil.mahalanobis_model(vigil.covariance_agg(array[n, 7])), '{5,7}'),
    'mahalanobis: a constant feature is left out') from generate_series(1, 12) as n;
select is(pg_temp.failure($$select vigil.mahalanobis_model(vigil.covariance_agg(array[n])) from generate_series(1, 9) as n$$),
    '22023 at least 10 complete rows are needed, got 9 | Take a longer period; rows with a NULL element do not count.', 'mahalanobis_model: too few rows');
select is(pg_temp.failure($$select vigil.mahalanobis_model(vigil.covariance_agg('{1,2}'::float8[])) from generate_series(1, 10) as n$$),
    '22023 no feature varies in the training rows | Train on a longer period, or choose features that are not constant.', 'mahalanobis_model: constants');
select is(pg_temp.failure($$select vigil.mahalanobis(m, '{1,2}') from model$$),
    '22023 model expects 3 features, got 2 | Score with the feature set that the model was trained on.', 'mahalanobis: length');
select is(pg_temp.failure($$select vigil.mahalanobis(m, '{1,2,NaN}') from model$$),
    '22023 element 3 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'mahalanobis: nan');
select is(pg_temp.failure($$select vigil.mahalanobis(p, '{1,2,3}') from model$$),
    '22P03 mahalanobis model is damaged: wrong kind | Use the bytes of a mahalanobis model exactly as they were returned; restore them from a copy or make them again.',
    'mahalanobis: another model');

-- pca
select cmp_ok(vigil.pca_explained(p), '>', 0.98::float8, 'pca_explained') from model;
select cmp_ok(vigil.pca_error(p, '{100.9,-4500,20}'), '>', 5 * vigil.pca_error(p, '{100.9,4500,20}'), 'pca_error: values that are usual alone') from model;
select is(vigil.pca_error(p, '{null,null,null}'), null, 'pca_error: nothing but nulls') from model;
select isnt(vigil.pca_error(p, '{101,null,20}'), null, 'pca_error: what is missing is the mean') from model;
select is(vigil.pca_error(null, '{1}'), null, 'pca_error: null model');
select is(vigil.pca_explained(null), null, 'pca_explained: null');
select is(vigil.pca_model(reference, null), null, 'pca_model: null components') from period;
select is(pg_temp.failure($$select vigil.pca_model(reference, 4) from period$$),
    '22023 4 components of 3 features is out of range | Use from 1 component to as many as there are features, for example a third of them.', 'pca_model: components');
select is(left(pg_temp.failure($$select vigil.pca_model(reference, -2147483648) from period$$), 5), '22023', 'pca_model: negative components');
select is(pg_temp.failure($$select vigil.pca_error(p, '{1}') from model$$),
    '22023 model expects 3 features, got 1 | Score with the feature set that the model was trained on.', 'pca_error: length');

-- correlation_changes
create temporary table change on commit drop as select c.* from period cross join lateral vigil.correlation_changes(reference, current) as c;
select is((select count(*) from change), 3::bigint, 'correlation_changes: every pair');
select is(array[first, second], '{1,2}', 'correlation_changes: the largest first') from change limit 1;
select ok(reference_r > 0.95 and abs(current_r) < 0.3 and adjusted_p < 1e-10 and adjusted_p >= p_value, 'correlation_changes: the broken pair') from change limit 1;
select ok(pg_temp.near(effect_size, atanh(current_r) - atanh(reference_r), 1e-9), 'correlation_changes: effect size') from change limit 1;
select ok(pg_temp.near(corr(v[1], v[2]) filter (where n <= 300), (select reference_r from change limit 1), 1e-9), 'correlation_changes: correlations') from reading;
select ok(bool_and(p_value = 1 and effect_size = 0), 'correlation_changes: no change') from period cross join lateral vigil.correlation_changes(reference, reference);
select is((select count(*) from vigil.correlation_changes(null, (select current from period))), 0::bigint, 'correlation_changes: null');
select is(pg_temp.failure($$select * from vigil.correlation_changes((select reference from period), (select vigil.covariance_agg('{1,2,3}'::float8[])))$$),
    '22023 at least 10 complete rows are needed, got 1 | Take a longer period; rows with a NULL element do not count.', 'correlation_changes: too few rows');
select is(pg_temp.failure($$select * from vigil.correlation_changes((select reference from period), (select vigil.covariance_agg(array[n, n]) from generate_series(1, 10) as n))$$),
    '22023 model expects 3 features, got 2 | Score with the feature set that the model was trained on.', 'correlation_changes: features');

select * from finish();
rollback;
