-- Trends: numbers of statsmodels and exact arithmetic, nulls, rollup, damaged states.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql
set local timezone = 'UTC';

select plan(32);

create function pg_temp.near(got float8, want float8, tolerance float8) returns boolean
language sql immutable as $$
    select coalesce(abs(got - want) <= tolerance * abs(want), got is null and want is null)
$$;

-- Seconds since an origin and values, with the line through them.
create temporary table pair (line text, x float8, y float8) on commit drop;
insert into pair (line, x, y)
select 'irregular', * from unnest('{0,1,1.5,4,9,9.5,20,33}'::float8[], '{1,1.2,1.1,2,3.1,2.9,5,8}'::float8[])
union all
select 'repeated', * from unnest('{0,0,1,1,2,2,3}'::float8[], '{1,2,2,3,3,4,5}'::float8[])
union all
select 'three', * from unnest('{0,1,2}'::float8[], '{1,3,2}'::float8[]);
create temporary table expected (line text, n bigint, slope float8, at_origin float8, r2 float8, stderr float8, p float8) on commit drop;
insert into expected (line, n, slope, at_origin, r2, stderr, p)
values
    ('irregular', 8, 0.2104189336235038, 0.9859153971708379, 0.995864075368068, 0.005535992144447653, 2.214331307424636e-08),
    ('repeated', 7, 1.1153846153846154, 1.4230769230769231, 0.8512145748987854, 0.2085452571034763, 0.003068164686758156),
    ('three', 3, 0.5, 1.5, 0.25, 0.8660254037844386, 0.6666666666666666);
create temporary table fitted on commit drop as
select line, vigil.trend_agg(timestamptz '2024-01-01' + x * interval '1 second', y order by hashfloat8(y)) as t from pair group by line;

select is(vigil.num_vals(t), n, line || ': num_vals') from fitted join expected using (line) order by line;
select ok(pg_temp.near(vigil.slope(t), slope, 1e-12), line || ': slope') from fitted join expected using (line) order by line;
select ok(pg_temp.near(vigil.intercept(t, '2024-01-01'), at_origin, 1e-12), line || ': intercept') from fitted join expected using (line) order by line;
select ok(pg_temp.near(vigil.r_squared(t), r2, 1e-12), line || ': r_squared') from fitted join expected using (line) order by line;
select ok(pg_temp.near(vigil.stderr(t), stderr, 1e-11), line || ': stderr') from fitted join expected using (line) order by line;
select ok(pg_temp.near(vigil.p_value(t), p, 1e-9), line || ': p_value') from fitted join expected using (line) order by line;

select ok(pg_temp.near(vigil.intercept(t, '2024-01-01 00:01'), 1.5 + 60 * 0.5, 1e-12), 'intercept ahead of the rows') from fitted where line = 'three';

-- Where nothing is defined.
select is(vigil.trend_agg(null, 1)::text, null, 'null times are skipped');
select is(vigil.trend_agg(now(), null)::text, null, 'null values are skipped');
select is(
    array[vigil.num_vals(null::vigil.trend)::float8, vigil.slope(null::vigil.trend), vigil.intercept(null, now()), vigil.stderr(null), vigil.p_value(null),
        vigil.r_squared(null), vigil.intercept(vigil.trend_agg(now(), 1), null)],
    array_fill(null::float8, array[7]),
    'accessors of null are null'
);
select is(
    array[vigil.num_vals(t)::float8, vigil.slope(t), vigil.intercept(t, now()), vigil.stderr(t), vigil.p_value(t), vigil.r_squared(t)],
    '{1,NULL,NULL,NULL,NULL,NULL}',
    'one pair has no line'
)
from (select vigil.trend_agg(now(), 5) as t) as one;
select is(
    array[vigil.slope(t), vigil.stderr(t), vigil.p_value(t), vigil.r_squared(t)],
    '{0,0,NULL,NULL}',
    'equal values have a flat line'
)
from (select vigil.trend_agg(timestamptz '2024-01-01' + n * interval '1 hour', 3.25) as t from generate_series(1, 20) as n) as flat;

-- rollup
select is(
    vigil.num_vals((select vigil.rollup(t) from (select t from fitted union all select null) as part (t))), 18::bigint, 'rollup counts all pairs'
);
select ok(
    pg_temp.near(vigil.slope(whole.t), vigil.slope(parts.t), 1e-12) and pg_temp.near(vigil.p_value(whole.t), vigil.p_value(parts.t), 1e-9),
    'rollup of parts is the whole'
)
from
    (select vigil.trend_agg(timestamptz '2024-01-01' + x * interval '1 second', y) as t from pair) as whole,
    (select vigil.rollup(t) as t from fitted) as parts;
select is(vigil.slope(t::text::vigil.trend), vigil.slope(t), 'states survive text') from fitted where line = 'three';

-- Errors.
select is(pg_temp.failure($$select vigil.trend_agg('infinity', 1)$$), '22023 timestamp is infinite | Leave out rows without a real time.', 'infinite time');
select is(pg_temp.failure($$select vigil.trend_agg(now(), 'NaN')$$),
    '22023 value is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'nan');
select is(pg_temp.failure($$select vigil.intercept(t, '-infinity') from fitted$$), '22023 timestamp is infinite | Leave out rows without a real time.',
    'intercept at an infinite time');
select is(pg_temp.failure($$select vigil.slope('\x'::vigil.trend)$$),
    '22P03 trend value is damaged: too short | Use the bytes of a trend value exactly as they were returned; restore them from a copy or make them again.',
    'no bytes');
select is(pg_temp.failure($$select vigil.slope(s::text::vigil.trend) from (select vigil.stats_agg(now(), '{1}') as s) as other$$),
    '22P03 trend value is damaged: wrong kind | Use the bytes of a trend value exactly as they were returned; restore them from a copy or make them again.',
    'the bytes of another type');

select * from finish();
rollback;
