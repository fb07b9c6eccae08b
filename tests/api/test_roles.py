"""What each role is shown and may read, over HTTP. Every function times every role is in tests/security/rbac.py."""

import unittest

import tokens
from client import Client
from instance import until
from refused_calls import CALLS
from role_table import functions_of
from tenants import Tenant, fleet
from test_views import VIEWS

READERS = {"viewer", "analyst", "operator", "tenant_admin", "platform_admin"}
# Without a token: monitors, whoever logs in, and whoever holds the link in a message.
OPEN = {"acknowledge_link", "acknowledge_by_link", "health", "login", "refresh", "accept_invite", "request_password_reset", "reset_password",
        "set_password_page", "set_password"}

# Granted with the role of tenant_admin, and refused to staff, to whom personal data are revealed one by one.
NOT_FOR_STAFF = {"export_person", "export_device"}


class Roles(unittest.TestCase):
    def test_views(self):
        for role in sorted(READERS):
            for view in VIEWS:
                with self.subTest(role=role, view=view):
                    answer = fleet().client(role).get(f"/{view}", limit=1)
                    self.assertEqual((answer.status, len(answer.json)), (200, 1), answer.body)

    def test_nobody_sees_nothing(self):
        for path in [f"/{view}" for view in VIEWS]:
            with self.subTest(path):
                answer = Client().get(path)
                self.assertEqual((answer.status, answer.code), (401, "42501"), answer.body)
        for name in set(CALLS) - OPEN:
            with self.subTest(name):
                self.assertEqual(Client().post(f"/rpc/{name}", CALLS[name]).status, 401)

    def test_without_a_token_there_are_links_and_health(self):
        for name in ("acknowledge_link", "acknowledge_by_link"):
            answer = Client().post(f"/rpc/{name}", CALLS[name])
            self.assertEqual(answer.status, 404, answer.body)
        answer = Client().get("/rpc/health")
        self.assertEqual(answer.status, 200 if answer.json["status"] == "ok" else 503, answer.body)
        self.assertEqual(set(answer.json), {"status", "worker", "jobs", "waiting_seconds"})

    def test_the_description_shows_each_role_what_it_may_do(self):
        for role in sorted(READERS):
            with self.subTest(role=role):
                paths = fleet().client(role).get("/").json["paths"]
                shown = {p.removeprefix("/rpc/") for p in paths if p.startswith("/rpc/")}
                self.assertEqual(shown - (NOT_FOR_STAFF if role == "platform_admin" else set()), functions_of(role))
        shown = set(Client().get("/").json["paths"])
        self.assertEqual(shown, {"/"} | {f"/rpc/{name}" for name in OPEN}, "nobody is shown what needs no token")

    def test_inner_schemas_are_out_of_reach(self):
        for schema in ("fleet", "detect", "alerting", "ops", "auth", "public", "cron", "pg_catalog"):
            for header in ("Accept-Profile", "Content-Profile"):
                with self.subTest(schema=schema, header=header):
                    answer = fleet().admin.get("/tenant", {header: schema})
                    self.assertIn(answer.status, (404, 406), answer.body)
        for function in ("tenant_id", "run", "retention_plan", "drop_chunk", "place_hold", "create_tenant", "import_lines", "drop_chunks", "pg_sleep", "set_config"):
            with self.subTest(function):
                self.assertEqual(fleet().admin.rpc(function).status, 404)

    def test_a_viewer_changes_nothing_by_any_verb(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        until(lambda: not tenant.viewer.get("/rules", status="eq.new").json)
        # Use is counted every minute.
        still = [view for view in VIEWS if view != "usage"]
        before = [tenant.viewer.get(f"/{view}").json for view in still]
        for view in VIEWS:
            for method in ("POST", "PATCH", "PUT", "DELETE"):
                with self.subTest(view=view, method=method):
                    answer = tenant.viewer.request(method, f"/{view}", b"{}" if method != "DELETE" else None)
                    self.assertEqual(answer.status, 405, answer.body)
        self.assertEqual([tenant.viewer.get(f"/{view}").json for view in still], before)
