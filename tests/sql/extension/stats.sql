-- Statistics of vectors: numbers against plain SQL, nulls, ties, growth, rollup, features, damaged states.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql
set local timezone = 'UTC';

select plan(63);

-- 400 rows of 4 elements in random order: one with gaps, one constant, one always missing.
create temporary table reading on commit drop as
select
    timestamptz '2024-03-01' + n * interval '37 seconds' as ts,
    array[1000 + sin(n / 9.0) * 5 + n * 0.01, case when n % 7 > 0 then cos(n) end, 42, null]::float8[] as v
from generate_series(1, 400) as n
order by hashint4(n);

create temporary table expected on commit drop as
select
    e.element,
    count(r.v[e.element]) as n,
    avg(r.v[e.element]) as mean,
    stddev_samp(r.v[e.element]) as stddev,
    min(r.v[e.element]) as min,
    max(r.v[e.element]) as max,
    (array_agg(r.v[e.element] order by r.ts) filter (where r.v[e.element] is not null))[1] as first,
    (array_agg(r.v[e.element] order by r.ts desc) filter (where r.v[e.element] is not null))[1] as last,
    regr_slope(r.v[e.element], extract(epoch from r.ts - '2024-03-01')) as slope
from reading as r
cross join generate_series(1, 4) as e (element)
group by e.element;

create temporary table state on commit drop as
select vigil.stats_agg(ts, v) as s from reading;

create function pg_temp.near(got float8[], want float8[], tolerance float8) returns boolean
language sql immutable as $$
    select
        cardinality(got) = cardinality(want)
        and bool_and(
            (g is null and w is null)
            or coalesce(abs(g - w) <= tolerance * greatest(abs(w), 1e-3), false)
        )
    from unnest(got, want) as t (g, w)
$$;

select is(vigil.num_vals(s), '{400,343,400,0}', 'num_vals') from state;
select is(vigil.num_vals(s), (select array_agg(n order by element) from expected), 'num_vals as count') from state;
select ok(pg_temp.near(vigil.average(s), (select array_agg(mean order by element) from expected), 1e-13), 'average as avg') from state;
select ok(pg_temp.near(vigil.stddev(s), (select array_agg(stddev order by element) from expected), 1e-11), 'stddev as stddev_samp') from state;
select is(vigil.min_val(s), (select array_agg(min order by element) from expected), 'min_val as min') from state;
select is(vigil.max_val(s), (select array_agg(max order by element) from expected), 'max_val as max') from state;
select is(vigil.first_val(s), (select array_agg(first order by element) from expected), 'first_val as the earliest') from state;
select is(vigil.last_val(s), (select array_agg(last order by element) from expected), 'last_val as the latest') from state;
select ok(pg_temp.near(vigil.slope(s), (select array_agg(slope order by element) from expected), 1e-9), 'slope as regr_slope per second') from state;
select is(vigil.delta(s), (select array_agg(last - first order by element) from expected), 'delta is last minus first') from state;
select is(vigil.time_range(s), tstzrange(min(ts), max(ts), '[]'), 'time_range is closed')
from state, reading group by s::text, vigil.time_range(s);
select is((vigil.slope(s))[3], 0::float8, 'slope of a constant') from state;
select is((vigil.stddev(s))[3], 0::float8, 'stddev of a constant') from state;
select is((vigil.average(s))[4], null, 'average of nothing') from state;

-- Nulls and emptiness.
select is(vigil.stats_agg(null, '{1}')::text, null, 'null times are skipped');
select is(vigil.stats_agg(now(), null)::text, null, 'null arrays are skipped');
select is((select vigil.stats_agg(ts, v) from reading where false)::text, null, 'no rows');
select is(
    vigil.num_vals((select vigil.stats_agg(ts, v) from (values (now(), null), (null, '{1,2}'), (now(), '{1}'::float8[])) as t (ts, v))),
    '{1}',
    'skipped rows leave no trace'
);
select is(vigil.num_vals(vigil.stats_agg(now(), '{}')), '{}', 'a row without elements');
select is(vigil.average(vigil.stats_agg(now(), '{}')), '{}', 'no elements, no averages');
select is(vigil.time_range(vigil.stats_agg('2024-01-01', '{}')), tstzrange('2024-01-01', '2024-01-01', '[]'), 'a row without elements has a time');
select is(vigil.num_vals(vigil.stats_agg(now(), '{null,null}')), '{0,0}', 'a row of nulls');
select is(vigil.first_val(vigil.stats_agg(now(), '{null,null}')), '{NULL,NULL}', 'first of nulls');
select is(
    array[vigil.num_vals(null::vigil.stats)::text, vigil.average(null)::text, vigil.stddev(null)::text, vigil.min_val(null)::text,
        vigil.max_val(null)::text, vigil.first_val(null)::text, vigil.last_val(null)::text, vigil.slope(null::vigil.stats)::text,
        vigil.delta(null)::text, vigil.time_range(null)::text, vigil.features(null, '{}', '{}')::text],
    array_fill(null::text, array[11]),
    'accessors of null are null'
);

-- One and two rows.
select is(vigil.stddev(vigil.stats_agg(now(), '{5}')), '{NULL}', 'stddev of one value');
select is(vigil.slope(vigil.stats_agg(now(), '{5}')), '{NULL}', 'slope of one value');
select is(vigil.delta(vigil.stats_agg(now(), '{5}')), '{0}', 'delta of one value');
select is(
    vigil.slope((select vigil.stats_agg('2024-01-01', v) from (values ('{1}'::float8[]), ('{3}')) as t (v))),
    '{NULL}',
    'slope at one time'
);
select is(
    vigil.slope((select vigil.stats_agg(ts, v) from (values (timestamptz '2024-01-01 00:00:00', '{1}'::float8[]), ('2024-01-01 00:00:10', '{6}')) as t (ts, v))),
    '{0.5}',
    'slope is per second'
);
-- Of equal times the larger value wins, in any order of rows.
select is(
    array[
        (select vigil.first_val(vigil.stats_agg('2024-01-01', v)) || vigil.last_val(vigil.stats_agg('2024-01-01', v)) from (values ('{1}'::float8[]), ('{3}'), ('{2}')) as t (v)),
        (select vigil.first_val(vigil.stats_agg('2024-01-01', v)) || vigil.last_val(vigil.stats_agg('2024-01-01', v)) from (values ('{3}'::float8[]), ('{2}'), ('{1}')) as t (v))
    ],
    '{{3,3},{3,3}}',
    'ties in time'
);

-- Growth: a profile that gained metrics.
select is(
    vigil.num_vals((select vigil.stats_agg(ts, v) from (values (now(), '{1}'::float8[]), (now(), '{1,2,3}'), (now(), '{null,2}')) as t (ts, v))),
    '{2,2,1}',
    'rows of different lengths'
);

-- Errors of the transition.
select is(pg_temp.failure($$select vigil.stats_agg('infinity', '{1}')$$),
    '22023 timestamp is infinite | Leave out rows without a real time.', 'infinite time');
select is(pg_temp.failure($$select vigil.stats_agg('-infinity', '{1}')$$),
    '22023 timestamp is infinite | Leave out rows without a real time.', 'negative infinite time');
select is(pg_temp.failure($$select vigil.stats_agg(now(), '{1,NaN}')$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'nan');
select is(pg_temp.failure($$select vigil.stats_agg(now(), '{{1},{2}}')$$),
    '22023 array has 2 dimensions instead of 1 | Pass the values as an array of one dimension.', 'two dimensions');
select is(pg_temp.failure($$select vigil.stats_agg(now(), array_fill(1.0::float8, array[16385]))$$),
    '22023 vector has 16385 elements, more than 16384 | Split the metrics into profiles of at most 16384 elements.', 'too long');
select is(left(pg_temp.failure($$select vigil.stats_agg_trans(null, now(), '{1}')$$), 5), '42883', 'the transition function cannot be called by hand');

-- Extremes stay finite.
select is(
    vigil.average((select vigil.stats_agg(ts, v) from (values (now(), '{1e100,-1e100}'::float8[]), (now() + '1 s', '{1e100,-1e100}')) as t (ts, v))),
    '{1e100,-1e100}',
    'largest magnitudes'
);

-- Stored states.
create temporary table stored on commit drop as
select ts >= '2024-03-01 02:00' as late, vigil.stats_agg(ts, v) as s from reading group by 1;
select is(vigil.num_vals(r.s), vigil.num_vals(state.s), 'rollup: counts')
from state, (select vigil.rollup(s) as s from stored) as r;
select is(
    array[vigil.min_val(r.s), vigil.max_val(r.s), vigil.first_val(r.s), vigil.last_val(r.s)],
    array[vigil.min_val(state.s), vigil.max_val(state.s), vigil.first_val(state.s), vigil.last_val(state.s)],
    'rollup: extremes, first and last are identical'
)
from state, (select vigil.rollup(s) as s from stored) as r;
select ok(
    pg_temp.near(vigil.average(r.s) || vigil.stddev(r.s), vigil.average(state.s) || vigil.stddev(state.s), 1e-12)
    and pg_temp.near(vigil.slope(r.s), vigil.slope(state.s), 1e-9),
    'rollup: mean, stddev and slope agree'
)
from state, (select vigil.rollup(s) as s from stored) as r;
select is(vigil.rollup(s)::text, (select s::text from stored where late), 'rollup of one state is that state')
from stored where late;
select is(vigil.rollup(null::vigil.stats)::text, null, 'rollup of nulls');
select is(vigil.num_vals((select vigil.rollup(s) from (select s from stored union all select null) as t (s))), '{400,343,400,0}', 'rollup skips nulls');
select is((select vigil.rollup(s) from stored where false)::text, null, 'rollup of no states');
select is(vigil.average(s::text::vigil.stats), vigil.average(s), 'states survive text') from state;
select is(
    vigil.average(('\x' || encode(vigil.stats_send(s), 'hex'))::vigil.stats), vigil.average(s), 'states survive binary output'
) from state;

-- features
select is(
    vigil.features(s, '{last,first,mean,stddev,min,max,slope,delta,count}', '{2,2,2,2,2,2,2,2,2}'),
    array[(vigil.last_val(s))[2], (vigil.first_val(s))[2], (vigil.average(s))[2], (vigil.stddev(s))[2], (vigil.min_val(s))[2],
        (vigil.max_val(s))[2], (vigil.slope(s))[2], (vigil.delta(s))[2], (vigil.num_vals(s))[2]],
    'features: every statistic is the accessor''s'
) from state;
select is(vigil.features(s, '{count,mean,count,mean}', '{4,4,5,5}'), '{0,NULL,NULL,NULL}', 'features: missing and past the end') from state;
select is(vigil.features(s, '{}', '{}'), '{}', 'features: none asked for') from state;
select is(vigil.features(s, null, '{}'), null, 'features: null statistics') from state;
select is(
    vigil.features(s, '{stddev,slope,delta,mean,last,count}', '{2,2,2,2,2,2}', upper(vigil.time_range(s)) - lower(vigil.time_range(s)) + m * interval '1 microsecond'),
    case when m = 0 then vigil.features(s, '{stddev,slope,delta,mean,last,count}', '{2,2,2,2,2,2}')
        else array[null, null, null, (vigil.average(s))[2], (vigil.last_val(s))[2], 343] end,
    format('features: changes over min_span or more, %s µs longer than the values span', m)
) from state, generate_series(0, 1) as m;
select is(vigil.features(s, '{slope,mean}', '{2,2}', null), null, 'features: null min_span') from state;
select is(pg_temp.failure($$select vigil.features(s, '{mean}', '{1}', '-1 second') from state$$),
    '22023 interval is negative or infinite | Give a length of time such as ''30 minutes''.', 'features: negative min_span');
select is(pg_temp.failure($$select vigil.features(s, '{mean}', '{1}', 'infinity') from state$$),
    '22023 interval is negative or infinite | Give a length of time such as ''30 minutes''.', 'features: endless min_span');
select is(pg_temp.failure($$select vigil.features(s, '{mean,median}', '{1,1}') from state$$),
    '22023 unknown statistic "median" | Use one of last, first, mean, stddev, min, max, slope, delta, count.', 'features: unknown statistic');
select is(pg_temp.failure($$select vigil.features(s, '{null}', '{1}') from state$$),
    '22023 statistic is null | Name a statistic for each element.', 'features: null statistic');
select is(pg_temp.failure($$select vigil.features(s, '{mean}', '{0}') from state$$),
    '22023 position 0 is out of range | Positions count from 1.', 'features: element 0');
select is(pg_temp.failure($$select vigil.features(s, '{mean,mean}', '{1}') from state$$),
    '22023 2 statistics do not match 1 elements | Pass one statistic for each element; repeat the element for a second statistic of it.',
    'features: lengths differ');

-- Damage. A changed version number alone breaks the checksum.
select is(pg_temp.failure($$select vigil.average('\xdeadbeef'::vigil.stats)$$),
    '22P03 stats value is damaged: too short | Use the bytes of a stats value exactly as they were returned; restore them from a copy or make them again.',
    'random bytes');
select is(left(pg_temp.failure($$select vigil.average(overlay(s::text placing 'ff' from 101)::vigil.stats) from state$$), 5), '22P03', 'a changed byte');
select is(left(pg_temp.failure($$select vigil.rollup(left(s::text, -2)::vigil.stats) from state$$), 5), '22P03', 'a missing byte');

select * from finish();
rollback;
