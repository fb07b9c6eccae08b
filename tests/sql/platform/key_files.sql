-- Keys in files: read with care, and read anew when they change. No error shows where they are or what they hold.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql
\ir ../support/key_files.psql

select plan(46);

create temporary table kind on commit drop as
select * from (values ('signing key', 'signing_key_file', 'select vigil_platform.sign_token(''{}'')'),
    ('signing key', 'signing_key_file', 'select vigil_platform.signing_public_key()'),
    ('sealing key', 'sealing_key_file', 'select vigil_platform.seal(''\x'', '''')'),
    ('sealing key', 'sealing_key_file', 'select vigil_platform.unseal(''\x'', '''')')) as t (name, setting, statement);
create function pg_temp.failure_with(setting text, path text, statement text) returns text language plpgsql as $$
begin
    perform set_config('vigil_platform.' || setting, path, true);
    return pg_temp.failure(statement);
end $$;

select is(pg_temp.failure_with(setting, '', statement),
    format('55000 there is no %s file | As a superuser, set vigil_platform.%s with alter system.', name, setting), 'not set: ' || statement) from kind;
select is(pg_temp.failure_with(setting, 'key', statement),
    format('22023 the path of the %s file is not absolute | As a superuser, set vigil_platform.%s to a path that begins with a slash.', name, setting), 'relative: ' || statement) from kind;
select is(pg_temp.failure_with(setting, pg_temp.key_file('none'), statement),
    format('58P01 could not read the %s file: No such file or directory (os error 2) | vigil_platform.%s names a file of the server''s user with mode 0600.', name, setting), 'missing: ' || statement) from kind;
select pg_temp.run('mkfifo pipe && mkdir -p folder');
select is(pg_temp.failure_with(setting, path, statement),
    format('42809 the %s file is not a regular file | As a superuser, set vigil_platform.%s to the path of a file.', name, setting), what || ': ' || statement)
from kind, (values (pg_temp.key_file('pipe'), 'a pipe'), (pg_temp.key_file('folder'), 'a folder'), ('/dev/null', 'a device')) as t (path, what)
where statement ~ 'sign_token|unseal';

select pg_temp.write('good.pem', pg_temp.rfc_8037_key());
select pg_temp.write('good.key', encode(sha256('x'), 'base64') || E'\n');
select is(pg_temp.failure_with('signing_key_file', pg_temp.key_file('good.pem'), 'select vigil_platform.sign_token(''{}'')'), 'no error', 'a good signing key');
select is(pg_temp.failure_with('sealing_key_file', pg_temp.key_file('good.key'), 'select vigil_platform.seal(''\x'', '''')'), 'no error', 'a good sealing key');
-- Known already, and still looked at.
create function pg_temp.failure_of_mode(mode text, setting text, path text, statement text) returns text language plpgsql as $$
begin
    perform pg_temp.run(format('chmod %s %s', mode, path));
    return pg_temp.failure_with(setting, path, statement);
end $$;
select is(pg_temp.failure_of_mode(mode, setting, pg_temp.key_file(file), statement),
    format('42501 the %s file can be used by others than its owner | Take the key for known and make a new one, in a file of the server''s user with mode 0600.', name), format('mode %s: %s', mode, statement))
from kind, (values ('signing_key_file', 'good.pem'), ('sealing_key_file', 'good.key')) as t (kind, file), unnest('{0640,0604,0610,0602}'::text[]) as mode
where kind = setting and statement ~ '\.(sign_token|seal)' order by mode, setting;
select pg_temp.run('chmod 0000 good.pem');
select is(left(pg_temp.failure_with('signing_key_file', pg_temp.key_file('good.pem'), 'select vigil_platform.sign_token(''{}'')'), 5), '42501', 'a file that the server may not read');
select pg_temp.run('chmod 0600 good.pem good.key');

-- What is no key. A canary in the content appears in no message.
create temporary table bad_key on commit drop as
select setting, what, content, row_number() over ()::text as file from (values
    ('signing_key_file', 'empty', ''),
    ('signing_key_file', 'no PEM', 'canary'),
    ('signing_key_file', 'a public key', E'-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n'),
    ('signing_key_file', 'cut off', left(pg_temp.rfc_8037_key(), 60)),
    ('signing_key_file', 'too short a key', E'-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMc\n-----END PRIVATE KEY-----\n'),
    ('signing_key_file', 'a key of another kind', replace(pg_temp.rfc_8037_key(), 'K2Vw', 'K2Vu')),
    ('signing_key_file', 'too large', repeat(' ', 16384) || pg_temp.rfc_8037_key()),
    ('sealing_key_file', 'empty', ''),
    ('sealing_key_file', 'no base64', 'canary!'),
    ('sealing_key_file', '31 bytes', encode(substr(sha256('x'), 2), 'base64')),
    ('sealing_key_file', '33 bytes', encode(sha256('x') || '\x00', 'base64')),
    ('sealing_key_file', 'two keys', encode(sha256('x'), 'base64') || E'\n' || encode(sha256('y'), 'base64')),
    ('sealing_key_file', 'too large', encode(sha256('x'), 'base64') || repeat(' ', 16384))) as t (setting, what, content);
select pg_temp.write('bad' || file, content) from bad_key;
select is(pg_temp.failure_with(setting, pg_temp.key_file('bad' || file), statement),
    format('F0000 the %1$s file does not hold a %1$s | Look at the file that vigil_platform.%2$s names; its documentation says what belongs there.', name, setting), format('%s: %s', name, what))
from bad_key join kind using (setting) where statement ~ '\.(sign_token|seal)';

-- A new file in the place of the old one
select set_config('vigil_platform.signing_key_file', pg_temp.key_file('good.pem'), true);
select vigil_platform.signing_public_key() ->> 'kid' as kid \gset
select pg_temp.run('openssl genpkey -algorithm ed25519 -out new.pem && mv new.pem good.pem');
select isnt(vigil_platform.signing_public_key() ->> 'kid', :'kid', 'a file that takes the place of another is used at once');
select is(vigil_platform.verify_token(vigil_platform.sign_token('{"a": 1}'), jsonb_build_array(vigil_platform.signing_public_key())), '{"a": 1}', 'to sign, too');
select pg_temp.run('ln -sf good.pem link.pem');
select is(pg_temp.failure_with('signing_key_file', pg_temp.key_file('link.pem'), 'select vigil_platform.sign_token(''{}'')'), 'no error', 'a link to a file is followed');
select pg_temp.run('rm good.pem');
select is(left(pg_temp.failure_with('signing_key_file', pg_temp.key_file('good.pem'), 'select vigil_platform.sign_token(''{}'')'), 5), '58P01', 'a key that was removed is no longer used');

select pg_temp.remove_keys();
select * from finish();
