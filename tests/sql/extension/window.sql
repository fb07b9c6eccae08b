-- stats_agg and trend_agg over windows: the final function leaves the state as it is, so that rows can follow.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
set local timezone = 'UTC';

select plan(6);

create temporary table reading on commit drop as
select
    n,
    n % 3 as device,
    timestamptz '2024-03-01' + n * interval '1 minute' as ts,
    case when n % 5 > 0 then array[n * n % 101, case when n % 4 > 0 then sin(n) end]::float8[] end as v
from generate_series(1, 300) as n;

create function pg_temp.facts(s vigil.stats) returns text
language sql immutable as $$
    select array[vigil.num_vals(s), vigil.min_val(s), vigil.max_val(s), vigil.first_val(s), vigil.last_val(s)]::text
        || vigil.time_range(s)
$$;

select results_eq(
    'select n, pg_temp.facts(vigil.stats_agg(ts, v) over (order by n)) from reading order by n',
    'select r.n, (select pg_temp.facts(vigil.stats_agg(p.ts, p.v)) from reading as p where p.n <= r.n) from reading as r order by n',
    'running window'
);
select results_eq(
    'select n, pg_temp.facts(vigil.stats_agg(ts, v) over (order by n rows between 9 preceding and 2 preceding)) from reading order by n',
    'select r.n, (select pg_temp.facts(vigil.stats_agg(p.ts, p.v)) from reading as p where p.n between r.n - 9 and r.n - 2)
     from reading as r order by n',
    'moving window'
);
select results_eq(
    'select n, pg_temp.facts(vigil.stats_agg(ts, v) over (partition by device order by n rows between unbounded preceding and 1 following))
     from reading order by n',
    'select r.n, (select pg_temp.facts(vigil.stats_agg(p.ts, p.v)) from reading as p where p.device = r.device and p.n <= r.n + 3)
     from reading as r order by n',
    'window of each device'
);
select results_eq(
    'select n, vigil.num_vals(vigil.trend_agg(ts, v[1]) over (order by n rows between 5 preceding and current row)) from reading order by n',
    'select r.n, (select vigil.num_vals(vigil.trend_agg(p.ts, p.v[1])) from reading as p where p.n between r.n - 5 and r.n) from reading as r order by n',
    'trend over a moving window'
);
select results_eq(
    $$select n, round((vigil.slope(vigil.trend_agg(ts, n) over (order by n rows 10 preceding)) * 60)::numeric, 9) from reading where n > 1 order by n$$,
    $$select n, case when n > 2 then 1.0 end::numeric from reading where n > 1 order by n$$,
    'trend of a line is its slope in every window'
);
-- Two aggregates with the same arguments share one state.
select is(
    (select vigil.stats_agg(ts, v)::text from reading),
    (select a.one from (select vigil.stats_agg(ts, v)::text as one, vigil.stats_agg(ts, v)::text as two from reading) as a where a.one = a.two),
    'shared state'
);

select * from finish();
rollback;
