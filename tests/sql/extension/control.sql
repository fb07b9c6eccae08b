-- Control charts: reference numbers, rules, nulls, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(26);

-- Ten values of 2 where 0 is right.
select is(
    (select array_agg(round(statistic::numeric, 6) order by index) from vigil.ewma_chart(array_fill(2::float8, '{4}'), 0, 1)),
    '{0.4,0.72,0.976,1.1808}', 'the average of an ewma chart'
);
select is(
    (select array_agg(round(upper::numeric, 9) order by index) from vigil.ewma_chart('{2,2,2}', 0, 1)), '{0.540000000,0.691537418,0.773086903}',
    'limits of an ewma chart widen'
);
select is((select array_agg(signal order by index) from vigil.ewma_chart('{2,2,2}', 0, 1)), '{f,t,t}', 'signals of an ewma chart');
select is((select array_agg(statistic order by index) from vigil.ewma_chart('{1,5,3}', 0, 1, 1)), '{1,5,3}', 'lambda 1 is the value itself');
select is(
    (select array_agg(array[upper_sum, lower_sum, decision] order by index) from vigil.cusum_chart('{2,2,-3,2}', 0, 1, h => 2.5)),
    '{{1.5,0,2.5},{3,0,2.5},{0,2.5,2.5},{1.5,0,2.5}}', 'sums of a cusum chart'
);
select is((select array_agg(signal order by index) from vigil.cusum_chart('{2,2,-3,2}', 0, 1, h => 2.5)), '{f,t,f,f}', 'signals of a cusum chart');
select is((select array_agg(signal order by index) from vigil.cusum_chart('{2,2,2,2,2}', 0, 1)), '{f,f,f,t,t}', 'h is 5 unless given');
select results_eq(
    $$select index, value, centre, round(lower::numeric, 3), round(upper::numeric, 3), signal, moving_range, range_centre, round(range_upper::numeric, 5), range_signal
    from vigil.individuals_chart((select array_agg(n * 0.25 order by n) from generate_series(0, 14) as n)) order by index limit 2$$,
    $$values (1, 0::float8, 1.75::float8, 1.085, 2.415, true, null::float8, 0.25::float8, 0.81675, null::boolean),
        (2, 0.25, 1.75, 1.085, 2.415, true, 0.25, 0.25, 0.81675, false)$$,
    'an individuals chart'
);
select is((select max(upper) from vigil.individuals_chart('{1,2}', 0, 1)), 3::float8, 'limits of a given sigma');
select is(
    (select array_agg(rules::text order by index) from vigil.western_electric_rules('{0,3.5,0,2.5,2.5,0.1}', 0, 1)),
    '{"{}","{1}","{}","{2}","{2}","{}"}', 'western electric rules 1 and 2'
);
select is(
    (select array_agg(rules::text order by index) from vigil.western_electric_rules('{1.5,1.5,0,1.5,1.5,0.5,0.5,0.5,0.5,0.5,0.5}', 0, 1)),
    '{"{}","{}","{}","{}","{3}","{}","{}","{}","{}","{}","{4}"}', 'western electric rules 3 and 4'
);
select is((select array_agg(index) from vigil.nelson_rules('{0,0.1,0.2,0.3,0.4,0.5}', 0, 1) where 3 = any(rules)), '{6}', 'six rising values');
select is((select array_agg(index) from vigil.nelson_rules(array_fill(0.5::float8, '{15}'), 0, 1) where 7 = any(rules)), '{15}', 'fifteen near the centre');
select is((select array_agg(rules) from vigil.nelson_rules(array_fill(0.5::float8, '{9}'), 0, 1) where index = 9), '{{2}}', 'nine on one side');

-- What is not given is estimated.
select is((select min(centre) from vigil.ewma_chart('{1,null,3}')), 2::float8, 'the centre is the mean');
select is((select round(max(upper)::numeric, 9) from vigil.western_electric_rules('{1,null,3}')), round((2 + 3 * 2 / 1.128)::numeric, 9), 'sigma is of the moving ranges');

-- Nulls.
select results_eq(
    $$select * from vigil.ewma_chart('{null,1,null}', 0, 1) where value is null order by index$$,
    $$select i, null::float8, null::float8, null::float8, null::float8, null::float8, null::boolean from unnest('{1,3}'::int[]) as i$$,
    'a null has nothing but its index'
);
select is(
    (select array_agg(statistic order by index) from vigil.ewma_chart('{1,null,2,null,null,3}', 0, 1) where value is not null),
    (select array_agg(statistic order by index) from vigil.ewma_chart('{1,2,3}', 0, 1)),
    'the chart goes on after a null'
);
select is_empty($$select * from vigil.ewma_chart(null) union all select * from vigil.ewma_chart('{}')$$, 'no values, no rows');
select results_eq(
    $$select centre, lower, signal from vigil.individuals_chart('{5}')$$, $$values (5::float8, null::float8, null::boolean)$$, 'one value has no limits'
);
select is((select rules from vigil.nelson_rules('{5}')), null, 'one value breaks no rule that could be known');

-- Errors.
select is(pg_temp.failure(statement), message, statement)
from (values
    ($$select vigil.ewma_chart('{1}', lambda => 0)$$,
        '22023 lambda must be a number above 0 and at most 1 | Pass a number above 0 and at most 1 as lambda, or leave it out where it has a default.'),
    ($$select vigil.cusum_chart('{1}', k => null)$$, '22023 k must be a number from 0 to 1e6 | Pass a number from 0 to 1e6 as k, or leave it out where it has a default.'),
    ($$select vigil.cusum_chart('{1}', h => 'Infinity')$$,
        '22023 h must be a number above 0 and at most 1e6 | Pass a number above 0 and at most 1e6 as h, or leave it out where it has a default.'),
    ($$select vigil.individuals_chart('{1}', sigma => 0)$$,
        '22023 sigma must be a number above 0 and at most 1e100 | Pass a number above 0 and at most 1e100 as sigma, or leave it out where it has a default.'),
    ($$select vigil.nelson_rules('{1,NaN}')$$, '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.')
) as t (statement, message);

select * from finish();
rollback;
