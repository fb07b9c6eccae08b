-- Summaries of distributions: exact for few values, near for many, mergeable, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(37);

create temporary table reading on commit drop as
select n, 20 + sin(n) * 3 + n % 7 as x, n % 30 as day, n > 20000 as is_current
from generate_series(1, 30000) as n;
create temporary table daily on commit drop as
select is_current, day, vigil.distribution_agg(x) as d from reading group by is_current, day;
create temporary table side on commit drop as
select (select vigil.rollup(d) from daily where not is_current) as reference, (select vigil.rollup(d) from daily where is_current) as current;
create temporary table arrays on commit drop as
select array_agg(x) filter (where not is_current) as reference, array_agg(x) filter (where is_current) as current from reading;

-- Exact for few values.
create temporary table few on commit drop as select vigil.distribution_agg(x) as d from unnest('{3,1,2,10,null,-0}'::float8[]) as x;
select is(vigil.num_vals(d), 5::bigint, 'num_vals: nulls are skipped') from few;
select is(array[vigil.quantile(d, 0), vigil.quantile(d, 0.5), vigil.quantile(d, 0.625), vigil.quantile(d, 1)], '{0,2,2.5,10}', 'quantile: as percentile_cont') from few;
select is(vigil.relative_error(d), 0::float8, 'relative_error: exact') from few;
select is(vigil.distribution_agg(x)::text, null, 'distribution_agg: nothing but nulls') from unnest('{null,null}'::float8[]) as x;
select is(vigil.distribution_agg(n)::text, null, 'distribution_agg: no rows') from generate_series(1, 0) as n;
select is(vigil.rollup(null::vigil.distribution)::text, null, 'rollup: nothing but nulls');
select is((vigil.ks_test(vigil.distribution_agg(x) filter (where x < 50), vigil.distribution_agg(x) filter (where x > 20)))::text,
    vigil.ks_test(array_agg(x::float8) filter (where x < 50), array_agg(x::float8) filter (where x > 20))::text, 'ks_test: exact for few values')
from generate_series(1, 70) as x;

-- Any order and any split.
select is(vigil.distribution_agg(x order by x desc)::text, vigil.distribution_agg(x order by n)::text, 'distribution_agg: any order') from reading;
select is((select vigil.rollup(d)::text from daily), (select vigil.distribution_agg(x)::text from reading), 'rollup: any split');
select cmp_ok(vigil.relative_error(reference), '<', 0.001::float8, 'relative_error: of values away from zero') from side;
select cmp_ok(octet_length(vigil.distribution_send(reference)), '<', 12000, 'distribution_agg: size') from side;
select ok(bool_and(abs(vigil.quantile(side.reference, q) / percentile - 1) < 0.002), 'quantile: of many values')
from side, (select unnest('{0,0.01,0.5,0.9,1}'::float8[]) as q,
        unnest(percentile_cont('{0,0.01,0.5,0.9,1}'::float8[]) within group (order by x)) as percentile from reading where not is_current) as t;

-- A part against another, without their rows.
select ok(abs((s).statistic - (a).statistic) < 0.005, 'ks_test: of many values')
from (select vigil.ks_test(side.reference, side.current) as s, vigil.ks_test(arrays.reference, arrays.current) as a from side, arrays) as t;
select is(array[(s).n_reference, (s).n_current], '{20000,10000}', 'ks_test: sizes') from (select vigil.ks_test(reference, current) as s from side) as t;
select ok(abs(vigil.psi(side.reference, side.current) - vigil.psi(arrays.reference, arrays.current)) < 0.002, 'psi: of many values') from side, arrays;
select ok(abs(vigil.js_divergence(side.reference, side.current) - vigil.js_divergence(arrays.reference, arrays.current)) < 0.0005, 'js_divergence: of many values')
from side, arrays;
select ok(abs(vigil.wasserstein(side.reference, side.current) - vigil.wasserstein(arrays.reference, arrays.current)) < 0.005, 'wasserstein: of many values')
from side, arrays;
select is(vigil.psi(reference, current), vigil.psi(reference, current, 10), 'psi: 10 bins by default') from side;
select is(vigil.js_divergence(reference, current), vigil.js_divergence(reference, current, 10), 'js_divergence: 10 bins by default') from side;
select is(array[vigil.psi(d, d, 10), vigil.js_divergence(d, d, 10)], '{0,0}', 'psi and js_divergence: enough values') from (select vigil.distribution_agg(n) as d from generate_series(1, 200) as n) as t;
select is(array[vigil.psi(d, d, 10), vigil.js_divergence(d, d, 10)], '{null,null}', 'psi and js_divergence: too few values') from (select vigil.distribution_agg(n) as d from generate_series(1, 199) as n) as t;

-- Nulls.
select is(vigil.num_vals(null::vigil.distribution), null, 'num_vals: null');
select is(vigil.quantile(d, null), null, 'quantile: null share') from few;
select is(vigil.ks_test(null, d)::text, null, 'ks_test: null') from few;
select is(vigil.psi(d, null), null, 'psi: null') from few;
select is(vigil.js_divergence(d, d, null), null, 'js_divergence: null bins') from few;
select is(vigil.wasserstein(null, d), null, 'wasserstein: null') from few;

-- Errors.
select is(pg_temp.failure($$select vigil.quantile(d, 1.5) from few$$), '22023 share is out of range | Use a share from 0 to 1; 0.5 is the median.', 'quantile: share');
select is(pg_temp.failure($$select vigil.quantile(d, 'NaN') from few$$), '22023 share is out of range | Use a share from 0 to 1; 0.5 is the median.', 'quantile: nan');
select is(pg_temp.failure($$select vigil.psi(d, d, 1) from few$$), '22023 1 bins is out of range | Use 2 to 1000 bins; 10 is usual.', 'psi: bins');
select is(pg_temp.failure($$select vigil.js_divergence(d, d, 1001) from few$$), '22023 1001 bins is out of range | Use 2 to 1000 bins; 10 is usual.', 'js_divergence: bins');
select is(pg_temp.failure(format('select vigil.distribution_agg(%L::float8)', x)),
    '22023 value is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'distribution_agg: ' || x)
from unnest('{NaN,Infinity,-1e101}'::text[]) as x;
select is(pg_temp.failure($$select vigil.num_vals('\x1234'::vigil.distribution)$$),
    '22P03 distribution value is damaged: too short | Use the bytes of a distribution value exactly as they were returned; restore them from a copy or make them again.',
    'damaged bytes');

-- As a window aggregate.
select is(array_agg(v), '{1,3,6}', 'distribution_agg over a window')
from (select vigil.num_vals(vigil.distribution_agg(x) over (order by g)) as v, row_number() over (partition by g order by x) as r
    from (values (1, 1.0::float8), (2, 2), (2, 3), (3, 4), (3, 5), (3, 6)) as t (g, x) order by g) as w
where r = 1;
select is(vigil.quantile(vigil.distribution_agg(x), 0.5), 1e100::float8, 'largest value') from unnest('{1e100}'::float8[]) as x;

select * from finish();
rollback;
