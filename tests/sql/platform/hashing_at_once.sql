-- Only so many passwords are hashed at once, whoever asks: the others wait, and whoever waits can be stopped.
set client_min_messages = warning;
create extension if not exists vigil_platform;
begin;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/sessions.psql
-- The slow hash takes five seconds where nothing else runs, and nothing but its end ends it.
set statement_timeout = '5min';

select plan(14);

select pg_temp.session('slow') || pg_temp.session('waiting') as connected \gset
set vigil_platform.argon2_concurrency = 1;
select dblink_exec('waiting', 'set vigil_platform.argon2_concurrency = 1') as done \gset
select dblink_exec('slow', 'set vigil_platform.argon2_memory_kib = 524288') || dblink_exec('slow', 'set vigil_platform.argon2_iterations = 16') as done \gset
create function pg_temp.is_waiting() returns boolean language plpgsql as $$
begin
    perform pg_stat_clear_snapshot();
    return exists (select from pg_stat_activity as a where a.application_name = 'waiting' and a.wait_event = 'VigilPasswordHash');
end $$;
-- Starts a slow hash, and a session that waits for its end.
create procedure pg_temp.begin_slow_hash() language plpgsql as $$
begin
    perform dblink_send_query('slow', 'select vigil_platform.hash_password(''slow'')');
    for attempt in 1 .. 100 loop
        perform dblink_send_query('waiting', 'select vigil_platform.hash_password(''x'')');
        while dblink_is_busy('waiting') = 1 loop
            if pg_temp.is_waiting() then
                return;
            end if;
            perform pg_sleep(0.005);
        end loop;
        -- It came first.
        while exists (select from dblink_get_result('waiting', false) as r (hash text)) loop
        end loop;
    end loop;
    raise exception 'the slow hash did not begin';
end $$;

call pg_temp.begin_slow_hash();
select clock_timestamp() as begun \gset
select is(pg_temp.failure('select vigil_platform.verify_password(''x'', null)'),
    '53300 too many logins at once | Try again in some seconds. vigil_platform.argon2_concurrency is how many passwords are checked at a time.',
    'a password without a hash waits for its turn as one with a hash does');
select cmp_ok(clock_timestamp() - :'begun', '>=', interval '1.9 s', 'for two seconds');
select is_empty('select * from dblink_get_result(''waiting'', false) as r (hash text)', 'another session waits, too');
select is(split_part(dblink_error_message('waiting'), E'\n', 1), 'ERROR:  too many logins at once', 'in vain');
select is_empty('select * from dblink_get_result(''waiting'', false) as r (hash text)', 'and ends');
set vigil_platform.argon2_concurrency = 2;
select is(pg_temp.failure('select vigil_platform.hash_password(''x'')'), 'no error', 'where two may, a second one does not wait');
set vigil_platform.argon2_concurrency = 1;
select hash from dblink_get_result('slow') as r (hash text) \gset
select matches(:'hash'::text, '^\$argon2id\$v=19\$m=524288,t=16,p=1\$', 'the slow one ends');
select is_empty('select * from dblink_get_result(''slow'') as r (hash text)', 'with one hash');
select is(pg_temp.failure('select vigil_platform.hash_password(''x'')'), 'no error', 'and makes room');

-- Cancelled while it waits, and terminated while it hashes
call pg_temp.begin_slow_hash();
select is(dblink_cancel_query('waiting'), 'OK', 'a session that waits is cancelled');
select is_empty('select * from dblink_get_result(''waiting'', false) as r (hash text)', 'and ends');
select is(dblink_error_message('waiting'), 'ERROR:  canceling statement due to user request', 'because of that');
select is((select count(pg_terminate_backend(a.pid)) from pg_stat_activity as a where a.application_name = 'slow'), 1::bigint, 'a session that hashes is terminated');
do $$ begin
    while exists (select from pg_stat_activity as a where a.application_name = 'slow') loop
        perform pg_sleep(0.02);
        perform pg_stat_clear_snapshot();
    end loop;
end $$;
select is(pg_temp.failure('select vigil_platform.hash_password(''x'')'), 'no error', 'its turn does not stay taken');

select * from finish();
