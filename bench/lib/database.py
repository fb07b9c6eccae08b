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
HYPERTABLES = ("fleet.reading", "detect.device_feature", "detect.score")


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
        select :tenant_id;
        """,
        name=name, profile=PROFILE, metrics=json.dumps(metrics), features=json.dumps(features) if features else ""))


def keep_old_readings(tenant_id):
    """Readings of the benchmark's year, which would be refused as past retention, are taken."""
    sql("insert into ops.retention_policy (tenant_id, object, hot, reason) values (:tenant_id, 'readings', '100 years', 'benchmark')",
        tenant_id=tenant_id)


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
    sql(
        f"""
        create temp table doomed as select tenant_id from fleet.tenant where name in ({in_list});
        -- A job that is at work now ends before its rows and chunks go; no other starts until this session is over.
        select pg_advisory_lock(hashtextextended('vigil.job.' || job_name, 0)) from ops.job order by job_name \\g /dev/null
        begin;
        delete from detect.anomaly where tenant_id in (select tenant_id from doomed);
        delete from detect.model where tenant_id in (select tenant_id from doomed);
        delete from fleet.reading where tenant_id in (select tenant_id from doomed);
        delete from detect.device_feature where tenant_id in (select tenant_id from doomed);
        delete from detect.score where tenant_id in (select tenant_id from doomed);
        delete from fleet.reading_change where tenant_id in (select tenant_id from doomed);
        delete from detect.feature_change where tenant_id in (select tenant_id from doomed);
        delete from detect.score_change where tenant_id in (select tenant_id from doomed);
        delete from fleet.device where tenant_id in (select tenant_id from doomed);
        delete from fleet.profile where tenant_id in (select tenant_id from doomed);
        delete from fleet.tenant where tenant_id in (select tenant_id from doomed);
        commit;
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

    def __init__(self, tenant, role):
        self.tenant, self.role = tenant, role
        url = urllib.parse.urlsplit(os.environ["VIGIL_API_URL"])
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
