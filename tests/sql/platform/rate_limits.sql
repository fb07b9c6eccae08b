-- Rate limits: how a bucket empties and fills, and what neither transactions nor other sessions change about it.
set client_min_messages = warning;
create extension if not exists vigil_platform;
-- Buckets are of the cluster and stay after the test, so that each run has its own.
select 'test/' || gen_random_uuid() as b \gset

-- Read-only, and no transaction id
begin transaction read only;
select allowed as read_only_allowed from vigil_platform.take_token(:'b' || '/read', 5, 0.001) \gset
select pg_current_xact_id_if_assigned() is null as read_only_has_no_id \gset
rollback;

begin;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/sessions.psql

select plan(45);

select is(row(:'read_only_allowed'::boolean, :'read_only_has_no_id'::boolean), row(true, true), 'a read-only transaction may take, and gets no id');
select is(round(remaining), 4::float8, 'what it took stays taken after its rollback') from vigil_platform.take_token(:'b' || '/read', 5, 0.001, 0);

-- Emptying: a burst of 3, and one token in 1000 seconds.
create temporary table taking on commit drop as
select n, t.* from generate_series(1, 5) as n cross join lateral vigil_platform.take_token(:'b' || '/burst', 3, 0.001, 1 + 0 * n) as t;
select is(array_agg(allowed order by n), '{t,t,t,f,f}', 'a burst, and no more') from taking;
select is(array_agg(round(remaining) order by n), '{2,1,0,0,0}', 'what remains') from taking;
select is(array_agg(round(retry_after) order by n), '{0,0,0,1000,1000}', 'when there is a token again') from taking;
select is(array_agg(round(reset_after) order by n), '{1000,2000,3000,3000,3000}', 'when the bucket is full') from taking;
select cmp_ok(max(remaining), '<', 2.001::float8, 'little comes back meanwhile') from taking;
select is(row(allowed, retry_after, round(reset_after)), row(true, 0::float8, 3000::float8), 'looking is free') from vigil_platform.take_token(:'b' || '/burst', 3, 0.001, 0);
select is(row(allowed, round(remaining), round(reset_after)), row(true, 2::float8, 1000::float8), 'other buckets are not concerned') from vigil_platform.take_token(:'b' || '/Burst', 3, 0.001);

-- Costs
select is(row(allowed, remaining, reset_after), row(true, 10::float8, 0::float8), 'a new bucket is full') from vigil_platform.take_token(:'b' || '/cost', 10, 0.001, 0);
select is(row(allowed, round(remaining), round(reset_after)), row(true, 6::float8, 4000::float8), 'a cost of 4') from vigil_platform.take_token(:'b' || '/cost', 10, 0.001, 4);
select is(row(allowed, round(remaining), round(retry_after)), row(false, 6::float8, 1000::float8), 'one of 7 waits for one more') from vigil_platform.take_token(:'b' || '/cost', 10, 0.001, 7);
select is(row(allowed, round(remaining), retry_after), row(false, 6::float8, null::float8), 'one of 11 waits for ever') from vigil_platform.take_token(:'b' || '/cost', 10, 0.001, 11);
select is(row(allowed, round(remaining)), row(true, 0::float8), 'one of 6 is left') from vigil_platform.take_token(:'b' || '/cost', 10, 0.001, 6);
select is(row(allowed, round(remaining * 10)), row(true, 5::float8), 'halves of tokens') from vigil_platform.take_token(:'b' || '/half', 2, 0.001, 1.5);
-- As many as burst, at rates whose interval is no whole number of nanoseconds, fit at once.
select is(row(count(*) filter (where allowed), count(*)), row(1000::bigint, 1000::bigint), format('%s tokens fit at %s a second', burst, rate))
from (values (7, 7), (3, 3), (9, 0.7), (11, 1e8)) as r (burst, rate), generate_series(1, 1000) as run
cross join lateral vigil_platform.take_token(format('%s/%s/%s/%s', :'b', burst, rate, run), burst, rate, burst) as t group by burst, rate;

-- Filling
select ok(allowed, 'the only token') from vigil_platform.take_token(:'b' || '/fill', 1, 5);
select is(allowed and retry_after <= 0.2, false, 'is taken') from vigil_platform.take_token(:'b' || '/fill', 1, 5);
select pg_sleep(0.21);
select is(row(allowed, round(remaining)), row(true, 0::float8), 'and comes back in a fifth of a second, once') from vigil_platform.take_token(:'b' || '/fill', 1, 5);
select pg_sleep(0.5);
select is(row(remaining, reset_after), row(1::float8, 0::float8), 'no more than it holds comes back') from vigil_platform.take_token(:'b' || '/fill', 1, 5, 0);

-- Other sizes for one bucket
select is(row(allowed, round(remaining)), row(true, 4::float8), 'a bucket of 10') from vigil_platform.take_token(:'b' || '/size', 10, 0.001, 6);
select is(row(allowed, remaining, round(retry_after)), row(false, 0::float8, 2000::float8), 'that is one of 5 now') from vigil_platform.take_token(:'b' || '/size', 5, 0.001);
select is(row(allowed, round(remaining)), row(true, 13::float8), 'or of 20') from vigil_platform.take_token(:'b' || '/size', 20, 0.001);
select is(row(allowed, remaining), row(true, 0::float8), 'looking at one that was larger') from vigil_platform.take_token(:'b' || '/size', 5, 0.001, 0);

-- What is not undone
savepoint before;
select ok(allowed, 'taken') from vigil_platform.take_token(:'b' || '/undone', 5, 0.001);
rollback to before;
select is(round(remaining), 4::float8, 'not undone by a savepoint') from vigil_platform.take_token(:'b' || '/undone', 5, 0.001, 0);
select matches(pg_temp.failure(format('select 1 / (allowed::int - 1) from vigil_platform.take_token(%L, 5, 0.001)', :'b' || '/undone')), '^22012', 'taken');
select is(round(remaining), 3::float8, 'nor by an error') from vigil_platform.take_token(:'b' || '/undone', 5, 0.001, 0);

-- Other sessions: together they get no more than one would.
select pg_temp.session('first') || pg_temp.session('second') || pg_temp.session('third') as connected \gset
create function pg_temp.take_in(name text, bucket text) returns int language sql as $$
    select dblink_send_query(name, format('select count(*) filter (where allowed) from generate_series(1, 20000) as n cross join lateral vigil_platform.take_token(%L, 30000, 0.001, 1 + 0 * n)', bucket))
$$;
select sum(pg_temp.take_in(name, :'b' || '/sessions')) as sent from unnest('{first,second,third}'::text[]) as name \gset
select is(sum(r.allowed), 30000::numeric, 'three sessions at once take what one bucket holds')
from unnest('{first,second,third}'::text[]) as name cross join lateral dblink_get_result(name) as r (allowed bigint);
select is(round(remaining), 0::float8, 'and empty it') from vigil_platform.take_token(:'b' || '/sessions', 30000, 0.001, 0);

-- When it was used
select is(vigil_platform.bucket_used_at(:'b' || '/never'), null, 'never');
select is(vigil_platform.bucket_used_at(null), null, 'null');
select is(vigil_platform.bucket_used_at(:'b' || '/burst') between transaction_timestamp() and clock_timestamp(), true, 'in this transaction');
select vigil_platform.bucket_used_at(:'b' || '/burst') as used_at \gset
select is(bool_or(allowed), false, 'refused') from vigil_platform.take_token(:'b' || '/burst', 3, 0.001);
select is(vigil_platform.bucket_used_at(:'b' || '/burst'), :'used_at'::timestamptz, 'a refusal is no use');
select cmp_ok(vigil_platform.buckets(), '>=', 9::bigint, 'how many are not full');

-- A flood of names: what somebody made up is displaced, and not the bucket that is being emptied.
select vigil_platform.displaced_buckets() as displaced \gset
select is(count(*) filter (where allowed), 200000::bigint, 'new buckets are always allowed')
from generate_series(1, 200000) as n cross join lateral vigil_platform.take_token(:'b' || '/flood/' || n, 5, 0.5) as t;
select cmp_ok(vigil_platform.displaced_buckets(), '>', :displaced::bigint, 'though some displace others');
select is(row(allowed, retry_after > 900), row(false, true), 'and who has used up a limit stays refused') from vigil_platform.take_token(:'b' || '/burst', 3, 0.001);
select cmp_ok(vigil_platform.buckets(), '<=', 65536::bigint, 'there are only so many');

-- Refused
create temporary table bad_limit on commit drop as
select * from (values ('0', '1', '1'), ('-1', '1', '1'), ('1', '0', '1'), ('1', '-1', '1'), ('1', '1', '-1'), ('NaN', '1', '1'), ('1', 'NaN', '1'), ('1', '1', 'NaN'),
    ('Infinity', '1', '1'), ('1', 'Infinity', '1'), ('1', '1', 'Infinity'), ('1', '1.1e9', '1'), ('31622401', '1', '1'), ('1e300', '1e-300', '1'), ('1', '1e-310', '1')) as t (burst, rate, cost);
select is(count(*) filter (where pg_temp.failure(format('select vigil_platform.take_token(''x'', %L, %L, %L)', burst, rate, cost))
    !~ '^22023 a rate limit of burst .* is not usable \| Burst and rate are above 0'), 0::bigint, 'what is no limit') from bad_limit;
select is(count(*) filter (where pg_temp.failure(format('select vigil_platform.take_token(%s)', a)) <>
    '22004 a rate limit has no null arguments | Name the bucket, its burst, its rate and the cost.'), 0::bigint, 'null is no limit')
from unnest(array['null, 1, 1', '''x'', null, 1', '''x'', 1, null', '''x'', 1, 1, null']) as a;

select * from finish();
