-- Change points: where the mean of a series changes; nulls, errors, time.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(15);

create temporary table series on commit drop as
select array_agg(case when n <= 100 then 5 when n <= 300 then 9 else 2 end + sin(n * 2.4) order by n) as v from generate_series(1, 400) as n;

select is(array_agg(position), '{101,301}', 'change_points: where the steps are') from series cross join lateral vigil.change_points(v);
select is(array_agg(round(mean_before::numeric)), '{5,9}', 'change_points: means before') from series cross join lateral vigil.change_points(v);
select is(array_agg(round(mean_after::numeric)), '{9,2}', 'change_points: means after') from series cross join lateral vigil.change_points(v);
select is(array_agg(sign(effect_size)), '{1,-1}', 'change_points: direction') from series cross join lateral vigil.change_points(v);
select is(array_agg(position), '{102,302}', 'change_points: nulls are passed over') from series cross join lateral vigil.change_points(null::float8 || v);
select is(count(*), 0::bigint, 'change_points: a penalty that no change is worth') from series cross join lateral vigil.change_points(v, 1e6);
select is(count(*), 0::bigint, 'change_points: constant') from vigil.change_points(array_fill(1.0::float8, array[50]));
select is(count(*), 0::bigint, 'change_points: empty') from vigil.change_points('{}');
select is(count(*), 0::bigint, 'change_points: null') from vigil.change_points(null);
select is(count(*), 0::bigint, 'change_points: null length') from series cross join lateral vigil.change_points(v, null, null);
select is(pg_temp.failure($$select vigil.change_points('{1,2}', 0)$$),
    '22023 penalty is out of range | Use a number above 0; more gives fewer changes. The default is 3 ln(n).', 'change_points: penalty');
select is(pg_temp.failure($$select vigil.change_points('{1,2}', null, 1)$$),
    '22023 minimum length 1 is out of range | Use at least 2 values; 5 is the default.', 'change_points: length');
select is(pg_temp.failure($$select vigil.change_points('{1,NaN}')$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'change_points: nan');
select is(pg_temp.failure($$select vigil.change_points(array_fill(1.0::float8, array[8193]))$$),
    '22023 series has 8193 values, more than 8192 | Aggregate to longer intervals first, for example to means of an hour.', 'change_points: too long');
set local statement_timeout = '5s';
select is(count(*), 0::bigint, 'change_points: the longest series without a change, which is the slowest')
from (select array_agg(n * 0.6180339887498949 % 1.0 order by n) as v from generate_series(1, 8192) as n) as t cross join lateral vigil.change_points(v::float8[]);

select * from finish();
rollback;
