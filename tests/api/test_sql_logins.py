"""SQL logins of tenants, by really logging in: over TCP, with the password that was shown once."""

import os
import subprocess
import time
from pathlib import Path

from instance import PROJECT, sql
from staff import staff
from tenants import Tenant, fleet, other_fleet
from test_procedures import Refusals


class Login:
    def __init__(self, made):
        self.name, self.password, self.database = made["login"], made["password"], made["database"]

    def run(self, statements, timeout=60):
        """What psql prints, and whether all of it was done."""
        done = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", os.environ["PGPORT"], "-U", self.name, "-d", self.database],
            input=statements, capture_output=True, text=True, timeout=timeout, env=os.environ | {"PGPASSWORD": self.password, "PGUSER": self.name},
        )
        return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


class SqlLogins(Refusals):
    @classmethod
    def setUpClass(cls):
        for tenant in (fleet(), other_fleet()):
            tenant.admin.rpc("drop_sql_login", name="probe")
        cls.made = fleet().admin.rpc("create_sql_login", name="probe")
        assert cls.made.status == 200, cls.made.body
        cls.login = Login(cls.made.json)
        cls.other = Login(other_fleet().admin.rpc("create_sql_login", name="probe", kind="grafana").json)

    @classmethod
    def tearDownClass(cls):
        for tenant in (fleet(), other_fleet()):
            tenant.admin.rpc("drop_sql_login", name="probe")

    def test_it_sees_its_own_tenant(self):
        for tenant, login in ((fleet(), self.login), (other_fleet(), self.other)):
            self.assertEqual(login.run("select count(*), count(*) filter (where device like :'like') from api.devices".replace(":'like'", f"'%{tenant.marker}'")),
                             "3|3")
        self.assertEqual(int(self.login.run("select count(*) from api.readings")), int(self.login.run("select sum(n) from api.series("
                         f"'{fleet().devices[0]}', 'temperature', '2020-01-01', '2030-01-01', '3650 days')")) * 3)

    def test_claims_buy_nothing(self):
        for statement in (f"set request.jwt.claims = '{{\"tenant_id\": {other_fleet().tenant_id}, \"role\": \"tenant_admin\"}}'",
                          f"set request.tenant_id = '{other_fleet().tenant_id}'", "set role bi_reader"):
            self.assertEqual(self.login.run(f"{statement}; select auth.tenant_id()"), str(fleet().tenant_id), statement)

    def test_names_tell_tenants_apart(self):
        self.assertEqual(self.login.name, f"bi_{fleet().tenant_id}_probe")
        self.assertEqual(self.other.name, f"grafana_{other_fleet().tenant_id}_probe")

    def test_what_it_may_not(self):
        reading, theirs = "fleet.reading", other_fleet().tenant_id
        refused = {
            f"insert into fleet.device (tenant_id, external_id, name) values ({fleet().tenant_id}, 'x', 'x')": "permission denied for table device",
            "delete from api.people": "permission denied for view people",
            "delete from fleet.site": "permission denied for table site",
            "update api.people set time_zone = 'UTC'": "permission denied",
            "create temp table x (a int)": "permission denied to create temporary tables",
            "create table public.x (a int)": "permission denied for schema public",
            "select lo_create(0)": "permission denied for function lo_create",
            "select lo_from_bytea(0, 'x')": "permission denied for function lo_from_bytea",
            f"select * from {reading}": "permission denied for table reading",
            "select * from fleet.device": "permission denied for table device",
            "select * from audit.entry": "permission denied for schema audit",
            "select * from auth.login": "permission denied for table login",
            "select * from auth.account": "permission denied for table account",
            "select * from auth.session": "permission denied for table session",
            "select * from auth.api_key": "permission denied for table api_key",
            "select * from ops.plan": "permission denied for table plan",
            "select * from ops.usage": "permission denied for table usage",
            "select * from ops.tenant_export": "permission denied for table tenant_export",
            "select * from api.tenants": "permission denied for view tenants",
            "select * from api.sql_logins": "permission denied for view sql_logins",
            "select api.create_sql_login('x')": "permission denied for function create_sql_login",
            "select auth.make_login('bi_1_x', 'bi', 'x', null)": "permission denied for function make_login",
            "select auth.remove_login('bi_1_x')": "permission denied for function remove_login",
            f"select ops.used({theirs}, 'devices')": "permission denied for function used",
            "create role evil": "permission denied to create role",
            "grant bi_reader to current_user": "permission denied to grant role",
            "set role vigil_logins": "permission denied to set role",
            "set role vigil_jobs": "permission denied to set role",
            "set role viewer": "permission denied to set role",
            "set session authorization postgres": "permission denied to set session authorization",
            "alter role current_user connection limit 100": "permission denied to alter role",
            "alter role current_user createrole": "permission denied to alter role",
            "alter role current_user valid until 'infinity'": "permission denied to alter role",
            "set temp_file_limit = -1": "permission denied to set parameter",
            "alter role current_user set temp_file_limit = -1": "permission denied to set parameter",
            "alter role current_user reset temp_file_limit": "permission denied to set parameter",
            "select pg_read_file('/etc/passwd')": "permission denied for function pg_read_file",
            "copy (select 1) to program 'true'": "permission denied to COPY to or from an external program",
            "copy (select 1) to '/tmp/x'": "permission denied to COPY to a file",
            "select pg_advisory_lock(1)": "permission denied for function pg_advisory_lock",
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator' limit 1": "permission denied to terminate process",
        }
        for statement, message in refused.items():
            with self.subTest(statement):
                # Read-only transactions are a default that a session can change: what holds are its rights.
                self.assertIn(message, self.login.run(f"set default_transaction_read_only = off; {statement}"))

    def test_chunks_and_statistics(self):
        chunk = sql("select format('%I.%I', chunk_schema, chunk_name) from timescaledb_information.chunks where hypertable_name = 'reading' limit 1")
        self.assertIn("permission denied", self.login.run(f"select * from {chunk}"))
        # Statistics are of all tenants at once.
        self.assertEqual(self.login.run("select count(*) from pg_stats s where s.schemaname in ('fleet', 'detect', 'alerting', 'ops', 'auth') "
                                        f"and (s.most_common_vals::text like '%{other_fleet().marker}%' or s.histogram_bounds::text like '%{other_fleet().marker}%')"), "0")
        self.assertEqual(self.login.run("select count(*) from pg_stat_activity where usename <> current_user and query <> '<insufficient privilege>' and query <> ''"), "0")

    def test_its_limits(self):
        shown = self.login.run("show default_transaction_read_only; show statement_timeout; show work_mem; show temp_file_limit; show idle_in_transaction_session_timeout")
        self.assertEqual(shown.split("\n"), ["on", "2min", "32MB", "2GB", "1min"])
        self.assertEqual(self.other.run("show statement_timeout"), "30s")
        self.assertIn("read-only transaction", self.login.run("create temp table x (a int)"))
        sessions = [subprocess.Popen(
            ["psql", "-XAtq", "-h", "127.0.0.1", "-p", os.environ["PGPORT"], "-U", self.login.name, "-d", self.login.database, "-c", "select pg_sleep(3)"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | {"PGPASSWORD": self.login.password}) for _ in range(7)]
        errors = [s.communicate()[1] for s in sessions]
        self.assertEqual(sum("too many connections for role" in e for e in errors), 2, "five at a time")

    def test_a_statement_that_sets_its_own_timeout_is_ended(self):
        name = f"grafana_{other_fleet().tenant_id}_probe"
        sql("create or replace function auth.login_limit(login text) returns interval language sql immutable as $$ select interval '-4 seconds' $$")
        self.addCleanup(sql, (PROJECT / "sql/auth/login_limit.sql").read_text())
        with subprocess.Popen(
            ["psql", "-XAtq", "-h", "127.0.0.1", "-p", os.environ["PGPORT"], "-U", name, "-d", self.other.database, "-c", "set statement_timeout = 0",
             "-c", "select pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | {"PGPASSWORD": self.other.password}) as session:
            time.sleep(2)
            sql("set client_min_messages = warning; call ops.run('logins')")
            self.assertIn("terminating connection", session.communicate(timeout=30)[1])

    def test_the_password_is_nowhere(self):
        state = Path(os.environ["VIGIL_STATE"])
        for file in (state / "log").glob("*"):
            self.assertNotIn(self.login.password, file.read_text(errors="replace"), file.name)
        self.assertEqual(sql("select count(*) from audit.entry where to_jsonb(entry)::text like '%' || :'password' || '%'", password=self.login.password), "0")
        self.assertEqual(sql("select count(*) from ops.idempotency_key where answer::text like '%' || :'password' || '%'", password=self.login.password), "0")
        self.assertEqual(fleet().admin.get("/sql_logins", name="eq.probe").json[0]["login"], self.login.name)
        self.assertNotIn(self.login.password, fleet().admin.get("/sql_logins").body.decode())

    def test_dropping_ends_its_sessions(self):
        tenant = Tenant()
        login = Login(tenant.admin.rpc("create_sql_login", name="gone").json)
        self.assertEqual(login.run("select count(*) from api.devices"), "0")
        self.assert_refused(fleet().admin.rpc("drop_sql_login", name="gone"), 404, "PT404", 'there is no SQL login "gone"')
        with subprocess.Popen(
            ["psql", "-XAtq", "-h", "127.0.0.1", "-p", os.environ["PGPORT"], "-U", login.name, "-d", login.database, "-c", "select pg_sleep(60)"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | {"PGPASSWORD": login.password}) as session:
            time.sleep(1)
            first, second = (tenant.admin.post("/rpc/drop_sql_login", {"name": "gone"}, {"Idempotency-Key": "once"}) for _ in range(2))
            self.assertEqual((first.status, second.status, second.headers["Idempotency-Replayed"]), (200, 200, "true"))
            self.assertIn("terminating connection", session.communicate(timeout=30)[1])
        self.assertIn("password authentication failed", login.run("select 1"))

    def test_a_suspended_tenant_sees_nothing(self):
        tenant = Tenant()
        login = Login(tenant.admin.rpc("create_sql_login", name="bi").json)
        self.assertEqual(login.run("select count(*) from api.devices"), "0")
        staff().rpc("suspend_tenant", name=tenant.name, reason="unpaid")
        self.assertIn("no tenant for this session", login.run("select * from api.devices"))
        staff().rpc("resume_tenant", name=tenant.name)
        self.assertEqual(login.run("select count(*) from api.devices"), "0")
        tenant.admin.rpc("drop_sql_login", name="bi")

    def test_expiry(self):
        tenant = Tenant()
        made = tenant.admin.rpc("create_sql_login", name="brief", expires_at="2100-01-01T00:00:00Z").json
        login = Login(made)
        self.assertEqual(login.run("select 1"), "1")
        sql(f'alter role "{login.name}" valid until \'2001-01-01\'')
        self.assertIn("password authentication failed", login.run("select 1"))
        tenant.admin.rpc("drop_sql_login", name="brief")

    def test_refusals(self):
        admin = fleet().admin
        self.assert_refused(admin.rpc("create_sql_login", name="probe"), 409, "23505", 'there is a SQL login "probe" already')
        self.assert_refused(admin.rpc("create_sql_login", name="Probe; drop role x"), 400, "22023", "the name is not usable")
        self.assert_refused(admin.rpc("create_sql_login", name="x", kind="superuser"), 400, "22023", "the kind of login is bi or grafana")
        self.assert_refused(admin.rpc("create_sql_login", name="x", expires_at="2001-01-01"), 400, "22023", "the login would have expired already")
        tenant = Tenant()
        for n in range(10):
            self.assertEqual(tenant.admin.rpc("create_sql_login", name=f"l{n}").status, 200)
        self.assert_refused(tenant.admin.rpc("create_sql_login", name="l10"), 403, "PT403", "a tenant has at most 10 SQL logins")
        for n in range(10):
            tenant.admin.rpc("drop_sql_login", name=f"l{n}")
