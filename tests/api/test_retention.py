"""How long things are kept: what a tenant's admin may set, what is shown, what is removed."""

import unittest
from datetime import UTC, datetime, timedelta

from instance import sql
from tenants import Tenant
from test_procedures import Refusals


class Policies(Refusals):
    def policy(self, tenant, name, profile=None):
        found = tenant.viewer.get("/retention_policies", object=f"eq.{name}",
                                  profile=f"eq.{profile}" if profile else "is.null").json
        return found[0] if found else None

    def setUp(self):
        # The other tests' readings of fixed days need another.
        policy = "update ops.retention_policy set hot = '{}' where object = 'readings' and tenant_id is null"
        sql(policy.format("30 days"))
        self.addCleanup(sql, policy.format("100 years"))

    def test_defaults(self):
        kept = {p["object"]: p["hot"] for p in Tenant().viewer.get("/retention_policies").json}
        self.assertEqual(kept, {"readings": "30 days", "features": "30 days", "scores": "90 days", "anomalies": "365 days",
                                "training": "180 days", "job_runs": "30 days", "audit": "730 days", "incidents": "365 days",
                            "alerts": "365 days", "notifications": "90 days"})

    def test_set_change_and_reset(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        answer = tenant.admin.rpc("set_retention", object="readings", hot="30 days", reason="works council")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json, [self.policy(tenant, "readings")])
        self.assertEqual({k: answer.json[0][k] for k in ("hot", "decided_by", "reason", "changed_by", "enabled")},
                         {"hot": "30 days", "decided_by": "tenant", "reason": "works council", "changed_by": "api-test", "enabled": True})
        answer = tenant.admin.rpc("set_retention", object="readings", hot="400 days", profile="meter")
        self.assertEqual([p["hot"] for p in answer.json], ["400 days"])
        self.assertEqual(self.policy(tenant, "readings")["hot"], "30 days", "longer for one profile, shorter for the rest")
        self.assertEqual(self.policy(tenant, "readings", "meter")["reason"], "chosen by the tenant")
        answer = tenant.admin.rpc("set_retention", object="readings", hot="45 days")
        self.assertEqual([p["hot"] for p in answer.json], ["45 days"])
        answer = tenant.admin.rpc("reset_retention", object="readings", profile="meter")
        self.assertEqual([p["hot"] for p in answer.json], ["45 days"], "the tenant's decides again")
        self.assertIsNone(self.policy(tenant, "readings", "meter"))
        for _ in range(2):
            answer = tenant.admin.rpc("reset_retention", object="readings")
            self.assertEqual([(p["hot"], p["decided_by"]) for p in answer.json], [("30 days", "platform")])

    def test_limits(self):
        tenant = Tenant()
        for name, least, most in (("readings", "14 days", "1095 days"), ("job_runs", "7 days", "365 days")):
            for hot in (least, most):
                self.assertEqual(tenant.admin.rpc("set_retention", object=name, hot=hot).status, 200)
            for hot in (f"{least} -1 second", f"{most} 1 second", None, "-1 days"):
                with self.subTest(object=name, hot=hot):
                    answer = tenant.admin.rpc("set_retention", object=name, hot=hot)
                    self.assert_refused(answer, 400, "22023", f"{name} are kept for {least} to {most}")

    def test_refusals(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        cases = [
            ({"object": "poems"}, "42704", 'object "poems" does not exist'),
            ({"object": "scheduler_log"}, "42704", 'object "scheduler_log" does not exist'),
            ({"object": None}, "42704", 'object "" does not exist'),
            ({"profile": "nothing"}, "42704", 'profile "nothing" does not exist'),
            ({"object": "job_runs", "profile": "meter"}, "22023", "job_runs belong to no profile"),
            ({"reason": " "}, "22023", "the reason is empty or longer than 1000 characters"),
            ({"reason": "x" * 1001}, "22023", "the reason is empty or longer than 1000 characters"),
            ({"object": "scores", "cold": "30 days"}, "22023", "scores have no warm and no cold tier"),
            ({"cold": "1 hour"}, "22023", "warm and cold are at least a day, and with hot at most 1095 days"),
            ({"warm": "1036 days"}, "22023", "warm and cold are at least a day, and with hot at most 1095 days"),
        ]
        for change, code, message in cases:
            with self.subTest(**change):
                answer = tenant.admin.rpc("set_retention", **{"object": "readings", "hot": "60 days"} | change)
                self.assert_refused(answer, 400, code, message)
        answer = tenant.admin.rpc("reset_retention", object="poems")
        self.assert_refused(answer, 400, "42704", 'object "poems" does not exist')
        self.assertEqual(self.policy(tenant, "readings")["decided_by"], "platform", "nothing was set")

    def test_what_a_dba_set_stays(self):
        tenant = Tenant()
        sql("insert into ops.retention_policy (tenant_id, object, hot, reason) values (:tenant, 'anomalies', '20 years', 'regulator')",
            tenant=tenant.tenant_id)
        shown = self.policy(tenant, "anomalies")
        self.assertEqual((shown["decided_by"], shown["reason"]), ("platform", "regulator"))
        for answer in (tenant.admin.rpc("set_retention", object="anomalies", hot="60 days"),
                       tenant.admin.rpc("reset_retention", object="anomalies")):
            self.assert_refused(answer, 403, "42501", "how long anomalies are kept was set by the platform")
        self.assertEqual(self.policy(tenant, "anomalies"), shown)


class Removal(unittest.TestCase):
    def test_what_is_past_its_limit_goes_and_is_accounted_for(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        tenant.add_device("m-2", "meter")
        now = datetime.now(UTC).replace(microsecond=0)
        readings = [{"device": device, "ts": (now - timedelta(days=days)).isoformat(), "metrics": {"power": 1}}
                    for device in ("m-1", "m-2") for days in (70, 50, 5)]
        self.assertEqual(tenant.counted(tenant.operator, readings)["accepted"], 6)
        self.assertEqual(tenant.admin.rpc("set_retention", object="readings", hot="60 days").status, 200)
        sql("select ops.place_hold(:'name', 'case', 'm-2')", name=tenant.name)
        report = tenant.viewer.get("/compliance", object="eq.readings").json[0]
        self.assertEqual([report[k] for k in ("rows_past_limit", "rows_held", "holds", "rows_removed")], [2, 1, 1, 0])
        self.assertEqual(datetime.fromisoformat(report["oldest_past_limit"]), now - timedelta(days=70))
        sql("set client_min_messages = warning; call ops.run('retention')")
        left = [(r["device"], datetime.fromisoformat(r["ts"])) for r in tenant.viewer.get("/readings", order="device,ts").json]
        self.assertEqual(left, [("m-1", now - timedelta(days=50)), ("m-1", now - timedelta(days=5)),
                                *(("m-2", now - timedelta(days=days)) for days in (70, 50, 5))])
        report = tenant.viewer.get("/compliance", object="eq.readings").json[0]
        self.assertEqual([report[k] for k in ("rows_past_limit", "rows_held", "holds", "rows_removed")], [1, 1, 1, 1])
        self.assertIsNotNone(report["last_removed_at"])
        run = tenant.viewer.get("/retention_runs").json
        self.assertEqual([(r["object"], r["action"], r["row_count"]) for r in run], [("readings", "delete", 1)])
        hold = tenant.viewer.get("/legal_holds").json
        self.assertEqual([(h["device"], h["profile"], h["released_at"]) for h in hold], [("m-2", None, None)])
        sql("select ops.release_hold(h.tenant_id, h.hold_id) from ops.legal_hold h where h.tenant_id = :tenant", tenant=tenant.tenant_id)
        sql("set client_min_messages = warning; call ops.run('retention')")
        report = tenant.viewer.get("/compliance", object="eq.readings").json[0]
        self.assertEqual([report[k] for k in ("rows_past_limit", "rows_held", "holds", "rows_removed")], [0, 0, 0, 2])
