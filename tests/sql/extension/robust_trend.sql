-- Theil-Sen lines, Mann-Kendall tests, autocorrelation: numbers of scipy, pymannkendall and statsmodels, nulls, errors.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql
set local timezone = 'UTC';

select plan(40);

create function pg_temp.near(got float8, want float8) returns boolean
language sql immutable as $$
    select coalesce(abs(got - want) <= 1e-9 * greatest(abs(want), 1e-12), got is null and want is null)
$$;

-- Theil-Sen
select ok(
    pg_temp.near(l.slope, 0.20885368126747436) and pg_temp.near(l.intercept, 1.0924510717614169)
    and pg_temp.near(l.slope_low, 0.1875) and pg_temp.near(l.slope_high, 0.23333333333333334) and l.n = 8,
    'theil_sen'
)
from vigil.theil_sen('{0,1,1.5,4,null,9,9.5,20,33,5}'::float8[], '{1,1.2,1.1,2,7,3.1,2.9,5,8,null}') as l;
select results_eq(
    $$select slope, intercept, slope_low, slope_high from vigil.theil_sen('{0,0,1,1,2,2,3}'::float8[], '{1,2,2,3,3,4,5}')$$,
    $$values (1::float8, 2::float8, 0.5::float8, 2::float8)$$, 'equal x'
);
select results_eq(
    $$select slope, intercept, slope_low, slope_high from vigil.theil_sen('{0,1,2}'::float8[], '{1,3,2}')$$,
    $$values (0.5::float8, 1.5::float8, -1::float8, 2::float8)$$, 'three points'
);
select is(vigil.theil_sen(x, y)::text, null, 'no line without two different x')
from (values ('{}'::float8[], '{}'::float8[]), ('{1,1}', '{1,2}'), ('{1,null}', '{1,2}'), (null, '{1}')) as t (x, y);

-- A day of readings, one a second: 3.7 thousand million pairs.
create temporary table day on commit drop as
select timestamptz '2024-03-01' + n * interval '1 second' as ts, n, 20 + n * 1e-4 + sin(n::float8 * n) + case when n % 10 = 0 then 1e6 else 0 end as v
from generate_series(0, 86399) as n;
select ok(abs(l.slope - 1e-4) < 1e-6 and l.slope between l.slope_low and l.slope_high and l.n = 86400, 'outliers in a long series')
from (select (vigil.theil_sen(ts, v)).* from day) as l;
select is(a.slope, f.slope, 'the aggregate is the function over seconds')
from (select (vigil.theil_sen(ts, v)).* from day where n < 2000) as a,
    (select (vigil.theil_sen(array_agg(n order by n), array_agg(v order by n))).* from day where n < 2000) as f;
select is(a.slope, 0::float8, 'a constant in which every slope is the same') from (select (vigil.theil_sen(ts, 5)).* from day) as a;
select ok(pg_temp.near(a.slope, 0.1), 'a line in which every slope is the same but for rounding') from (select (vigil.theil_sen(ts, n * 0.1)).* from day) as a;

-- Mann-Kendall
select ok(
    m.s = -162 and pg_temp.near(m.variance, 908.6666666666666) and pg_temp.near(m.tau_a, -0.8526315789473684) and pg_temp.near(m.tau_b, -0.9233805168766388)
    and pg_temp.near(m.z, -5.34101229410231) and abs(m.p_value - 9.242898713068826e-08) < 1e-15 and m.slope = -0.25 and m.intercept = 4.875,
    'mann_kendall'
)
from vigil.mann_kendall('{5,5,5,4,4,4,4,3,3,3,2,2,2,2,2,1,1,1,1,0}') as m;
select ok(m.s = 1 and pg_temp.near(m.variance, 3.6666666666666665) and pg_temp.near(m.tau_b, 1 / 3.0) and m.z = 0 and m.p_value = 1 and m.slope = 0.5,
    'mann_kendall of three')
from vigil.mann_kendall('{1,3,2}') as m;
select ok(m.s = 190 and m.variance = 950 and pg_temp.near(m.z, 6.131969718742824) and pg_temp.near(m.p_value, 8.67976276337787e-10) and m.slope = 2,
    'mann_kendall of a line')
from vigil.mann_kendall((select array_agg(1 + 2 * n order by n) from generate_series(0, 19) as n)) as m;
select ok(m.n = 3 and m.s = 3 and m.slope = 1, 'nulls keep their place') from vigil.mann_kendall('{1,null,3,4}') as m;
select results_eq(
    $$select s, z, p_value, tau_b, slope from vigil.mann_kendall('{2,2,2}')$$, $$values (0::bigint, 0::float8, 1::float8, null::float8, 0::float8)$$, 'a constant'
);
select is(vigil.mann_kendall(y)::text, null, 'fewer than two values') from (values ('{}'::float8[]), ('{1,null}'), (null)) as t (y);
select ok(pg_temp.near(m.variance, 104) and m.s = 72 and pg_temp.near(m.z, 6.962122797405533) and pg_temp.near(m.slope, 0.6), 'mann_kendall_seasonal')
from vigil.mann_kendall_seasonal((select array_agg(n % 12 + 0.05 * n order by n) from generate_series(0, 47) as n), 12) as m;
select ok(m.s = 264 and pg_temp.near(m.variance, 18793.067697128972) and pg_temp.near(m.z, 1.9184783802031509) and abs(m.p_value - 0.05505038091322967) < 1e-9,
    'mann_kendall_hamed_rao')
from vigil.mann_kendall_hamed_rao((select array_agg(n % 12 order by n) from generate_series(0, 47) as n)) as m;
select ok(h.variance = m.variance and h.z = m.z, 'without lags there is no correction')
from vigil.mann_kendall('{1,4,2,6,3,7}') as m, vigil.mann_kendall_hamed_rao('{1,4,2,6,3,7}', 0) as h;
select is(vigil.mann_kendall_hamed_rao(null)::text, null, 'null');

-- Aggregates, in any order of rows.
select ok(a.s = f.s and a.variance = f.variance and a.p_value = f.p_value and pg_temp.near(a.slope, f.slope), 'mann_kendall over time')
from (select (vigil.mann_kendall(ts, v order by hashint4(n))).* from day where n < 500) as a,
    (select (vigil.mann_kendall(array_agg(v order by n))).* from day where n < 500) as f;
select ok(a.s = f.s and pg_temp.near(a.variance, f.variance), 'mann_kendall_hamed_rao over time')
from (select (vigil.mann_kendall_hamed_rao(ts, v order by hashint4(n))).* from day where n < 500) as a,
    (select (vigil.mann_kendall_hamed_rao(array_agg(v order by n))).* from day where n < 500) as f;
select ok(a.s = f.s and a.variance = f.variance and a.p_value = f.p_value and pg_temp.near(a.slope * 12, f.slope), 'mann_kendall_seasonal over time')
from (select (vigil.mann_kendall_seasonal(ts, v, n % 12 order by hashint4(n))).* from day where n < 480) as a,
    (select (vigil.mann_kendall_seasonal(array_agg(v order by n), 12)).* from day where n < 480) as f;
select ok(m.n = 4 and m.s = 4 and pg_temp.near(m.tau_b, 4 / sqrt(5 * 5)), 'rows with equal times are tied')
from (select (vigil.mann_kendall(timestamptz '2024-01-01' + x * interval '1 s', y)).* from (values (0, 1), (0, 2), (1, 2), (2, 3)) as t (x, y)) as m;
select is(vigil.mann_kendall(ts, v)::text, null, 'no rows') from day where n < 0;
select is(vigil.theil_sen(null, 1)::text || vigil.mann_kendall_seasonal(null, 1, null)::text, null, 'rows with a null are skipped');

-- The line of trend_agg
select ok(pg_temp.near(i[1], 0.5 - 12.706204736432095 * 0.8660254037844386) and pg_temp.near(i[2], 0.5 + 12.706204736432095 * 0.8660254037844386), 'slope_interval')
from (
    select vigil.slope_interval(vigil.trend_agg(timestamptz '2024-01-01' + x * interval '1 s', y)) as i from (values (0, 1), (1, 3), (2, 2)) as t (x, y)
) as s;
select is(vigil.slope_interval(vigil.trend_agg(now(), 1)), null, 'no interval of one row');

-- Autocorrelation
select is((select array_agg(round(r::numeric, 12)) from unnest(vigil.acf('{1,2,3,4}', 5)) as r), '{1,0.25,-0.3,-0.45,0,0}', 'acf');
select is((select array_agg(round(r::numeric, 9)) from unnest(vigil.pacf('{1,2,3,4}', 2)) as r), '{1,0.25,-0.386666667}', 'pacf');
select is(vigil.acf('{2,2}', 1), null, 'a constant has no autocorrelation');
select ok(pg_temp.near(b.statistic, 4 * 6 * (0.0625 / 3 + 0.09 / 2)) and b.lags = 2 and pg_temp.near(b.p_value, exp(-b.statistic / 2)), 'ljung_box')
from vigil.ljung_box('{1,2,3,4}', 2) as b;

-- Errors.
select is(pg_temp.failure(statement), message, statement)
from (values
    ($$select vigil.theil_sen('{1}'::float8[], '{1,2}')$$, '22023 arrays differ in length: 1 and 2 | Pass as many x as y, with NULL where one is missing.'),
    ($$select vigil.theil_sen('{1}'::float8[], '{1}', 1)$$,
        '22023 confidence must be a number between 0 and 1 | Pass a number between 0 and 1 as confidence, or leave it out where it has a default.'),
    ($$select vigil.mann_kendall_seasonal('{1}', 0)$$,
        '22023 period must be a number of values above 0 | Pass a number of values above 0 as period, or leave it out where it has a default.'),
    ($$select vigil.mann_kendall_seasonal(now(), 1, null)$$, '22023 season is null | Pass a number such as extract(hour from ts)::int.'),
    ($$select vigil.mann_kendall(array_fill(1::float8, '{1000001}'))$$,
        '22023 a series has at most 1000000 values | Aggregate the readings first, for example to one value an hour.')
) as t (statement, message);

select * from finish();
rollback;
