-- The command of the second path: run with the message on its input, with little around it, and never for long.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql

select plan(20);

-- What the command leaves, seen by the server, whose files they are.
create function pg_temp.file(name text) returns text language sql as $$ select format('/tmp/vigil-dead-man-%s-%s', pg_backend_pid(), name) $$;
create function pg_temp.told(command text, message text default 'the worker is late') returns int language plpgsql as $$
begin
    perform set_config('vigil_platform.dead_man_command', command, true);
    return vigil_platform.run_dead_man_command(message);
end $$;

select is(pg_temp.told(''), null, 'no command, nothing is run');
select is(pg_temp.told('true', null), null, 'nor without a message');
select is(pg_temp.told('cat > ' || pg_temp.file('message'), E'it''s $(late)\n"ä"'), 0, 'a command that works');
select is(pg_read_file(pg_temp.file('message')), E'it''s $(late)\n"ä"', 'has the message on its input, untouched');
select is(pg_temp.told('exit 3'), 3, 'its exit status');
select is(pg_temp.told('kill -TERM $$'), 143, 'as a shell gives it, of a signal too');
select is(pg_temp.told('no-such-program'), 127, 'and of what is not there');
select is(pg_temp.told('echo nothing reads this', repeat('x', 8192)), 0, 'a command need not read');
select is(pg_temp.told('{ env | cut -d= -f1 | grep -vE "^(PWD|OLDPWD|SHLVL|_)$"; pwd; } > ' || pg_temp.file('around')), 0, 'what is around it');
select is(pg_read_file(pg_temp.file('around')), E'PATH\n/\n', 'is a path to programs and the root');
select is(pg_temp.failure($$select pg_temp.told('true', repeat('x', 8193))$$), '22023 message is longer than 8192 bytes | Say it in a sentence.', 'a message is short');

-- Neither a cancel request nor a command that hangs leaves anything running. The number of the background process is
-- written before the wait.
create function pg_temp.runs(name text) returns boolean language plpgsql as $$
declare
    v_process text := btrim(pg_read_file(pg_temp.file(name)), E' \n');
begin
    -- A killed process may wait for its new parent to take note of it.
    return coalesce((select split_part(pg_read_file('/proc/' || v_process || '/stat', true), ') ', 2) !~ '^[ZX]'), false);
end $$;
-- "others" leaves cancel requests out.
create function pg_temp.cancelled(command text) returns text language plpgsql as $$
begin
    return pg_temp.told(command)::text;
exception
    when query_canceled then
        return sqlerrm;
end $$;
set local statement_timeout = '500ms';
select is(pg_temp.cancelled('sleep 300 & echo $! > ' || pg_temp.file('cancelled') || '; wait'), 'canceling statement due to statement timeout', 'a cancel request ends it');
set local statement_timeout = 0;
select is(pg_temp.runs('cancelled'), false, 'with what it has started');
select is(pg_temp.told('sleep 300 & echo $! > ' || pg_temp.file('hung') || '; wait'), 124, 'a command that hangs is killed');
select is(pg_temp.runs('hung'), false, 'with what it has started');

-- Whose it is.
select is(has_function_privilege('public', 'vigil_platform.run_dead_man_command(text)', 'execute'), false, 'nobody may run it');
create role dead_man_nobody;
set local role dead_man_nobody;
select throws_ok('show vigil_platform.dead_man_command', '42501', null, 'see the command');
select throws_ok('set vigil_platform.dead_man_command = ''true''', '42501', null, 'or set it');
select throws_ok('select vigil_platform.run_dead_man_command(''x'')', '42501', null, 'nor call it by name');
reset role;
select is(pg_temp.told(format('rm -f %s*', pg_temp.file(''))), 0, 'what was written is removed');
select * from finish();
rollback;
