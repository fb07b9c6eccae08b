"""The audit trail over HTTP: what a request leaves in it, who reads it, and that it verifies."""

import json
import unittest
import uuid

from instance import sql, until
from tenants import Tenant


class AuditTrail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("meter", ["power"])
        cls.tenant.add_device("m-1", "meter")

    def entries(self, **filters):
        answer = self.tenant.admin.get("/audit_entries", order="entry_id", **filters)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def register(self, **details):
        """The correlation id of a request that registers m-1 anew."""
        sent = str(uuid.uuid4())
        answer = self.tenant.operator.post("/rpc/register_device", {"device": "m-1", "profile": "meter"} | details, {"X-Correlation-ID": sent})
        self.assertEqual(answer.status, 200, answer.body)
        return sent

    def test_a_request_and_its_rows(self):
        entries = self.entries(correlation_id=f"eq.{self.register(name='Main meter', attributes={'floor': 2, 'api_key': 'k-123'})}")
        self.assertEqual([(e["operation"], e["object"], e["role"], e["actor"]) for e in entries],
                         [("update", "fleet.device", "operator", "api-test"), ("call", "register_device", "operator", "api-test")])
        row = entries[0]
        self.assertEqual(row["before"]["attributes"], {})
        self.assertEqual(row["after"], {"name": "Main meter", "attributes": {"floor": 2, "api_key": "***"}})
        self.assertEqual(row["object_key"]["external_id"], "m-1")
        self.assertRegex(row["session_id"], "^[0-9a-f-]{36}$")
        self.assertIsNone(row["address"], "no proxy is trusted, so nobody is believed")
        self.assertNotIn(b"k-123", self.tenant.admin.get("/audit_entries").body)

    def test_filters(self):
        sent = self.register(model="A1")
        self.register(model="B2")
        for filters in ({"correlation_id": f"eq.{sent}"}, {"object": "eq.fleet.device", "after->>model": "eq.A1"},
                        {"operation": "eq.update", "before->>model": "is.null", "after->>model": "not.is.null"}):
            with self.subTest(filters):
                models = {(e["after"] or {}).get("model") for e in self.entries(**filters) if e["operation"] == "update"}
                self.assertEqual(models, {"A1"})
        session = self.entries(correlation_id=f"eq.{sent}")[0]["session_id"]
        self.assertGreater(len(self.entries(session_id=f"eq.{session}")), 1)
        self.assertEqual({e["role"] for e in self.entries(role="eq.operator", actor="eq.api-test")}, {"operator"})
        self.assertEqual(self.entries(at="gt.2100-01-01"), [])

    def test_nothing_is_left_of_a_request_that_fails(self):
        before = len(self.entries())
        for body in ({"device": "m-2", "profile": "none"}, {"device": "m-1", "profile": "meter", "site": "none"}):
            self.assertGreaterEqual(self.tenant.operator.post("/rpc/register_device", body).status, 400)
        self.assertEqual(len(self.entries()), before)

    def test_a_dba_is_in_it(self):
        sql("update fleet.device set name = 'By hand' where tenant_id = :tenant", tenant=self.tenant.tenant_id)
        self.assertEqual([(e["actor"], e["role"], e["operation"]) for e in self.entries(**{"after->>name": "eq.By hand"})],
                         [("postgres", "postgres", "update")])

    def test_it_verifies(self):
        def chained():
            return all(e["sequence"] for e in self.entries())

        self.register(name="Chained")
        until(chained, "audit_chain")
        answer = self.tenant.admin.rpc("verify_audit")
        self.assertEqual(answer.status, 200, answer.body)
        entries = self.entries()
        self.assertEqual(answer.json, [{"ok": True, "entries": len(entries), "last_sequence": len(entries), "broken_sequence": None,
                                        "entry_id": None, "why": None}])
        self.assertEqual(sorted(e["sequence"] for e in entries), list(range(1, len(entries) + 1)))

    def test_only_an_admin_reads_and_verifies(self):
        for client in (self.tenant.viewer, self.tenant.analyst, self.tenant.operator):
            self.assertEqual(client.get("/audit_entries").status, 403)
            self.assertEqual(client.rpc("verify_audit").status, 403)

    def test_nobody_writes_to_it(self):
        for method, body in (("POST", {"action": "forged"}), ("PATCH", {"actor": "x"}), ("DELETE", None)):
            self.assertEqual(self.tenant.admin.request(method, "/audit_entries?entry_id=gt.0", None if body is None else json.dumps(body)).status, 405)


if __name__ == "__main__":
    unittest.main()
