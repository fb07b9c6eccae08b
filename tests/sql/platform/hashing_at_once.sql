-- Only so many passwords are hashed at once, whoever asks: the others wait, and whoever waits can be stopped.
set client_min_messages = warning;
create extension if not exists vigil_platform;
begin;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/sessions.psql

select plan(13);

select pg_temp.session('slow') || pg_temp.session('waiting') as connected \gset
set vigil_platform.argon2_concurrency = 1;
select dblink_exec('waiting', 'set vigil_platform.argon2_concurrency = 1') as done \gset
-- Many passes over much memory take some seconds, in which nothing ends them.
select dblink_exec('slow', 'set vigil_platform.argon2_memory_kib = 524288') || dblink_exec('slow', 'set vigil_platform.argon2_iterations = 16') as done \gset
create procedure pg_temp.begin_slow_hash() language plpgsql as $$
begin
    perform dblink_send_query('slow', 'select vigil_platform.hash_password(''slow'')');
    for i in 1 .. 500 loop
        exit when pg_temp.failure('select vigil_platform.hash_password(''x'')') like '53300%';
        perform pg_sleep(0.01);
    end loop;
end $$;
create procedure pg_temp.await_waiting() language plpgsql as $$
begin
    for i in 1 .. 500 loop
        exit when exists (select from pg_stat_activity as a where a.application_name = 'waiting' and a.wait_event = 'VigilPasswordHash');
        perform pg_sleep(0.01);
        perform pg_stat_clear_snapshot();
    end loop;
end $$;

call pg_temp.begin_slow_hash();
select clock_timestamp() as begun \gset
select is(pg_temp.failure('select vigil_platform.verify_password(''x'', null)'),
    '53300 too many logins at once | Try again in some seconds. vigil_platform.argon2_concurrency is how many passwords are checked at a time.',
    'a password without a hash waits for its turn as one with a hash does');
select ok(clock_timestamp() - :'begun' between interval '1.9 s' and interval '20 s', 'for two seconds');
select isnt(left(pg_temp.failure('set local vigil_platform.argon2_concurrency = 2; select vigil_platform.hash_password(''x'')'), 5), '53300', 'where two may, a second one does not wait');
select is(dblink_send_query('waiting', 'select vigil_platform.hash_password(''x'')'), 1, 'another session');
call pg_temp.await_waiting();
select is((select count(*) from pg_stat_activity as a where a.application_name = 'waiting' and a.wait_event = 'VigilPasswordHash'), 1::bigint, 'waits');
select is(dblink_cancel_query('waiting'), 'OK', 'is cancelled');
select is_empty('select * from dblink_get_result(''waiting'', false) as r (hash text)', 'and ends without a hash');
select is(dblink_error_message('waiting'), 'ERROR:  canceling statement due to user request', 'because of that');
select hash from dblink_get_result('slow') as r (hash text) \gset
select matches(:'hash'::text, '^\$argon2id\$v=19\$m=524288,t=16,p=1\$', 'the slow one ends, too');
select is_empty('select * from dblink_get_result(''slow'') as r (hash text)', 'with one hash');
select is(pg_temp.failure('select vigil_platform.hash_password(''x'')'), 'no error', 'and makes room');

-- Terminated while it hashes
call pg_temp.begin_slow_hash();
select is((select count(pg_terminate_backend(a.pid)) from pg_stat_activity as a where a.application_name = 'slow'), 1::bigint, 'a session that hashes is terminated');
do $$ begin
    while exists (select from pg_stat_activity as a where a.application_name = 'slow') loop
        perform pg_sleep(0.02);
        perform pg_stat_clear_snapshot();
    end loop;
end $$;
select is(pg_temp.failure('select vigil_platform.hash_password(''x'')'), 'no error', 'its turn does not stay taken');

select * from finish();
