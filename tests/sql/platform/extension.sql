-- What the extension consists of, and for whom: nobody, until a superuser grants it.
begin;
set local client_min_messages = warning;
create extension if not exists vigil_platform;
create extension if not exists pgtap;
\ir ../extension/failure.psql

select plan(20);

select set_eq(
    $$select i.identity from pg_depend as d join pg_extension as e on e.oid = d.refobjid cross join lateral pg_identify_object(d.classid, d.objid, 0) as i
        where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and e.extname = 'vigil_platform'$$,
    $$select 'vigil_platform.' || f from unnest(array['archive_files(pg_catalog.text)', 'archive_hash(pg_catalog.text)', 'archive_read(pg_catalog.text)',
        'archive_remove(pg_catalog.text)', 'archive_status()', 'archive_write(pg_catalog.text,pg_catalog.bytea)', 'run_dead_man_command(pg_catalog.text)',
        'hash_password(pg_catalog.text)', 'verify_password(pg_catalog.text,pg_catalog.text)', 'password_needs_rehash(pg_catalog.text)',
        'random_token(integer)', 'sign_token(pg_catalog.jsonb)', 'signing_public_key()', 'verify_token(pg_catalog.text,pg_catalog.jsonb)',
        'seal(pg_catalog.bytea,pg_catalog.text)', 'unseal(pg_catalog.bytea,pg_catalog.text)',
        'totp_matches(pg_catalog.bytea,pg_catalog.text,timestamp with time zone)', 'base32(pg_catalog.bytea)',
        'take_token(pg_catalog.text,double precision,double precision,double precision)', 'bucket_used_at(pg_catalog.text)', 'buckets()', 'displaced_buckets()',
        'open_request(boolean)', 'count_request(pg_catalog.text,integer,pg_catalog.text)', 'learn_limits(pg_catalog.text,integer,pg_catalog.jsonb)',
        'without_secrets(pg_catalog.jsonb)']) as f$$,
    'the objects of the extension'
);
select is_empty(
    $$select p.oid::regprocedure from pg_proc as p where p.pronamespace = 'vigil_platform'::regnamespace
        and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '(NULL|One row).*[Ee]rrors.*O\([^)]'$$,
    'every function says what it makes of NULL, its errors and its cost'
);
select isnt(obj_description('vigil_platform'::regnamespace, 'pg_namespace'), null, 'the schema has a comment');
select results_eq(
    $$select superuser, trusted, relocatable, schema from pg_available_extension_versions where name = 'vigil_platform' and version = '0.1.0'$$,
    $$values (true, false, false, 'vigil_platform'::name)$$,
    'installed by superusers only'
);

-- Who may
create role vigil_test_stranger;
select is_empty(
    $$select p.oid::regprocedure from pg_proc as p where p.pronamespace = 'vigil_platform'::regnamespace
        and (has_function_privilege('vigil_test_stranger', p.oid, 'execute') or p.prosecdef)$$,
    'no function is for everybody, or runs as its owner'
);
select set_eq(
    $$select p.proname::text, p.provolatile::text, p.proparallel::text from pg_proc as p where p.pronamespace = 'vigil_platform'::regnamespace
        and (p.provolatile <> 'v' or p.proparallel = 's')$$,
    $$values ('without_secrets', 'i', 's'), ('base32', 'i', 's'), ('totp_matches', 'i', 's'), ('verify_token', 'i', 's'), ('password_needs_rehash', 's', 's')$$,
    'what depends on its arguments alone, or on settings'
);
select set_eq(
    $$select p.proname::text from pg_proc as p where p.pronamespace = 'vigil_platform'::regnamespace and not p.proisstrict$$,
    '{take_token,verify_password}'::text[],
    'what looks at NULL: a limit refuses it, and a password is checked against no hash'
);
select is(has_schema_privilege('vigil_test_stranger', 'vigil_platform', 'usage'), false, 'the schema is for nobody either');
set local role vigil_test_stranger;
select is(left(pg_temp.failure('show ' || setting), 5), '42501', 'strangers do not see ' || setting)
from unnest('{vigil_platform.archive_directory,vigil_platform.dead_man_command,vigil_platform.signing_key_file,vigil_platform.sealing_key_file}'::text[]) as setting;
select is(left(pg_temp.failure(format('set %s = %L', setting, value)), 5), '42501', 'nor set ' || setting)
from (values ('vigil_platform.archive_directory', '/tmp'), ('vigil_platform.signing_key_file', '/tmp/key'), ('vigil_platform.sealing_key_file', '/tmp/key'),
    ('vigil_platform.argon2_memory_kib', '20000'), ('vigil_platform.argon2_iterations', '3'), ('vigil_platform.argon2_concurrency', '1')) as t (setting, value);
select is(left(pg_temp.failure('set vigil_platform.other = ''/tmp'''), 5), '42602', 'there is no other setting');
select is(left(pg_temp.failure('create extension vigil_platform schema public'), 5) in ('42501', '42710'), true, 'nor install the extension');
reset role;

select * from finish();
