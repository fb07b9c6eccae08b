"""The instance under test: its address, its secrets and SQL as a superuser. The suite runner sets the environment."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
API_URL = os.environ["VIGIL_API_URL"]
SECRETS = Path(os.environ["VIGIL_STATE"]) / "secrets"


class SqlError(Exception):
    """What Postgres answered instead of rows."""

    def __init__(self, text):
        super().__init__(text)
        found = re.search(r"ERROR:  (\w{5}): (.*)", text)
        self.code, self.message = found.groups() if found else (None, text)
        hint = re.search(r"HINT:  (.*)", text)
        self.hint = hint.group(1) if hint else None


def sql(statements, **variables):
    """Runs statements in psql as a superuser; :'name' stands for a variable. Returns the rows as text, | between columns."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]
    for name, value in variables.items():
        command += ["-v", f"{name}={value}"]
    done = subprocess.run(command, input=statements, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SqlError(done.stderr)
    return done.stdout.strip()


def sql_json(query, **variables):
    """The rows of one query as a list of objects."""
    return json.loads(sql(f"select coalesce(json_agg(q), '[]') from ({query}) q", **variables))


# What each step of the pipeline has still to do for a tenant.
BACKLOG = """
select (select count(*) from fleet.reading_change where tenant_id = :tenant)
  + (select count(*) from detect.feature_change where tenant_id = :tenant)
  + (select count(*) from detect.score_change where tenant_id = :tenant)
  + (select count(*) from detect.anomaly where tenant_id = :tenant and alert_pending)
"""


def run_jobs(*jobs):
    sql("set client_min_messages = warning; " + "".join(f"call ops.run('{job}'); " for job in jobs))


def until(come_true, *jobs):
    """Waits until a condition holds, and returns what it gave, while rules, incidents and escalation go on."""
    for _ in range(100):
        run_jobs(*(jobs or ("rules", "alerts", "escalations")))
        if answer := come_true():
            return answer
        time.sleep(0.2)
    raise AssertionError("it has not come true in 20 seconds")


def run_pipeline(tenant_id):
    """Runs the steps until nothing is left to do; pg_cron runs them as well, which is harmless."""
    for _ in range(60):
        run_jobs("features", "scores", "anomalies", "alerts", "rollups")
        if sql(BACKLOG, tenant=tenant_id) == "0":
            return
        time.sleep(0.2)
    raise AssertionError(f"the pipeline did not come to rest for tenant {tenant_id}")
