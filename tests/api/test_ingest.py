"""Ingestion of sound readings: forms, merging, repetition, order, new metrics, counts."""

import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from instance import sql
from tenants import Tenant

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Ingest(unittest.TestCase):
    def setUp(self):
        self.tenant = Tenant()
        self.tenant.add_profile("meter", ["power", "voltage"])
        self.tenant.add_device("m-1", "meter")

    def send(self, *readings):
        return self.tenant.counted(self.tenant.operator, list(readings))

    def stored(self, device="m-1"):
        rows = self.tenant.viewer.get("/readings", device=f"eq.{device}", order="ts").json
        return {datetime.fromisoformat(r["ts"]): r["metrics"] for r in rows}

    def test_wide_and_narrow_mixed(self):
        answer = self.send(
            {"device": "m-1", "ts": "2026-03-01T12:00:00Z", "metrics": {"power": 1.5, "voltage": 230}},
            {"device": "m-1", "ts": "2026-03-01T12:01:00Z", "metric": "power", "value": 2},
            {"device": "m-1", "ts": "2026-03-01T12:02:00Z", "metrics": {"voltage": 231}},
        )
        self.assertEqual(answer, {"accepted": 3, "duplicates": 0, "rejected": []})
        self.assertEqual(self.stored(), {
            NOON: {"power": 1.5, "voltage": 230},
            NOON + timedelta(minutes=1): {"power": 2},
            NOON + timedelta(minutes=2): {"voltage": 231},
        })

    def test_partial_readings_of_one_instant_merge_in_any_order(self):
        for first, second in (("power", "voltage"), ("voltage", "power")):
            with self.subTest(first=first):
                at = NOON if first == "power" else NOON + timedelta(hours=1)
                self.send({"device": "m-1", "ts": at.isoformat(), "metric": first, "value": 1})
                self.send({"device": "m-1", "ts": at.isoformat(), "metric": second, "value": 2})
                self.assertEqual(self.stored()[at], {first: 1, second: 2})

    def test_narrow_readings_of_one_instant_in_one_request(self):
        answer = self.send(
            {"device": "m-1", "ts": NOON.isoformat(), "metric": "power", "value": 1},
            {"device": "m-1", "ts": NOON.isoformat(), "metric": "voltage", "value": 2},
        )
        self.assertEqual(answer["accepted"], 2)
        self.assertEqual(self.stored(), {NOON: {"power": 1, "voltage": 2}})

    def test_repeating_a_request_stores_nothing_twice(self):
        readings = [
            {"device": "m-1", "ts": (NOON + timedelta(minutes=n)).isoformat(), "metrics": {"power": n}} for n in range(50)
        ]
        self.assertEqual(self.send(*readings), {"accepted": 50, "duplicates": 0, "rejected": []})
        before = self.stored()
        for again in (readings, readings[::-1]):
            self.assertEqual(self.send(*again), {"accepted": 0, "duplicates": 50, "rejected": []})
        self.assertEqual(self.stored(), before)

    def test_the_same_reading_twice_in_one_request(self):
        reading = {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1}}
        self.assertEqual(self.send(reading, reading), {"accepted": 1, "duplicates": 1, "rejected": []})

    def test_two_values_for_one_instant_in_one_request(self):
        answer = self.send(
            {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1}},
            {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 2}},
        )
        self.assertEqual(answer["accepted"] + answer["duplicates"], 2)
        self.assertEqual(self.stored(), {NOON: {"power": 2}}, "the last one counts")

    def test_a_correction_replaces(self):
        self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1, "voltage": 230}})
        answer = self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 5}})
        self.assertEqual(answer["accepted"], 1)
        self.assertEqual(self.stored(), {NOON: {"power": 5, "voltage": 230}})

    def test_null_is_not_reported(self):
        answer = self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1, "voltage": None}})
        self.assertEqual(answer, {"accepted": 1, "duplicates": 0, "rejected": []})
        self.assertEqual(self.stored(), {NOON: {"power": 1}})
        self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": None, "voltage": 3}})
        self.assertEqual(self.stored(), {NOON: {"power": 1, "voltage": 3}}, "null removes nothing")

    def test_latest_follows_time_not_arrival(self):
        self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 10}})
        self.send({"device": "m-1", "ts": (NOON - timedelta(hours=1)).isoformat(), "metrics": {"power": 1, "voltage": 2}})
        latest = {r["metric"]: (r["value"], datetime.fromisoformat(r["ts"])) for r in self.tenant.viewer.get("/latest").json}
        self.assertEqual(latest, {"power": (10, NOON), "voltage": (2, NOON - timedelta(hours=1))})

    def test_the_extremes_that_are_taken(self):
        values = [0, 1e-300, -1e-300, -1e100, 1e100, 9.999999999999999e99, 123456789.12345678, 0.1]
        self.send(*(
            {"device": "m-1", "ts": (NOON + timedelta(seconds=n)).isoformat(), "metrics": {"power": v}}
            for n, v in enumerate(values)
        ))
        self.assertEqual([float(r["power"]) for r in self.stored().values()], values)

    def test_times_with_a_zone_and_with_microseconds(self):
        self.send(
            {"device": "m-1", "ts": "2026-03-01T14:00:00+02:00", "metrics": {"power": 1}},
            {"device": "m-1", "ts": "2026-03-01 13:00:00.123456Z", "metrics": {"power": 2}},
            {"device": "m-1", "ts": "2000-01-01T00:00:00Z", "metrics": {"power": 3}},
        )
        self.assertEqual(list(self.stored()), [
            datetime(2000, 1, 1, tzinfo=UTC), NOON, datetime(2026, 3, 1, 13, 0, 0, 123456, UTC)])

    def test_ten_thousand_readings(self):
        readings = [
            {"device": "m-1", "ts": (NOON + timedelta(seconds=n)).isoformat(), "metrics": {"power": n, "voltage": -n}}
            for n in range(10_000)
        ]
        self.assertEqual(self.send(*readings), {"accepted": 10_000, "duplicates": 0, "rejected": []})
        answer = self.tenant.viewer.get("/readings", {"Prefer": "count=exact"}, limit=1)
        self.assertEqual(answer.headers["Content-Range"], "0-0/10000")

    def test_the_counts_add_up(self):
        answer = self.send(
            {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1}},
            {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1}},
            {"device": "m-1", "ts": NOON.isoformat(), "metrics": {"speed": 1}},
            {"device": "m-2", "ts": NOON.isoformat(), "metrics": {"power": 1}},
        )
        self.assertEqual((answer["accepted"], answer["duplicates"], len(answer["rejected"])), (1, 1, 2))
        self.assertEqual([r["index"] for r in answer["rejected"]], [2, 3])

    def test_a_device_that_speaks_two_profiles(self):
        self.tenant.add_profile("clock", ["drift", "power"])
        self.tenant.add_device("m-1", "clock")
        answer = self.send(
            {"device": "m-1", "profile": "clock", "ts": NOON.isoformat(), "metrics": {"power": 7}},
            {"device": "m-1", "profile": "meter", "ts": NOON.isoformat(), "metrics": {"power": 1}},
            {"device": "m-1", "ts": (NOON + timedelta(hours=1)).isoformat(), "metrics": {"drift": 0.5}},
        )
        self.assertEqual(answer["accepted"], 3)
        rows = self.tenant.viewer.get("/readings", order="ts,profile").json
        self.assertEqual([(r["profile"], r["metrics"]) for r in rows],
                         [("clock", {"power": 7}), ("meter", {"power": 1}), ("clock", {"drift": 0.5})])

    def test_naming_a_profile_opens_the_stream_of_a_known_device(self):
        self.tenant.add_profile("clock", ["drift"])
        answer = self.send({"device": "m-1", "profile": "clock", "ts": NOON.isoformat(), "metrics": {"drift": 1}})
        self.assertEqual(answer["accepted"], 1)

    def test_unknown_devices_register_themselves_where_the_tenant_wants_it(self):
        reading = {"device": "new-1", "profile": "meter", "ts": NOON.isoformat(), "metrics": {"power": 1}}
        self.assertEqual(self.send(reading)["rejected"][0]["code"], "42704")
        sql("update fleet.tenant set unknown_device = 'register' where tenant_id = :tenant", tenant=self.tenant.tenant_id)
        self.assertEqual(self.send(reading)["accepted"], 1)
        nameless = {"device": "new-2", "ts": NOON.isoformat(), "metrics": {"power": 1}}
        self.assertEqual(self.send(nameless)["rejected"][0]["code"], "42704")
        self.assertEqual({d["device"] for d in self.tenant.viewer.get("/devices").json}, {"m-1", "new-1"})

    def test_a_metric_appended_to_the_profile(self):
        self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1, "voltage": 2}})
        sql("insert into fleet.metric (tenant_id, profile_id, name) select tenant_id, profile_id, 'current' "
            "from fleet.profile where tenant_id = :tenant and name = 'meter'", tenant=self.tenant.tenant_id)
        self.send({"device": "m-1", "ts": NOON.isoformat(), "metrics": {"current": 3}})
        self.assertEqual(self.stored(), {NOON: {"power": 1, "voltage": 2, "current": 3}})
        latest = {r["metric"]: r["value"] for r in self.tenant.viewer.get("/latest").json}
        self.assertEqual(latest, {"power": 1, "voltage": 2, "current": 3})

    def test_many_requests_that_register_the_same_devices_and_append_the_same_metrics(self):
        """Whoever comes second waits, and neither deadlocks nor fails."""
        sql("update fleet.tenant set unknown_device = 'register', unknown_metric = 'append' where tenant_id = :tenant",
            tenant=self.tenant.tenant_id)
        self.tenant.add_profile("clock", ["drift"])

        def readings(sender):
            made = [
                {"device": f"new-{n}", "profile": profile, "ts": (NOON + timedelta(seconds=sender)).isoformat(),
                 "metrics": {f"m{(n + sender) % 7}": n, f"m{(n + sender) % 5}": n}}
                for n in range(20) for profile in ("meter", "clock")
            ]
            return made if sender % 2 else made[::-1]

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda sender: self.tenant.operator.ingest(readings(sender)), range(24)))
        self.assertEqual({(a.status, a.json.get("accepted")) for a in answers}, {(200, 40)}, answers)
        for profile in self.tenant.viewer.get("/profiles").json:
            names = [m["name"] for m in profile["metrics"]]
            self.assertEqual(sorted(names[-7:]), [f"m{n}" for n in range(7)])
            self.assertEqual(len(names), 7 + (2 if profile["profile"] == "meter" else 1))
        answer = self.tenant.viewer.get("/readings", {"Prefer": "count=exact"}, limit=1)
        self.assertEqual(answer.headers["Content-Range"], "0-0/960")
