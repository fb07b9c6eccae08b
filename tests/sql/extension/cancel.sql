-- Long computations answer a request to cancel within a tenth of a second. A statement timeout sends the signal that
-- pg_cancel_backend sends, so the time from the timeout to the error is the answer's.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;

select plan(14);

create temporary table rows on commit drop as
select array_agg(sin(n * k * 0.37) order by k) as v from generate_series(1, 20000) as n, generate_series(1, 20) as k group by n;
create temporary table matrix on commit drop as select array_agg(v) as m from rows;
-- Seasons, a trend and noise, as long as a series may be, and as much as exponential smoothing learns from.
create temporary table series on commit drop as
select array_agg(100 + 0.01 * n + n % 24 + n % 168 / 10.0 + sin(n * n) order by n) as long,
    array_agg(100 + sin(n * n) order by n) filter (where n <= 1000) as short
from generate_series(1, 10000) as n;
-- As many values as fit.
create temporary table sample (v float8[]) on commit drop;
alter table sample alter v set storage external;
insert into sample select array_agg(sin(n) order by n) from generate_series(1, 5000000) as n;
create temporary table points (x float8[], y float8[]) on commit drop;
alter table points alter x set storage external, alter y set storage external;
insert into points
select array_agg(n::float8 order by n), array_agg(sin(n) + n * 1e-7 order by n) from generate_series(1, 1000000) as n;
create temporary table statement (name text, sql text) on commit drop;
insert into statement (name, sql)
values
    ('kmeans_agg', $$select vigil.kmeans_agg(v, 100, '{"n_init": 100, "max_iter": 10000}') from rows$$),
    ('dbscan_agg', $$select vigil.dbscan_agg(v, 100, 5, true) from rows$$),
    ('dbscan', $$select count(*) from matrix cross join lateral vigil.dbscan(m, 100)$$),
    ('forecast: ets', $$select sum(f.value) from series, generate_series(1, 1000) as n cross join lateral vigil.forecast(short, n) as f$$),
    ('forecast: mstl', $$select sum(f.value) from series, generate_series(1, 1000) as n cross join lateral vigil.forecast(long, n, '{"periods": [24, 168, 5000]}') as f$$),
    ('forecast: holt_winters',
        $$select sum(f.value) from series, generate_series(1, 1000) as n cross join lateral vigil.forecast(long, n, '{"model": "holt_winters", "periods": [168], "damped": true}') as f$$),
    ('forecast: paths',
        $$select sum(f.value) from series, generate_series(1, 1000) as n cross join lateral vigil.forecast(long, 1000 - n % 2, '{"model": "holt_winters", "periods": [24], "seasonal": "multiplicative", "alpha": 0.1, "beta": 0.1, "gamma": 0.1}') as f$$),
    ('ks_test', $$select vigil.ks_test(v, v) from sample, generate_series(1, 100)$$),
    ('psi', $$select vigil.psi(v, v) from sample, generate_series(1, 100)$$),
    ('wasserstein', $$select vigil.wasserstein(v, v) from sample, generate_series(1, 100)$$),
    ('theil_sen', $$select vigil.theil_sen(x, y) from points$$),
    ('mann_kendall', $$select vigil.mann_kendall(y) from points$$),
    ('mann_kendall_hamed_rao', $$select vigil.mann_kendall_hamed_rao(y) from points$$),
    ('stats_agg', $$select vigil.stats_agg(now(), v) from rows, generate_series(1, 10000)$$);

create function pg_temp.late(statement text) returns interval
language plpgsql as $$
begin
    execute statement;
    return 'infinity';
exception
    when query_canceled then
        return clock_timestamp() - statement_timestamp() - current_setting('statement_timeout')::interval;
end
$$;
create temporary table answer (name text, late interval) on commit drop;
-- A statement each, as the timeout counts from its start. Three tries, of which other processes may disturb some.
set local statement_timeout = '300ms';
select format('insert into answer select %L, pg_temp.late(%L)', name, sql) from statement, generate_series(1, 3) \gexec
set local statement_timeout = 0;

select ok(min(late) < '100 ms', name || ' is cancelled in time: ' || min(late)) from answer group by name order by name;

select * from finish();
rollback;
