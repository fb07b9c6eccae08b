-- Baselines of one variable: reference numbers, windows against arrays, nulls, seasons, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql
set local timezone = 'UTC';

select plan(43);

create function pg_temp.near(got float8, want float8) returns boolean
language sql immutable as $$
    select coalesce(abs(got - want) <= 1e-9 * greatest(abs(want), 1e-9), got is null and want is null)
$$;

-- A sample: numbers of mpmath.
select results_eq(
    $$select n, median, mad, sigma, q1, q3, iqr, lower_fence, upper_fence from vigil.baseline('{1,2,3,null,4,100,200}')$$,
    $$values (6::bigint, 3.5::float8, 2::float8, 2.965204437011204::float8, 2.25::float8, 76::float8, 73.75::float8, -108.375::float8, 186.625::float8)$$,
    'baseline'
);
select ok(pg_temp.near(b.mean, 51.666666666666664) and pg_temp.near(b.stddev, 82.47827996913288), 'mean and standard deviation')
from vigil.baseline('{200,100,4,3,2,1}') as b;
select ok(pg_temp.near(vigil.zscore(1, '{1,2,3,4,100,200}'), -0.6143031436352508), 'zscore');
select ok(pg_temp.near(vigil.robust_z(1, '{1,2,3,4,100,200}'), -0.8431121877451021), 'robust_z');
select is(vigil.iqr_outlier(x, '{1,2,3,4,100,200}'), x > 186.625 or x < -108.375, 'iqr_outlier ' || x)
from unnest('{-108.4,-108.375,186.625,186.7}'::float8[]) as x;
select is(vigil.iqr_outlier(200, '{1,2,3,4,100,200}', 3), false, 'iqr_outlier with wide fences');
select is(vigil.quantile('{1,2,3,4}'::float8[], 0.25), 1.75::float8, 'quantile of type 7');
select is(
    (select array_agg(vigil.quantile('{1,2,3,null,4}'::float8[], 0.25, kind) order by kind) from generate_series(1, 9) as kind),
    '{1,1.5,1,1,1.5,1.25,1.75,1.4166666666666667,1.4375}',
    'the nine types'
);
select is(
    (select array_agg(vigil.quantile(s.v, q, 7) order by q) from unnest('{0,0.1,0.5,0.77,1}'::float8[]) as q),
    (select percentile_cont('{0,0.1,0.5,0.77,1}'::float8[]) within group (order by x) from unnest(s.v) as x),
    'type 7 is percentile_cont'
)
from (select array_agg(sin(n)) as v from generate_series(1, 50) as n) as s;

-- Where nothing is defined.
select is(vigil.baseline('{}')::text, null, 'no values');
select is(vigil.baseline('{null,null}')::text, null, 'nothing but nulls');
select is(
    array[vigil.zscore(1, null), vigil.zscore(null, '{1,2}'), vigil.zscore(1, '{}'), vigil.zscore(1, '{1}'), vigil.zscore(1, '{2,2}'), vigil.robust_z(1, '{2,2,3}'),
        vigil.robust_z(null, '{1,2}'), vigil.quantile('{}'::float8[], 0.5), vigil.quantile('{1}'::float8[], null)],
    array_fill(null::float8, array[9]),
    'undefined scores are null'
);
select is(vigil.iqr_outlier(1, '{}'), null, 'no fences without values');
select is(vigil.zscore(1e100, '{1e-300,2e-300}'), 1.7976931348623157e308::float8, 'a score beyond the doubles saturates');

-- Windows: every frame has the answer of its values as an array.
create temporary table reading on commit drop as
select n, n % 3 as device, case when n % 7 > 0 then (n * 7919 % 101) * case n % 10 when 0 then 1e-3 else 1 end end::float8 as v
from generate_series(1, 300) as n;
create temporary table frame (name text, clause text) on commit drop;
insert into frame (name, clause)
values
    ('moving', 'order by n rows 20 preceding'),
    ('running', 'order by n'),
    ('behind and ahead', 'order by n rows between 5 preceding and 3 following'),
    ('of each device', 'partition by device order by n rows 9 preceding'),
    ('without the row itself', 'order by n rows between 20 preceding and 1 preceding'),
    ('excluding the current row', 'order by n rows between 20 preceding and current row exclude current row'),
    ('by distance', 'order by n range between 15 preceding and current row');
create function pg_temp.wrong(clause text) returns setof int
language plpgsql as $$
begin
    return query execute format(
        'select n from (
            select n, vigil.zscore(v) over w as z, vigil.robust_z(v) over w as r, vigil.iqr_outlier(v) over w as o,
                array_agg(v) over w as frame, last_value(v) over w as last
            from reading window w as (%s)
        ) as f
        where not pg_temp.near(z, vigil.zscore(last, frame)) or r is distinct from vigil.robust_z(last, frame) or o is distinct from vigil.iqr_outlier(last, frame)',
        clause);
end
$$;
select is_empty(format('select pg_temp.wrong(%L)', clause), 'window ' || name) from frame order by name;
select is(
    (select count(z) from (select vigil.zscore(v) over (order by n rows 20 preceding) as z from reading) as s),
    (select count(v) - 1 from reading),
    'every row but the first and the nulls has a score'
);
select is(vigil.robust_z(v order by n desc), vigil.robust_z(5, '{1,2,3,5}'), 'as a plain aggregate, the last row in order')
from (values (1, 5::float8), (2, 3), (3, 2), (4, 1)) as t (n, v);
select is(vigil.zscore(v), null, 'no rows, no score') from reading where n < 0;

-- Seasons.
create temporary table season on commit drop as
select
    vigil.seasonal_agg(ts, v) as utc,
    vigil.seasonal_agg(ts, v, 'Europe/Berlin') as berlin
from (
    select ts, extract(hour from ts at time zone 'Europe/Berlin') + (n / 168) as v
    from generate_series(0, 167) as n, lateral (select timestamptz '2024-01-01 00:00+01' + n * interval '1 hour' as ts) as t
    union all
    select ts, extract(hour from ts at time zone 'Europe/Berlin') + 1
    from generate_series(0, 167) as n, lateral (select timestamptz '2024-07-01 00:00+02' + n * interval '1 hour' as ts) as t
) as t;
select is(vigil.num_vals(berlin), 336::bigint, 'num_vals') from season;
select is(
    array[vigil.expected(berlin, '2025-03-04 06:59+01'), vigil.expected(berlin, '2025-06-03 06:00+02')], '{6.5,6.5}', 'six is six in winter and in summer'
)
from season;
select is(array[vigil.expected(utc, '2025-03-04 05:59Z'), vigil.expected(utc, '2025-06-03 04:00Z')], '{7,6}', 'utc knows no summer') from season;
select ok(pg_temp.near(vigil.spread(berlin, '2025-03-04 06:59+01'), sqrt(0.5)), 'spread') from season;
select ok(pg_temp.near(vigil.zscore(berlin, '2025-03-04 06:59+01', 8), 1.5 / sqrt(0.5)), 'zscore') from season;
select is(
    array[vigil.expected(s, '2024-01-01 01:00Z'), vigil.spread(s, '2024-01-01 00:30Z'), vigil.zscore(s, '2024-01-01 00:30Z', 3), vigil.expected(s, '2024-01-08 00:59Z')],
    '{NULL,NULL,NULL,5}',
    'an hour without values, and with one'
)
from (select vigil.seasonal_agg('2024-01-01 00:00Z', 5) as s) as one;
select is(
    (select vigil.num_vals(vigil.rollup(s)) from (select berlin from season union all select berlin from season union all select null) as t (s)), 672::bigint,
    'rollup'
);
select is(vigil.seasonal_agg(null, 1)::text || vigil.seasonal_agg(now(), null)::text, null, 'rows with a null are skipped');

-- Errors.
select is(pg_temp.failure(statement), message, statement)
from (values
    ($$select vigil.zscore('NaN', '{1,2}')$$, '22023 value is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.'),
    ($$select vigil.baseline('{1,Infinity}')$$, '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.'),
    ($$select vigil.baseline('{{1},{2}}')$$, '22023 array has 2 dimensions instead of 1 | Pass the values as an array of one dimension.'),
    ($$select vigil.quantile('{1}'::float8[], 2)$$, '22023 q must be a number from 0 to 1 | Pass a number from 0 to 1 as q, or leave it out where it has a default.'),
    ($$select vigil.iqr_outlier(1, '{1}', -1)$$, '22023 k must be a number from 0 to 1e6 | Pass a number from 0 to 1e6 as k, or leave it out where it has a default.'),
    ($$select vigil.robust_z(v) from (values ('-Infinity'::float8)) as t (v)$$,
        '22023 value is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.'),
    ($$select vigil.seasonal_agg(now(), 1, 'Mars/Olympus')$$, '22023 time zone is not known | Pass a name from pg_timezone_names, such as Europe/Berlin.'),
    ($$select vigil.rollup(s) from season, lateral (values (utc), (berlin)) as t (s)$$,
        '22023 time zones differ | Merge seasonal states of one time zone; build one for each zone.')
) as t (statement, message);

select * from finish();
rollback;
