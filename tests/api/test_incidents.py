"""The life of an incident over HTTP: raised by a rule, told, acknowledged, put off, resolved; and what is refused."""

import grp
import http.server
import json
import os
import re
import threading
import unittest
import uuid
from datetime import UTC, datetime, timedelta

import tokens
from client import Client
from instance import SECRETS, sql, until
from tenants import Tenant

HOT, COOL = 95.0, 60.0
BACK = {"Accept": "text/html"}


class Slack(http.server.ThreadingHTTPServer):
    """Takes what the worker sends, as Slack does."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.messages = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/services/{uuid.uuid4().hex}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.messages.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def keep_secret(name, text):
    """A secret where the worker looks for it, and may read it."""
    file = SECRETS / "webhooks" / name
    file.parent.mkdir(exist_ok=True)
    file.touch(0o640)
    file.write_text(text + "\n")
    for path, mode in ((file.parent, 0o750), (file, 0o640)):
        path.chmod(mode)
        os.chown(path, 0, grp.getgrnam("nogroup").gr_gid)
    return file


class Boiler(Tenant):
    """A tenant with a boiler that a rule watches. Nobody is told, unless a test says whom."""

    def __init__(self):
        super().__init__("b")
        self.add_profile("boiler", ["temperature"])
        self.add_device("b-1", "boiler", name="Boiler 1")
        self.minute = 0
        self.saved("save_rule", definition={"name": "too hot", "kind": "threshold", "severity": "high", "profile": "boiler",
                                            "params": {"metric": "temperature", "op": ">", "levels": {"high": 80, "critical": 120}, "clear": 75}})

    def saved(self, procedure, **arguments):
        answer = self.admin.rpc(procedure, **arguments)
        assert answer.status == 200, answer.body
        return answer.json

    def reads(self, temperature, device="b-1"):
        self.minute += 1
        at = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=self.minute)
        answer = self.counted(self.operator, [{"device": device, "ts": at.isoformat(), "metrics": {"temperature": temperature}}])
        assert answer["accepted"] == 1, answer

    def incident(self, **filters):
        found = self.viewer.get("/incidents", **{"order": "incident_id.desc", "limit": 1} | filters).json
        return found[0] if found else None

    def overheats(self):
        self.reads(HOT)
        return until(lambda: self.incident(state="eq.open", triggered_at="not.is.null"))

    def timeline(self, number):
        return self.viewer.get("/incident_events", incident_id=f"eq.{number}", order="event_id").json


class Life(unittest.TestCase):
    def setUp(self):
        self.tenant = Boiler()

    def test_raised_by_a_reading_and_resolved_by_another(self):
        incident = self.tenant.overheats()
        self.assertEqual((incident["severity"], incident["title"]), ("high", "temperature is 95 on Boiler 1 (above 80)"))
        self.assertEqual(incident["labels"], {
            "rule": "too hot", "kind": "threshold", "severity": "high", "device": "b-1", "profile": "boiler", "metric": "temperature"})
        alert = self.tenant.viewer.get("/alerts").json[0]
        self.assertEqual((alert["incident_id"], alert["incident_state"], alert["device"], alert["value"], alert["state"]),
                         (incident["incident_id"], "open", "b-1", HOT, "open"))
        self.tenant.reads(125.0)
        worse = until(lambda: self.tenant.incident(severity="eq.critical"))
        self.assertEqual(worse["incident_id"], incident["incident_id"])
        # Below the limit, but not yet on the good side.
        self.tenant.reads(78.0)
        self.tenant.reads(COOL)
        resolved = until(lambda: self.tenant.incident(state="eq.resolved"))
        self.assertEqual((resolved["incident_id"], resolved["resolved_by"], resolved["open_count"]), (incident["incident_id"], "vigil", 0))
        kinds = [e["kind"] for e in self.tenant.timeline(incident["incident_id"])]
        self.assertEqual([k for k in kinds if k not in ("step_skipped", "exhausted")], ["opened", "triggered", "severity", "resolved"])

    def test_it_comes_back_within_the_time_for_that(self):
        incident = self.tenant.overheats()
        self.tenant.reads(COOL)
        until(lambda: self.tenant.incident(state="eq.resolved"))
        again = self.tenant.overheats()
        self.assertEqual(again["incident_id"], incident["incident_id"])
        self.tenant.saved("save_alert_settings", reopen_within="0")
        self.tenant.reads(COOL)
        until(lambda: self.tenant.incident(state="eq.resolved"))
        self.assertNotEqual(self.tenant.overheats()["incident_id"], incident["incident_id"])

    def test_acknowledged_put_off_and_resolved_by_hand(self):
        number = self.tenant.overheats()["incident_id"]
        ann = Client(tokens.token(self.tenant.tenant_id, "operator", sub="ann"), self.tenant.tenant_id)
        answer = ann.rpc("acknowledge_incident", incident_id=number)
        self.assertEqual([(i["state"], i["acknowledged_by"], i["next_step_at"]) for i in answer.json], [("acknowledged", "ann", None)])
        again = self.tenant.operator.rpc("acknowledge_incident", incident_id=number)
        self.assertEqual((again.status, again.json[0]["acknowledged_by"]), (200, "ann"), "the first stays")

        until_when = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        answer = ann.rpc("snooze_incident", incident_id=number, until=until_when)
        self.assertEqual((answer.json[0]["state"], answer.json[0]["acknowledged_by"]), ("snoozed", None))
        self.assertEqual(datetime.fromisoformat(answer.json[0]["snoozed_until"]), datetime.fromisoformat(until_when))
        self.assertEqual(ann.rpc("unsnooze_incident", incident_id=number).json[0]["state"], "open")
        self.assertEqual(ann.rpc("unsnooze_incident", incident_id=number).status, 200, "one that is not put off stays as it is")

        note = ann.rpc("note_incident", incident_id=number, note="valve opened")
        self.assertEqual([(e["actor"], e["kind"], e["detail"]) for e in note.json], [("ann", "note", {"note": "valve opened"})])
        answer = ann.rpc("resolve_incident", incident_id=number, note="done")
        self.assertEqual((answer.json[0]["state"], answer.json[0]["resolved_by"]), ("resolved", "ann"))
        self.assertEqual(self.tenant.viewer.get("/alerts").json[0]["state"], "resolved")
        self.assertEqual(ann.rpc("resolve_incident", incident_id=number).status, 200)
        for procedure in ("acknowledge_incident", "snooze_incident", "unsnooze_incident"):
            refused = ann.rpc(procedure, incident_id=number)
            self.assertEqual((refused.status, refused.json["message"]), (409, f"incident {number} is resolved"))
        by_ann = [e["kind"] for e in self.tenant.timeline(number) if e["actor"] == "ann"]
        self.assertEqual(by_ann, ["acknowledged", "snoozed", "unsnoozed", "note", "resolved"])
        trail = self.tenant.admin.get("/audit_entries", actor="eq.ann", order="entry_id").json
        self.assertIn("acknowledge_incident", {e["action"] for e in trail})

    def test_what_is_refused(self):
        number = self.tenant.overheats()["incident_id"]
        operator = self.tenant.operator
        for procedure, arguments, status, message in (
            ("acknowledge_incident", {"incident_id": 0}, 404, "incident 0 does not exist"),
            ("snooze_incident", {"incident_id": 0}, 404, "incident 0 does not exist"),
            ("resolve_incident", {"incident_id": 0}, 404, "incident 0 does not exist"),
            ("note_incident", {"incident_id": 0, "note": "x"}, 404, "incident 0 does not exist"),
            ("note_incident", {"incident_id": number, "note": " "}, 400, "the note is empty or longer than 4000 characters"),
            ("note_incident", {"incident_id": number, "note": "x" * 4001}, 400, "the note is empty or longer than 4000 characters"),
            ("resolve_incident", {"incident_id": number, "note": "x" * 4001}, 400, "the note is longer than 4000 characters"),
            ("snooze_incident", {"incident_id": number, "until": "2020-01-01"}, 400,
             "an incident is snoozed until a time in the next 7 days, or until it is resolved"),
            ("snooze_incident", {"incident_id": number, "until": "2100-01-01"}, 400,
             "an incident is snoozed until a time in the next 7 days, or until it is resolved"),
            ("replay_notification", {"notification_id": 0}, 404, "notification 0 does not exist"),
        ):
            with self.subTest(procedure, **arguments):
                answer = operator.rpc(procedure, **arguments)
                self.assertEqual((answer.status, answer.json["message"]), (status, message))
                self.assertGreater(len(answer.json["hint"]), 20)
        for role in ("viewer", "analyst"):
            answer = self.tenant.client(role).rpc("acknowledge_incident", incident_id=number)
            self.assertEqual((answer.status, answer.code), (403, "42501"))
        self.assertEqual(self.tenant.incident()["state"], "open", "a refused call changes nothing")


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Boiler()

    def refused(self, answer, status, message):
        self.assertEqual((answer.status, answer.json["message"]), (status, message), answer.body)
        self.assertGreater(len(answer.json["hint"]), 20)

    def test_definitions_that_are_no_policy(self):
        everybody = [{"all_channels": True}]
        for definition, message in (
            ([], "a policy is an object"),
            ({"name": "Night", "steps": []}, "a policy's name begins with a letter and has up to 63 lower-case letters, digits and . _ -"),
            ({"name": "night"}, "a policy has a list of steps"),
            ({"name": "night", "steps": []}, "a policy has 1 to 20 steps"),
            ({"name": "night", "steps": [{}] * 21}, "a policy has 1 to 20 steps"),
            ({"name": "night", "steps": [1]}, "step 1 is not an object"),
            ({"name": "night", "steps": [{"targets": everybody}, {}]}, "step 2 has no list of targets"),
            ({"name": "night", "steps": [{"targets": []}]}, "step 1 has not 1 to 20 targets"),
            ({"name": "night", "steps": [{"targets": everybody, "time_zone": "Mars/Phobos"}]}, 'step 1 has the unknown time zone "Mars/Phobos"'),
            ({"name": "night", "loops": 1, "steps": [{"targets": everybody}]},
             "a policy has name, repeats, acknowledge_timeout, reminder and steps, and nothing else"),
            ({"name": "night", "steps": [{"targets": [{"person": "ann", "channel": "ops"}]}]}, "target 1 of step 1 is not one"),
            ({"name": "night", "steps": [{"targets": [{"all_channels": False}]}]}, "target 1 of step 1 is not one"),
            ({"name": "night", "steps": [{"targets": [{"person": "nobody"}]}]}, 'person "nobody" does not exist'),
            ({"name": "night", "steps": [{"targets": [{"schedule": "none"}]}]}, 'schedule "none" does not exist'),
            ({"name": "night", "steps": [{"targets": [{"channel": "none"}]}]}, 'channel "none" does not exist'),
            ({"name": "night", "steps": [{"targets": [{"round_robin": ["nobody"]}]}]}, 'person "nobody" does not exist'),
        ):
            with self.subTest(message):
                self.refused(self.tenant.admin.rpc("save_escalation_policy", definition=definition), 400, message)
        for change in ({"repeats": 10}, {"repeats": "often"}, {"reminder": "1 second"}, {"acknowledge_timeout": "soon"}):
            with self.subTest(**change):
                answer = self.tenant.admin.rpc("save_escalation_policy", definition={"name": "night", "steps": [{"targets": everybody}]} | change)
                self.assertEqual((answer.status, answer.code), (400, "22023"), answer.body)
        self.assertEqual(self.tenant.viewer.get("/escalation_policies").json, [], "a refused policy leaves nothing behind")

    def test_saved_as_shown_and_kept_while_in_use(self):
        self.tenant.saved("save_person", name="ann")
        steps = [{"delay": "00:00:00", "min_severity": "low", "targets": [{"round_robin": ["ann"]}]},
                 {"delay": "00:05:00", "min_severity": "high", "targets": [{"person": "ann"}, {"all_channels": True}]}]
        saved = self.tenant.saved("save_escalation_policy", definition={"name": "days", "repeats": 2, "steps": steps}, fallback=True)[0]
        self.assertEqual((saved["steps"], saved["repeats"], saved["is_fallback"]), (steps, 2, True))
        again = self.tenant.saved("save_escalation_policy", definition={key: saved[key] for key in ("name", "repeats", "steps")})[0]
        self.assertEqual(again["steps"], steps, "what is shown can be saved")
        self.refused(self.tenant.admin.rpc("delete_escalation_policy", name="days"), 409, 'escalation policy "days" is in use')
        self.tenant.saved("save_escalation_policy", definition={"name": "days", "steps": steps}, fallback=False)
        self.tenant.saved("save_route", name="all", policy="days")
        self.refused(self.tenant.admin.rpc("delete_escalation_policy", name="days"), 409, 'escalation policy "days" is in use')
        self.tenant.saved("delete_route", name="all")
        self.tenant.saved("delete_escalation_policy", name="days")
        self.refused(self.tenant.admin.rpc("delete_escalation_policy", name="days"), 404, 'escalation policy "days" does not exist')


class Silences(unittest.TestCase):
    def test_nobody_is_told_while_it_lasts(self):
        tenant = Boiler()
        boiler = [{"label": "device", "op": "like", "value": "b-%"}]
        silence = tenant.operator.rpc("create_silence", matchers=boiler, ends_at="2100-01-01", reason="repairs").json[0]
        self.assertEqual((silence["state"], silence["created_by"]), ("active", "api-test"))
        tenant.reads(HOT)
        alert = until(lambda: tenant.viewer.get("/alerts", muted_by="eq.silence").json)[0]
        self.assertEqual((alert["state"], alert["incident_id"]), ("open", None))
        self.assertEqual(tenant.viewer.rpc("preview_silence", matchers=boiler).json[0]["alert_id"], alert["alert_id"])
        self.assertEqual(tenant.viewer.get("/silences").json[0]["muted_alerts"], 1)
        ended = tenant.operator.rpc("end_silence", silence_id=silence["silence_id"]).json[0]
        self.assertEqual((ended["state"], ended["ended_by"]), ("over", "api-test"))
        self.assertEqual(until(tenant.incident)["title"], alert["summary"])

    def test_mistakes(self):
        tenant = Tenant()
        some = [{"label": "device", "op": "=", "value": "x"}]
        for procedure, arguments in (
            ("create_silence", {"matchers": [], "ends_at": "2100-01-01", "reason": "x"}),
            ("create_silence", {"matchers": some, "ends_at": "2100-01-01", "reason": " "}),
            ("create_silence", {"matchers": some, "ends_at": "2020-01-01", "reason": "x"}),
            ("create_silence", {"matchers": [{"label": "device", "op": "~", "value": "x"}], "ends_at": "2100-01-01", "reason": "x"}),
            ("create_maintenance_window", {"matchers": some, "reason": "x", "local_start": "22:00", "lasts": "1 hour", "time_zone": "Mars/Phobos"}),
            ("create_maintenance_window", {"matchers": some, "reason": "x", "local_start": "22:00"}),
        ):
            with self.subTest(procedure, **arguments):
                answer = tenant.operator.rpc(procedure, **arguments)
                self.assertEqual((answer.status, answer.code), (400, "22023"), answer.body)
                self.assertGreater(len(answer.json["hint"]), 20)
        answer = tenant.operator.rpc("end_silence", silence_id=0)
        self.assertEqual((answer.status, answer.json["message"]), (404, "silence 0 does not exist"))
        self.assertEqual(tenant.viewer.get("/silences").json, [])


class Links(unittest.TestCase):
    """The real worker sends a message with a link to somebody who has no login."""

    def setUp(self):
        self.tenant = Boiler()
        self.slack = Slack()
        self.addCleanup(self.slack.server_close)
        self.addCleanup(self.slack.shutdown)
        secret = keep_secret(f"{self.tenant.name}/slack", self.slack.url)
        self.addCleanup(secret.parent.rmdir)
        self.addCleanup(secret.unlink)
        self.tenant.saved("save_channel", definition={
            "name": "slack", "kind": "slack", "secret_ref": f"file:{self.tenant.name}/slack", "allow_http": True})
        self.number = self.tenant.overheats()["incident_id"]
        self.token = until(self.sent_token)

    def tearDown(self):
        # What follows has nowhere to go.
        self.tenant.saved("disable_channel", name="slack")

    def sent_token(self):
        found = [re.search(r"/rpc/acknowledge_link\?token=([\w-]+)", message) for message in self.slack.messages]
        return next((f[1] for f in found if f), None)

    def page(self, token):
        return Client().get("/rpc/acknowledge_link", BACK, token=token)

    def press(self, token):
        form = {"Content-Type": "application/x-www-form-urlencoded"} | BACK
        return Client().request("POST", "/rpc/acknowledge_by_link", f"token={token}".encode(), form)

    def state(self):
        incident = self.tenant.incident()
        return incident["state"], incident["acknowledged_by"]

    def test_a_link_acknowledges_when_its_button_is_pressed(self):
        self.assertIn("temperature is 95 on Boiler 1", json.dumps(self.slack.messages))
        for _ in range(3):
            page = self.page(self.token)
            self.assertEqual((page.status, page.headers.get_content_type()), (200, "text/html"))
            self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
            self.assertEqual(page.headers["Cache-Control"], "no-store")
            self.assertIn("temperature is 95 on Boiler 1", page.body.decode())
            self.assertIn(f'<input type="hidden" name="token" value="{self.token}">', page.body.decode())
        self.assertEqual(self.state(), ("open", None), "opening it changes nothing")
        done = self.press(self.token)
        self.assertEqual((done.status, done.headers.get_content_type()), (200, "text/html"))
        self.assertIn("Acknowledged. It is yours.", done.body.decode())
        self.assertEqual(self.state(), ("acknowledged", "slack (link)"))
        events = [e for e in self.tenant.timeline(self.number) if e["kind"] == "acknowledged"]
        self.assertEqual([e["actor"] for e in events], ["slack (link)"])

        again = self.press(self.token)
        self.assertEqual(again.status, 200)
        self.assertIn("Acknowledged already by slack (link)", again.body.decode())
        self.assertEqual(len([e for e in self.tenant.timeline(self.number) if e["kind"] == "acknowledged"]), 1)
        page = self.page(self.token).body.decode()
        self.assertIn("Acknowledged already by slack (link)", page)
        self.assertNotIn("<button>", page)
        self.tenant.operator.rpc("resolve_incident", incident_id=self.number)
        self.assertIn("Resolved already", self.page(self.token).body.decode())

    def test_links_that_are_not_valid(self):
        for token in ("", "x", self.token[:-1], self.token + "A", self.token.swapcase(), "A" * 10_000, "'; drop table x; --"):
            with self.subTest(token[:50]):
                page = self.page(token)
                self.assertEqual(page.status, 404)
                self.assertIn("This link is not valid, or has expired", page.body.decode())
                self.assertNotIn("Boiler", page.body.decode())
                self.assertNotIn("<button>", page.body.decode())
                self.assertEqual(Client().rpc("acknowledge_by_link", token=token).status, 404)
        sql("update alerting.acknowledge_link set expires_at = now() where tenant_id = :t", t=self.tenant.tenant_id)
        self.assertEqual((self.page(self.token).status, self.press(self.token).status), (404, 404), "it has expired")
        self.assertEqual(self.state(), ("open", None))

    def test_only_its_hash_is_kept(self):
        self.assertRegex(self.token, r"^[\w-]{43}$")
        dump = sql("select coalesce(string_agg(l::text, ','), '') || (select coalesce(string_agg(n::text, ','), '') from alerting.notification n "
                   "where n.tenant_id = :t) from alerting.acknowledge_link l where l.tenant_id = :t", t=self.tenant.tenant_id)
        self.assertGreater(len(dump), 100)
        self.assertNotIn(self.token, dump)
