"""Every view: its columns and their types, filters, order, limits and forms."""

import csv
import io
import json
import unittest
from datetime import datetime

from tenants import fleet

NUMBER = (int, float)
NONE = type(None)

# View: its columns with the JSON types they may have.
VIEWS = {
    "devices": {
        "device": str, "name": str, "model": (str, NONE), "site": (str, NONE), "attributes": dict, "active": bool,
        "registered_at": str, "last_reading_at": (str, NONE),
    },
    "streams": {
        "stream_id": int, "device": str, "profile": str, "created_at": str, "last_reading_at": (str, NONE),
    },
    "profiles": {"profile": str, "metrics": list, "contract_sha256": str, "created_at": str},
    "readings": {"stream_id": int, "device": str, "profile": str, "ts": str, "values": list, "metrics": dict},
    "telemetry": {"device": str, "profile": str, "metric": str, "unit": str, "ts": str, "value": NUMBER},
    "latest": {"device": str, "profile": str, "metric": str, "unit": str, "ts": str, "value": NUMBER},
    "rollups": {
        "stream_id": int, "device": str, "profile": str, "bucket": str, "ts": str, "metric": str, "n": int,
        "average": NUMBER, "stddev": (*NUMBER, NONE), "minimum": NUMBER, "maximum": NUMBER, "first": NUMBER, "last": NUMBER,
    },
    "models": {
        "model_id": int, "profile": str, "scope": str, "target": (str, NONE), "status": str, "trained_at": str,
        "trained_by": str, "training_time": str, "trained_from": str, "trained_to": str, "row_count": int, "seed": int,
        "options": dict, "feature_set_sha256": str, "score_quantiles": dict, "thresholds": list,
    },
    "scores": {"stream_id": int, "device": str, "profile": str, "ts": str, "score": float, "model_id": int},
    "anomalies": {
        "anomaly_id": int, "device": str, "device_name": str, "device_model": (str, NONE), "site": (str, NONE),
        "profile": str, "state": str, "severity": str, "started_at": str, "ended_at": str, "points": int,
        "peak_score": float, "peak_at": str, "explanation": list, "acknowledged_at": (str, NONE),
        "acknowledged_by": (str, NONE), "note": (str, NONE), "model_id": int, "stream_id": int, "created_at": str,
        "updated_at": str,
    },
    "alerts": {
        "alert_id": int, "rule": str, "state": str, "severity": str, "summary": str, "device": str, "anomaly_id": (int, NONE),
        "incident_id": (int, NONE), "incident_state": (str, NONE), "muted_by": (str, NONE), "labels": dict, "value": (*NUMBER, NONE),
        "occurrences": int, "raised_at": str, "last_seen_at": str, "resolved_at": (str, NONE), "dedup_key": str,
    },
    "incidents": {
        "incident_id": int, "state": str, "severity": str, "title": str, "labels": dict, "alert_count": int, "open_count": int,
        "policy": str, "route": (str, NONE), "opened_at": str, "triggered_at": (str, NONE), "step": int, "cycle": int,
        "exhausted_at": (str, NONE), "acknowledged_at": (str, NONE), "acknowledged_by": (str, NONE), "snoozed_until": (str, NONE),
        "resolved_at": (str, NONE), "resolved_by": (str, NONE), "last_told_at": (str, NONE), "updated_at": str,
        "next_step_at": (str, NONE),
    },
    "incident_events": {"event_id": int, "incident_id": int, "at": str, "actor": str, "kind": str, "detail": dict},
    "notifications": {
        "notification_id": int, "incident_id": (int, NONE), "channel": str, "kind": str, "person": (str, NONE), "purpose": str,
        "severity": str, "step": int, "cycle": int, "target": str, "state": str, "reason": (str, NONE), "bundled_into": (int, NONE),
        "attempt": int, "next_attempt_at": (str, NONE), "last_status": (int, NONE), "last_detail": (str, NONE), "created_at": str,
        "delivered_at": (str, NONE),
    },
    "delivery_attempts": {
        "notification_id": int, "attempt": int, "ended_at": str, "worker": (str, NONE), "outcome": str, "status": (int, NONE),
        "detail": (str, NONE),
    },
    "channels": {
        "name": str, "kind": str, "health": str, "min_severity": str, "language": str, "enabled": bool, "last_success_at": (str, NONE),
        "last_failure_at": (str, NONE), "failure_streak": int, "paused_until": (str, NONE), "disabled_at": (str, NONE),
        "disabled_reason": (str, NONE), "created_at": str,
    },
    "rules": {
        "name": str, "kind": str, "enabled": bool, "status": str, "severity": str, "params": dict, "profile": (str, NONE),
        "site": (str, NONE), "device_model": (str, NONE), "device_attributes": (dict, NONE), "labels": dict, "min_score": NUMBER,
        "min_severity": str, "max_age": str, "open_alerts": int, "waiting": int, "evaluated_at": (str, NONE), "last_error": (str, NONE),
        "last_error_at": (str, NONE), "created_at": str, "rule_id": int,
    },
    "escalation_policies": {
        "name": str, "repeats": int, "acknowledge_timeout": (str, NONE), "reminder": (str, NONE), "steps": list, "is_fallback": bool,
        "changed_at": str,
    },
    "routes": {
        "position": int, "name": str, "matchers": list, "policy": (str, NONE), "group_by": list, "group_wait": str,
        "group_interval": str, "repeat_interval": str, "enabled": bool, "created_at": str,
    },
    "silences": {
        "silence_id": int, "kind": str, "state": str, "matchers": list, "reason": str, "starts_at": str, "ends_at": str,
        "time_zone": (str, NONE), "local_start": (str, NONE), "lasts": (str, NONE), "weekdays": (list, NONE), "month_days": (list, NONE),
        "muted_alerts": int, "created_at": str, "created_by": str, "ended_by": (str, NONE),
    },
    "inhibitions": {
        "name": str, "source_matchers": list, "target_matchers": list, "equal": list, "below_site": bool, "enabled": bool,
        "created_at": str,
    },
    "alert_settings": {
        "tenant": str, "fallback_policy": (str, NONE), "notifications_per_day": int, "reopen_within": str, "flap_count": int,
        "flap_within": str, "auto_resolve": (str, NONE), "handoff_notices": bool,
    },
    "jobs": {
        "job_run_id": int, "job": str, "status": str, "started_at": str, "finished_at": str, "row_count": int,
        "error_code": (str, NONE), "message": (str, NONE), "hint": (str, NONE), "repeats": int,
    },
    "ingest_batches": {
        "batch_id": int, "received_at": str, "sent_by": str, "correlation_id": (str, NONE),
        "idempotency_key": (str, NONE), "accepted": int, "duplicates": int, "rejected": int,
    },
    "sources": {
        "source": str, "profile": str, "enabled": bool, "watermark": str, "lag": str, "caught_up_at": (str, NONE),
        "rows_accepted": int, "rows_rejected": int, "last_run_at": (str, NONE), "last_error_code": (str, NONE),
        "last_error_at": (str, NONE), "backfill_at": (str, NONE), "backfill_to": (str, NONE),
    },
    "source_rejections": {
        "source": str, "device": str, "ts": str, "code": str, "message": str, "hint": (str, NONE), "first_seen_at": str,
        "last_seen_at": str,
    },
    "retention_policies": {
        "tenant": str, "object": str, "profile": (str, NONE), "hot": str, "warm": (str, NONE),
        "cold": (str, NONE), "enabled": bool, "decided_by": str,
        "reason": str, "changed_at": str, "changed_by": (str, NONE), "minimum": str, "maximum": str, "description": str,
    },
    "retention_runs": {
        "retention_run_id": int, "object": str, "action": str, "relation": str, "row_count": int, "bytes": int,
        "from_ts": (str, NONE), "to_ts": (str, NONE), "started_at": str, "finished_at": str,
    },
    "archives": {
        "archive_id": int, "profile": str, "state": str, "from_ts": (str, NONE), "to_ts": (str, NONE), "streams": int,
        "row_count": (int, NONE), "bytes": (int, NONE), "sha256": (str, NONE), "verified_at": (str, NONE),
        "dropped_at": (str, NONE), "checked_at": (str, NONE), "damage": (str, NONE),
    },
    "archive_restores": {
        "restore_id": int, "device": (str, NONE), "from_ts": str, "to_ts": str, "row_count": int, "restored_at": str,
        "restored_by": str, "expires_at": str,
    },
    "legal_holds": {
        "hold_id": int, "device": (str, NONE), "profile": (str, NONE), "from_ts": (str, NONE), "to_ts": (str, NONE),
        "placed_at": str, "released_at": (str, NONE),
    },
    "usage": {
        "tenant": str, "day": str, "quota": str, "used": int, "max": (int, NONE), "percent": (*NUMBER, NONE), "plan": str, "counted_at": str,
    },
    "compliance": {
        "tenant": str, "object": str, "profile": (str, NONE), "hot": str, "warm": (str, NONE), "cold": (str, NONE), "enabled": bool, "rows_past_limit": int,
        "rows_held": int, "oldest_past_limit": (str, NONE), "holds": int, "last_run_at": (str, NONE),
        "last_removed_at": (str, NONE), "rows_removed": int, "archives": (int, NONE), "archived_rows": (int, NONE),
        "archives_damaged": (int, NONE), "archives_checked_since": (str, NONE),
    },
    "people": {"name": str, "display_name": str, "time_zone": str, "language": str, "active": bool, "created_at": str},
    "schedules": {"name": str, "time_zone": str, "fallback": (str, NONE), "layers": list, "changes_at": (str, NONE), "created_at": str},
    "schedule_layers": {
        "schedule": str, "layer": str, "priority": int, "time_zone": str, "unit": str, "length": int, "start_date": str,
        "handoff_time": str, "slots": list, "restrictions": list, "effective_from": str, "effective_until": (str, NONE),
    },
    "schedule_overrides": {
        "override_id": int, "schedule": str, "kind": str, "person": str, "replaces": (str, NONE), "from_ts": str, "to_ts": str,
        "reason": (str, NONE), "created_by": str, "created_at": str,
    },
    "on_call_now": {"schedule": str, "people": list, "source": str, "until_ts": (str, NONE)},
    "schedule_coverage": {"schedule": str, "covered": NUMBER, "by_fallback": NUMBER, "gaps": int},
    "storage": {
        "tenant": str, "object": str, "measured_at": str, "row_count": int, "bytes": int, "point_count": (int, NONE),
        "bytes_per_point": (*NUMBER, NONE), "bytes_per_day": (*NUMBER, NONE), "rows_per_day": (*NUMBER, NONE),
        "days_until_quota": (*NUMBER, NONE),
    },
}


class EveryView(unittest.TestCase):
    def test_all_views_are_covered(self):
        paths = fleet().viewer.get("/").json["paths"]
        views = {p.strip("/") for p in paths if p != "/" and not p.startswith("/rpc/")}
        self.assertEqual(views, set(VIEWS))

    def test_columns_and_types(self):
        for view, columns in VIEWS.items():
            with self.subTest(view=view):
                answer = fleet().viewer.get(f"/{view}", limit=20)
                self.assertEqual(answer.status, 200, answer.body)
                self.assertTrue(answer.json, "the fixture has rows in every view")
                for row in answer.json:
                    self.assertEqual(list(row), list(columns))
                    for name, value in row.items():
                        self.assertIsInstance(value, columns[name], name)

    def test_times_have_a_zone(self):
        for view, columns in VIEWS.items():
            for row in fleet().viewer.get(f"/{view}", limit=5).json:
                for name in columns:
                    if (name == "ts" or name.endswith(("_at", "_from", "_to"))) and row[name] is not None:
                        with self.subTest(view=view, column=name):
                            self.assertIsNotNone(datetime.fromisoformat(row[name]).tzinfo)

    def test_select_limit_offset_and_order(self):
        for view, columns in VIEWS.items():
            with self.subTest(view=view):
                key = next(n for n in columns if n in (
                    "ts", "device", "object", "profile", "model_id", "job_run_id", "alert_id", "batch_id", "retention_run_id", "archive_id", "restore_id", "schedule", "name",
                    "incident_id", "event_id", "notification_id", "silence_id", "fallback_policy", "quota"))
                everything = [r[key] for r in fleet().viewer.get(f"/{view}", select=key, order=key, limit=50).json]
                self.assertEqual(everything, sorted(everything))
                falling = [r[key] for r in fleet().viewer.get(f"/{view}", select=key, order=f"{key}.desc", limit=50).json]
                self.assertEqual(falling, sorted(falling, reverse=True))
                page = fleet().viewer.get(f"/{view}", select=key, order=key, limit=2, offset=1).json
                self.assertEqual([r[key] for r in page], everything[1:3])

    def test_counted_range(self):
        for view in VIEWS:
            with self.subTest(view=view):
                answer = fleet().viewer.get(f"/{view}", {"Prefer": "count=exact", "Range": "0-0"})
                self.assertIn(answer.status, (200, 206))
                self.assertRegex(answer.headers["Content-Range"], r"^0-0/[1-9]\d*$")
                self.assertEqual(len(answer.json), 1)

    def test_csv(self):
        for view, columns in VIEWS.items():
            with self.subTest(view=view):
                answer = fleet().viewer.get(f"/{view}", {"Accept": "text/csv"}, limit=3)
                self.assertEqual(answer.status, 200, answer.body)
                rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
                self.assertTrue(rows)
                self.assertEqual(list(rows[0]), list(columns))

    def test_unknown_column(self):
        for view in VIEWS:
            with self.subTest(view=view):
                answer = fleet().viewer.get(f"/{view}", tenant_id="eq.1")
                self.assertEqual((answer.status, answer.code), (400, "42703"), answer.body)

    def test_no_view_can_be_written(self):
        for view, columns in VIEWS.items():
            body = json.dumps({next(iter(columns)): None}).encode()
            for method in ("POST", "PATCH", "DELETE"):
                for role in ("viewer", "tenant_admin", "platform_admin"):
                    with self.subTest(view=view, method=method, role=role):
                        answer = fleet().client(role).request(method, f"/{view}", body if method != "DELETE" else None)
                        self.assertEqual((answer.status, answer.code, answer.json["message"]),
                                         (405, "PT405", "views are only read"), answer.body)

            with self.subTest(view=view, method="PUT"):
                self.assertEqual(fleet().admin.request("PUT", f"/{view}", body).status, 405)

    def test_unknown_view(self):
        answer = fleet().viewer.get("/reading")
        self.assertEqual(answer.status, 404, answer.body)


class Devices(unittest.TestCase):
    def test_filters(self):
        one = fleet().viewer.get("/devices", device=f"eq.{fleet().devices[1]}").json
        self.assertEqual([d["device"] for d in one], [fleet().devices[1]])
        self.assertEqual(one[0]["site"], fleet().site)
        self.assertEqual(one[0]["model"], f"P100-{fleet().marker}")
        self.assertEqual(datetime.fromisoformat(one[0]["last_reading_at"]), fleet().end)
        some = fleet().viewer.get("/devices", device=f"in.({','.join(fleet().devices[:2])})", order="device").json
        self.assertEqual([d["device"] for d in some], fleet().devices[:2])
        self.assertEqual(fleet().viewer.get("/devices", device="like.pump-9*").json, [])

    def test_single_object(self):
        form = {"Accept": "application/vnd.pgrst.object+json"}
        answer = fleet().viewer.get("/devices", form, device=f"eq.{fleet().devices[0]}")
        self.assertEqual(answer.json["device"], fleet().devices[0])
        self.assertEqual(fleet().viewer.get("/devices", form).status, 406)


class Profiles(unittest.TestCase):
    def test_metrics_are_in_order(self):
        profile = fleet().viewer.get("/profiles").json[0]
        self.assertEqual([m["name"] for m in profile["metrics"]], ["temperature", "pressure", "vibration", "current"])
        self.assertEqual([m["position"] for m in profile["metrics"]], [1, 2, 3, 4])
        self.assertRegex(profile["contract_sha256"], "^[0-9a-f]{64}$")


class Readings(unittest.TestCase):
    def test_what_was_sent_comes_back(self):
        sent = fleet().history[5]
        found = fleet().viewer.get("/readings", device=f"eq.{sent['device']}", ts=f"eq.{sent['ts']}").json
        self.assertEqual([r["metrics"] for r in found], [sent["metrics"]])
        self.assertEqual(found[0]["values"], list(sent["metrics"].values()))

    def test_every_reading_is_there(self):
        answer = fleet().viewer.get("/readings", {"Prefer": "count=exact"}, limit=1)
        self.assertEqual(answer.headers["Content-Range"], f"0-0/{len(fleet().history)}")

    def test_partial_readings_were_merged(self):
        sent = fleet().fault[-1]
        before = next(r for r in fleet().history if r["device"] == sent["device"] and r["ts"] == sent["ts"])
        found = fleet().viewer.get("/readings", device=f"eq.{sent['device']}", order="ts.desc", limit=1).json[0]
        self.assertEqual(found["metrics"], before["metrics"] | sent["metrics"])

    def test_rows_are_capped(self):
        answer = fleet().viewer.get("/telemetry", {"Prefer": "count=exact"})
        self.assertEqual(len(answer.json), 10000)
        self.assertEqual(answer.headers["Content-Range"], f"0-9999/{4 * len(fleet().history)}")

    def test_telemetry_is_the_readings_by_metric(self):
        sent = fleet().history[5]
        found = fleet().viewer.get("/telemetry", device=f"eq.{sent['device']}", ts=f"eq.{sent['ts']}").json
        self.assertEqual({r["metric"]: r["value"] for r in found}, sent["metrics"])

    def test_latest(self):
        found = fleet().viewer.get("/latest", device=f"eq.{fleet().devices[0]}").json
        newest = fleet().history[899]["metrics"] | fleet().fault[-1]["metrics"]
        self.assertEqual({r["metric"]: r["value"] for r in found}, newest)
        self.assertEqual({datetime.fromisoformat(r["ts"]) for r in found}, {fleet().end})


class ModelsAndScores(unittest.TestCase):
    def test_model(self):
        model = fleet().viewer.get("/models").json[0]
        self.assertEqual(model["model_id"], fleet().model["model_id"])
        self.assertEqual((model["scope"], model["target"], model["status"]), ("profile", None, "active"))
        self.assertEqual((model["seed"], model["trained_by"]), (7, "api-test"))
        self.assertEqual(model["thresholds"], sorted(model["thresholds"]))
        self.assertEqual(len(model["thresholds"]), 4)
        self.assertEqual(set(model["score_quantiles"]), {"0.5", "0.9", "0.95", "0.99", "0.995", "0.999", "1"})

    def test_every_reading_after_the_training_window_has_a_score(self):
        for device in fleet().devices:
            with self.subTest(device=device):
                scores = fleet().viewer.get("/scores", device=f"eq.{device}", order="ts").json
                self.assertEqual(len(scores), 72)
                self.assertEqual(datetime.fromisoformat(scores[-1]["ts"]), fleet().end)
                self.assertTrue(all(0 < s["score"] < 1 for s in scores))

    def test_filter_on_a_number(self):
        threshold = fleet().model["thresholds"][3]
        found = fleet().viewer.get("/scores", score=f"gt.{threshold}").json
        self.assertTrue(found)
        self.assertTrue(all(s["score"] > threshold for s in found))


class AnomaliesAndAlerts(unittest.TestCase):
    def test_the_fault_is_an_anomaly_with_its_reasons(self):
        found = fleet().viewer.get("/anomalies", device=f"eq.{fleet().devices[0]}", order="started_at.desc").json[0]
        self.assertEqual((found["state"], found["severity"]), ("open", "critical"))
        self.assertEqual(datetime.fromisoformat(found["started_at"]), datetime.fromisoformat(fleet().fault[0]["ts"]))
        self.assertEqual(datetime.fromisoformat(found["ended_at"]), fleet().end)
        self.assertIn(found["points"], range(len(fleet().fault) // 2, len(fleet().fault) + 1))
        self.assertEqual(len(found["explanation"]), 5)
        fault = fleet().fault[0]
        contributions = [e["contribution"] for e in found["explanation"]]
        self.assertEqual(contributions, sorted(contributions, reverse=True))
        self.assertTrue({e["metric"] for e in found["explanation"]} <= set(fault["metrics"]))
        for part in found["explanation"]:
            self.assertLessEqual({"feature", "metric", "statistic", "value", "direction", "contribution"}, set(part))
            self.assertLessEqual(part["typical_low"], part["typical_median"])
            self.assertLessEqual(part["typical_median"], part["typical_high"])
            self.assertEqual(part["direction"] == "above", part["value"] > part["typical_high"])

    def test_its_alert(self):
        anomaly = fleet().viewer.get("/anomalies", device=f"eq.{fleet().devices[0]}", order="started_at.desc").json[0]
        alerts = fleet().viewer.get("/alerts", anomaly_id=f"eq.{anomaly['anomaly_id']}").json
        self.assertEqual(len(alerts), 1)
        self.assertEqual((alerts[0]["state"], alerts[0]["severity"]), ("open", "critical"))
        self.assertIn("critical anomaly on Pump", alerts[0]["summary"])
        self.assertEqual(alerts[0]["labels"], {
            "kind": "anomaly", "rule": "serious anomalies", "severity": "critical", "device": fleet().devices[0],
            "model": f"P100-{fleet().marker}", "site": fleet().site, "profile": fleet().profile,
            "metric": anomaly["explanation"][0]["metric"]})

    def test_its_incident(self):
        anomaly = fleet().viewer.get("/anomalies", device=f"eq.{fleet().devices[0]}", order="started_at.desc").json[0]
        alert = fleet().viewer.get("/alerts", anomaly_id=f"eq.{anomaly['anomaly_id']}").json[0]
        incident = fleet().viewer.get("/incidents", incident_id=f"eq.{alert['incident_id']}").json[0]
        self.assertEqual((incident["state"], incident["severity"], incident["title"], incident["open_count"]),
                         ("open", "critical", alert["summary"], 1))
        self.assertEqual((incident["policy"], incident["labels"]), (fleet().profile, alert["labels"]))
        events = fleet().viewer.get("/incident_events", incident_id=f"eq.{incident['incident_id']}", order="event_id").json
        self.assertEqual([e["kind"] for e in events], ["opened", "triggered", "step_skipped", "exhausted"])
        told = fleet().viewer.get("/notifications", incident_id=f"eq.{incident['incident_id']}").json
        self.assertEqual([(n["channel"], n["purpose"], n["state"], n["reason"]) for n in told],
                         [(fleet().profile, "page", "suppressed", "channel_off")])

    def test_filter_inside_the_explanation(self):
        found = fleet().viewer.get("/anomalies", **{"explanation->0->>metric": "in.(temperature,vibration)"}).json
        self.assertTrue(found)

    def test_jobs_of_the_pipeline(self):
        runs = fleet().viewer.get("/jobs", status="eq.ok").json
        self.assertLessEqual({"features", "scores", "anomalies", "alerts"}, {r["job"] for r in runs})
        self.assertTrue(all(r["row_count"] > 0 for r in runs))
