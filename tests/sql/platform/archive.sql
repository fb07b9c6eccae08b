-- Files of the archive: written as a whole, confined to their directory, for nobody by default.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql

select plan(83);

select is((select configured and writable and free_bytes > 0 from vigil_platform.archive_status()), true, 'there is an archive');

-- A place for this test alone. What is written stays after a rollback, so that it is removed at the end.
create function pg_temp.at(name text) returns text language sql as $$ select 'test-archive/' || pg_backend_pid() || '/' || name $$;
create function pg_temp.outside(name text) returns text language sql as $$ select current_setting('vigil_platform.archive_directory') || '/' || pg_temp.at(name) $$;

-- Round trip
create temporary table content on commit drop as
select name, bytes from (values ('empty', ''::bytea), ('a', '\x00ff41'), ('deep/er/b', decode(repeat('c0ffee', 1000), 'hex')),
    ('tenant=1/2024-01.x_y', (select string_agg(sha512(n::text::bytea), '' order by n) from generate_series(1, 50000) as n))) as t (name, bytes);
select is(vigil_platform.archive_write(pg_temp.at(name), bytes), encode(sha256(bytes), 'hex'), 'write: ' || name) from content;
select is(vigil_platform.archive_read(pg_temp.at(name)), bytes, 'read: ' || name) from content;
select is(row(h.sha256, h.bytes), row(encode(sha256(c.bytes), 'hex'), length(c.bytes)::bigint), 'hash: ' || name) from content as c cross join lateral vigil_platform.archive_hash(pg_temp.at(name)) as h;
select results_eq(
    $$select path collate "C", bytes from vigil_platform.archive_files(pg_temp.at(''))$$,
    $$select pg_temp.at(name) collate "C", length(bytes)::bigint from content order by 1$$,
    'files: all of a folder, by path'
);
select is((select bool_and(modified_at between clock_timestamp() - interval '1 min' and clock_timestamp() + interval '1 s') from vigil_platform.archive_files(pg_temp.at(''))), true, 'files: times');
select is((select array_agg(path) from vigil_platform.archive_files(pg_temp.at('deep/e'))), array[pg_temp.at('deep/er/b')], 'files: a prefix ends within a name');
select is((select array_agg(path) from vigil_platform.archive_files(pg_temp.at('deep/er/'))), array[pg_temp.at('deep/er/b')], 'files: a folder');
select is((select array_agg(path) from vigil_platform.archive_files(pg_temp.at('deep/er/b'))), array[pg_temp.at('deep/er/b')], 'files: one path');
select is_empty($$select * from vigil_platform.archive_files(pg_temp.at('none/'))$$, 'files: no such folder');
select is_empty($$select * from vigil_platform.archive_files(pg_temp.at('deep/x'))$$, 'files: no such name');
select ok(pg_temp.at('a') in (select path from vigil_platform.archive_files('')), 'files: everything');
select is(vigil_platform.archive_write(pg_temp.at('a'), '\x01'), encode(sha256('\x01'), 'hex'), 'write: over another');
select is(vigil_platform.archive_read(pg_temp.at('a')), '\x01', 'read: the later one');
select is(count(*), 4::bigint, 'nothing temporary is left') from vigil_platform.archive_files(pg_temp.at(''));

-- NULL
select is(vigil_platform.archive_write(null, '\x00'), null, 'write: null path');
select is(vigil_platform.archive_write(pg_temp.at('n'), null), null, 'write: null content');
select is(vigil_platform.archive_read(null), null, 'read: null');
select is(vigil_platform.archive_remove(null), null, 'remove: null');
select is_empty('select * from vigil_platform.archive_hash(null) union all select null, bytes from vigil_platform.archive_files(null)', 'hash and files: null');

-- Paths
create temporary table bad_path on commit drop as
select p from unnest(array['', '/', '/etc/passwd', '..', '../x', 'a/../x', 'a/./b', './a', 'a//b', 'a/', '.hidden', 'A', 'ä', 'a b', 'a\b', '-a', '=a', '_a', E'a\n', '~a', '%00',
    repeat('a', 201), repeat('a/', 16) || 'a']) as p;
select is(count(*) filter (where pg_temp.failure(format(f, p)) !~ '^22023 archive path is malformed \| '), 0::bigint, 'refused: ' || f)
from bad_path, (values ('select vigil_platform.archive_write(%L, ''\x'')'), ('select vigil_platform.archive_read(%L)'), ('select vigil_platform.archive_hash(%L)'),
    ('select vigil_platform.archive_remove(%L)')) as t (f) group by f order by f;
select is(array_agg(p order by p) filter (where pg_temp.failure(format('select vigil_platform.archive_files(%L)', p)) !~ '^22023 '), '{"",a/}', 'files: prefixes')
from bad_path;
select is(pg_temp.failure(format('select vigil_platform.archive_write(%L, ''\x'')', pg_temp.at('a.tmp'))),
    '22023 archive path ends in .tmp | Files with such names are in the making; choose another ending.', 'write: a temporary name');
select is(pg_temp.failure(format('select %s(%L)', f, pg_temp.at('none/x'))),
    format('58P01 could not read archive file "%s": No such file or directory (os error 2) | archive_files('''') lists what is there.', pg_temp.at('none/x')), f || ': no such file')
from unnest('{vigil_platform.archive_read,vigil_platform.archive_hash}'::text[]) as f;
select is(vigil_platform.archive_remove(pg_temp.at('none')), false, 'remove: no such file');
select is(vigil_platform.archive_remove(pg_temp.at('none/x')), false, 'remove: no such folder');
select is(left(pg_temp.failure(format('select %s(%L)', f, pg_temp.at('deep'))), 5), '58030', f || ': a folder')
from unnest('{vigil_platform.archive_read,vigil_platform.archive_hash,vigil_platform.archive_remove}'::text[]) as f;
select is(left(pg_temp.failure(format('select vigil_platform.archive_write(%L, ''\x'')', pg_temp.at(name))), 5), '58030', 'write: ' || what)
from (values ('deep', 'over a folder'), ('a/b', 'below a file')) as t (name, what);

-- Links, pipes and folders that the server may not use are made with the server's own rights.
create function pg_temp.run(command text) returns void language plpgsql as $$
begin
    execute format('copy (select) to program %L', 'cat; ' || command);
end $$;
select pg_temp.run(format('cd %1$s && ln -s /etc/passwd link && ln -s /etc etc && ln -s deep inner && ln -s a again && mkfifo pipe && mkdir sealed && echo x > sealed/x && chmod 0 sealed && touch Upper && mkdir -p lost+found', pg_temp.outside('')));
select isnt(left(pg_temp.failure(format('select %s(%L)', f, pg_temp.at(name))), 8), 'no error', f || ' ' || name)
from unnest('{vigil_platform.archive_read,vigil_platform.archive_hash}'::text[]) as f, unnest('{link,etc/passwd,inner/er/b,again,pipe}'::text[]) as name;
select isnt(left(pg_temp.failure(format('select vigil_platform.archive_write(%L, ''\x'')', pg_temp.at(name))), 8), 'no error', 'write: ' || name)
from unnest('{etc/x,inner/x}'::text[]) as name;
select is(left(pg_temp.failure(format('select vigil_platform.archive_read(%L)', pg_temp.at('sealed/x'))), 5), '42501', 'read: no right');
select is(left(pg_temp.failure(format('select vigil_platform.archive_write(%L, ''\x'')', pg_temp.at('sealed/y'))), 5), '42501', 'write: no right');
select pg_temp.run(format('chmod 700 %s', pg_temp.outside('sealed')));
select is((select array_agg(replace(path, pg_temp.at(''), '')) from vigil_platform.archive_files(pg_temp.at(''))), '{a,deep/er/b,empty,sealed/x,tenant=1/2024-01.x_y}', 'files: no links, pipes and names that no path has');
select is(vigil_platform.archive_write(pg_temp.at('link'), '\x02'), encode(sha256('\x02'), 'hex'), 'write: takes the place of a link');
select cmp_ok((pg_stat_file('/etc/passwd')).size, '>', 10::bigint, 'and leaves what it pointed to alone');

-- What was left by a server that was killed is listed, and can be removed.
select pg_temp.run(format('echo x > %s', pg_temp.outside('a.123.0.tmp')));
select ok(exists (select from vigil_platform.archive_files(pg_temp.at('a.')) where path like '%.tmp'), 'files: temporary ones');
select is(vigil_platform.archive_remove(pg_temp.at('a.123.0.tmp')), true, 'remove: temporary ones');
select is(vigil_platform.archive_remove(path), true, 'remove: ' || split_part(path, '/', 3)) from vigil_platform.archive_files(pg_temp.at('')) order by path;
select is_empty($$select * from vigil_platform.archive_files(pg_temp.at(''))$$, 'remove: all of them');
select pg_temp.run(format('rm -r %s', current_setting('vigil_platform.archive_directory') || '/test-archive'));

-- The directory
create function pg_temp.with_directory(directory text, statement text) returns text language plpgsql as $$
begin
    perform set_config('vigil_platform.archive_directory', directory, true);
    return pg_temp.failure(statement);
end $$;
select is(pg_temp.with_directory('', statement),
    '55000 there is no archive directory | As a superuser, set vigil_platform.archive_directory to an absolute path with alter system or alter database.', 'not set: ' || statement)
from (values ('select vigil_platform.archive_write(''a'', ''\x'')'), ('select vigil_platform.archive_read(''a'')'), ('select vigil_platform.archive_hash(''a'')'),
    ('select vigil_platform.archive_remove(''a'')'), ('select vigil_platform.archive_files('''')')) as t (statement);
select is((select row(configured, writable, free_bytes) from vigil_platform.archive_status()), row(false, false, null::bigint), 'not set: status');
select is(pg_temp.with_directory('somewhere', 'select vigil_platform.archive_read(''a'')'),
    '22023 the archive directory is no absolute path | As a superuser, set vigil_platform.archive_directory to a path that begins with a slash.', 'a relative directory');
select is(left(pg_temp.with_directory('/nowhere', 'select vigil_platform.archive_write(''a'', ''\x'')'), 5), '58P01', 'no such directory');
select is((select row(configured, writable, free_bytes) from vigil_platform.archive_status()), row(true, false, null::bigint), 'no such directory: status');
select is(left(pg_temp.with_directory('/proc', 'select vigil_platform.archive_write(''a'', ''\x'')'), 2) in ('42', '58'), true, 'a directory that is not writable');
select is((select row(configured, writable) from vigil_platform.archive_status()), row(true, false), 'a directory that is not writable: status');
select is(left(pg_temp.with_directory('/etc/passwd', 'select vigil_platform.archive_read(''a'')'), 5), '58030', 'a file');
select is(pg_temp.with_directory('/dev/full', 'select 1'), 'no error', 'setting it looks at nothing');
reset vigil_platform.archive_directory;

select * from finish();
rollback;
