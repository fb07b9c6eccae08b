-- Forecasts: models, intervals, gaps, nulls, errors, cancelling.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(31);

create function pg_temp.near(got float8, want float8, tolerance float8) returns boolean
language sql immutable as $$ select coalesce(abs(got - want) <= tolerance, false) $$;

-- Hourly values with a day and a week, and a line.
create temporary table series on commit drop as
select array_agg(50 + 10 * sind(n * 15) + 5 * cosd(n * 360 / 168.0) + 0.1 * sin(n * 2.4) order by n) as hourly,
    array_agg(5 + n / 2.0::float8 order by n) filter (where n <= 40) as line,
    array_agg((20 + n * 0.1 + (array[0, 3, 5, -8])[1 + n % 4])::float8 order by n) filter (where n < 80) as quarterly
from generate_series(0, 999) as n;

select is(array_agg(step order by step), array(select generate_series(1, 48)), 'a row for each step')
from series cross join lateral vigil.forecast(hourly, 48, '{"periods": [24, 168]}');
select is(count(*) filter (where abs(value - (50 + 10 * sind((999 + step) * 15) + 5 * cosd((999 + step) * 360 / 168.0))) > 1 or lower >= value or value >= upper), 0::bigint,
    'mstl: day and week go on') from series cross join lateral vigil.forecast(hourly, 48, '{"periods": [168, 24]}');
select is(count(*), 0::bigint, 'auto with periods is mstl') from (
    select f.* from series cross join lateral vigil.forecast(hourly, 9, '{"periods": [24]}') as f
    except
    select f.* from series cross join lateral vigil.forecast(hourly, 9, '{"periods": [24], "model": "mstl"}') as f
) as t;
select ok(bool_and(pg_temp.near(value, 25 + step / 2.0, 0.001)), 'auto without periods is ets: a line goes on') from series cross join lateral vigil.forecast(line, 3);
select ok(bool_and(pg_temp.near(value, 25 + step / 2.0, 0.001)), 'ets') from series cross join lateral vigil.forecast(line, 3, '{"model": "ets"}');
select ok(bool_and(pg_temp.near(value, 25 + step / 2.0, 0.001)), 'holt') from series cross join lateral vigil.forecast(line, 3, '{"model": "holt"}');
select ok(bool_and(pg_temp.near(value, 20 + (79 + step) * 0.1 + (array[0, 3, 5, -8])[1 + (79 + step) % 4], 1e-6)), 'holt_winters')
from series cross join lateral vigil.forecast(quarterly, 8, '{"model": "holt_winters", "periods": [4]}');
select ok(bool_and(pg_temp.near(value, 20 + (79 + step) * 0.1 + (array[0, 3, 5, -8])[1 + (79 + step) % 4], 1)), 'holt_winters: multiplicative')
from series cross join lateral vigil.forecast(quarterly, 8, '{"model": "holt_winters", "periods": [4], "seasonal": "multiplicative"}');
select ok(value < 25.45, 'holt: damped') from series cross join lateral vigil.forecast(line, 1, '{"model": "holt", "damped": true, "phi": 0.8}');
-- Half of each error: levels 0.5, 0.5, 0.5, 0.
select is(array_agg(value order by step), '{0,0,0}', 'ses: the level') from vigil.forecast('{1,0.5,0.5,-0.5}', 3, '{"model": "ses", "alpha": 0.5, "l0": 0}');
select ok(bool_and(pg_temp.near(upper, 1.959963984540054 * sqrt(0.5) * sqrt(1 + 0.25 * (step - 1)), 1e-12) and lower = -upper), 'ses: intervals')
from vigil.forecast('{1,0.5,0.5,-0.5}', 3, '{"model": "ses", "alpha": 0.5, "l0": 0}');
select ok(a.upper < b.upper, 'a higher level is wider')
from vigil.forecast('{1,2,1,2,1,3}', 1, '{"model": "ses", "level": 0.8}') as a, vigil.forecast('{1,2,1,2,1,3}', 1, '{"model": "ses", "level": 0.99}') as b;

-- Gaps and constants.
select is((select array_agg(f::text order by step) from vigil.forecast('{null,1,2,null,4,3,5}', 2, '{"model": "ses"}') as f),
    (select array_agg(f::text order by step) from vigil.forecast('{1,2,3,4,3,5}', 2, '{"model": "ses"}') as f), 'gaps are interpolated');
select is(array_agg(array[value, lower, upper] order by step), '{{7,7,7},{7,7,7}}', 'a constant goes on') from vigil.forecast(array_fill(7::float8, array[20]), 2);
select is((select count(*) from vigil.forecast(null, 2)), 0::bigint, 'null');
select is((select count(*) from vigil.forecast('{}', 2)), 0::bigint, 'empty');
select is((select count(*) from vigil.forecast('{null,null}', 2)), 0::bigint, 'nothing but nulls');

-- Errors.
select is(pg_temp.failure($$select * from vigil.forecast('{1,2,3}', 1)$$),
    '22023 this model needs at least 10 values, got 3 | Pass a longer series, or options with shorter periods or a simpler model such as ses.', 'too short');
select is(left(pg_temp.failure($$select f.* from series, vigil.forecast(line, 1, '{"periods": [24]}') as f$$), 51), '22023 this model needs at least 48 values, got 41 |', 'too short for the period');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', 0)$$),
    '22023 horizon must be an integer from 1 to 1000 | Pass an integer from 1 to 1000 as horizon, or leave it out where it has a default.', 'horizon');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', null)$$), '22023 horizon is null | Pass the number of steps ahead.', 'null horizon');
select is(pg_temp.failure($$select * from vigil.forecast(array_fill(1::float8, array[10001]), 1)$$),
    '22023 a series has at most 10000 values | Aggregate the readings first, for example to one value an hour.', 'too long');
select is(pg_temp.failure($$select * from vigil.forecast('{1,NaN}', 1)$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'nan');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', 1, '{"method": "ets"}')$$),
    '22023 unknown option "method" | Options are model, periods, level, seasonal, damped, alpha, beta, gamma, phi, l0, b0 and s0.', 'unknown option');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', 1, '{"model": "arima"}')$$),
    '22023 option "model" must be auto, ets, mstl, ses, holt or holt_winters | Correct "model" or leave it out to use its default.', 'unknown model');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', 1, '{"periods": 24}')$$),
    '22023 option "periods" must be an array of at most 3 integers from 2 to 5000 | Correct "periods" or leave it out to use its default.', 'periods');
select is(pg_temp.failure($$select * from vigil.forecast('{1}', 1, '{"model": "holt_winters"}')$$),
    '22023 option "periods" must be an array with the values in a season | Correct "periods" or leave it out to use its default.', 'no periods');
select is(pg_temp.failure($$select * from vigil.forecast('{1,-2,1,2,1,2,2}', 1, '{"model": "holt_winters", "periods": [2], "seasonal": "multiplicative"}')$$),
    '22023 a multiplicative season needs values above 0 | Use an additive season, or shift the values.', 'multiplicative');
select is(left(pg_temp.failure($$select * from vigil.forecast('{1}', 1, '[1]')$$), 37), '22023 options must be a json object |', 'options');
select is(left(pg_temp.failure($$select * from vigil.forecast('{{1,2}}', 1)$$), 5), '22023', 'two dimensions');

-- A search can be cancelled.
create function pg_temp.cancelled() returns text
language plpgsql as $$
begin
    perform f.value
    from (select array_agg(100 + n % 24 + sin(n * 2.4) order by n) as v from generate_series(1, 10000) as n) as s,
        generate_series(1, 100) as again, vigil.forecast(s.v, 100 + again, '{"model": "holt_winters", "periods": [24], "damped": true}') as f;
    return 'not cancelled';
exception
    when query_canceled then
        return 'cancelled';
end
$$;
set local statement_timeout = '300ms';
select is(pg_temp.cancelled(), 'cancelled', 'forecasts stop at a statement timeout');
set local statement_timeout = 0;

select * from finish();
rollback;
