-- Aggregates split over workers give the answer of one process.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir plan.psql
set local timezone = 'UTC';
set local jit = off;

create table reading as
select
    n,
    n % 5 as device,
    timestamptz '2024-03-01' + n * interval '1 second' as ts,
    case when n % 11 > 0 then array[sin(n / 50.0), case when n % 3 > 0 then n end, n % 17]::float8[] end as v,
    case when n % 13 > 0 then cos(n / 70.0) + n * 1e-6 end as x,
    n > 12000 as is_current
from generate_series(1, 20000) as n;
create table part as
select n % 500 as n, vigil.stats_agg(ts, v) as s, vigil.trend_agg(ts, x) as t, vigil.seasonal_agg(ts, x) as w,
    vigil.distribution_agg(x) as d, vigil.covariance_agg(array[sin(n / 50.0), x]) as c
from reading
group by n % 500
union all
select n, null, null, null, null, null
from generate_series(501, 600) as n;
alter table reading set (parallel_workers = 2);
alter table part set (parallel_workers = 2);
analyze reading, part;

set local parallel_setup_cost = 0;
set local parallel_tuple_cost = 0;
set local min_parallel_table_scan_size = 0;
-- The leader only combines, so that every state has crossed a process boundary.
set local parallel_leader_participation = off;

-- "n + 0" keeps the planner from seeing how few rows are left.
-- Columns of each query: a group, what must be identical, what may differ by rounding.
create temporary table query (id int primary key, name text, sql text) on commit drop;
insert into query (id, name, sql)
values
    (1, 'stats_agg', $$
        select 0 as device, array[vigil.num_vals(s), vigil.min_val(s), vigil.max_val(s), vigil.first_val(s), vigil.last_val(s)]::text
                || vigil.time_range(s) as exact,
            vigil.average(s) || vigil.stddev(s) || vigil.slope(s) as rounded
        from (select vigil.stats_agg(ts, v) as s from reading) as a$$),
    (2, 'stats_agg by device', $$
        select device, array[vigil.num_vals(s), vigil.min_val(s), vigil.max_val(s), vigil.first_val(s), vigil.last_val(s)]::text
                || vigil.time_range(s) as exact,
            vigil.average(s) || vigil.stddev(s) || vigil.slope(s) as rounded
        from (select device, vigil.stats_agg(ts, v) as s from reading group by device) as a$$),
    (3, 'rollup of stats', $$
        select 0 as device, array[vigil.num_vals(s), vigil.min_val(s), vigil.max_val(s), vigil.first_val(s), vigil.last_val(s)]::text
                || vigil.time_range(s) as exact,
            vigil.average(s) || vigil.stddev(s) || vigil.slope(s) as rounded
        from (select vigil.rollup(s) as s from part) as a$$),
    (4, 'trend_agg', $$
        select 0 as device, vigil.num_vals(s)::text as exact,
            array[vigil.slope(s), vigil.stderr(s), vigil.p_value(s), vigil.r_squared(s), vigil.intercept(s, '2024-03-02')] as rounded
        from (select vigil.trend_agg(ts, x) as s from reading) as a$$),
    (5, 'trend_agg by device', $$
        select device, vigil.num_vals(s)::text as exact,
            array[vigil.slope(s), vigil.stderr(s), vigil.p_value(s), vigil.r_squared(s), vigil.intercept(s, '2024-03-02')] as rounded
        from (select device, vigil.trend_agg(ts, x) as s from reading group by device) as a$$),
    (6, 'rollup of trends', $$
        select 0 as device, vigil.num_vals(s)::text as exact,
            array[vigil.slope(s), vigil.stderr(s), vigil.p_value(s), vigil.r_squared(s), vigil.intercept(s, '2024-03-02')] as rounded
        from (select vigil.rollup(t) as s from part) as a$$),
    (7, 'ks_test', $$
        select 0 as device, vigil.ks_test(x, is_current)::text as exact, '{}'::float8[] as rounded from reading$$),
    (8, 'ks_test by device', $$
        select device, vigil.ks_test(x, is_current)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (9, 'psi', $$
        select 0 as device, vigil.psi(x, is_current, 10)::text as exact, '{}'::float8[] as rounded from reading$$),
    (10, 'psi by device', $$
        select device, vigil.psi(x, is_current, 7)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (11, 'a worker without rows', $$
        select 0 as device, vigil.num_vals(vigil.stats_agg(ts, v))::text as exact, '{}'::float8[] as rounded from reading where n + 0 < 2$$),
    (12, 'no rows at all', $$
        select 0 as device, vigil.stats_agg(ts, v)::text as exact, '{}'::float8[] as rounded from reading where n + 0 < 0$$),
    (13, 'seasonal_agg', $$
        select 0 as device, vigil.num_vals(s)::text as exact,
            (select array_agg(vigil.expected(s, h) order by h) || array_agg(vigil.spread(s, h) order by h)
                from generate_series(timestamptz '2024-03-01', '2024-03-01 06:00', '1 hour') as h) as rounded
        from (select vigil.seasonal_agg(ts, x, 'Europe/Berlin') as s from reading) as a$$),
    (14, 'rollup of seasons', $$
        select 0 as device, vigil.num_vals(s)::text as exact,
            (select array_agg(vigil.expected(s, h) order by h) || array_agg(vigil.spread(s, h) order by h)
                from generate_series(timestamptz '2024-03-01', '2024-03-01 06:00', '1 hour') as h) as rounded
        from (select vigil.rollup(w) as s from part) as a$$),
    (15, 'theil_sen', $$
        select device, vigil.theil_sen(ts, x)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (16, 'mann_kendall', $$
        select 0 as device, vigil.mann_kendall(ts, x)::text as exact, '{}'::float8[] as rounded from reading$$),
    (17, 'mann_kendall_hamed_rao', $$
        select device, vigil.mann_kendall_hamed_rao(ts, x)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (18, 'mann_kendall_seasonal', $$
        select 0 as device, vigil.mann_kendall_seasonal(ts, x, device)::text as exact, '{}'::float8[] as rounded from reading$$),
    (19, 'distribution_agg', $$
        select 0 as device, vigil.distribution_agg(x)::text as exact, '{}'::float8[] as rounded from reading$$),
    (20, 'distribution_agg by device', $$
        select device, vigil.distribution_agg(x)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (21, 'rollup of distributions', $$
        select 0 as device, vigil.rollup(d)::text as exact, '{}'::float8[] as rounded from part$$),
    (22, 'wasserstein', $$
        select 0 as device, vigil.wasserstein(x, is_current)::text as exact, '{}'::float8[] as rounded from reading$$),
    (23, 'js_divergence by device', $$
        select device, vigil.js_divergence(x, is_current, 7)::text as exact, '{}'::float8[] as rounded from reading group by device$$),
    (24, 'covariance_agg', $$
        select device, vigil.num_vals(s)::text as exact,
            array[vigil.mahalanobis(vigil.mahalanobis_model(s), '{0.5,2,1}'), vigil.pca_error(vigil.pca_model(s, 2), '{0.5,2,1}')] as rounded
        from (select device, vigil.covariance_agg(array[sin(n / 50.0), x, n % 17]) as s from reading group by device) as a$$),
    (25, 'rollup of covariances', $$
        select 0 as device, vigil.num_vals(s)::text as exact, array[vigil.mahalanobis(vigil.mahalanobis_model(s), '{0.5,2}')] as rounded
        from (select vigil.rollup(c) as s from part) as a$$),
    (26, 'chi2_test', $$
        select 0 as device, vigil.chi2_test('c' || n % 17, is_current)::text as exact, '{}'::float8[] as rounded from reading$$);

select plan(78);

create temporary table answer (id int, parallel boolean, device int, exact text, rounded float8[]) on commit drop;

-- Runs a query, keeps its answer and returns its plan: `explain analyze` of a table being created does both.
create function pg_temp.run(query query, parallel boolean) returns text
language plpgsql as $$
declare
    v_plan text;
begin
    perform set_config('max_parallel_workers_per_gather', case when parallel then '2' else '0' end, true);
    v_plan := pg_temp.plan('create temporary table one_answer as ' || query.sql);
    insert into answer (id, parallel, device, exact, rounded)
    select query.id, run.parallel, a.device, a.exact, a.rounded from one_answer as a;
    drop table one_answer;
    return v_plan;
end
$$;

create function pg_temp.near(got float8[], want float8[], tolerance float8) returns boolean
language sql immutable as $$
    select
        cardinality(got) = cardinality(want)
        and coalesce(bool_and((g is null and w is null) or coalesce(abs(g - w) <= tolerance * greatest(abs(w), 1e-9), false)), true)
    from unnest(got, want) as t (g, w)
$$;

select doesnt_match(pg_temp.run(query, false), 'Partial', name || ': one process') from query order by id;
select ok(
    p ~ 'Partial (Hash|Group)?Aggregate' and p ~ 'Finalize (Hash|Group)?Aggregate' and p ~ 'Workers Launched: [1-9]',
    name || ': several processes'
)
from query
cross join lateral pg_temp.run(query, true) as p
order by id;
select ok(
    count(*) > 0
    and bool_and(s.exact is not distinct from p.exact)
    and bool_and(coalesce(pg_temp.near(p.rounded, s.rounded, 1e-9), false)),
    query.name || ': same answer'
)
from query
left join (select * from answer where not parallel) as s using (id)
full join (select * from answer where parallel) as p using (id, device)
group by query.id, query.name
order by query.id;

select * from finish();
rollback;
