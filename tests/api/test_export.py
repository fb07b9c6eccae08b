"""The incremental export: what one tenant's readings are, another's become, whatever is written between the pages."""

import csv
import io
import random
import subprocess
import threading
import time
import unittest
from datetime import UTC, datetime, timedelta

from instance import sql
from tenants import Tenant

METRICS = ["temperature", "pressure", "flow.in"]
DEVICES = ["plain", 'say "hi",\nplease', "ümläut; and 'more'", "d-4", "d-5"]
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
CSV = {"Content-Type": "text/csv", "Prefer": "params=single-object"}


def reading(device, second, **metrics):
    return {"device": device, "ts": (START + timedelta(seconds=second)).isoformat(), "metrics": metrics}


class Export(unittest.TestCase):
    def setUp(self):
        self.here, self.there = Tenant("here"), Tenant("there")
        for tenant in (self.here, self.there):
            tenant.add_profile("pump", METRICS)
        for device in DEVICES:
            self.here.add_device(device, "pump")
        sql("update fleet.tenant set unknown_device = 'register' where tenant_id = :t", t=self.there.tenant_id)

    def send(self, *readings):
        counted = self.here.counted(self.here.operator, list(readings))
        self.settle()
        return counted

    def settle(self):
        """Waits until whatever was writing meanwhile, such as a job, has ended: the export ends before it."""
        now, end = sql("select pg_current_xact_id()"), time.monotonic() + 60
        while sql("select pg_snapshot_xmin(pg_current_snapshot()) > :'now'::xid8", now=now) != "t":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def page(self, since=None, client=None, **parameters):
        if since is not None:
            parameters["since"] = since
        return (client or self.here.viewer).get("/rpc/export", {"Accept": "text/csv"}, profile="pump", **parameters)

    def copy(self, since=None, **parameters):
        """Copies pages until there are no more; returns the watermark and how many lines there were."""
        lines = 0
        while True:
            answer = self.page(since, **parameters)
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
            since = answer.headers["X-Next-Watermark"]
            rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
            lines += len(rows)
            taken = self.there.operator.request("POST", "/rpc/ingest", answer.body, CSV)
            self.assertEqual(taken.status, 200, taken.body)
            self.assertEqual(taken.json["rejected"], [])
            self.assertEqual(taken.json["accepted"] + taken.json["duplicates"], len(rows))
            if answer.headers["X-More"] == "false":
                return since, lines

    def readings(self, tenant):
        rows = []
        # The API answers with 10,000 at most.
        while len(rows) % 10000 == 0:
            page = tenant.viewer.get("/readings", select="device,profile,ts,values", order="device,profile,ts", offset=len(rows)).json
            rows += page
            if not page:
                break
        return {(r["device"], r["profile"], r["ts"]): r["values"] for r in rows}

    def assert_same(self):
        here, there = self.readings(self.here), self.readings(self.there)
        self.assertTrue(here)
        self.assertEqual(there, here)

    def test_everything_then_what_changed(self):
        self.send(*(reading(d, n * 60, temperature=n / 7, pressure=-n * 1e-9) for d in DEVICES for n in range(40)))
        mark, lines = self.copy()
        self.assertEqual(lines, 200)
        self.assert_same()
        self.assertEqual(self.copy(mark)[1], 0, "nothing changed")
        # New, late, a correction, the missing part of a reading, and an older day.
        self.send(reading("plain", 4000, temperature=1), reading("d-4", 30, pressure=2.5), reading("d-4", 60, temperature=-99),
                  reading("d-5", 120, **{"flow.in": 1e100}), reading("d-5", -86400, pressure=1e-300))
        later, lines = self.copy(mark)
        self.assertEqual(lines, 5, "and nothing else")
        self.assert_same()
        self.assertEqual(self.copy(mark)[1], lines, "the same watermark gives the same again")
        self.assertEqual(self.copy(later)[1], 0)

    def test_pages_of_any_size(self):
        chance = random.Random(4)
        self.send(*(reading(d, n, temperature=n) for d in DEVICES for n in range(11)))
        mark = None
        for size in (1, 2, 3, 7, 1000):
            with self.subTest(size):
                mark, _ = self.copy(mark, max_readings=size)
                self.assert_same()
                for _ in range(4):
                    self.send(*(reading(chance.choice(DEVICES), chance.randrange(9000), pressure=chance.random()) for _ in range(5)))
                mark, _ = self.copy(mark, max_readings=size)
                self.assert_same()
        # A watermark amid everything.
        first = self.page(max_readings=13)
        self.assertEqual(first.headers["X-More"], "true")
        self.assertEqual(len(list(csv.reader(io.StringIO(first.body.decode(), newline="")))), 14)

    def test_between_the_pages(self):
        """Late rows and corrections behind the page that was read, and before the next."""
        self.send(*(reading(d, n * 10, temperature=n) for d in DEVICES for n in range(20)))
        chance, mark, turn = random.Random(5), None, 0
        while True:
            answer = self.page(mark, max_readings=9)
            mark = answer.headers["X-Next-Watermark"]
            self.there.operator.request("POST", "/rpc/ingest", answer.body, CSV)
            if turn < 25:
                self.send(reading(chance.choice(DEVICES), chance.randrange(300), temperature=turn, pressure=turn))
            elif answer.headers["X-More"] == "false":
                break
            turn += 1
            self.assertLess(turn, 500)
        self.assert_same()

    def test_concurrent_writers(self):
        """What commits late is not passed over, whatever began later and committed sooner."""
        stop = threading.Event()
        sent = []

        def write(number):
            chance = random.Random(number)
            while not stop.is_set():
                answer = self.here.operator.ingest([
                    reading(chance.choice(DEVICES), chance.randrange(7200), **{chance.choice(METRICS): round(chance.random(), 6)})
                    for _ in range(chance.randrange(1, 20))])
                sent.append(answer.status)

        self.here.add_device("slow", "pump")
        self.send(reading("plain", -3600, temperature=1))  # so that nobody waits for the day's chunk
        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        # A transaction that began before everything and ends after it.
        slow = subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        slow.stdin.write(
            f"begin; insert into fleet.reading (tenant_id, stream_id, ts, values) select d.tenant_id, s.stream_id, '{START.isoformat()}'::timestamptz"
            f" - interval '1 hour', '{{1,2,3}}' from fleet.stream s join fleet.device d using (tenant_id, device_id)"
            f" where s.tenant_id = {self.here.tenant_id} and d.external_id = 'slow' returning 'written';\n")
        slow.stdin.flush()
        self.assertEqual(slow.stdout.readline(), "written\n")
        for writer in writers:
            writer.start()
        try:
            mark, end = None, time.monotonic() + 6
            while time.monotonic() < end:
                mark, _ = self.copy(mark, max_readings=50)
        finally:
            stop.set()
            for writer in writers:
                writer.join()
            slow.communicate("commit;\n", timeout=20)
        self.settle()
        self.assertGreater(len(sent), 20)
        self.assertEqual(set(sent), {200})
        mark, lines = self.copy(mark)
        self.assertGreater(lines, 0)
        self.assert_same()
        self.assertIn([1, 2, 3], self.readings(self.there).values())
        # Readings that were written at once may come twice, not for ever.
        self.assertEqual(self.copy(mark)[1], 0)

    def test_a_metric_that_was_appended(self):
        self.send(reading("plain", 0, temperature=1))
        sql("update fleet.tenant set unknown_metric = 'append' where tenant_id in (:a, :b)", a=self.here.tenant_id, b=self.there.tenant_id)
        mark, _ = self.copy()
        self.send({"device": "plain", "profile": "pump", "ts": START.isoformat(), "metrics": {"speed": 5}})
        self.copy(mark)
        self.assertEqual(list(self.readings(self.there).values()), [[1, None, None, 5]])

    def test_what_is_refused(self):
        self.send(reading("plain", 0, temperature=1))
        mark = self.page().headers["X-Next-Watermark"]
        kind, xid, as_of, rest = mark.split(".", 3)
        week = str(int(as_of) - 7 * 86400 - 60)
        for since, status, code, message in (
            ("x", 400, "22023", "the watermark is not valid"),
            ("", 400, "22023", "the watermark is not valid"),
            (mark + "0' or true", 400, "22023", "the watermark is not valid"),
            (".".join([kind, xid, week, rest]), 410, "PT410", "the watermark is older than 7 days"),
            (".".join([kind, "9" * 18, as_of, rest]), 410, "PT410", "the watermark is of another database"),
        ):
            with self.subTest(since):
                answer = self.page(since)
                self.assertEqual((answer.status, answer.code, answer.json["message"]), (status, code, message))
                self.assertTrue(answer.json["hint"])
        for size in (0, 50001, -1):
            self.assertEqual(self.page(max_readings=size).code, "22023")
        answer = self.here.viewer.get("/rpc/export", {"Accept": "text/csv"}, profile="none")
        self.assertEqual((answer.status, answer.code), (400, "42704"))
        self.here.add_profile("clash", ["ts", "a"])
        answer = self.here.viewer.get("/rpc/export", {"Accept": "text/csv"}, profile="clash")
        self.assertEqual((answer.status, answer.code), (400, "0A000"))

    def test_others_see_nothing(self):
        """A watermark is not a key: it gives the tenant of the token its own."""
        self.send(reading("plain", 0, temperature=1))
        mark = self.page().headers["X-Next-Watermark"]
        self.send(reading("plain", 1, temperature=1))
        for since in (None, mark):
            answer = self.page(since, self.there.viewer)
            self.assertEqual((answer.status, answer.body.decode()), (200, "device,profile,ts,temperature,pressure,flow.in\n"))

    def test_the_log_is_trimmed(self):
        self.send(reading("plain", 0, temperature=1), reading("plain", 1, temperature=1))
        mark = self.page().headers["X-Next-Watermark"]
        age = "update fleet.export_change set logged_at = now() - interval '{}' where tenant_id = :t"
        run = "; set client_min_messages = warning; call ops.run('prune')"
        count = "select count(*) from fleet.export_change where tenant_id = :t"
        sql(age.format("191 hours") + run, t=self.here.tenant_id)
        self.assertEqual(sql(count, t=self.here.tenant_id), "1")
        sql(age.format("193 hours") + run, t=self.here.tenant_id)
        self.assertEqual(sql(count, t=self.here.tenant_id), "0")
        self.assertEqual(self.copy()[1], 2, "everything can be had all the same")
        self.assertEqual(self.copy(mark)[1], 0)
