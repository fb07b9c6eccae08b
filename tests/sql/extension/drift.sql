-- Drift tests: numbers of scipy and numpy, arrays against aggregates, nulls, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(39);

create function pg_temp.near(got float8, want float8, tolerance float8) returns boolean
language sql immutable as $$ select coalesce(abs(got - want) <= tolerance * abs(want), false) $$;

create temporary table sample (reference float8[], current float8[]) on commit drop;
insert into sample (reference, current)
values (
    '{-0.08552,-0.428786,-2.873487,3.245161,0.146684,1.311575,0.350926,-0.720447,0.816537,-2.117551,0.293877,0.563962,-0.978887,-1.001406,0.571524,0.592384,-1.141907,-1.441429,2.093482,0.513175}',
    '{0.029452,-1.168111,-0.888614,-0.558351,-0.558701,-0.573498,2.057996,0.578214,-1.417472,0.466428,-1.951806,-0.860278,-0.383034,0.884486,-1.248926,-0.09522,0.089594,-1.50284,-0.440714,0.881403,-0.009374,-0.759419,-0.264805,0.278152,-0.81628}'
);

-- ks_test of arrays
select ok(pg_temp.near((k).statistic, 0.31, 1e-12), 'ks_test: statistic') from (select vigil.ks_test(reference, current) as k from sample) as t;
select ok(pg_temp.near((k).p_value, 0.1955175173006544, 1e-12), 'ks_test: exact p-value') from (select vigil.ks_test(reference, current) as k from sample) as t;
select is(array[(k).n_reference, (k).n_current], '{20,25}', 'ks_test: sizes') from (select vigil.ks_test(reference, current) as k from sample) as t;
select is((vigil.ks_test('{1,null,2}'::float8[], '{null,2,1,1,1}')).n_current, 4::bigint, 'ks_test: nulls are ignored');
select is((vigil.ks_test('{5}'::float8[], '{5}')).p_value, 1::float8, 'ks_test: equal samples');
-- Above 10000 the p-value is asymptotic: of the one-sample statistic 0.1 at 100 values, by the matrix of Marsaglia, Tsang
-- and Wang (2003) in exact arithmetic.
select is((k).statistic, 0.1::float8, 'ks_test: statistic of many values')
from (select vigil.ks_test(array_agg(n), array_agg(n + 20)) as k from generate_series(0, 199) as n) as t;
select ok(pg_temp.near((k).p_value, 0.25269275700639043923, 1e-12), 'ks_test: asymptotic p-value')
from (select vigil.ks_test(array_agg(n), array_agg(n + 20)) as k from generate_series(0, 199) as n) as t;
select is(vigil.ks_test(null, '{1}'::float8[])::text, null, 'ks_test: null reference');
select is(vigil.ks_test('{1}'::float8[], null)::text, null, 'ks_test: null current');
select is(pg_temp.failure($$select vigil.ks_test('{}'::float8[], '{1}')$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'ks_test: no reference');
select is(pg_temp.failure($$select vigil.ks_test('{1}'::float8[], '{null}')$$),
    '22023 the current sample has no values | Each side needs at least one value that is not NULL.', 'ks_test: nothing but nulls');
select is(pg_temp.failure($$select vigil.ks_test('{1}'::float8[], '{2,Infinity}')$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'ks_test: infinity');
select is(pg_temp.failure($$select vigil.ks_test('{{1}}'::float8[], '{2}')$$),
    '22023 array has 2 dimensions instead of 1 | Pass the values as an array of one dimension.', 'ks_test: two dimensions');
select is(pg_temp.failure($$select vigil.ks_test(array_fill(1.0::float8, array[5000001]), '{2}')$$),
    '22023 a comparison keeps at most 5000000 values | Compare a random sample of the rows, for example with tablesample.', 'ks_test: too many values');

-- ks_test over rows
create temporary table labelled on commit drop as
select v, false as is_current from sample, unnest(reference) as v
union all
select v, true from sample, unnest(current) as v;
select is((select vigil.ks_test(v, is_current) from labelled), (select vigil.ks_test(reference, current) from sample), 'ks_test over rows');
select is(
    (select vigil.ks_test(v, is_current) from (select * from labelled union all values (null, true), (1, null)) as t),
    (select vigil.ks_test(reference, current) from sample),
    'ks_test over rows skips nulls'
);
select is((select vigil.ks_test(v, is_current order by v desc) from labelled), (select vigil.ks_test(v, is_current order by v) from labelled),
    'ks_test over rows in any order');
select is(pg_temp.failure($$select vigil.ks_test(v, is_current) from labelled where is_current$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'ks_test over rows of one side');
select is(pg_temp.failure($$select vigil.ks_test(v, is_current) from labelled where false$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'ks_test over no rows');
select is(pg_temp.failure($$select vigil.ks_test('NaN'::float8, true)$$),
    '22023 value is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'ks_test over rows: nan');

-- psi of arrays
select ok(pg_temp.near(vigil.psi(reference, current), 0.5247284523265067, 1e-12), 'psi') from sample;
select is(vigil.psi(reference, current), vigil.psi(reference, current, 10), 'psi: 10 bins by default') from sample;
select isnt(vigil.psi(reference, current), vigil.psi(reference, current, 4), 'psi: other bins') from sample;
select is(vigil.psi(reference, reference), 0::float8, 'psi: of a sample and itself') from sample;
select is(vigil.psi(array_prepend(null, reference), array_append(current, null)), vigil.psi(reference, current), 'psi: nulls are ignored') from sample;
select is(vigil.psi(null, '{1}'::float8[]), null, 'psi: null reference');
select is(vigil.psi('{1}'::float8[], null), null, 'psi: null current');
select is(vigil.psi('{1}'::float8[], '{1}', null), null, 'psi: null bins');
select is(pg_temp.failure($$select vigil.psi('{1}'::float8[], '{}')$$),
    '22023 the current sample has no values | Each side needs at least one value that is not NULL.', 'psi: no current');
select is(pg_temp.failure($$select vigil.psi('{1}'::float8[], '{1}', 1)$$), '22023 1 bins is out of range | Use 2 to 1000 bins; 10 is usual.', 'psi: too few bins');
select is(pg_temp.failure($$select vigil.psi('{1}'::float8[], '{1}', 1001)$$), '22023 1001 bins is out of range | Use 2 to 1000 bins; 10 is usual.', 'psi: too many bins');
select is(pg_temp.failure($$select vigil.psi('{1}'::float8[], '{1}', -2147483648)$$), '22023 -2147483648 bins is out of range | Use 2 to 1000 bins; 10 is usual.',
    'psi: negative bins');

-- psi over rows
select is((select vigil.psi(v, is_current, 10) from labelled), (select vigil.psi(reference, current) from sample), 'psi over rows');
select is(
    (select vigil.psi(v, is_current, bins) from (select *, 10 as bins from labelled union all values (null, true, null), (1, null, 3)) as t),
    (select vigil.psi(reference, current) from sample),
    'psi over rows skips nulls'
);
select is(pg_temp.failure($$select vigil.psi(v, is_current, case when is_current then 5 else 6 end) from labelled$$),
    '22023 bins differ between rows: 6 and 5 | Pass the same number of bins for all rows.', 'psi over rows: bins differ');
select is(pg_temp.failure($$select vigil.psi(v, is_current, null) from labelled$$),
    '22023 bins is null | Pass a number of bins; 10 is usual.', 'psi over rows: null bins');
select is(pg_temp.failure($$select vigil.psi(v, is_current, 0) from labelled$$), '22023 0 bins is out of range | Use 2 to 1000 bins; 10 is usual.',
    'psi over rows: no bins');
select is(pg_temp.failure($$select vigil.psi(v, is_current, 10) from labelled where not is_current$$),
    '22023 the current sample has no values | Each side needs at least one value that is not NULL.', 'psi over rows of one side');
select is(pg_temp.failure($$select vigil.psi(v, is_current, 10) from labelled where false$$),
    '22023 the reference sample has no values | Each side needs at least one value that is not NULL.', 'psi over no rows');

select * from finish();
rollback;
