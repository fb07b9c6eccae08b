-- Aggregates split over workers give the answer of one process, and give it over moving windows.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir plan.psql
set local timezone = 'UTC';
set local jit = off;

select plan(26);

create table reading as
select
    n,
    n % 5 as device,
    timestamptz '2024-03-01' + n * interval '1 second' as ts,
    case when n % 11 > 0 then array[sin(n / 50.0), case when n % 3 > 0 then n end, n % 17]::float8[] end as v,
    case when n % 13 > 0 then cos(n / 70.0) + n * 1e-6 end as x,
    n > 12000 as is_current
from generate_series(1, 20000) as n;
alter table reading set (parallel_workers = 2);
analyze reading;

set local parallel_setup_cost = 0;
set local parallel_tuple_cost = 0;
set local min_parallel_table_scan_size = 0;
-- The leader only combines, so that every state has crossed a process boundary.
set local parallel_leader_participation = off;

create function pg_temp.is_parallel(query text) returns boolean
language sql as $$
    select p ~ 'Partial (Hash|Group)?Aggregate' and p ~ 'Finalize (Hash|Group)?Aggregate' and p ~ 'Workers Launched: [1-9]'
    from pg_temp.plan(query) as p
$$;

create function pg_temp.near(got float8[], want float8[], tolerance float8) returns boolean
language sql immutable as $$
    select
        cardinality(got) = cardinality(want)
        and bool_and((g is null and w is null) or coalesce(abs(g - w) <= tolerance * greatest(abs(w), 1e-9), false))
    from unnest(got, want) as t (g, w)
$$;

-- Each query, on one process and on several.
create temporary table query (name text primary key, sql text) on commit drop;
insert into query (name, sql)
values
    ('stats_agg', 'select 0, vigil.stats_agg(ts, v)::text from reading'),
    ('stats_agg by device', 'select device, vigil.stats_agg(ts, v)::text from reading group by device'),
    ('stats_agg of nothing', 'select 0, vigil.stats_agg(ts, v)::text from reading where v[1] > 2'),
    ('trend_agg', 'select 0, vigil.trend_agg(ts, x)::text from reading'),
    ('trend_agg by device', 'select device, vigil.trend_agg(ts, x)::text from reading group by device'),
    ('ks_test', 'select 0, vigil.ks_test(x, is_current)::text from reading'),
    ('ks_test by device', 'select device, vigil.ks_test(x, is_current)::text from reading group by device'),
    ('psi', 'select 0, vigil.psi(x, is_current, 10)::text from reading'),
    ('psi by device', 'select device, vigil.psi(x, is_current, 7)::text from reading group by device');
create table part as
select n, (select vigil.stats_agg(r.ts, r.v) from reading as r where r.n % 500 = p.n) as s,
    (select vigil.trend_agg(r.ts, r.x) from reading as r where r.n % 500 = p.n) as t
from generate_series(0, 600) as p (n);
alter table part set (parallel_workers = 2);
analyze part;
insert into query (name, sql)
values
    ('rollup(stats)', 'select 0, vigil.rollup(s)::text from part'),
    ('rollup(trend)', 'select 0, vigil.rollup(t)::text from part');

create temporary table answer (name text, parallel boolean, grouping int, value text) on commit drop;
create function pg_temp.run(parallel boolean) returns void
language plpgsql as $$
declare
    v_query record;
begin
    perform set_config('max_parallel_workers_per_gather', case when parallel then '2' else '0' end, true);
    for v_query in select name, sql from query loop
        execute format('insert into answer select %L, %L, * from (%s) as q', v_query.name, parallel, v_query.sql);
    end loop;
end
$$;
-- insert … select is never parallel, a table function's query is.
create or replace function pg_temp.run(parallel boolean) returns void
language plpgsql as $$
declare
    v_query record;
    v_row record;
begin
    perform set_config('max_parallel_workers_per_gather', case when parallel then '2' else '0' end, true);
    for v_query in select name, sql from query loop
        for v_row in execute 'select q.* from (' || v_query.sql || ') as q (grouping, value)' loop
            insert into answer (name, parallel, grouping, value) values (v_query.name, parallel, v_row.grouping, v_row.value);
        end loop;
    end loop;
end
$$;
select * from finish();
rollback;
