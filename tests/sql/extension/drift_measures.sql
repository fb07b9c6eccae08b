-- Jensen-Shannon, Wasserstein, chi-squared and Benjamini-Hochberg: numbers of scipy, arrays against aggregates, nulls, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(58);

create function pg_temp.near(got float8, want float8, tolerance float8) returns boolean
language sql immutable as $$ select coalesce(abs(got - want) <= tolerance * abs(want), false) $$;

create temporary table sample (reference float8[], current float8[]) on commit drop;
insert into sample (reference, current)
values (
    '{-0.08552,-0.428786,-2.873487,3.245161,0.146684,1.311575,0.350926,-0.720447,0.816537,-2.117551,0.293877,0.563962,-0.978887,-1.001406,0.571524,0.592384,-1.141907,-1.441429,2.093482,0.513175}',
    '{0.029452,-1.168111,-0.888614,-0.558351,-0.558701,-0.573498,2.057996,0.578214,-1.417472,0.466428,-1.951806,-0.860278,-0.383034,0.884486,-1.248926,-0.09522,0.089594,-1.50284,-0.440714,0.881403,-0.009374,-0.759419,-0.264805,0.278152,-0.81628}'
);
create temporary table labelled on commit drop as
select v, false as is_current from sample, unnest(reference) as v
union all
select v, true from sample, unnest(current) as v;

-- js_divergence
select ok(pg_temp.near(vigil.js_divergence(reference, current), 0.06339938712731555, 1e-12), 'js_divergence') from sample;
select is(vigil.js_divergence(reference, current), vigil.js_divergence(reference, current, 10), 'js_divergence: 10 bins by default') from sample;
select is(vigil.js_divergence(array_prepend(null, reference), current), vigil.js_divergence(reference, current), 'js_divergence: nulls are ignored') from sample;
select is(vigil.js_divergence(null, '{1}'::float8[]), null, 'js_divergence: null reference');
select is(vigil.js_divergence('{1}'::float8[], '{1}', null), null, 'js_divergence: null bins');
select is((select vigil.js_divergence(v, is_current, 10) from labelled), vigil.js_divergence(reference, current), 'js_divergence over rows') from sample;
select is(pg_temp.failure($$select vigil.js_divergence('{1}'::float8[], '{1}', 1001)$$),
    '22023 1001 bins is out of range | Use 2 to 1000 bins; 10 is usual.', 'js_divergence: too many bins');
select is(pg_temp.failure($$select vigil.js_divergence(v, is_current, null) from labelled$$),
    '22023 bins is null | Pass a number of bins; 10 is usual.', 'js_divergence over rows: null bins');
select is(pg_temp.failure($$select vigil.js_divergence(v, is_current, 10) from labelled where false$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'js_divergence over no rows');

-- jensen_shannon
select ok(pg_temp.near(vigil.jensen_shannon('{0.25,0.25,0.25,0.25}', '{1,2,3,4}'), 0.02786561345727674, 1e-12), 'jensen_shannon: shares and counts');
select is(vigil.jensen_shannon('{1,0}', '{0,5}'), ln(2::float8), 'jensen_shannon: nothing shared');
select is(vigil.jensen_shannon(null, '{1}'), null, 'jensen_shannon: null');
select is(pg_temp.failure($$select vigil.jensen_shannon('{1,null}', '{1,1}')$$),
    '22023 element 2 is no count | Counts are at least 0; use 0 for a category without values.', 'jensen_shannon: null element');
select is(pg_temp.failure($$select vigil.jensen_shannon('{1,2}', '{1}')$$),
    '22023 arrays differ in length: 2 and 1 | Pass arrays with one element for each category, 0 where it has no values.', 'jensen_shannon: lengths');
select is(pg_temp.failure($$select vigil.jensen_shannon('{1,2}', '{0,0}')$$),
    '22023 the current sample has no values | Each side needs at least one value that is not NULL.', 'jensen_shannon: nothing but zeros');
select is(pg_temp.failure($$select vigil.jensen_shannon('{}', '{}')$$),
    '22023 vector has no elements | Pass an array with at least one element.', 'jensen_shannon: empty');

-- wasserstein
select ok(pg_temp.near(vigil.wasserstein(reference, current), 0.51877051, 1e-12), 'wasserstein') from sample;
select ok(pg_temp.near(vigil.wasserstein('{0,10,null}', '{3,4,5}'::float8[]), 13 / 3::float8, 1e-12), 'wasserstein: nulls are ignored');
select is(vigil.wasserstein('{1e100}', '{-1e100}'::float8[]), 2e100::float8, 'wasserstein: far apart');
select is(vigil.wasserstein(null, '{1}'::float8[]), null, 'wasserstein: null');
select is((select vigil.wasserstein(v, is_current) from labelled), vigil.wasserstein(reference, current), 'wasserstein over rows') from sample;
select is(
    (select vigil.wasserstein(v, is_current) from (select * from labelled union all values (null, true), (1, null)) as t),
    vigil.wasserstein(reference, current), 'wasserstein over rows skips nulls'
)
from sample;
select is(pg_temp.failure($$select vigil.wasserstein('{}'::float8[], '{1}')$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'wasserstein: empty');
select is(pg_temp.failure($$select vigil.wasserstein(v, is_current) from labelled where is_current$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'wasserstein over rows of one side');
select is(pg_temp.failure($$select vigil.wasserstein('{NaN}'::float8[], '{1}')$$),
    '22023 element 1 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'wasserstein: nan');

-- chi2_gof
select ok(pg_temp.near((r).statistic, 4, 1e-12) and pg_temp.near((r).p_value, 0.04550026389635857, 1e-12) and (r).degrees_of_freedom = 1, 'chi2_gof: uniform')
from (select vigil.chi2_gof('{40,60}') as r) as t;
select ok(pg_temp.near((r).effect_size, 0.2, 1e-12) and (r).min_expected = 50 and (r).n = 100, 'chi2_gof: effect size') from (select vigil.chi2_gof('{40,60}') as r) as t;
select is(vigil.chi2_gof('{40,60}', '{50,50}')::text, vigil.chi2_gof('{40,60}')::text, 'chi2_gof: expected counts');
select is(vigil.chi2_gof(null)::text, null, 'chi2_gof: null');
select is((vigil.chi2_gof('{1,0}')).p_value, null, 'chi2_gof: too few for a p-value');
select is((vigil.chi2_gof('{5}')).p_value, null, 'chi2_gof: one category');
select is(pg_temp.failure($$select vigil.chi2_gof('{1,2}', '{0,3}')$$), '22023 expected count 1 is 0 | Expected counts are above 0; merge categories that are not expected.',
    'chi2_gof: expected count of 0');
select is(pg_temp.failure($$select vigil.chi2_gof('{1,2}', '{1,1}')$$),
    '22023 observed and expected counts differ in their sums | Scale the expected counts to the sum of the observed ones.', 'chi2_gof: sums');
select is(pg_temp.failure($$select vigil.chi2_gof('{-1,2}')$$), '22023 element 1 is no count | Counts are at least 0; use 0 for a category without values.', 'chi2_gof: negative');
select is(pg_temp.failure($$select vigil.chi2_gof('{0,0}')$$), '22023 the observed sample has no values | Each side needs at least one value that is not NULL.', 'chi2_gof: zeros');

-- chi2_contingency
select ok(pg_temp.near((r).statistic, 18.726190476190474, 1e-12) and pg_temp.near((r).p_value, 1.5089565704354248e-05, 1e-12), 'chi2_contingency')
from (select vigil.chi2_contingency('{{10,20},{30,5}}') as r) as t;
select ok(pg_temp.near((r).statistic, 16.57848214285714, 1e-12) and pg_temp.near((r).p_value, 4.667763281513949e-05, 1e-12), 'chi2_contingency: yates')
from (select vigil.chi2_contingency('{{10,20},{30,5}}', true) as r) as t;
select is(vigil.chi2_contingency('{{10,0,20},{0,0,0},{30,0,5}}')::text, vigil.chi2_contingency('{{10,20},{30,5}}')::text, 'chi2_contingency: rows and columns of zeros');
select is(vigil.chi2_contingency(null)::text, null, 'chi2_contingency: null');
select is(pg_temp.failure($$select vigil.chi2_contingency('{1,2}')$$),
    '22023 array has 1 dimensions instead of 2 | Pass the rows as an array of two dimensions, as array_agg makes of arrays.', 'chi2_contingency: one dimension');
select is(pg_temp.failure($$select vigil.chi2_contingency('{}')$$), '22023 vector has no elements | Pass an array with at least one element.', 'chi2_contingency: empty');
select is(pg_temp.failure($$select vigil.chi2_contingency('{{1,null},{2,3}}')$$),
    '22023 element 2 is no count | Counts are at least 0; use 0 for a category without values.', 'chi2_contingency: null element');
select is(pg_temp.failure($$select vigil.chi2_contingency(array_fill(1::float8, array[129, 128]))$$),
    '22023 vector has 16512 elements, more than 16384 | Split the metrics into profiles of at most 16384 elements.', 'chi2_contingency: too many cells');

-- chi2_test
select is(vigil.chi2_test('{10,20}'::float8[], '{30,5}')::text, vigil.chi2_contingency('{{10,20},{30,5}}')::text, 'chi2_test of counts');
select is(vigil.chi2_test(null, '{1}'::float8[])::text, null, 'chi2_test: null');
select is(pg_temp.failure($$select vigil.chi2_test('{0,0}'::float8[], '{1,1}')$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'chi2_test: no reference');
create temporary table event on commit drop as
select 'up' as category, false as is_current from generate_series(1, 10)
union all
select 'down', false from generate_series(1, 20)
union all
select 'up', true from generate_series(1, 30)
union all
select 'down', true from generate_series(1, 5);
select is((select vigil.chi2_test(category, is_current) from event)::text, vigil.chi2_test('{20,10}'::float8[], '{5,30}')::text, 'chi2_test over rows');
select is(
    (select vigil.chi2_test(category, is_current) from (select * from event union all values (null, true), ('up', null)) as t)::text,
    (select vigil.chi2_test(category, is_current) from event)::text, 'chi2_test over rows skips nulls'
);
select is(pg_temp.failure($$select vigil.chi2_test(category, is_current) from event where is_current$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'chi2_test over rows of one side');
select is(pg_temp.failure($$select vigil.chi2_test(category, is_current) from event where false$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'chi2_test over no rows');
select is(pg_temp.failure($$select vigil.chi2_test(n::text, true) from generate_series(1, 8193) as n$$),
    '22023 a comparison keeps at most 8192 categories | Merge rare categories into one.', 'chi2_test: too many categories');
select is(pg_temp.failure($$select vigil.chi2_test(repeat('x', 1025), true)$$),
    '22023 category has 1025 bytes, more than 1024 | Compare a shorter name of the category, for example its hash.', 'chi2_test: long category');

-- benjamini_hochberg
select ok(bool_and(abs(got - want) < 1e-15), 'benjamini_hochberg')
from unnest(vigil.benjamini_hochberg('{0.01,0.04,0.03,0.005,0.6}'), '{0.025,0.05,0.05,0.025,0.6}'::float8[]) as t (got, want);
select is(vigil.benjamini_hochberg('{0.01,null,0.6}'), '{0.02,null,0.6}', 'benjamini_hochberg: nulls do not count');
select is(vigil.benjamini_hochberg('{}'), '{}', 'benjamini_hochberg: empty');
select is(vigil.benjamini_hochberg(null), null, 'benjamini_hochberg: null');
select is(pg_temp.failure($$select vigil.benjamini_hochberg('{0.5,1.5}')$$), '22023 element 2 is no probability | P-values lie between 0 and 1; use NULL for a missing one.',
    'benjamini_hochberg: no probability');
select is(pg_temp.failure($$select vigil.benjamini_hochberg('{0.5,NaN}')$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'benjamini_hochberg: nan');

select * from finish();
rollback;
