"""Two tenants: no endpoint shows or changes anything of the other. The endpoints come from the API's own description."""

import unittest

import tokens
from client import Client
from instance import sql, sql_json
from tenants import Tenant, fleet, other_fleet


# What is the rule for a tenant before it has anything.
RULES = {"/retention_policies", "/compliance", "/alert_settings"}
# What every tenant is made with.
GIVEN = {"/rules": ["serious anomalies"], "/inhibitions": ["site-down"]}
# For staff of the platform alone, who see them all; test_tenants has them.
STAFF = {"/tenants", "/tenant_exports", "/tenant_deletions"}
# Roles of the server, which outlive a test; test_sql_logins makes and drops them.
OF_THE_SERVER = {"/sql_logins"}


def description():
    return Client(tokens.token(fleet().tenant_id, "platform_admin"), fleet().tenant_id).get("/").json


class Isolation(unittest.TestCase):
    """The client itself fails when an answer holds the marker of another tenant; see client.Client.watch."""

    @classmethod
    def setUpClass(cls):
        cls.views = [p for p in description()["paths"] if p != "/" and not p.startswith("/rpc/") and p not in STAFF]
        cls.procedures = [p for p in description()["paths"] if p.startswith("/rpc/")]
        cls.empty = Tenant()
        cls.anomaly = fleet().viewer.get("/anomalies", limit=1).json[0]["anomaly_id"]
        cls.incident = fleet().viewer.get("/incidents", limit=1).json[0]["incident_id"]

    def test_a_new_tenant_sees_nothing_anywhere(self):
        for view in self.views:
            with self.subTest(view):
                answer = self.empty.admin.get(view, {"Prefer": "count=exact"})
                if view in RULES:
                    self.assertEqual({r["tenant"] for r in answer.json}, {self.empty.name})
                    continue
                if view == "/audit_entries":
                    # That it was made.
                    self.assertTrue(answer.json)
                    continue
                if view in GIVEN:
                    self.assertEqual([r["name"] for r in answer.json], GIVEN[view])
                    continue
                self.assertEqual((answer.status, answer.json), (200, []))
                self.assertEqual(answer.headers["Content-Range"], "*/0")

    def test_each_sees_its_own(self):
        for view in self.views:
            with self.subTest(view):
                one, two = (t.admin.get(view, limit=3000).json for t in (fleet(), other_fleet()))
                if view in OF_THE_SERVER:
                    self.assertEqual((one, two), ([], []))
                    continue
                self.assertTrue(one and two)
                for key in ("device", "stream_id", "model_id", "anomaly_id", "alert_id", "job_run_id", "incident_id", "event_id", "notification_id", "silence_id", "rule_id"):
                    if key in one[0]:
                        self.assertFalse({r[key] for r in one} & {r[key] for r in two}, key)

    def test_asking_for_the_others_rows_by_name(self):
        columns = description()["definitions"]
        for view in self.views:
            known = columns[view.strip("/")]["properties"]
            filters = {"device": f"eq.{fleet().devices[0]}", "profile": f"eq.{fleet().profile}",
                       "stream_id": f"eq.{fleet().streams[0]}", "model_id": f"eq.{fleet().model['model_id']}",
                       "anomaly_id": f"eq.{self.anomaly}", "incident_id": f"eq.{self.incident}"}
            for column, value in filters.items():
                if column in known:
                    with self.subTest(view=view, column=column):
                        self.assertTrue(fleet().viewer.get(view, limit=1, **{column: value}).json, "its owner finds it")
                        for tenant in (other_fleet(), self.empty):
                            answer = tenant.admin.get(view, limit=1, **{column: value})
                            self.assertEqual((answer.status, answer.json), (200, []))

    def test_procedures_do_not_know_the_others_things(self):
        """The answer about another tenant's thing is the answer about a thing that does not exist."""
        mine, device, profile = fleet(), fleet().devices[0], fleet().profile
        times = {"from": mine.start.isoformat(), "to": mine.end.isoformat()}
        calls = {
            "/rpc/series": (lambda d, p, a: {"device": d, "metric": "temperature"} | times),
            "/rpc/export": (lambda d, p, a: {"profile": p}),
            "/rpc/score": (lambda d, p, a: {"device": d, "metrics": {"temperature": 1}}),
            "/rpc/explain": (lambda d, p, a: {"device": d}),
            "/rpc/train_model": (lambda d, p, a: {"profile": p, "scope": {"device": d}}),
            "/rpc/register_device": (lambda d, p, a: {"device": "x", "profile": p}),
            "/rpc/acknowledge_anomaly": (lambda d, p, a: {"anomaly_id": a, "note": "mine now"}),
            "/rpc/ingest?columns=device": (lambda d, p, a: [
                {"device": d, "ts": mine.end.isoformat(), "metrics": {"temperature": 1}},
                {"device": d, "profile": p, "ts": mine.end.isoformat(), "metrics": {"temperature": 1}}]),
            "/rpc/set_retention": (lambda d, p, a: {"object": "readings", "hot": "60 days", "profile": p}),
            "/rpc/restore_archive": (lambda d, p, a: times | {"device": d}),
            "/rpc/reset_retention": (lambda d, p, a: {"object": "readings", "profile": p}),
            "/rpc/create_profile": None,
            "/rpc/on_call": (lambda d, p, a: {"schedule": p}),
            "/rpc/final_schedule": (lambda d, p, a: {"schedule": p} | times),
            "/rpc/coverage": (lambda d, p, a: {"schedule": p}),
            "/rpc/fairness": (lambda d, p, a: {"schedule": p} | times),
            "/rpc/delete_person": (lambda d, p, a: {"name": p}),
            "/rpc/save_contact_methods": (lambda d, p, a: {"person": p, "methods": []}),
            "/rpc/add_unavailability": (lambda d, p, a: {"person": p, "to": "2100-01-01"}),
            "/rpc/save_schedule": (lambda d, p, a: {"definition": {"name": "x", "time_zone": "UTC", "fallback": p}}),
            "/rpc/override_schedule": (lambda d, p, a: {"schedule": p, "kind": "add", "person": p, "to": "2100-01-01"}),
            "/rpc/save_escalation_policy": (lambda d, p, a: {"definition": {"name": "x", "steps": [{"targets": [{"channel": p}]}]}}),
            "/rpc/delete_escalation_policy": (lambda d, p, a: {"name": p}),
            "/rpc/save_route": (lambda d, p, a: {"name": "x", "policy": p}),
            "/rpc/delete_route": (lambda d, p, a: {"name": p}),
            "/rpc/delete_inhibition": (lambda d, p, a: {"name": p}),
            "/rpc/save_alert_settings": (lambda d, p, a: {"fallback_policy": p}),
            "/rpc/save_channel": (lambda d, p, a: {"definition": {
                "name": "x", "kind": "slack", "secret_ref": f"file:{self.empty.name}/x", "template": p}}),
            "/rpc/enable_channel": (lambda d, p, a: {"name": p}),
            "/rpc/disable_channel": (lambda d, p, a: {"name": p}),
            "/rpc/delete_channel": (lambda d, p, a: {"name": p}),
            "/rpc/test_channel": (lambda d, p, a: {"name": p}),
            "/rpc/delete_template": (lambda d, p, a: {"name": p}),
            "/rpc/save_rule": (lambda d, p, a: {"definition": {"name": "x", "kind": "no_data", "profile": p, "params": {"for": "1 hour"}}}),
            "/rpc/try_rule": (lambda d, p, a: {"from": mine.start.isoformat(), "definition": {
                "name": "x", "kind": "no_data", "profile": p, "params": {"for": "1 hour"}}}),
            "/rpc/delete_rule": (lambda d, p, a: {"name": p}),
            # Of no tenant, or of the token's alone: nothing is named.
            "/rpc/health": None,
            "/rpc/acknowledge_link": None,
            "/rpc/acknowledge_by_link": None,
            "/rpc/preview_silence": None,
            # Names are free, and numbers are in tests/isolation.
            "/rpc/acknowledge_incident": None,
            "/rpc/snooze_incident": None,
            "/rpc/unsnooze_incident": None,
            "/rpc/resolve_incident": None,
            "/rpc/note_incident": None,
            "/rpc/replay_notification": None,
            "/rpc/create_silence": None,
            "/rpc/create_maintenance_window": None,
            "/rpc/end_silence": None,
            "/rpc/save_inhibition": None,
            "/rpc/save_template": None,
            "/rpc/save_person": None,
            "/rpc/my_contacts": None,
            "/rpc/cancel_override": None,
            "/rpc/remove_unavailability": None,
            # Of the caller's own account or tenant; test_users and test_api_keys have what is others'.
            **dict.fromkeys(map("/rpc/{}".format, (
                "login", "refresh", "accept_invite", "request_password_reset", "reset_password", "set_password_page", "set_password", "me", "logout",
                "my_sessions", "revoke_session", "switch_tenant", "change_password", "begin_totp", "confirm_totp", "disable_totp", "invite_user",
                "set_user_role", "deactivate_user", "reactivate_user", "end_user_sessions", "create_api_key"))),
            "/rpc/revoke_api_key": (lambda d, p, a: {"name": p}),
            "/rpc/drop_sql_login": (lambda d, p, a: {"name": p}),
            "/rpc/export_person": (lambda d, p, a: {"name": p}),
            "/rpc/erase_person": (lambda d, p, a: {"name": p}),
            "/rpc/export_device": (lambda d, p, a: {"device": d}),
            "/rpc/erase_device": (lambda d, p, a: {"device": d}),
            "/rpc/create_sql_login": None,
            "/rpc/verify_audit": None,
            # For staff of the platform alone.
            **dict.fromkeys(map("/rpc/{}".format, (
                "create_tenant", "suspend_tenant", "resume_tenant", "set_plan", "request_tenant_export", "delete_tenant", "reveal_personal_data"))),
        }
        self.assertEqual({c.split("?")[0] for c in calls}, set(self.procedures))
        before = self.stored(mine)
        for path, arguments in calls.items():
            if arguments is None:
                continue
            with self.subTest(path):
                # Of the same length, and not there either.
                absent = (device[:-3] + "zzz", profile[:-3] + "zzz", 8_888_888_888)
                there = self.post_unwatched(path, arguments(device, profile, self.anomaly))
                nowhere = self.post_unwatched(path, arguments(*absent))
                self.assertEqual(there.status, nowhere.status)
                told, expected = there.body.decode(), nowhere.body.decode()
                # An id may be a digit that stands elsewhere in the answer as well.
                for name, unknown in zip((device, profile, f"anomaly {self.anomaly}"),
                                         (*absent[:2], f"anomaly {absent[2]}"), strict=True):
                    told, expected = told.replace(name, "?"), expected.replace(unknown, "?")
                self.assertEqual(told, expected)
                self.assertIn('"code"', told)
        self.assertEqual(self.stored(mine), before)

    def post_unwatched(self, path, arguments):
        """Answers repeat the name that was asked for, which is no leak here."""
        client = Client(tokens.token(self.empty.tenant_id, "tenant_admin"), fleet().tenant_id)
        return client.post(path, arguments)

    def stored(self, tenant):
        return sql_json("""
            select (select md5(string_agg(r::text, ',' order by r.stream_id, r.ts)) from fleet.reading r where r.tenant_id = :tenant) as readings,
              (select count(*) from detect.model m where m.tenant_id = :tenant) as models,
              (select md5(string_agg(a::text, ',' order by a.anomaly_id)) from detect.anomaly a where a.tenant_id = :tenant) as anomalies,
              (select count(*) from fleet.device d where d.tenant_id = :tenant) as devices
            """, tenant=tenant.tenant_id)

    def test_the_same_names_in_two_tenants(self):
        one, two = Tenant(), Tenant()
        for tenant, value in ((one, 1.0), (two, 2.0)):
            tenant.add_profile("meter", ["power"])
            tenant.add_device("m-1", "meter")
            answer = tenant.counted(tenant.operator, [{"device": "m-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"power": value}}])
            self.assertEqual(answer["accepted"], 1)
        for tenant, value in ((one, 1.0), (two, 2.0)):
            self.assertEqual([r["metrics"] for r in tenant.viewer.get("/readings").json], [{"power": value}])
            self.assertEqual([r["value"] for r in tenant.viewer.get("/telemetry").json], [value])
            self.assertEqual([r["value"] for r in tenant.viewer.get("/latest").json], [value])

    def test_a_site_of_the_other_tenant(self):
        one, two = Tenant(), Tenant()
        sql("insert into fleet.site (tenant_id, path, name) values (:tenant, 'hall', 'Hall')", tenant=one.tenant_id)
        two.add_profile("meter", ["power"])
        answer = two.operator.rpc("register_device", device="m-1", profile="meter", site="hall")
        self.assertEqual((answer.status, answer.json["message"]), (400, 'site "hall" does not exist'))

    def test_plans_are_not_shown(self):
        answer = fleet().admin.get("/devices", {"Accept": "application/vnd.pgrst.plan+json"})
        self.assertIn(answer.status, (406, 415), answer.body)
