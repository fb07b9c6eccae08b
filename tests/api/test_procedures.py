"""Every RPC that is not about ingestion: what it answers, and how it refuses what it cannot do."""

import unittest
from datetime import datetime, timedelta

from tenants import Tenant, fleet, other_fleet


class Refusals(unittest.TestCase):
    def assert_refused(self, answer, status, code, message):
        """Refused with that message, and with a hint that is a sentence."""
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)
        self.assertEqual(answer.json["message"], message)
        self.assertRegex(answer.json["hint"] or "", r"^\S.*[.)\]]$")


class Series(Refusals):
    def ask(self, **changes):
        arguments = {
            "device": fleet().devices[1],
            "metric": "temperature",
            "from": (fleet().end - timedelta(hours=24)).isoformat(),
            "to": fleet().end.isoformat(),
        } | changes
        return fleet().viewer.rpc("series", **arguments)

    def test_buckets_agree_with_the_readings(self):
        rows = self.ask(bucket="6 hours").json
        sent = [
            (datetime.fromisoformat(r["ts"]), r["metrics"]["temperature"])
            for r in fleet().history
            if r["device"] == fleet().devices[1]
            and fleet().end - timedelta(hours=24) <= datetime.fromisoformat(r["ts"]) < fleet().end
        ]
        self.assertEqual(sum(r["n"] for r in rows), len(sent))
        for row in rows:
            begin = datetime.fromisoformat(row["ts"])
            self.assertEqual((begin.hour % 6, begin.minute, begin.second), (0, 0, 0))
            values = [v for at, v in sent if begin <= at < begin + timedelta(hours=6)]
            self.assertEqual(row["n"], len(values))
            self.assertAlmostEqual(row["average"], sum(values) / len(values))
            self.assertEqual((row["minimum"], row["maximum"]), (min(values), max(values)))

    def test_get_form(self):
        answer = fleet().viewer.get(
            "/rpc/series", device=fleet().devices[1], metric="temperature", bucket="1 day",
            **{"from": fleet().start.isoformat(), "to": fleet().end.isoformat()},
        )
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(list(answer.json[0]), ["ts", "n", "average", "minimum", "maximum"])

    def test_empty_buckets_are_left_out(self):
        rows = self.ask(**{"from": "2001-01-01T00:00:00Z", "to": "2001-01-02T00:00:00Z"})
        self.assertEqual((rows.status, rows.json), (200, []))

    def test_refusals(self):
        cases = [
            ({"bucket": "0 seconds"}, "22023", "bucket must be at least one second and name no months or years"),
            ({"bucket": "1 month"}, "22023", "bucket must be at least one second and name no months or years"),
            ({"bucket": "-1 hour"}, "22023", "bucket must be at least one second and name no months or years"),
            ({"bucket": None}, "22023", "bucket must be at least one second and name no months or years"),
            ({"to": "2001-01-01T00:00:00Z"}, "22023", "from must be before to, and both finite"),
            ({"from": "-infinity"}, "22023", "from must be before to, and both finite"),
            ({"to": "infinity"}, "22023", "from must be before to, and both finite"),
            ({"from": None}, "22023", "from must be before to, and both finite"),
            ({"from": "2001-01-01T00:00:00Z", "bucket": "1 second"}, "22023", "more than 100000 buckets"),
            ({"metric": "speed"}, "42704",
             f'device "{fleet().devices[1]}" does not exist or does not report metric "speed"'),
            ({"device": "nobody"}, "42704", 'device "nobody" does not exist or does not report metric "temperature"'),
        ]
        for change, code, message in cases:
            with self.subTest(**change):
                self.assert_refused(self.ask(**change), 400, code, message)

    def test_malformed_arguments(self):
        for change, code in (({"bucket": "an hour"}, "22007"), ({"from": "sometime"}, "22007")):
            with self.subTest(**change):
                answer = self.ask(**change)
                self.assertEqual((answer.status, answer.code), (400, code), answer.body)

    def test_missing_and_unknown_arguments(self):
        for arguments in ({"device": "x"}, {"device": "x", "colour": "red"}):
            with self.subTest(**arguments):
                answer = fleet().viewer.rpc("series", **arguments)
                self.assertEqual((answer.status, answer.code), (404, "PGRST202"), answer.body)


class Score(Refusals):
    ordinary = {"temperature": 55.0, "pressure": 4.0, "vibration": 2.0, "current": 5.0}

    def ask(self, device=None, **arguments):
        return fleet().viewer.rpc("score", device=device or fleet().devices[1], **arguments)

    def test_an_ordinary_and_a_strange_reading(self):
        at = (fleet().end + timedelta(minutes=10)).isoformat()
        ordinary = self.ask(metrics=self.ordinary, ts=at).json
        strange = self.ask(metrics=self.ordinary | {"vibration": 500.0, "temperature": -40.0}, ts=at).json
        self.assertEqual(set(ordinary), {"device", "ts", "score", "severity", "model_id", "explanation"})
        self.assertGreater(strange["score"], ordinary["score"])
        self.assertIsNotNone(strange["severity"])
        self.assertIn(strange["explanation"][0]["metric"], ("vibration", "temperature"))
        self.assertEqual(ordinary["model_id"], fleet().model["model_id"])

    def test_the_stored_reading_has_the_stored_score(self):
        stored = fleet().viewer.get("/scores", device=f"eq.{fleet().devices[1]}", order="ts.desc", limit=1).json[0]
        reading = fleet().viewer.get("/readings", device=f"eq.{fleet().devices[1]}", order="ts.desc", limit=1).json[0]
        asked = self.ask(metrics=reading["metrics"], ts=reading["ts"]).json
        self.assertAlmostEqual(asked["score"], stored["score"], places=12)

    def test_nothing_is_stored(self):
        def count():
            return fleet().viewer.get("/readings", {"Prefer": "count=exact"}, limit=1).headers["Content-Range"]

        before = count()
        self.assertEqual(self.ask(metrics=self.ordinary, ts=(fleet().end + timedelta(minutes=5)).isoformat()).status, 200)
        self.assertEqual(count(), before)

    def test_a_missing_metric_is_allowed(self):
        self.assertEqual(self.ask(metrics={"temperature": 55.0, "vibration": None}).status, 200)

    def test_refusals(self):
        problem = 'metric "{}" is not in the profile or not a number up to 1e100'
        cases = [
            ({}, "22023", "metrics must be an object of numbers"),
            ([1, 2], "22023", "metrics must be an object of numbers"),
            ({"speed": 1}, "22023", problem.format("speed")),
            ({"temperature": "55"}, "22023", problem.format("temperature")),
            ({"temperature": 1e200}, "22023", problem.format("temperature")),
        ]
        for metrics, code, message in cases:
            with self.subTest(metrics=metrics):
                self.assert_refused(self.ask(metrics=metrics), 400, code, message)
        self.assert_refused(
            self.ask(device="nobody", metrics=self.ordinary), 400, "42704",
            'device "nobody" does not exist or does not speak the profile')

    def test_a_device_without_a_model(self):
        tenant = Tenant()
        tenant.add_profile("lonely", ["speed"])
        tenant.add_device("alone", "lonely")
        answer = tenant.viewer.rpc("score", device="alone", metrics={"speed": 1})
        self.assert_refused(answer, 400, "42704", "no active model covers the device")


class Explain(Refusals):
    def test_contributions_add_up_to_the_score(self):
        rows = fleet().viewer.rpc("explain", device=fleet().devices[0], strongest=1000).json
        self.assertAlmostEqual(sum(r["contribution"] for r in rows), rows[0]["score"], places=9)
        self.assertEqual(len(rows), 16)
        self.assertEqual(
            list(rows[0]),
            ["at", "score", "feature", "metric", "unit", "statistic", "window", "value", "typical_low",
             "typical_median", "typical_high", "direction", "contribution"])

    def test_time_and_number_of_rows(self):
        at = fleet().end - timedelta(hours=3)
        rows = fleet().viewer.rpc("explain", device=fleet().devices[0], ts=at.isoformat()).json
        self.assertEqual(len(rows), 5)
        self.assertLessEqual(datetime.fromisoformat(rows[0]["at"]), at)

    def test_refusals(self):
        cases = [
            ({"device": "nobody"}, "42704", 'device "nobody" does not exist or does not speak the profile'),
            ({"device": fleet().devices[0], "strongest": 0}, "22023", "strongest must be between 1 and 1000"),
            ({"device": fleet().devices[0], "strongest": 1001}, "22023", "strongest must be between 1 and 1000"),
            ({"device": fleet().devices[0], "ts": "2001-01-01T00:00:00Z"}, "42704",
             "the device has no score at or before that time"),
        ]
        for arguments, code, message in cases:
            with self.subTest(**arguments):
                self.assert_refused(fleet().viewer.rpc("explain", **arguments), 400, code, message)


class Profiles(Refusals):
    def test_create(self):
        tenant = Tenant()
        made = tenant.add_profile("meter", ["power", {"name": "energy", "unit": "kWh", "kind": "counter"}])
        self.assertEqual(made["metrics"], [
            {"position": 1, "name": "power", "unit": "", "kind": "gauge"},
            {"position": 2, "name": "energy", "unit": "kWh", "kind": "counter"},
        ])
        again = tenant.operator.rpc("create_profile", profile="meter", metrics=["power"])
        self.assert_refused(again, 409, "23505", 'profile "meter" or one of its metrics exists already')

    def test_refusals(self):
        tenant = Tenant()
        empty = "metrics must be a non-empty array"
        invalid = "a name or kind in the profile is not valid"
        taken = 'profile "p" or one of its metrics exists already'
        cases = [
            ("p", [], 400, "22023", empty),
            ("p", {}, 400, "22023", empty),
            ("p", "power", 400, "22023", empty),
            ("p", ["a", "a"], 409, "23505", taken),
            ("p", ["no blanks"], 400, "22023", invalid),
            ("p", [{"name": "a", "kind": "colour"}], 400, "22023", invalid),
            ("no blanks", ["a"], 400, "22023", invalid),
            ("p", [None], 400, "22023", invalid),
            ("p", [7], 400, "22023", invalid),
            ("p", [{"unit": "V"}], 400, "22023", invalid),
            ("", ["a"], 400, "22023", invalid),
            (None, ["a"], 400, "22023", invalid),
        ]
        for profile, metrics, status, code, message in cases:
            with self.subTest(profile=profile, metrics=metrics):
                answer = tenant.operator.rpc("create_profile", profile=profile, metrics=metrics)
                self.assert_refused(answer, status, code, message)
        self.assertEqual(tenant.viewer.get("/profiles").json, [])


class Devices(Refusals):
    def test_register_and_repeat(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        stream = tenant.add_device("m-1", "meter", attributes={"floor": 2})
        again = tenant.add_device("m-1", "meter", name="Meter one", model="EM340", attributes={"room": "B"})
        self.assertEqual(stream, again)
        device = tenant.viewer.get("/devices").json
        self.assertEqual(len(device), 1)
        self.assertEqual((device[0]["name"], device[0]["model"]), ("Meter one", "EM340"))
        self.assertEqual(device[0]["attributes"], {"floor": 2, "room": "B"})

    def test_refusals(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        cases = [
            ({"device": "", "profile": "meter"}, "22023", "a device has an id and a profile"),
            ({"device": "x", "profile": None}, "22023", "a device has an id and a profile"),
            ({"device": "x", "profile": "nope"}, "42704", 'profile "nope" does not exist'),
            ({"device": "x", "profile": "meter", "site": "no.where"}, "42704", 'site "no.where" does not exist'),
            ({"device": "x", "profile": "meter", "attributes": [1]}, "22023", "attributes must be a JSON object"),
            ({"device": "x" * 201, "profile": "meter"}, "22023", "a device's id has at most 200 characters"),
        ]
        for arguments, code, message in cases:
            with self.subTest(**arguments):
                self.assert_refused(tenant.operator.rpc("register_device", **arguments), 400, code, message)
        self.assertEqual(tenant.viewer.get("/devices").json, [], "a refused device is not made")


class Acknowledging(Refusals):
    def test_acknowledge_and_add_a_note(self):
        anomaly = other_fleet().viewer.get("/anomalies", device=f"eq.{other_fleet().devices[0]}", order="started_at").json[0]
        number = anomaly["anomaly_id"]
        first = other_fleet().operator.rpc("acknowledge_anomaly", anomaly_id=number, note="looking").json
        self.assertEqual((first["anomaly_id"], first["acknowledged_by"], first["note"]), (number, "api-test", "looking"))
        second = other_fleet().admin.rpc("acknowledge_anomaly", anomaly_id=number).json
        self.assertEqual(second, first)
        third = other_fleet().admin.rpc("acknowledge_anomaly", anomaly_id=number, note="bearing replaced").json
        self.assertEqual(third, first | {"note": "bearing replaced"})
        shown = other_fleet().viewer.get("/anomalies", anomaly_id=f"eq.{number}").json[0]
        self.assertEqual((shown["acknowledged_by"], shown["note"]), ("api-test", "bearing replaced"))
        alerts = other_fleet().viewer.get("/alerts", anomaly_id=f"eq.{number}").json
        self.assertEqual([a["incident_state"] for a in alerts], ["acknowledged"], "whoever has seen it has the incident")

    def test_refusals(self):
        for number in (0, -1, 9_000_000_000_000):
            with self.subTest(anomaly_id=number):
                answer = other_fleet().operator.rpc("acknowledge_anomaly", anomaly_id=number)
                self.assertEqual((answer.status, answer.json["message"]), (404, f"anomaly {number} does not exist"))
                self.assertEqual(answer.json["hint"], "GET /anomalies lists the anomalies.")
