"""On call over HTTP: who may say what of whom, and how refusals arrive."""

import unittest
from datetime import UTC, datetime, timedelta

import tokens
from client import Client
from tenants import Tenant


class OnCall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        for name in ("ann", "bob"):
            answer = cls.tenant.admin.rpc("save_person", name=name, subject=f"{name}-sub", time_zone="Australia/Lord_Howe")
            assert answer.status == 200, answer.body
        answer = cls.tenant.admin.rpc("save_schedule", definition={
            "name": "ops", "time_zone": "Australia/Lord_Howe",
            "layers": [{"name": "days", "priority": 1, "unit": "day", "start": "2026-01-01T09:00", "slots": [["ann"]]}]})
        assert answer.status == 200, answer.body
        cls.tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    def person(self, name, role="viewer"):
        return Client(tokens.token(self.tenant.tenant_id, role, sub=f"{name}-sub"), self.tenant.tenant_id)

    def test_who_is_on_call(self):
        self.assertEqual(self.tenant.viewer.rpc("on_call", schedule="ops").json,
                         [{"person": "ann", "display_name": "a…", "source": "layer:days"}])
        self.assertEqual([(r["people"], r["source"]) for r in self.tenant.viewer.get("/on_call_now").json], [(["ann"], "layer:days")])

    def test_a_person_says_when_they_are_away(self):
        answer = self.person("ann").rpc("add_unavailability", person="ann", to=self.tomorrow, reason="ill")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.tenant.viewer.rpc("on_call", schedule="ops").json, [])
        self.assertEqual([(r["person"], r["reason"]) for r in self.tenant.operator.get("/unavailabilities").json], [("ann", "ill")])
        self.assertEqual(self.person("bob").rpc("remove_unavailability", unavailability_id=answer.json["unavailability_id"]).status, 403)
        answer = self.person("ann").rpc("remove_unavailability", unavailability_id=answer.json["unavailability_id"])
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([r["person"] for r in self.tenant.viewer.rpc("on_call", schedule="ops").json], ["ann"])

    def test_contacts_are_for_operators_and_the_person(self):
        for name in ("contacts", "unavailabilities"):
            answer = self.tenant.viewer.get(f"/{name}")
            self.assertEqual((answer.status, answer.code), (403, "42501"), answer.body)
            self.assertEqual(self.tenant.operator.get(f"/{name}").status, 200)
        self.assertEqual(self.person("bob").rpc("my_contacts").json["person"], "bob")
        answer = self.person("nobody").rpc("my_contacts")
        self.assertEqual((answer.status, answer.code), (404, "PT404"), answer.body)
        answer = self.person("bob").rpc("save_contact_methods", person="ann", methods=[])
        self.assertEqual((answer.status, answer.code), (403, "42501"), answer.body)

    def test_overrides_that_contradict_one_another(self):
        change = {"schedule": "ops", "kind": "replace", "person": "bob", "replaces": "ann", "to": self.tomorrow,
                  "from": (datetime.now(UTC) + timedelta(hours=20)).isoformat()}
        first = self.tenant.operator.rpc("override_schedule", **change)
        self.assertEqual(first.status, 200, first.body)
        answer = self.tenant.operator.rpc("override_schedule", **change)
        self.assertEqual((answer.status, answer.code), (409, "23505"), answer.body)
        self.assertIn("POST /rpc/cancel_override", answer.json["hint"])
        self.assertEqual(self.tenant.operator.rpc("cancel_override", override_id=first.json["override_id"]).status, 200)
        self.assertEqual(self.tenant.operator.rpc("cancel_override", override_id=first.json["override_id"]).status, 404)

    def test_mistakes_have_hints(self):
        for client, procedure, arguments in (
            (self.tenant.admin, "save_person", {"name": "cy", "time_zone": "Mars/Phobos"}),
            (self.tenant.admin, "save_schedule", {"definition": {"name": "x", "time_zone": "UTC", "layers": [{}]}}),
            (self.tenant.viewer, "final_schedule", {"schedule": "ops", "from": "2026-01-02", "to": "2026-01-01"}),
            (self.tenant.viewer, "on_call", {"schedule": "nothing"}),
        ):
            with self.subTest(procedure):
                answer = client.rpc(procedure, **arguments)
                self.assertEqual(answer.status, 400, answer.body)
                self.assertGreater(len(answer.json["hint"]), 20)
