"""More rights than one was given, from each kind of SQL login: what a stolen BI login, a compromised worker or an injected
statement behind PostgREST could try. Each is refused, or changes nothing and shows nothing of others.

Whoever speaks as authenticator is PostgREST, and may become any request role of any tenant: that is what the login is for
(docs/security.md). So for the roles behind it setting claims is not tried; leaving the request roles is."""

import json
import re

from corpus import Corpus
from instance import sql, sql_json
from sessions import speak
from tenants import fleet

REQUEST_ROLES = ("anon", "viewer", "analyst", "operator", "tenant_admin", "platform_admin")
NO_RIGHT = {"42501"}
# Not there for whoever may not see it, or not allowed in the form.
ELSE = {"42501", "42883", "3F000", "42P01", "42704", "0A000", "55000", "22023", "42602", "55P02", "42939"}

BECOME = [f"set role {role}" for role in ("vigil_owner", "vigil_api", "vigil_auth", "vigil_jobs", "vigil_worker", "postgres", "pg_monitor", "pg_read_all_data", "pg_write_all_data",
                                          "pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "pg_signal_backend", "pg_maintain", "pg_create_subscription")]
REFUSED = [
    *BECOME,
    "set session authorization postgres", "set session authorization vigil_owner", "set session authorization vigil_jobs",
    "grant vigil_owner to current_user", "grant vigil_auth to current_user", "grant pg_read_all_data to public", "grant all on schema auth to public", "grant select on auth.account to public",
    "create role escalated superuser login", "create database escalated", "create schema escalated", "create schema authorization current_user", "create extension dblink", "create extension file_fdw",
    "create extension plpython3u", "create extension adminpack", "create language c", "create server s foreign data wrapper postgres_fdw",
    "create publication p for all tables", "create subscription s connection 'host=127.0.0.1' publication p", "create event trigger e on ddl_command_start execute function fleet.keep_contract()",
    "create table public.escalated (a int)", "create view api.escalated as select 1", "create function api.escalated() returns int language sql return 1",
    "create function public.escalated() returns int language sql return 1", "create operator public.=== (leftarg = int, rightarg = int, function = int4eq)", "create type public.escalated as (a int)",
    "create cast (text as int) with inout as implicit", "create function pg_temp.c() returns int language c as 'libc', 'system'", "create function pg_temp.i() returns int language internal as 'pg_backend_pid'",
    "alter role current_user superuser", "alter role current_user bypassrls", "alter role current_user createrole", "alter role vigil_jobs password 'x'", "alter role authenticator password 'x'",
    "alter role postgres password 'x'", "alter role all set search_path = 'pg_temp'", "alter role vigil_worker set search_path = 'pg_temp'", "alter role authenticator set pgrst.db_schemas = 'auth'",
    "alter system set log_statement = 'all'", "alter system set vigil_platform.signing_key_file = '/tmp/x'", "alter system reset all", "alter database vigil owner to current_user",
    "alter database vigil set search_path = 'pg_temp'", "alter table auth.account disable row level security", "alter table fleet.device no force row level security",
    "alter function auth.claims() owner to current_user", "alter function auth.tenant_id() set search_path = pg_temp", "alter schema api owner to current_user", "alter extension vigil_platform add function auth.claims()",
    "alter default privileges for role vigil_owner grant select on tables to public", "alter policy tenant_isolation on fleet.device using (true)", "alter large object 1 owner to current_user",
    "create or replace function auth.claims() returns jsonb language sql return '{}'::jsonb", "create or replace function auth.check_request() returns void language sql as 'select 1'",
    "create or replace view api.devices as select 1 as device", "create policy p on auth.account using (true)", "create rule r as on select to api.devices do instead select 1",
    "create trigger t before insert on auth.session execute function suppress_redundant_updates_trigger()", "create index on auth.account (email)", "create statistics s on email, active from auth.account",
    "drop table auth.session", "drop function auth.check_request()", "drop policy tenant_isolation on fleet.device", "drop owned by vigil_owner cascade", "drop extension vigil_platform cascade", "drop role vigil_worker",
    "reassign owned by vigil_owner to current_user", "truncate auth.session", "truncate audit.entry", "vacuum full auth.session", "cluster auth.session using session_pkey", "reindex table auth.session",
    "refresh materialized view auth.x", "comment on schema auth is 'x'", "security label on role postgres is 'x'", "checkpoint", "load '/tmp/escalated.so'", "load '$libdir/dblink'",
    "copy (select 1) to program 'id'", "copy pg_temp.t from program 'id'", "copy (select 1) to '/tmp/escalated'", "copy auth.account to stdout", "copy auth.session from '/dev/null'", "begin; lock table auth.session",
    "select pg_read_file('/etc/passwd')", "select pg_read_binary_file('PG_VERSION')", "select pg_ls_dir('/')", "select pg_stat_file('PG_VERSION')", "select pg_ls_logdir()", "select pg_ls_waldir()", "select pg_ls_tmpdir()",
    "select lo_import('/etc/passwd')", "select lo_export(1, '/tmp/escalated')", "select lo_create(0)", "select lo_creat(-1)", "select lo_from_bytea(0, '\\x00')",
    "select pg_reload_conf()", "select pg_rotate_logfile()", "select pg_switch_wal()", "select pg_create_restore_point('x')", "select pg_promote()", "select pg_log_backend_memory_contexts(pg_backend_pid())",
    "select pg_create_logical_replication_slot('s', 'test_decoding')", "select pg_create_physical_replication_slot('s')", "select pg_replication_origin_create('o')",
    *(f"select pg_{how}_backend(pid) from pg_stat_activity where usename in ('vigil_worker', 'authenticator') and usename <> session_user" for how in ("terminate", "cancel")),
    "select * from pg_authid", "select * from pg_shadow", "select * from pg_user_mapping", "select * from pg_statistic", "select * from pg_hba_file_rules", "select * from pg_file_settings", "select * from pg_config",
    "select * from pg_backend_memory_contexts", "select * from pg_shmem_allocations", "select * from pg_subscription", "select * from pg_largeobject",
    "select current_setting('vigil_platform.signing_key_file')", "show vigil_platform.sealing_key_file", "show vigil_platform.dead_man_command", "show data_directory", "show hba_file", "show config_file",
    "set vigil_platform.signing_key_file = '/tmp/x'", "set vigil_platform.sealing_key_file = '/tmp/x'", "set vigil_platform.archive_directory = '/tmp'", "set vigil_platform.dead_man_command = 'id'",
    "set vigil_platform.argon2_memory_kib = 8", "set vigil_platform.argon2_iterations = 1", "set local vigil_platform.argon2_concurrency = 1000", "set vigil_platform.made_up = 1", "set session_replication_role = replica",
    "set log_statement = 'all'", "set session_preload_libraries = 'x'", "set allow_system_table_mods = on", "set zero_damaged_pages = on", "set track_functions = 'all'",
    "set log_min_messages = 'debug5'", "set temp_file_limit = -1", "set lo_compat_privileges = on",
    "select set_config('vigil_platform.signing_key_file', '/tmp/x', false)", "update pg_settings set setting = 'id' where name = 'log_statement'",
    *(f"select {call}" for call in (
        "vigil_platform.sign_token('{}')", "vigil_platform.verify_token('a.b.c', '[]')", "vigil_platform.hash_password('x')", "vigil_platform.verify_password('x', null)", "vigil_platform.password_needs_rehash('x')",
        "vigil_platform.random_token()", "vigil_platform.seal('x', 'x')", "vigil_platform.unseal('x', 'x')", "vigil_platform.take_token('x', 1, 1)", "vigil_platform.bucket_used_at('x')", "vigil_platform.buckets()",
        "vigil_platform.totp_matches('x', '000000', now())", "vigil_platform.signing_public_key()", "vigil_platform.archive_files('')", "vigil_platform.archive_read('x')", "vigil_platform.archive_write('x', 'x')",
        "vigil_platform.archive_remove('x')", "vigil_platform.archive_hash('x')", "vigil_platform.run_dead_man_command('x')",
        "auth.access_token(gen_random_uuid(), 'x', 1, 'platform_admin')", "auth.issue_token('platform', 'platform_admin', 'x')", "auth.first_admin('x@example.com')", "auth.session_problem('{}', now())",
        "auth.key_claims('x', '/')", "auth.take_allowance('{}', 'read')", "auth.is_staff(gen_random_uuid())", "audit.record(1, 'x', '{}')",
        "ops.create_tenant('escalated', 'x')", "ops.drop_chunk('fleet.reading')", "ops.remove_rows('x')", "fleet.ingest(1, '[]')",
        "cron.schedule('x', '* * * * *', 'select 1')", "cron.schedule_in_database('x', '* * * * *', 'select 1', 'postgres')", "cron.unschedule(1)", "cron.alter_job(1)",
        "drop_chunks('fleet.reading', now())", "_timescaledb_functions.drop_chunk('fleet.reading')", "create_hypertable('auth.session', 'created_at')", "set_chunk_time_interval('fleet.reading', interval '1 hour')",
        "timescaledb_pre_restore()", "timescaledb_post_restore()", "_timescaledb_functions.stop_background_workers()", "_timescaledb_functions.restart_background_workers()", "delete_job(1)", "add_job('auth.claims', '1 h')",
        "dblink('dbname=vigil', 'select 1')", "pg_try_advisory_lock(1)", "pg_advisory_lock(hashtextextended('vigil.job.scores', 0))", "pg_try_advisory_xact_lock_shared(1, 1)", "pg_advisory_unlock_all()",
        "query_to_xml('select * from auth.account', true, true, '')", "table_to_xml('auth.account', true, true, '')", "pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')",
        "binary_upgrade_set_next_pg_type_oid(1)", "pg_stat_reset()", "pg_stat_reset_shared('io')", "pg_stat_reset_single_table_counters('auth.session'::regclass)", "pg_wal_replay_pause()", "pg_export_snapshot() from auth.account")),
    *(f"select * from auth.{table}" for table in ("account", "membership", "session", "refresh_token", "one_time_token", "recovery_code", "api_key", "rate_limit", "setting", "blocked_password", "login_attempt", "login")),
    "select password_hash from auth.account", "update auth.membership set role = 'platform_admin'", "insert into auth.session (kind) values ('issued')", "update auth.session set revoked_at = null",
    "delete from auth.login_attempt", "update auth.login set tenant_id = 1", "delete from audit.entry", "insert into audit.entry (tenant_id) values (1)", "select * from cron.job", "select * from cron.job_run_details",
    "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')", "update _timescaledb_catalog.hypertable set schema_name = 'x'", "insert into _timescaledb_catalog.metadata values ('x', 'y', true)",
    "delete from _timescaledb_catalog.chunk", "select nextval('fleet.device_device_id_seq')", "select * from fleet.device_device_id_seq", "select * from fleet.reading", "select * from detect.score",
    "create temp table t (a int) tablespace pg_global", "begin; prepare transaction 'x'",
]
# These are everybody's; they show nothing of others and last no longer than the session.
HARMLESS = [
    "reset role", "set row_security = off", "set search_path = pg_temp, public", "listen vigil_notification", "listen pgrst", "unlisten *", "do $$ begin perform 1; end $$",
    "create temp table device (a int); create temp table login (a int)", "create function pg_temp.f() returns int language sql return 1; select pg_temp.f()",
    "explain select * from api.devices", "explain (analyze, buffers, verbose) select * from api.devices d where d.device like 'pump%'", "explain analyze select * from api.readings",
    "select query from pg_stat_activity", "select * from pg_stat_activity", "select * from pg_stat_statements", "select * from pg_prepared_statements", "select * from pg_cursors", "select * from pg_locks",
    "select * from pg_stats", "select * from pg_stats_ext", "select * from pg_stats_ext_exprs", "select * from pg_sequences", "select * from pg_roles", "select * from pg_db_role_setting", "select * from pg_stat_user_tables",
    "select * from pg_stat_progress_copy", "select * from pg_settings", "select * from pg_policies", "select * from pg_largeobject_metadata", "select * from pg_stat_ssl", "select * from pg_publication_tables",
    "select * from information_schema.columns", "select * from information_schema.routines", "select * from _timescaledb_catalog.chunk", "select * from timescaledb_information.chunks",
    "select * from timescaledb_information.jobs", "select * from _timescaledb_internal.hypertable_chunk_local_size", "select hypertable_size('fleet.reading')", "select chunks_detailed_size('fleet.reading')",
    "select has_table_privilege('auth.account', 'select')", "select pg_get_viewdef('api.devices'::regclass)", "select pg_relation_size('fleet.reading'::regclass)", "select txid_current()",
    "select * from api.devices", "select * from api.readings limit 5", "select * from api.audit_entries", "table api.users", "table api.api_keys", "select api.me()", "select to_jsonb(d) from api.devices d",
    "select database_to_xml(true, true, '')", "select schema_to_xml('auth', true, true, '')", "select * from pg_stat_replication", "select * from pg_stat_get_activity(null)", "select inet_client_addr(), inet_server_addr()", "select pg_postmaster_start_time()",
    "select * from fleet.device", "select * from fleet.tenant", "select * from detect.model", "select * from alerting.channel", "select * from public.schema_migrations",
    "select * from pg_replication_origin", "set local_preload_libraries = '/tmp/x'", "select pg_logical_emit_message(false, 'x', 'y')", "select * from pg_tables where schemaname = 'auth'", "select prosrc from pg_proc where pronamespace::regnamespace::text in ('auth', 'api')",
    "begin; savepoint a; select auth.tenant_id(); rollback to a", "notify pgrst, 'x'", "select pg_notify('vigil_notification', 'x')", "select pg_sleep(0.01)", "select repeat('x', 1000)",
]
BY_CLAIMS = [
    "set request.jwt.claims = '{claims}'; select * from api.devices", "set request.tenant_id = '{tenant}'; select * from api.devices", "select set_config('request.tenant_id', '{tenant}', false); table api.readings",
    "set request.headers = '{{\"x-api-key\": \"x\"}}'; select auth.check_request(); table api.devices", "set request.jwt.claims = '{claims}'; set request.tenant_id = '{tenant}'; table api.telemetry",
    "set role authenticator", "set session authorization authenticator", *(f"set role {role}" for role in REQUEST_ROLES),
]
# Everything that would have to be different had anything worked.
STATE = """
select x.part from (
  select 'role ' || r::text as part from pg_roles r
  union all select 'member ' || m::text from pg_auth_members m
  union all select 'setting ' || s::text from pg_db_role_setting s
  union all select concat_ws(' ', 'function', p.oid, md5(p::text)) from pg_proc p where p.pronamespace <> 'pg_catalog'::regnamespace
  union all select concat_ws(' ', 'relation', c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^pg_(temp|toast)' and n.nspname <> 'pg_catalog' and n.nspname !~ '^_timescaledb'
  union all select 'policy ' || p::text from pg_policy p
  union all select 'trigger ' || concat_ws(' ', t.tgname, t.tgrelid, t.tgenabled) from pg_trigger t where not t.tgisinternal and t.tgrelid::regclass::text !~ '_hyper_'
  union all select 'schema ' || n.nspname || coalesce(n.nspacl::text, '') from pg_namespace n where n.nspname !~ '^pg_(temp|toast)'
  union all select concat_ws(' ', 'database', d.datname, d.datdba, d.datacl) from pg_database d
  union all select 'extension ' || e::text from pg_extension e
  union all select 'event trigger ' || e::text from pg_event_trigger e
  union all select 'publication ' || p::text from pg_publication p
  union all select 'job ' || j::text from cron.job j
  union all select 'configured ' || f.name || coalesce(f.setting, '') from pg_file_settings f
  union all select 'large object ' || l.oid::text from pg_largeobject_metadata l
  union all select 'account ' || md5(a::text) from auth.account a
  union all select 'membership ' || md5(m::text) from auth.membership m
  union all select 'session ' || md5(s::text) from auth.session s where s.current_tenant_id = {tenant}
  union all select 'login ' || l::text from auth.login l
  union all select 'device ' || d::text from fleet.device d where d.tenant_id = {tenant}
  union all select 'reading ' || count(*) from fleet.reading r where r.tenant_id = {tenant}
) x
"""
LOGINS = """
set client_min_messages = error;
do $$
declare v_name text;
begin
  foreach v_name in array '{security_bi,security_grafana,security_unmapped}'::text[] loop
    if not exists (select from pg_roles where rolname = v_name) then execute format('create role %I login in role bi_reader', v_name); end if;
  end loop;
end $$;
delete from auth.login where login_name like 'security\\_%';
insert into auth.login (login_name, tenant_id, note, kind) values ('security_bi', :own, 'security', 'bi'), ('security_grafana', :own, 'security', 'grafana');
"""


def bearers(own):
    """Each kind of SQL login: its name, the login and what it starts with."""
    yield "a BI login", "security_bi", []
    yield "a Grafana login", "security_grafana", []
    yield "a BI login without a tenant", "security_unmapped", []
    yield "the worker", "vigil_worker", []
    yield "authenticator", "authenticator", []
    for role in REQUEST_ROLES:
        claims = json.dumps({"role": role, "sub": "security", "tenant_id": own})
        yield f"{role} behind authenticator", "authenticator", [f"set request.jwt.claims = '{claims}';", f"set request.tenant_id = '{own}';", f"set role {role};"]


def functions_of_others(login, role):
    """Calls of everything executable in other schemas than ours and the catalog's, with nulls."""
    return sql_json("""
        select format(case p.prokind when 'p' then 'call %I.%I(%s)' when 'a' then 'select %I.%I(%s)' else 'select %I.%I(%s)' end, n.nspname, p.proname,
          (select string_agg('null::' || format_type(a.type, null), ', ' order by a.n) from unnest(p.proargtypes::oid[]) with ordinality a (type, n))) as call
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
          and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype) and p.prokind in ('f', 'p')
          and not 'internal'::regtype = any (p.proargtypes::oid[])
          and not (n.nspname = 'api' or n.nspname = 'vigil')
          and (has_function_privilege(:'role', p.oid, 'execute') or n.nspname in ('vigil_platform', 'cron', '_timescaledb_functions', '_timescaledb_internal'))
        """, role=role or login)


def judge(case, statement, result, refusals, victim, secrets):
    shown = result.output
    told = f"{statement[:120]}: {result.state} {shown[:300]}"
    if victim.marker in shown or any(re.search(secret, shown) for secret in secrets):
        case.leaked(f"it shows what is not its own, {told}")
    elif result.state == "00000" and re.search("WARNING:  01(007|000): (no privileges were granted|permission denied)", shown):
        case.refused()
    elif result.state == "00000":
        case.leaked(f"it was accepted, {told}") if refusals is not None else case.harmless()
    elif refusals is None or result.state in refusals:
        case.refused()
    else:
        case.leaked(f"it failed for another reason, {told}")


def run():
    corpus = Corpus("privilege escalation", 2000)
    victim, own = fleet(), fleet.__wrapped__()
    sql(LOGINS, own=own.tenant_id)
    # Values, not the words that the source of a function has for them.
    secrets = [r"SCRAM-SHA-256\$\d+:[\w+/]", r"\$argon2id\$v=\d", "PRIVATE KEY"]
    state = STATE.format(tenant=victim.tenant_id)
    before = set(sql(state).splitlines())
    forged = json.dumps({"role": "platform_admin", "sub": "x", "tenant_id": victim.tenant_id})
    claims = [s.format(claims=forged, tenant=victim.tenant_id) for s in BY_CLAIMS]
    for name, login, prelude in bearers(own.tenant_id):
        role = prelude[-1].split()[-1].strip(";") if prelude else login
        for what, statements, refusals in (
            # Of their own login anybody may change the password and the settings.
            ("what nobody may", [r for r in REFUSED if prelude or not r.startswith((f"alter role {login} ", f"set role {login}"))], ELSE), ("what everybody may", HARMLESS, None),
            ("the tenant by settings", claims if login != "authenticator" else [], None),
            ("functions of other schemas", [f["call"] for f in functions_of_others(login, role)], None),
        ):
            if not statements:
                continue
            with corpus.case(f"{name}: {what}") as case:
                for statement, result in zip(statements, speak(login, statements, prelude), strict=True):
                    judge(case, statement, result, refusals, victim, secrets)
        with corpus.case(f"{name}: nothing is different") as case:
            after = set(sql(state).splitlines())
            case.harmless() if after == before else case.leaked(f"changed: {sorted(after ^ before)[:6]}")
            before = after
    sql("drop owned by security_bi, security_grafana, security_unmapped; delete from auth.login where login_name like 'security\\_%'; drop role security_bi, security_grafana, security_unmapped")
    return corpus
