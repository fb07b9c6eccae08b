"""The instance that is mistreated, from the environment the suite runner sets."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
API_URL = os.environ["VIGIL_API_URL"]
STATE = Path(os.environ["VIGIL_STATE"])
PG_PORT = os.environ["PGPORT"]
PG_CTL = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "/usr/lib/postgresql/17/bin/pg_ctl"]


def sql(statements, **variables):
    command = ["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", *(f"-v{name}={value}" for name, value in variables.items())]
    done = subprocess.run(command, input=statements, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


class Tenant:
    """A tenant with a webhook of its own."""

    def __init__(self, url):
        self.name = f"chaos-{uuid.uuid4().hex[:8]}"
        self.secret = secrets.token_bytes(32)
        self.secret_file = STATE / "secrets" / "webhooks" / self.name
        self.secret_file.touch(0o600)
        self.secret_file.write_text("whsec_" + base64.b64encode(self.secret).decode() + "\n")
        self.tenant_id = int(sql("select ops.create_tenant(:'name', :'name')", name=self.name))
        # Claims of workers that were killed count as in flight until their leases run out.
        self.channel_id = int(sql("""
            insert into alerting.channel (tenant_id, name, kind, config, secret_ref, allow_http, max_in_flight)
            values (:tenant, 'chaos', 'webhook', jsonb_build_object('url', :'url'), 'file:' || :'name', true, 1000)
            returning channel_id
            """, tenant=self.tenant_id, name=self.name, url=url))

    def forget_secret(self):
        self.secret_file.unlink()

    def token(self, role):
        return subprocess.run([PROJECT / "dev", "token", "--tenant", self.name, "--role", role],
                              check=True, capture_output=True, text=True).stdout.strip()

    def notify(self, message_ids):
        """Writes notifications into the outbox in one transaction, as alerting.tell does."""
        sql("""
            insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, target)
            select :tenant, :channel, m.id, format('{"type":"chaos","timestamp":"2026-01-01T00:00:00Z","data":{"id":"%s"}}', m.id),
              'update', m.id
            from unnest(string_to_array(:'ids', ',')) as m (id);
            select pg_notify('vigil_notification', '') \\g /dev/null
            """, tenant=self.tenant_id, channel=self.channel_id, ids=",".join(message_ids))

    def states(self):
        """How many notifications are in each state."""
        lines = sql("select state || ' ' || count(*) from alerting.notification where tenant_id = :tenant group by state",
                    tenant=self.tenant_id).split("\n")
        return {state: int(count) for state, count in (line.split() for line in lines if line)}


def start_worker(number, **settings):
    """A worker beside the instance's own, with the shortest lease there is. Settings are named as in its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return subprocess.Popen(
        [STATE / "bin" / "vigil-worker"],
        env=os.environ | {
            "VIGIL_WORKER_DATABASE_URL": f"postgres://vigil_worker@127.0.0.1:{PG_PORT}/vigil",
            "VIGIL_WORKER_DATABASE_PASSWORD_FILE": str(STATE / "secrets" / "vigil_worker"),
            "VIGIL_WORKER_SECRETS_DIR": str(STATE / "secrets" / "webhooks"),
            "VIGIL_WORKER_LISTEN": f"127.0.0.1:{port}",
            "VIGIL_WORKER_INSTANCE": f"chaos-{number}",
            "VIGIL_WORKER_ALLOW_NETWORKS": "127.0.0.0/8",
            "VIGIL_WORKER_LEASE": "5s",
            "VIGIL_WORKER_DEADLINE": "1s",
            "VIGIL_WORKER_CONNECT_TIMEOUT": "1s",
            "VIGIL_WORKER_DATABASE_TIMEOUT": "2s",
            "VIGIL_WORKER_POLL_INTERVAL": "200ms",
        } | {f"VIGIL_WORKER_{name}": value for name, value in settings.items()},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def own_worker_paused():
    """The instance's own worker stands still, so that every delivery is made by the ones under test."""
    pid = int((STATE / "worker.pid").read_text().split()[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def crash_postgres():
    """Postgres ends at once, without a checkpoint, and starts again. Returns how long it was away."""
    began = time.monotonic()
    subprocess.run([*PG_CTL, "restart", "-D", STATE / "data", "-m", "immediate", "-w", "-t", "60", "-s",
                    "-l", STATE / "log" / "postgres-start.log"],
                   check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(condition, seconds, what):
    """Raises when the condition does not come true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what}: not after {seconds} s")
