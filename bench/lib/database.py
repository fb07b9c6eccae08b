"""The instance under test, reached the ways its users reach it: psql, the bulk import, a token and the REST API."""

import http.client
import json
import os
import re
import subprocess
import urllib.parse

from errors import BenchError
from machines import LABEL, PROJECT

# Far from anything a device reports today, so the benchmark's chunks hold nothing but its own rows.
YEAR = 2001
START = f"{YEAR}-01-01T00:00:00Z"
PROFILE = "machine"
HYPERTABLES = ("fleet.reading", "fleet.reading_rollup", "detect.device_feature", "detect.score")


def sql(text, **parameters):
    """Runs statements as superuser and returns their rows as lists of text. :'name' stands for a parameter."""
    command = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
    for name, value in parameters.items():
        command += ["-v", f"{name}={value}"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/")
    if result.returncode:
        raise BenchError(f"psql: {result.stderr.strip()}", "Is the instance up? ./dev status tells.")
    return [line.split("\t") for line in result.stdout.splitlines()]


def value(text, **parameters):
    """The first column of the first row."""
    return sql(text, **parameters)[0][0]


def dev(*arguments):
    """Runs ./dev and returns its standard output."""
    result = subprocess.run([PROJECT / "dev", *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        raise BenchError(f"./dev {arguments[0]}: {result.stderr.strip()}", "Read the message above.")
    return result.stdout.strip()


def create_tenant(name, metrics, features=None):
    """A tenant with one profile; features is a feature spec, None the product's default. Returns tenant_id."""
    return int(value(
        """
        select ops.create_tenant(:'name', 'Benchmark') as tenant_id \\gset
        select fleet.create_profile(:tenant_id, :'profile', :'metrics'::jsonb) as profile_id \\gset
        select detect.define_features(:tenant_id, :profile_id, nullif(:'features', '')::jsonb) \\g /dev/null
        -- The benchmark's year is long past every limit.
        insert into ops.retention_policy (tenant_id, object, hot, enabled, reason)
        select :tenant_id, o.object, '30 days', false, 'benchmark' from ops.retention_object o where o.minimum is not null;
        select :tenant_id;
        """,
        name=name, profile=PROFILE, metrics=json.dumps(metrics), features=json.dumps(features) if features else ""))


def aggregates():
    """The continuous aggregates that hold summaries on the Community edition of TimescaleDB."""
    return [row[0] for row in sql(
        "select format('%I.%I', a.view_schema, a.view_name) from timescaledb_information.continuous_aggregates a where a.view_schema = 'fleet'")]


def remove_tenants(names):
    """Deletes tenants of earlier runs with all they stored, and the chunks of the benchmark's year once they are empty."""
    in_list = ", ".join(f"'{name}'" for name in names)
    drop_empty_chunks = "".join(
        f"""
        select not exists (select from {table} where ts >= '{YEAR}-01-01' and ts < '{YEAR + 1}-01-01') as empty \\gset
        \\if :empty
        select public.drop_chunks('{table}', newer_than => '{YEAR}-01-01'::timestamptz, older_than => '{YEAR + 1}-01-01'::timestamptz)
        \\g /dev/null
        \\endif
        """ for table in HYPERTABLES)
    drop_empty_chunks += "".join(
        f"""
        select public.drop_chunks('{table}', newer_than => '{YEAR}-01-01'::timestamptz, older_than => '{YEAR + 1}-01-01'::timestamptz)
        \\g /dev/null
        """ for table in aggregates())
    sql(
        f"""
        create temp table doomed as select tenant_id from fleet.tenant where name in ({in_list});
        -- A job that is at work now ends before its rows and chunks go; no other starts until this session is over.
        select pg_advisory_lock(hashtextextended('vigil.job.' || job_name, 0)) from ops.job order by job_name \\g /dev/null
        begin;
        delete from detect.anomaly where tenant_id in (select tenant_id from doomed);
        delete from detect.model where tenant_id in (select tenant_id from doomed);
        delete from fleet.reading where tenant_id in (select tenant_id from doomed);
        delete from fleet.reading_rollup where tenant_id in (select tenant_id from doomed);
        delete from detect.device_feature where tenant_id in (select tenant_id from doomed);
        delete from detect.score where tenant_id in (select tenant_id from doomed);
        delete from fleet.reading_change where tenant_id in (select tenant_id from doomed);
        delete from fleet.rollup_change where tenant_id in (select tenant_id from doomed);
        delete from fleet.rollup_due where tenant_id in (select tenant_id from doomed);
        delete from detect.feature_change where tenant_id in (select tenant_id from doomed);
        delete from detect.score_change where tenant_id in (select tenant_id from doomed);
        delete from fleet.device where tenant_id in (select tenant_id from doomed);
        delete from fleet.profile where tenant_id in (select tenant_id from doomed);
        delete from fleet.tenant where tenant_id in (select tenant_id from doomed);
        commit;
        -- Autovacuum locks chunks in another order; the first to look finds the deadlock and gives in.
        set deadlock_timeout = '1min';
        {drop_empty_chunks}
        """)


class Tenants:
    """`with Tenants("bench-a"):` removes these tenants before and after."""

    def __init__(self, *names):
        self.names = names

    def __enter__(self):
        remove_tenants(self.names)

    def __exit__(self, *_):
        remove_tenants(self.names)


class Paused:
    """`with Paused("retention"):` keeps these jobs from running. A session holds what a running job would hold, so that they
    are on again whatever ends it."""

    def __init__(self, *jobs):
        self.jobs = jobs

    def __enter__(self):
        self.session = subprocess.Popen(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, cwd="/")
        for job in self.jobs:
            self.session.stdin.write(f"select pg_advisory_lock(hashtextextended('vigil.job.{job}', 0));\n")
        self.session.stdin.write("select 'held';\n")
        self.session.stdin.flush()
        for line in self.session.stdout:
            if line == "held\n":
                return
        raise BenchError("the jobs could not be stopped", "Is the instance up? ./dev status tells.")

    def __exit__(self, *_):
        self.session.stdin.close()
        self.session.wait()


def import_part(tenant, machine, part, start):
    """Loads "train" or "test" of a machine with ./dev import, a minute a line from `start`. Returns (points, seconds)."""
    output = dev("import", "--tenant", tenant, "--profile", PROFILE, "--device", machine.name, "--start", start,
                 "--step", "1 minute", "--time-column", machine.time_column(), "--skip", LABEL, getattr(machine, part))
    found = re.search(r"(\d+) points in ([0-9.]+) s", output)
    if not found:
        raise BenchError(f"the import said: {output}", "Its last words should be points and seconds.")
    return int(found[1]), float(found[2])


def table_bytes(table):
    """(rows, indexes, all with TOAST and maps) of a hypertable's chunks in the benchmark's year."""
    heap, indexes, total = sql(
        f"""
        select coalesce(sum(pg_relation_size(c)), 0), coalesce(sum(pg_indexes_size(c)), 0), coalesce(sum(pg_total_relation_size(c)), 0)
        from public.show_chunks('{table}', newer_than => '{YEAR}-01-01'::timestamptz, older_than => '{YEAR + 1}-01-01'::timestamptz) c
        """)[0]
    return int(heap), int(indexes), int(total)


class Api:
    """One kept connection to PostgREST, as a role of a tenant."""

    def __init__(self, tenant, role, url=None):
        self.tenant, self.role = tenant, role
        url = urllib.parse.urlsplit(url or os.environ["VIGIL_API_URL"])
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
        self.connection.connect()
        self.renew_token()

    def renew_token(self):
        token = dev("token", "--tenant", self.tenant, "--role", self.role)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def raw(self, method, path, body=None):
        """Sends a request and returns the answer's bytes; the answer must be a success."""
        self.connection.request(method, path, body, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise BenchError(f"{method} {path}: {response.status} {answer.decode(errors='replace')[:500]}",
                             "The API's log is in the instance's log folder.")
        return answer

    def call(self, function, arguments):
        return json.loads(self.raw("POST", f"/rpc/{function}", json.dumps(arguments)))
