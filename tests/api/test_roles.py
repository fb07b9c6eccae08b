"""What each role may do, over HTTP: every view and every procedure times every role."""

import unittest

import tokens
from client import Client
from instance import until
from tenants import Tenant, fleet
from test_views import VIEWS

READERS = {"viewer", "analyst", "operator", "tenant_admin", "platform_admin"}
OPERATORS = {"operator", "tenant_admin", "platform_admin"}
ADMINS = {"tenant_admin", "platform_admin"}
MAY = {
    "series": READERS,
    "export": READERS,
    "score": READERS,
    "explain": READERS,
    "train_model": {"analyst", "tenant_admin", "platform_admin"},
    "ingest": OPERATORS,
    "register_device": OPERATORS,
    "create_profile": OPERATORS,
    "acknowledge_anomaly": OPERATORS,
    "set_retention": ADMINS,
    "reset_retention": ADMINS,
    "restore_archive": ADMINS,
    "on_call": READERS,
    "final_schedule": READERS,
    "coverage": READERS,
    "fairness": READERS,
    # Whoever may call these may do so for themself; test_on_call has the rest.
    "my_contacts": READERS,
    "save_contact_methods": READERS,
    "add_unavailability": READERS,
    "remove_unavailability": READERS,
    "override_schedule": OPERATORS,
    "cancel_override": OPERATORS,
    "save_person": ADMINS,
    "delete_person": ADMINS,
    "save_schedule": ADMINS,
    "acknowledge_incident": OPERATORS,
    "snooze_incident": OPERATORS,
    "unsnooze_incident": OPERATORS,
    "resolve_incident": OPERATORS,
    "note_incident": OPERATORS,
    "replay_notification": OPERATORS,
    "preview_silence": READERS,
    "create_silence": OPERATORS,
    "create_maintenance_window": OPERATORS,
    "end_silence": OPERATORS,
    "save_escalation_policy": ADMINS,
    "delete_escalation_policy": ADMINS,
    "save_inhibition": ADMINS,
    "delete_inhibition": ADMINS,
    "save_route": ADMINS,
    "delete_route": ADMINS,
    "save_alert_settings": ADMINS,
    "save_channel": ADMINS,
    "enable_channel": ADMINS,
    "disable_channel": ADMINS,
    "delete_channel": ADMINS,
    "test_channel": ADMINS,
    "save_template": ADMINS,
    "delete_template": ADMINS,
    "try_rule": {"analyst", "tenant_admin", "platform_admin"},
    "save_rule": ADMINS,
    "delete_rule": ADMINS,
    "acknowledge_link": READERS,
    "acknowledge_by_link": READERS,
    "health": READERS,
    "login": READERS,
    "refresh": READERS,
    "accept_invite": READERS,
    "request_password_reset": READERS,
    "reset_password": READERS,
    "set_password_page": READERS,
    "set_password": READERS,
    "me": READERS,
    "logout": READERS,
    # These are for people who have signed in; test_sessions has the rest.
    "my_sessions": READERS,
    "revoke_session": READERS,
    "switch_tenant": READERS,
    "change_password": READERS,
    "begin_totp": READERS,
    "confirm_totp": READERS,
    "disable_totp": READERS,
    "invite_user": ADMINS,
    "set_user_role": ADMINS,
    "deactivate_user": ADMINS,
    "reactivate_user": ADMINS,
    "end_user_sessions": ADMINS,
    "create_api_key": ADMINS,
    "revoke_api_key": ADMINS,
}
# Without a token: monitors, whoever logs in, and whoever holds the link in a message.
OPEN = {"acknowledge_link", "acknowledge_by_link", "health", "login", "refresh", "accept_invite", "request_password_reset", "reset_password",
        "set_password_page", "set_password"}
# Refused to the tokens of these tests, which nobody has logged in for.
OF_PEOPLE = {"my_sessions", "revoke_session", "switch_tenant", "change_password", "begin_totp", "confirm_totp", "disable_totp"}
# What is refused, and what is asked of mail that there is none for.
REFUSED = (200, 400, 401, 404, 409)
# Calls that get past the check of the role and are refused for what they ask, so that nothing is changed.
CALLS = {
    "series": {"device": "nobody", "metric": "x", "from": "2026-01-01", "to": "2026-01-02"},
    "export": {"profile": "nothing"},
    "score": {"device": "nobody", "metrics": {"x": 1}},
    "explain": {"device": "nobody"},
    "train_model": {"profile": "nothing"},
    "ingest": [],
    "register_device": {"device": "", "profile": ""},
    "create_profile": {"profile": "x", "metrics": []},
    "acknowledge_anomaly": {"anomaly_id": 0},
    "set_retention": {"object": "nothing", "hot": "1 day"},
    "reset_retention": {"object": "nothing"},
    "restore_archive": {"from": "2026-01-02", "to": "2026-01-01"},
    "on_call": {"schedule": "none"},
    "final_schedule": {"schedule": "none", "from": "2026-01-01", "to": "2026-01-02"},
    "coverage": {"schedule": "none"},
    "fairness": {"schedule": "none", "from": "2026-01-01", "to": "2026-01-02"},
    "my_contacts": {},
    "save_contact_methods": {"person": "nobody", "methods": []},
    "add_unavailability": {"person": "nobody", "to": "2026-01-02"},
    "remove_unavailability": {"unavailability_id": 0},
    "override_schedule": {"schedule": "none", "kind": "add", "person": "nobody", "to": "2026-01-02"},
    "cancel_override": {"override_id": 0},
    "save_person": {"name": ""},
    "delete_person": {"name": "nobody"},
    "save_schedule": {"definition": {}},
    "acknowledge_incident": {"incident_id": 0},
    "snooze_incident": {"incident_id": 0},
    "unsnooze_incident": {"incident_id": 0},
    "resolve_incident": {"incident_id": 0},
    "note_incident": {"incident_id": 0, "note": ""},
    "replay_notification": {"notification_id": 0},
    "preview_silence": {"matchers": "x"},
    "create_silence": {"matchers": "x", "ends_at": "2100-01-01", "reason": "x"},
    "create_maintenance_window": {"matchers": "x", "reason": "x"},
    "end_silence": {"silence_id": 0},
    "save_escalation_policy": {"definition": {}},
    "delete_escalation_policy": {"name": "none"},
    "save_inhibition": {"name": "", "source_matchers": "x", "target_matchers": "x"},
    "delete_inhibition": {"name": "none"},
    "save_route": {"name": ""},
    "delete_route": {"name": "none"},
    "save_alert_settings": {"fallback_policy": "none"},
    "save_channel": {"definition": {}},
    "enable_channel": {"name": "none"},
    "disable_channel": {"name": "none"},
    "delete_channel": {"name": "none"},
    "test_channel": {"name": "none"},
    "save_template": {"name": "", "kind": "x", "body": ""},
    "delete_template": {"name": "none"},
    "try_rule": {"definition": {}, "from": "2026-01-01"},
    "save_rule": {"definition": {}},
    "delete_rule": {"name": "none"},
    "acknowledge_link": {"token": "none"},
    "acknowledge_by_link": {"token": "none"},
    "health": {},
    "login": {"email": "nobody", "password": "x"},
    "refresh": {"refresh_token": "x"},
    "accept_invite": {"token": "x", "password": "x"},
    "request_password_reset": {"email": "nobody"},
    "reset_password": {"token": "x", "password": "x"},
    "set_password_page": {"token": "x"},
    "set_password": {"token": "x", "password": "x"},
    "me": {},
    "logout": {},
    "my_sessions": {},
    "revoke_session": {"session_id": "00000000-0000-0000-0000-000000000000"},
    "switch_tenant": {"tenant": "nowhere"},
    "change_password": {"old_password": "x", "new_password": "x"},
    "begin_totp": {},
    "confirm_totp": {"code": "x"},
    "disable_totp": {"password": "x", "code": "x"},
    "invite_user": {"email": "nobody", "role": "king"},
    "set_user_role": {"email": "nobody", "role": "king"},
    "deactivate_user": {"email": "nobody"},
    "reactivate_user": {"email": "nobody"},
    "end_user_sessions": {"email": "nobody"},
    "create_api_key": {"name": "", "scope": "x"},
    "revoke_api_key": {"name": "nothing"},
}


class Roles(unittest.TestCase):
    def test_every_procedure_is_in_the_matrix(self):
        paths = Client(tokens.token(fleet().tenant_id, "platform_admin"), fleet().tenant_id).get("/").json["paths"]
        self.assertEqual({p.removeprefix("/rpc/") for p in paths if p.startswith("/rpc/")}, set(MAY))
        self.assertEqual(set(CALLS), set(MAY))

    def test_views(self):
        for role in sorted(READERS):
            for view in VIEWS:
                with self.subTest(role=role, view=view):
                    answer = fleet().client(role).get(f"/{view}", limit=1)
                    self.assertEqual((answer.status, len(answer.json)), (200, 1), answer.body)

    def test_procedures(self):
        for name, allowed in MAY.items():
            for role in sorted(READERS):
                with self.subTest(role=role, procedure=name):
                    client = fleet().client(role)
                    if name == "logout":
                        # Of a session that nothing else needs.
                        client = Client(tokens.token(fleet().tenant_id, role, sub="leaving"), fleet().tenant_id)
                    answer = client.post(f"/rpc/{name}", CALLS[name])
                    if name in OF_PEOPLE:
                        self.assertEqual((answer.status, answer.json["message"]), (403, "this is for people who have signed in"))
                    elif name == "logout":
                        self.assertEqual(answer.status, 204)
                    elif role in allowed:
                        self.assertIn(answer.status, (200, 503) if name == "health" else REFUSED, answer.body)
                        self.assertNotIn("42501", answer.body.decode())
                    else:
                        self.assertEqual((answer.status, answer.code), (403, "42501"), answer.body)
                        self.assertEqual(answer.json["message"], f"permission denied for function {name}")

    def test_nobody_sees_nothing(self):
        for path in [f"/{view}" for view in VIEWS]:
            with self.subTest(path):
                answer = Client().get(path)
                self.assertEqual((answer.status, answer.code), (401, "42501"), answer.body)
        for name in set(MAY) - OPEN:
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
                self.assertEqual(shown, {name for name, allowed in MAY.items() if role in allowed})
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
        before = [tenant.viewer.get(f"/{view}").json for view in VIEWS]
        for view in VIEWS:
            for method in ("POST", "PATCH", "PUT", "DELETE"):
                with self.subTest(view=view, method=method):
                    answer = tenant.viewer.request(method, f"/{view}", b"{}" if method != "DELETE" else None)
                    self.assertEqual(answer.status, 405, answer.body)
        self.assertEqual([tenant.viewer.get(f"/{view}").json for view in VIEWS], before)
