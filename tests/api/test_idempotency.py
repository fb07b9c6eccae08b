"""Requests with an Idempotency-Key: a repeat is answered as before and does nothing."""

import json
import subprocess
import threading
import time
import unittest
import uuid
from datetime import UTC, datetime, timedelta

from client import INGEST
from instance import API_URL, sql
from tenants import Fleet, Tenant
from test_archives import Archived

WAITING = """
select count(*) from pg_stat_activity a where a.usename = 'authenticator' and a.wait_event_type = 'Lock' and a.query like '%ingest%'
"""
# What has to do with logging in answers secrets or judges them, and no answer of theirs is kept.
SECRET = {
    "login", "refresh", "logout", "revoke_session", "switch_tenant", "change_password", "request_password_reset", "reset_password", "accept_invite",
    "set_password", "begin_totp", "confirm_totp", "disable_totp", "invite_user", "set_user_role", "deactivate_user", "reactivate_user",
    "end_user_sessions", "create_api_key", "revoke_api_key", "create_sql_login",
}
# Only staff may, and test_tenants has a repeat.
STAFF = {"create_tenant", "suspend_tenant", "resume_tenant", "set_plan", "request_tenant_export", "delete_tenant"}
# Change nothing but the audit trail, which is to have each reading.
READING = {"export_person", "export_device", "reveal_personal_data"}


def reading(minute, device="m-1", power=1):
    return {"device": device, "ts": f"2026-11-01T12:{minute:02}:00Z", "metrics": {"power": power}}


class Repeats(unittest.TestCase):
    def setUp(self):
        self.tenant = Tenant()
        self.tenant.add_profile("meter", ["power", "voltage"])
        self.tenant.add_device("m-1", "meter")
        self.key = str(uuid.uuid4())

    def send(self, readings, key=None, tenant=None):
        return (tenant or self.tenant).operator.post(INGEST, readings, {"Idempotency-Key": key or self.key})

    def assert_fresh(self, answer, status=200):
        self.assertEqual((answer.status, answer.headers["Idempotency-Replayed"]), (status, None), answer.body)

    def assert_replayed(self, answer, first):
        self.assertEqual((answer.status, answer.headers["Idempotency-Replayed"]), (200, "true"), answer.body)
        self.assertEqual(answer.json, first.json)

    def test_a_repeat_gets_the_first_answer(self):
        sent = [reading(1), reading(1), reading(2), reading(3, power="high")]
        first = self.send(sent)
        self.assert_fresh(first)
        self.assertEqual((first.json["accepted"], first.json["duplicates"], len(first.json["rejected"])), (2, 1, 1))
        for _ in range(2):
            self.assert_replayed(self.send(sent), first)
        self.assertEqual(len(self.tenant.viewer.get("/readings").json), 2)

    def test_a_repeat_does_nothing(self):
        first = self.send([reading(1, power=1)])
        self.tenant.operator.post(INGEST, [reading(1, power=2)])
        self.assert_replayed(self.send([reading(1, power=1)]), first)
        self.assertEqual(self.tenant.viewer.get("/readings").json[0]["metrics"], {"power": 2}, "a later correction stands")

    def test_another_body(self):
        first = self.send([reading(1)])
        answer = self.send([reading(2)])
        self.assertEqual((answer.status, answer.code), (422, "PT422"))
        self.assertEqual(answer.json["message"], "the Idempotency-Key was used for another request")
        self.assertEqual(answer.json["hint"], "Use a new key for a new request; repeat a request with the same body.")
        self.assertEqual(len(self.tenant.viewer.get("/readings").json), 1)
        self.assert_replayed(self.send([reading(1)]), first)

    def test_a_request_that_failed_is_tried_again(self):
        refused = {"profile": "clock", "device": "c-1"}
        for _ in range(2):
            answer = self.tenant.operator.post("/rpc/register_device", refused, {"Idempotency-Key": self.key})
            self.assertEqual((answer.status, answer.code), (400, "42704"))
        self.tenant.add_profile("clock", ["drift"])
        self.assert_fresh(self.tenant.operator.post("/rpc/register_device", refused, {"Idempotency-Key": self.key}))

    def test_without_a_key_nothing_is_kept(self):
        self.tenant.operator.post(INGEST, [reading(1)])
        self.assertEqual(sql("select count(*) from ops.idempotency_key where tenant_id = :t", t=self.tenant.tenant_id), "0")

    def test_a_key_is_one_tenants(self):
        first, other = self.send([reading(1)]), Tenant()
        other.add_profile("meter", ["power"])
        other.add_device("m-1", "meter")
        answer = self.send([reading(5)], tenant=other)
        self.assert_fresh(answer)
        self.assertEqual(answer.json["accepted"], 1)
        self.assert_replayed(self.send([reading(1)]), first)

    def test_a_key_is_one_procedures(self):
        self.send([reading(1)])
        answer = self.tenant.operator.post("/rpc/register_device", {"device": "m-2", "profile": "meter"},
                                           {"Idempotency-Key": self.key})
        self.assert_fresh(answer)

    def test_a_key_ends_after_a_day(self):
        self.send([reading(1)])
        age = "update ops.idempotency_key set created_at = now() - interval '{}' where tenant_id = :t"
        sql(age.format("23 hours 59 minutes"), t=self.tenant.tenant_id)
        self.assertEqual(self.send([reading(2)]).status, 422)
        sql(age.format("24 hours"), t=self.tenant.tenant_id)
        second = self.send([reading(2)])
        self.assert_fresh(second)
        self.assert_replayed(self.send([reading(2)]), second)

    def test_malformed_keys(self):
        for key in ("", "x" * 256, "tab\there", "schl\xfcssel", "\x7f"):
            with self.subTest(key):
                answer = self.tenant.operator.post(INGEST, [reading(1)], {"Idempotency-Key": key.encode()})
                self.assertEqual((answer.status, answer.code), (400, "PT400"), answer.body)
                self.assertEqual(answer.json["message"], "the Idempotency-Key is not valid")
                self.assertRegex(answer.json["hint"], r"^Send 1 to 255 printable ASCII characters.*\.$")
        self.assertEqual(self.tenant.viewer.get("/readings").json, [])

    def test_keys_at_the_limits(self):
        for minute, key in enumerate(("x", "x" * 255, "with blanks and \"quotes\", 'these' \\ and {}")):
            with self.subTest(key):
                first = self.send([reading(minute)], key)
                self.assert_fresh(first)
                self.assert_replayed(self.send([reading(minute)], key), first)

    def test_two_at_once(self):
        """The second waits for the first and is answered like it."""
        self.tenant.operator.post(INGEST, [reading(0)])
        holder = subprocess.Popen(["psql", "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f"begin; select 'held' from fleet.latest where tenant_id = {self.tenant.tenant_id} for update;\n")
        holder.stdin.flush()
        self.assertEqual(holder.stdout.readline(), "held\n")
        answers = []
        both = [threading.Thread(target=lambda: answers.append(self.send([reading(1)]))) for _ in range(2)]
        try:
            for one in both:
                one.start()
            end = time.monotonic() + 10
            while sql(WAITING) != "2" and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(sql(WAITING), "2")
        finally:
            holder.communicate("rollback;\n", timeout=10)
            for one in both:
                one.join()
        self.assertEqual([a.status for a in answers], [200, 200])
        self.assertEqual(answers[0].json, {"accepted": 1, "duplicates": 0, "rejected": []})
        self.assertEqual(answers[1].json, answers[0].json)
        self.assertEqual(sorted(a.headers["Idempotency-Replayed"] or "" for a in answers), ["", "true"])

    def test_every_procedure_that_writes(self):
        """Also those that could not be repeated, and as the role that may call them."""
        fleet = Fleet()
        anomaly = fleet.viewer.get("/anomalies").json[0]["anomaly_id"]
        archived = Archived()
        month = {"from": (archived.today - timedelta(days=31)).isoformat(), "to": archived.today.isoformat()}
        self.tenant.admin.rpc("save_person", name="ann")
        self.tenant.admin.rpc("save_person", name="eve")
        self.tenant.admin.rpc("save_schedule", definition={"name": "ops", "time_zone": "UTC", "fallback": "ann"})
        soon, later = ((datetime.now(UTC) + timedelta(days=n)).isoformat() for n in (1, 2))
        override = self.tenant.operator.rpc("override_schedule", schedule="ops", kind="add", person="ann", to=soon).json["override_id"]
        absence = self.tenant.operator.rpc("add_unavailability", person="ann", to=soon).json["unavailability_id"]
        calls = [
            (archived.admin, "restore_archive", month, month | {"keep": "1 day"}),
            (self.tenant.operator, "create_profile", {"profile": "pump", "metrics": ["flow"]}, {"profile": "pump", "metrics": ["speed"]}),
            (self.tenant.operator, "register_device", {"device": "m-3", "profile": "meter"}, {"device": "m-4", "profile": "meter"}),
            (fleet.operator, "acknowledge_anomaly", {"anomaly_id": anomaly}, {"anomaly_id": anomaly, "note": "seen"}),
            (fleet.analyst, "train_model",
             {"profile": fleet.profile, "options": {"n_trees": 5, "sample_size": 16}, "scope": {"device": fleet.devices[2]}},
             {"profile": fleet.profile, "options": {"n_trees": 6, "sample_size": 16}, "scope": {"device": fleet.devices[2]}}),
            (self.tenant.admin, "set_retention", {"object": "readings", "hot": "30 days"}, {"object": "readings", "hot": "31 days"}),
            (self.tenant.admin, "reset_retention", {"object": "readings"}, {"object": "scores"}),
            (self.tenant.admin, "save_person", {"name": "bob"}, {"name": "cy"}),
            (self.tenant.admin, "save_contact_methods", {"person": "bob", "methods": []}, {"person": "ann", "methods": []}),
            (self.tenant.admin, "save_schedule", {"definition": {"name": "dev", "time_zone": "UTC"}}, {"definition": {"name": "dev", "time_zone": "Asia/Tokyo"}}),
            (self.tenant.operator, "override_schedule", {"schedule": "ops", "kind": "remove", "person": "ann", "to": soon},
             {"schedule": "ops", "kind": "remove", "person": "ann", "to": later}),
            (self.tenant.operator, "cancel_override", {"override_id": override}, {"override_id": 0}),
            (self.tenant.operator, "add_unavailability", {"person": "bob", "to": soon}, {"person": "bob", "to": later}),
            (self.tenant.operator, "remove_unavailability", {"unavailability_id": absence}, {"unavailability_id": 0}),
            (self.tenant.admin, "delete_person", {"name": "bob"}, {"name": "ann"}),
            *self.of_alerting(fleet),
            (self.tenant.admin, "erase_person", {"name": "eve"}, {"name": "ann"}),
            (self.tenant.admin, "erase_device", {"device": "m-3"}, {"device": "m-4"}),
        ]
        for client, name, arguments, others in calls:
            with self.subTest(name):
                send = lambda body: client.post(f"/rpc/{name}", body, {"Idempotency-Key": self.key})
                first = send(arguments)
                self.assert_fresh(first)
                self.assert_replayed(send(arguments), first)
                self.assertEqual(send(others).status, 422)
        writing = sql("select proname from pg_proc where pronamespace = 'api'::regnamespace and provolatile = 'v'")
        # A link acknowledges once however often it is used, and those who have it send no headers. What drops a role of the
        # server is in test_sql_logins.
        self.assertEqual(set(writing.split()) - SECRET - STAFF - READING, {"ingest", "acknowledge_by_link", "drop_sql_login"} | {name for _, name, _, _ in calls}, "this test knows them all")

    def of_alerting(self, fleet):
        """The calls about alerts; each is in order after the ones before it."""
        operator, admin = self.tenant.operator, self.tenant.admin
        some = [{"label": "rule", "op": "=", "value": "a"}]
        incident = fleet.viewer.get("/incidents").json[0]["incident_id"]
        silence = operator.rpc("create_silence", matchers=some, ends_at="2100-01-01", reason="test").json[0]["silence_id"]
        dead = sql("update alerting.notification n set state = 'dead', reason = null where n.tenant_id = :t returning n.notification_id",
                   t=fleet.tenant_id)
        turned_on = fleet.admin.rpc("enable_channel", name=fleet.profile)
        self.assertEqual(turned_on.status, 200, turned_on.body)
        slack = {"kind": "slack", "secret_ref": f"file:{self.tenant.name}/none"}
        one_step = [{"targets": [{"all_channels": True}]}]
        silent = {"kind": "no_data", "params": {"for": "1 day"}}
        return [
            (fleet.operator, "snooze_incident", {"incident_id": incident}, {"incident_id": 0}),
            (fleet.operator, "unsnooze_incident", {"incident_id": incident}, {"incident_id": 0}),
            (fleet.operator, "acknowledge_incident", {"incident_id": incident}, {"incident_id": 0}),
            (fleet.operator, "note_incident", {"incident_id": incident, "note": "a"}, {"incident_id": incident, "note": "b"}),
            (fleet.operator, "resolve_incident", {"incident_id": incident}, {"incident_id": incident, "note": "b"}),
            (fleet.operator, "replay_notification", {"notification_id": int(dead.split()[0])}, {"notification_id": 0}),
            (operator, "create_silence", {"matchers": some, "ends_at": "2100-01-01", "reason": "a"}, {"matchers": some, "ends_at": "2100-01-01", "reason": "b"}),
            (operator, "create_maintenance_window", {"matchers": some, "reason": "a", "ends_at": "2100-01-01"},
             {"matchers": some, "reason": "b", "ends_at": "2100-01-01"}),
            (operator, "end_silence", {"silence_id": silence}, {"silence_id": 0}),
            (admin, "save_template", {"name": "short", "kind": "slack", "body": "a"}, {"name": "short", "kind": "slack", "body": "b"}),
            (admin, "save_channel", {"definition": {"name": "a"} | slack}, {"definition": {"name": "b"} | slack}),
            (admin, "test_channel", {"name": "a"}, {"name": "b"}),
            (admin, "disable_channel", {"name": "a"}, {"name": "b"}),
            (admin, "enable_channel", {"name": "a"}, {"name": "b"}),
            (admin, "save_escalation_policy", {"definition": {"name": "a", "steps": one_step}}, {"definition": {"name": "b", "steps": one_step}}),
            (admin, "save_route", {"name": "a"}, {"name": "b"}),
            (admin, "save_inhibition", {"name": "a", "source_matchers": some, "target_matchers": some}, {"name": "b", "source_matchers": some, "target_matchers": some}),
            (admin, "save_alert_settings", {"notifications_per_day": 10}, {"notifications_per_day": 20}),
            (admin, "save_rule", {"definition": {"name": "a"} | silent}, {"definition": {"name": "b"} | silent}),
            (admin, "delete_rule", {"name": "a"}, {"name": "b"}),
            (admin, "delete_inhibition", {"name": "a"}, {"name": "b"}),
            (admin, "delete_route", {"name": "a"}, {"name": "b"}),
            (admin, "delete_escalation_policy", {"name": "a"}, {"name": "b"}),
            (admin, "delete_channel", {"name": "a"}, {"name": "b"}),
            (admin, "delete_template", {"name": "short"}, {"name": "b"}),
        ]

    def test_pruning(self):
        self.send([reading(1)])
        self.send([reading(2)], "old")
        sql("update ops.idempotency_key set created_at = now() - interval '24 hours' where tenant_id = :t and key = 'old'; "
            "set client_min_messages = warning; call ops.run('prune')", t=self.tenant.tenant_id)
        self.assertEqual(sql("select key from ops.idempotency_key where tenant_id = :t", t=self.tenant.tenant_id), self.key)

    def test_after_an_answer_that_was_lost(self):
        """The client hangs up before the answer: whatever became of the request, the repeat adds nothing twice."""
        body = json.dumps([reading(n) for n in range(60)])
        for n in range(5):
            key = f"{self.key}-{n}"
            subprocess.run(["curl", "-sS", "-m", f"0.0{n + 1}", "-o", "/dev/null", "-X", "POST", "--data-binary", "@-",
                            "-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {self.tenant.operator.token}",
                            "-H", f"Idempotency-Key: {key}", API_URL + INGEST], input=body, text=True, capture_output=True)
            first = self.tenant.operator.request("POST", INGEST, body.encode(), {"Idempotency-Key": key})
            second = self.tenant.operator.request("POST", INGEST, body.encode(), {"Idempotency-Key": key})
            self.assert_replayed(second, first)
        self.assertEqual(len(self.tenant.viewer.get("/readings").json), 60)
