"""API keys over HTTP: what each scope opens, and that they end at once."""

import json
import re
import time
import unittest
from datetime import UTC, datetime, timedelta

from client import Client
from instance import run_jobs, sql, sql_json
from people import Person
from tenants import Tenant

# PostgREST has seen no token: what the role may not do is 401 to it, where the hook does not say 403.
DENIED = (401, 403)

READING = [{"device": "m-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"power": 1}}]


def later(**span):
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("meter", ["power"])
        cls.tenant.add_device("m-1", "meter")
        cls.admin = cls.tenant.admin
        cls.made = 0

    def create(self, scope="read", client=None, **more):
        type(self).made += 1
        answer = (client or self.admin).rpc("create_api_key", **{"name": f"key-{self.made}", "scope": scope} | more)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def client(self, scope="read", **more):
        return WithKey(self.create(scope, **more)["key"], self.tenant.tenant_id)

    def test_it_is_shown_once_and_kept_as_a_hash(self):
        answer = self.admin.rpc("create_api_key", name="shown", scope="read", expires_at="2100-01-01T00:00:00Z")
        key = answer.json["key"]
        self.assertRegex(key, r"^vgl_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        listed = next(k for k in self.admin.get("/api_keys").json if k["name"] == "shown")
        self.assertEqual((listed["prefix"], listed["scope"], listed["created_by"]), (key[:12], "read", "api-test"))
        for kept in ("auth.api_key", "audit.entry", "ops.idempotency_key"):
            self.assertNotIn(key[13:], json.dumps(sql_json(f"select * from {kept} where tenant_id = {self.tenant.tenant_id}")), kept)

    def test_an_idempotency_key_keeps_no_key(self):
        bodies = [{"name": "again", "scope": "read"}] * 2
        first, second = (self.admin.post("/rpc/create_api_key", body, {"Idempotency-Key": "once"}) for body in bodies)
        self.assertEqual((first.status, second.status, second.code), (200, 409, "23505"))

    def test_what_each_scope_opens(self):
        for scope, may, may_not in [
            ("ingest", ["ingest"], ["devices", "register", "channels"]),
            ("read", ["devices"], ["ingest", "register", "channels"]),
            ("operate", ["devices", "ingest", "register"], ["channels"]),
            ("admin", ["devices", "ingest", "register", "channels"], []),
        ]:
            client = self.client(scope)
            attempts = {
                "devices": lambda c=client: c.get("/devices"),
                "ingest": lambda c=client: c.ingest(READING),
                "register": lambda c=client: c.rpc("register_device", device="m-1", profile="meter"),
                "channels": lambda c=client: c.get("/channel_settings"),
            }
            for name, attempt in attempts.items():
                with self.subTest(scope=scope, attempt=name):
                    self.assertIn(attempt().status, (200,) if name in may else DENIED)

    def test_a_list_of_endpoints_narrows_it(self):
        client = self.client(endpoints=["/devices", "/rpc/series"])
        self.assertEqual(client.get("/devices").status, 200)
        answer = client.get("/streams")
        self.assertEqual((answer.status, answer.json["message"], answer.json["hint"]),
                         (403, "the API key is not for /streams", "It opens /devices, /rpc/series."))
        self.assertIn(self.client("read", endpoints=["/rpc/ingest"]).ingest(READING).status, DENIED, "it adds nothing")

    def test_it_acts_for_its_tenant_alone(self):
        other = Tenant()
        other.add_profile("meter", ["power"])
        other.add_device("o-1", "meter")
        self.assertEqual([d["device"] for d in self.client().get("/devices").json], ["m-1"])
        self.assertEqual(self.client().get("/devices", {"X-Tenant-Id": str(other.tenant_id)}).json[0]["device"], "m-1")
        me = self.client().get("/rpc/me").json
        self.assertEqual((me["tenant"], me["role"]), (self.tenant.name, "viewer"))
        self.assertRegex(me["subject"], r"^key:key-\d+$")

    def test_ingest_and_the_audit_trail_name_the_key(self):
        made = self.create("operate")
        client = WithKey(made["key"], self.tenant.tenant_id)
        self.assertEqual(client.ingest(READING).json["rejected"], [])
        self.assertEqual(client.rpc("register_device", device="m-1", profile="meter").status, 200)
        self.assertEqual(sql_json("select distinct actor, role from audit.entry where tenant_id = :tenant and actor = :'actor'",
                                  tenant=self.tenant.tenant_id, actor="key:" + made["name"]), [{"actor": "key:" + made["name"], "role": "operator"}])

    def test_it_ends_at_once(self):
        made = self.create()
        client = WithKey(made["key"], self.tenant.tenant_id)
        self.assertEqual(client.get("/devices").status, 200)
        self.assertEqual(self.admin.rpc("revoke_api_key", name=made["name"]).status, 200)
        answer = client.get("/devices")
        self.assertEqual((answer.status, answer.json["message"]), (401, "the API key was revoked"))
        before = self.admin.rpc("revoke_api_key", name=made["name"]).json["revoked_at"]
        self.assertEqual(self.admin.rpc("revoke_api_key", name=made["name"]).json["revoked_at"], before)
        self.assertEqual(self.admin.rpc("revoke_api_key", name="nobody").status, 404)
        self.assertEqual(Tenant().admin.rpc("revoke_api_key", name=made["name"]).status, 404, "nor another tenant's")

    def test_it_expires(self):
        client = self.client(expires_at=later(seconds=1))
        self.assertEqual(client.get("/devices").status, 200)
        time.sleep(1.1)
        self.assertEqual(client.get("/devices").json["message"], "the API key has expired")

    def test_keys_that_are_none(self):
        key = self.create()["key"]
        for wrong in ("", "x", key[:-1], key + "x", key.upper(), key[:12], "vgl_00000000_" + "a" * 43, "x" * 5000):
            with self.subTest(wrong[:20]):
                answer = WithKey(wrong, self.tenant.tenant_id).get("/devices")
                self.assertEqual(answer.status, 401)

    def test_a_key_beside_a_token(self):
        key = self.create()["key"]
        answer = self.tenant.viewer.get("/devices", {"X-API-Key": key})
        self.assertEqual((answer.status, answer.json["message"]), (400, "the request has both a token and an API key"))

    def test_a_suspended_tenant(self):
        tenant = Tenant()
        client = WithKey(self.create(client=tenant.admin)["key"], tenant.tenant_id)
        self.assertEqual(client.get("/devices").status, 200)
        sql("update fleet.tenant set active = false where tenant_id = :tenant", tenant=tenant.tenant_id)
        self.assertEqual(client.get("/devices").status, 401)

    def test_keys_manage_neither_people_nor_keys(self):
        client = self.client("admin")
        for name, arguments in [("create_api_key", {"name": "more", "scope": "read"}), ("revoke_api_key", {"name": "shown"}),
                                ("invite_user", {"email": "x@example.com", "role": "viewer"}), ("set_user_role", {"email": "x@example.com", "role": "viewer"}),
                                ("deactivate_user", {"email": "x@example.com"}), ("reactivate_user", {"email": "x@example.com"}),
                                ("end_user_sessions", {"email": "x@example.com"})]:
            with self.subTest(name):
                answer = client.rpc(name, **arguments)
                self.assertIn(answer.status, DENIED)
                self.assertEqual((answer.code, answer.json["hint"]), ("42501", "It needs a signed-in person: take a token of POST /rpc/login."))
        self.assertEqual(client.rpc("logout").json["message"], "there is no session to end")
        self.assertIn(client.get("/rpc/my_sessions").status, DENIED)

    def test_arguments_that_are_not_valid(self):
        for message, arguments in [
            ("the key has no valid name", {"name": "Not a slug"}), ("the key has no valid name", {"name": None}),
            ("the scope is not known", {"scope": "everything"}), ("the scope is not known", {"scope": None}),
            ("the endpoints are not paths", {"endpoints": ["devices"]}), ("the endpoints are not paths", {"endpoints": []}),
            ("the key would have expired already, or never would", {"expires_at": later(seconds=-1)}),
            ("the key would have expired already, or never would", {"expires_at": "infinity"}),
        ]:
            with self.subTest(**arguments):
                answer = self.admin.rpc("create_api_key", **{"name": "valid", "scope": "read"} | arguments)
                self.assertEqual((answer.status, answer.json["message"]), (400, message))

    def test_only_an_admin_sees_and_makes_them(self):
        for role in ("viewer", "analyst", "operator"):
            client = self.tenant.client(role)
            self.assertEqual(client.get("/api_keys").status, 403)
            self.assertEqual(client.rpc("create_api_key", name="mine", scope="read").status, 403)
        self.assertEqual(Tenant().admin.get("/api_keys").json, [])

    def test_their_last_use_is_known(self):
        made = self.create()
        self.assertEqual(WithKey(made["key"], self.tenant.tenant_id).get("/devices").status, 200)
        run_jobs("sessions")
        used = self.admin.get("/api_keys", name=f"eq.{made['name']}").json[0]["last_used_at"]
        self.assertTrue(used and re.match(datetime.now(UTC).strftime("%Y-%m-%d"), used), used)

    def test_a_person_makes_one_in_their_name(self):
        person = Person([(self.tenant, "tenant_admin")])
        made = self.create(client=person.client())
        self.assertEqual(self.admin.get("/api_keys", name=f"eq.{made['name']}").json[0]["created_by"], person.account_id)


class WithKey(Client):
    def __init__(self, key, tenant_id):
        super().__init__(tenant_id=tenant_id)
        self.key = key

    def request(self, method, path, body=None, headers=None, params=None):
        return super().request(method, path, body, {"X-API-Key": self.key} | (headers or {}), params)


if __name__ == "__main__":
    unittest.main()
