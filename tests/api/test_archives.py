"""Readings that went to files: what a tenant sees of them, and how it gets them back."""

import unittest
from datetime import UTC, datetime, timedelta

from instance import sql
from tenants import Tenant
from test_procedures import Refusals

DAY = timedelta(days=1)


class Archived(Tenant):
    """A tenant with readings of two devices 20 and 30 days ago, all in files, and some of today."""

    def __init__(self):
        super().__init__()
        self.add_profile("meter", ["power", "load"])
        self.add_device("m-1", "meter")
        self.add_device("m-2", "meter")
        self.today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.sent = [
            {"device": device, "ts": (self.today - days * DAY + timedelta(minutes=n)).isoformat(),
             "metrics": {"power": n / 7} if n % 2 else {"power": -n, "load": 1e-9 * n}}
            for device in ("m-1", "m-2") for days in (30, 20, 0) for n in range(20)
            if days or datetime.now(UTC) > self.today + timedelta(minutes=n)
        ]
        for uniform in (0, 1):
            self.counted(self.operator, [r for n, r in enumerate(self.sent) if len(r["metrics"]) == 1 + uniform])
        answer = self.admin.rpc("set_retention", object="readings", hot="14 days", warm="300 days", cold="60 days")
        assert answer.status == 200, answer.body
        self.run("archive")

    @staticmethod
    def run(job):
        sql(f"set client_min_messages = warning; call ops.run('{job}')")

    def readings(self, **filters):
        return {(r["device"], datetime.fromisoformat(r["ts"]), tuple(sorted(r["metrics"].items())))
                for r in self.viewer.get("/readings", **filters).json}

    def expected(self, days, devices=("m-1", "m-2")):
        return {(r["device"], datetime.fromisoformat(r["ts"]), tuple(sorted(r["metrics"].items()))) for r in self.sent
                if r["device"] in devices and 0 <= datetime.fromisoformat(r["ts"]).timestamp() - (self.today - days * DAY).timestamp() < 86400}

    def restore(self, days, **more):
        return self.admin.rpc("restore_archive", **{"from": (self.today - days * DAY).isoformat(), "to": (self.today - (days - 1) * DAY).isoformat()} | more)


class Archives(Refusals):
    def test_files_are_listed(self):
        tenant = Archived()
        files = tenant.viewer.get("/archives", order="from_ts").json
        self.assertEqual([(f["profile"], f["state"], f["streams"], f["row_count"], f["damage"]) for f in files],
                         [("meter", "dropped", 2, 40, None)] * 2)
        self.assertEqual(tenant.readings(), tenant.expected(0))
        report = tenant.viewer.get("/compliance", object="eq.readings").json[0]
        self.assertEqual([report[k] for k in ("hot", "warm", "cold", "rows_past_limit", "archives", "archived_rows", "archives_damaged")],
                         ["14 days", "300 days", "60 days", 0, 2, 80, 0])
        self.assertIsNotNone(report["archives_checked_since"])
        runs = tenant.viewer.get("/retention_runs").json
        self.assertEqual([(r["object"], r["action"], r["row_count"]) for r in runs], [("readings", "archive", 40)] * 2)

    def test_a_range_comes_back_in_every_view_and_leaves(self):
        tenant = Archived()
        answer = tenant.restore(20, device="m-1", keep="2 days")
        self.assertEqual(answer.status, 200, answer.body)
        (restore,) = answer.json
        self.assertEqual((restore["device"], restore["row_count"], restore["restored_by"]), ("m-1", 20, "api-test"))
        self.assertEqual(tenant.viewer.get("/archive_restores").json, [restore])
        there = tenant.expected(20, ["m-1"])
        self.assertEqual(tenant.readings(), tenant.expected(0) | there)
        narrow = tenant.viewer.get("/telemetry", ts=f"lt.{(tenant.today - DAY).isoformat()}", metric="eq.power").json
        self.assertEqual({datetime.fromisoformat(r["ts"]): r["value"] for r in narrow}, {ts: dict(m)["power"] for _, ts, m in there})
        points = tenant.viewer.rpc("series", device="m-1", metric="power", bucket="7 minutes",
                                   **{"from": (tenant.today - 20 * DAY).isoformat(), "to": (tenant.today - 19 * DAY).isoformat()}).json
        self.assertEqual(sum(p["n"] for p in points), 20)
        self.assertEqual(tenant.restore(20).json[0]["row_count"], 40, "once more, and more")
        self.assertEqual(tenant.readings(), tenant.expected(0) | tenant.expected(20))
        sql("update ops.archive_restore set expires_at = now() where tenant_id = :tenant", tenant=tenant.tenant_id)
        tenant.run("archive")
        self.assertEqual(tenant.readings(), tenant.expected(0))
        self.assertEqual(tenant.viewer.get("/archive_restores").json, [])

    def test_a_late_reading_goes_to_a_file_of_its_own_and_comes_back_merged(self):
        tenant = Archived()
        at = (tenant.today - 20 * DAY + timedelta(minutes=1)).isoformat()
        self.assertEqual(tenant.counted(tenant.operator, [{"device": "m-1", "ts": at, "metrics": {"load": 5}}]), {"accepted": 1, "duplicates": 0, "rejected": []})
        tenant.run("archive")
        self.assertEqual(len(tenant.viewer.get("/archives").json), 3)
        tenant.restore(20, device="m-1")
        merged = tenant.viewer.get("/readings", ts=f"eq.{at}").json
        self.assertEqual([r["metrics"] for r in merged], [{"power": 1 / 7, "load": 5}])

    def test_refusals(self):
        tenant = Archived()
        now = tenant.today.isoformat()
        for arguments, code, message in (
            ({"from": now, "to": now}, "22023", "from must be before to, and both finite"),
            ({"from": "-infinity", "to": now}, "22023", "from must be before to, and both finite"),
            ({"keep": "59 minutes"}, "22023", "restored readings are kept for 1 hour to 90 days"),
            ({"keep": "91 days"}, "22023", "restored readings are kept for 1 hour to 90 days"),
            ({"device": "m-9"}, "42704", 'device "m-9" does not exist'),
            ({"from": (tenant.today - 25 * DAY).isoformat(), "to": (tenant.today - 24 * DAY).isoformat()}, "42704", "no archive has readings of that time"),
        ):
            with self.subTest(**arguments):
                self.assert_refused(tenant.restore(20, **arguments), 400, code, message)
        self.assertEqual(tenant.viewer.get("/archive_restores").json, [])

    def test_a_damaged_file_is_an_alert_and_restores_nothing(self):
        tenant = Archived()
        sql("select vigil_platform.archive_write(m.path, '\\x00') from ops.archive_manifest m where m.tenant_id = :tenant", tenant=tenant.tenant_id)
        damaged = tenant.viewer.get("/archives", order="from_ts.desc", limit=1).json[0]["archive_id"]
        self.assert_refused(tenant.restore(20), 500, "XX001", f"archive {damaged} is damaged")
        self.assertEqual(tenant.readings(), tenant.expected(0))
        tenant.run("verify")
        self.assertEqual([(a["severity"], a["state"], a["dedup_key"].split("/")[0]) for a in tenant.viewer.get("/alerts").json], [("critical", "open", "archive")] * 2)
        self.assertEqual(tenant.viewer.get("/compliance", object="eq.readings").json[0]["archives_damaged"], 2)


class Audit(unittest.TestCase):
    def test_who_did_what(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        answer = tenant.admin.post("/rpc/set_retention", {"object": "scores", "hot": "60 days"}, {"X-Correlation-ID": "change-4711"})
        self.assertEqual(answer.status, 200, answer.body)
        entries = tenant.admin.get("/audit_entries", operation="eq.call", order="entry_id").json
        self.assertEqual([(e["action"], e["actor"], e["role"]) for e in entries],
                         [("create_profile", "api-test", "operator"), ("set_retention", "api-test", "tenant_admin")])
        self.assertEqual((entries[1]["correlation_id"], entries[1]["detail"][0]["hot"]), ("change-4711", "60 days"))
        self.assertEqual(len(entries[0]["correlation_id"]), 36)
        self.assertEqual(tenant.viewer.get("/audit_entries").status, 403)

    def test_what_retention_removed(self):
        tenant = Archived()
        detail = [e["detail"] for e in tenant.admin.get("/audit_entries", action="eq.retention").json]
        self.assertEqual([(d["object"], d["action"], d["rows"], d["relations"]) for d in detail], [("readings", "archive", 80, 2)])
