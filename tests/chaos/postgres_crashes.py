"""Postgres ends without a checkpoint and starts again, twenty times, while readings come in and notifications go out."""

import http.client
import json
import threading
import time
import urllib.parse
import uuid
from datetime import UTC, datetime, timedelta

from instance import API_URL, Tenant, answers, crash_postgres, own_worker_paused, sql, start_worker, wait_until
from receiver import Receiver

CRASHES = 20
WRITERS = 4
BATCH = 20
IN_DOUBT = 25
# Late enough to be taken, early enough not to be ahead of the clock.
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=3)


class Writer(threading.Thread):
    """Sends batches one after the other, each with a key of its own until it is acknowledged."""

    def __init__(self, number, token, stop):
        super().__init__(daemon=True)
        self.device = f"d-{number}"
        self.token = token
        self.stop = stop
        self.acknowledged = {}
        self.repeated = 0
        self.replayed = 0

    def run(self):
        batch, key = 0, str(uuid.uuid4())
        while not self.stop.is_set():
            readings = [
                {"device": self.device, "ts": (START + timedelta(seconds=batch * BATCH + n)).isoformat(),
                 "metrics": {"power": batch * BATCH + n}}
                for n in range(BATCH)
            ]
            answer = self.post(readings, key)
            if answer is None:
                self.repeated += 1
                time.sleep(0.05)
                continue
            # Also of a repeat: whatever became of the request before, there is one answer to it.
            if answer != {"accepted": BATCH, "duplicates": 0, "rejected": []}:
                raise AssertionError(answer)
            self.acknowledged |= {r["ts"]: r["metrics"]["power"] for r in readings}
            batch, key = batch + 1, str(uuid.uuid4())

    def post(self, readings, key):
        """The answer, or None when it is not known whether the readings are stored."""
        address = urllib.parse.urlsplit(API_URL)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        try:
            connection.request("POST", "/rpc/ingest", json.dumps(readings),
                               {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                                "Idempotency-Key": key})
            response = connection.getresponse()
            body = response.read()
            self.replayed += response.headers["Idempotency-Replayed"] == "true"
            return json.loads(body) if response.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class Notifier(threading.Thread):
    """Writes notifications, ten in a transaction, and remembers which are committed."""

    def __init__(self, tenant, stop):
        super().__init__(daemon=True)
        self.tenant = tenant
        self.stop = stop
        self.committed = set()
        self.unknown = set()

    def run(self):
        batch = 0
        while not self.stop.is_set():
            messages = {f"msg_{self.tenant.name}_{batch}_{n}" for n in range(10)}
            try:
                self.tenant.notify(sorted(messages))
                self.committed |= messages
            except RuntimeError:
                self.unknown |= messages
            batch += 1
            time.sleep(0.1)


def commits_in_doubt(count, tenant, token):
    """Clients go away before they are answered. Nobody tells them whether their readings are stored; so they send them again."""
    sql("select fleet.open_stream(:tenant, 'in-doubt', 'meter')", tenant=tenant.tenant_id)
    address = urllib.parse.urlsplit(API_URL)
    asked = Writer(0, token, threading.Event())
    replies = []
    for request in range(IN_DOUBT):
        readings = [{"device": "in-doubt", "ts": (START + timedelta(days=1, seconds=request * BATCH + n)).isoformat(), "metrics": {"power": n}}
                    for n in range(BATCH)]
        key = str(uuid.uuid4())
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        connection.request("POST", "/rpc/ingest", json.dumps(readings),
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key})
        # Sooner and later: before it is done, and when it is.
        time.sleep(0.002 * request)
        connection.close()
        replies.append(asked.post(readings, key))
    stored, accepted = map(int, sql("""
        select (select count(*) from fleet.reading r join fleet.stream s using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
            where r.tenant_id = :tenant and d.external_id = 'in-doubt') || ' ' ||
          (select sum(b.accepted) from (select b.accepted from fleet.ingest_batch b where b.tenant_id = :tenant order by b.batch_id desc limit :requests) b)
        """, tenant=tenant.tenant_id, requests=IN_DOUBT).split())
    sent = BATCH * sum(reply == {"accepted": BATCH, "duplicates": 0, "rejected": []} for reply in replies)
    count("in-doubt commits repeated with the same key", IN_DOUBT * BATCH, stored, IN_DOUBT * BATCH - min(stored, sent), max(0, accepted - stored))


def run(check, note, count):
    receiver = Receiver(takes=0.05)
    tenant = Tenant(receiver.url)
    receiver.secret = tenant.secret
    sql("select fleet.create_profile(:tenant, 'meter', '[\"power\"]') \\g /dev/null\n"
        "select fleet.open_stream(:tenant, 'd-' || n, 'meter') from generate_series(1, :writers) n \\g /dev/null",
        tenant=tenant.tenant_id, writers=WRITERS)
    token = tenant.token("operator")
    stop = threading.Event()
    writers = [Writer(n + 1, token, stop) for n in range(WRITERS)]
    notifier = Notifier(tenant, stop)
    began = time.monotonic()

    with own_worker_paused():
        worker = start_worker(1)
        try:
            for thread in (*writers, notifier):
                thread.start()
            away = []
            for _ in range(CRASHES):
                time.sleep(1)
                away.append(crash_postgres())
            # Everybody finds their way back by themselves.
            before = [len(w.acknowledged) for w in writers]
            wait_until(lambda: all(len(w.acknowledged) > b for w, b in zip(writers, before)), 30, "readings are taken again")
            time.sleep(1)
            stop.set()
            for thread in (*writers, notifier):
                thread.join(60)
            wait_until(lambda: set(tenant.states()) <= {"delivered"}, 60, "every notification is settled")
            check("the worker outlived the crashes", worker.poll() is None)
        finally:
            stop.set()
            worker.kill()
            worker.wait()

    sent = {(w.device, datetime.fromisoformat(ts), value) for w in writers for ts, value in w.acknowledged.items()}
    lines = sql("""
        select d.external_id || ' ' || to_char(r.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') || ' ' || r.values[1]
        from fleet.reading r
        join fleet.stream s using (tenant_id, stream_id)
        join fleet.device d using (tenant_id, device_id)
        where r.tenant_id = :tenant
        """, tenant=tenant.tenant_id).split("\n")
    stored = {(d, datetime.fromisoformat(ts), float(v)) for d, ts, v in (line.split() for line in lines)}
    tenant.forget_secret()
    lost = notifier.committed - set(receiver.seen)
    note(f"{CRASHES} crashes, away for {min(away):.1f} to {max(away):.1f} s; {len(sent)} readings acknowledged, "
         f"{len(sent - stored)} missing, {sum(w.repeated for w in writers)} requests repeated, "
         f"{sum(w.replayed for w in writers)} of them had been done; "
         f"{len(notifier.committed)} notifications committed, {len(lost)} lost, {receiver.duplicates()} duplicates, "
         f"{len(notifier.unknown & set(receiver.seen))} of {len(notifier.unknown)} in doubt delivered; "
         f"{time.monotonic() - began:.1f} s")
    check("readings were acknowledged before, between and after the crashes", len(sent) > 1000)
    # The primary key keeps a reading from being there twice; that it was added twice would be in the count of the batches.
    accepted, duplicates = map(int, sql(
        "select sum(b.accepted) || ' ' || sum(b.duplicates) from fleet.ingest_batch b where b.tenant_id = :tenant",
        tenant=tenant.tenant_id).split())
    count("immediate restart of Postgres under ingest load", len(sent), len(stored), len(sent - stored), accepted + duplicates - len(stored))
    count("immediate restart of Postgres: notifications", len(notifier.committed), len(notifier.committed & set(receiver.seen)), len(lost),
          receiver.duplicates(), at_least_once=True)
    check("every delivery was signed", receiver.forged == 0)

    pending = ("select (select count(*) from fleet.reading_change where tenant_id = :tenant) "
               "+ (select count(*) from detect.feature_change where tenant_id = :tenant)")
    wait_until(lambda: sql(pending, tenant=tenant.tenant_id) == "0", 60, "pg_cron runs the pipeline again")
    vectors = int(sql("select count(*) from detect.device_feature where tenant_id = :tenant", tenant=tenant.tenant_id))
    check("every stored reading has its features", vectors == len(stored))
    wait_until(lambda: answers(f"{API_URL}/"), 30, "the API answers")
    check("the API answers", True)
    commits_in_doubt(count, tenant, token)
