"""Readings as comma-separated values."""

import csv
import io
import json
import unittest
import uuid
from datetime import UTC, datetime, timedelta

from tenants import Tenant

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEADERS = {"Content-Type": "text/csv", "Prefer": "params=single-object"}


class Csv(unittest.TestCase):
    def setUp(self):
        self.tenant = Tenant()
        self.tenant.add_profile("meter", ["power", "voltage"])
        self.tenant.add_device("m-1", "meter")

    def send(self, text, **headers):
        return self.tenant.operator.request("POST", "/rpc/ingest", text.encode(), HEADERS | headers)

    def stored(self, **filters):
        rows = self.tenant.viewer.get("/readings", order="ts", **filters).json
        return {(r["device"], datetime.fromisoformat(r["ts"])): r["metrics"] for r in rows}

    def test_wide(self):
        answer = self.send(
            "device,ts,power,voltage\n"
            "m-1,2026-11-01T12:00:00Z,1.5,230\n"
            '"m-1","2026-11-01 12:01:00+00",,"231.0"\n'
            "m-1,2026-11-01T12:02:00Z,NULL,2.3e2\n")
        self.assertEqual((answer.status, answer.json), (200, {"accepted": 3, "duplicates": 0, "rejected": []}))
        self.assertEqual(self.stored(), {
            ("m-1", NOON): {"power": 1.5, "voltage": 230},
            ("m-1", NOON + timedelta(minutes=1)): {"voltage": 231},
            ("m-1", NOON + timedelta(minutes=2)): {"voltage": 230},
        })

    def test_narrow(self):
        answer = self.send("ts,device,metric,value\r\n2026-11-01T12:00:00Z,m-1,power,5\r\n2026-11-01T12:00:00Z,m-1,voltage,6\r\n",
                           **{"Content-Type": "text/csv; charset=utf-8"})
        self.assertEqual((answer.status, answer.json), (200, {"accepted": 2, "duplicates": 0, "rejected": []}))
        self.assertEqual(self.stored(), {("m-1", NOON): {"power": 5, "voltage": 6}})

    def test_each_bad_line_costs_only_itself(self):
        answer = self.send(
            "device,ts,power,speed\n"
            "m-1,2026-11-01T12:00:00Z,1,\n"
            "m-2,2026-11-01T12:00:00Z,1,\n"
            "m-1,yesterday,1,\n"
            "m-1,2026-11-01T12:00:00Z,high,\n"
            "m-1,2026-11-01T12:00:00Z,1,2\n"
            "m-1,2026-11-01T12:00:00Z,,\n"
            "m-1,2026-11-01T12:00:00Z,1e400,\n"
            ",2026-11-01T12:00:00Z,1,\n"
            "m\0,2026-11-01T12:00:00Z,1,\n"
            "m-1,2026-11-01T12:01:00Z,2,\n")
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 2), answer.body)
        self.assertEqual(
            [(r["index"], r["code"]) for r in answer.json["rejected"]],
            [(1, "42704"), (2, "22007"), (3, "22P02"), (4, "42704"), (5, "22023"), (6, "22003"), (7, "22023"), (8, "22P05")])
        self.assertEqual(list(self.stored().values()), [{"power": 1}, {"power": 2}])

    def test_devices_of_several_profiles_in_one_file(self):
        """A column that is not a device's stays empty."""
        self.tenant.add_profile("clock", ["drift"])
        self.tenant.add_device("c-1", "clock")
        answer = self.send("device,profile,ts,power,drift\nm-1,meter,2026-11-01T12:00:00Z,1,\nc-1,,2026-11-01T12:00:00Z,,0.5\n")
        self.assertEqual(answer.json, {"accepted": 2, "duplicates": 0, "rejected": []})
        self.assertEqual(self.stored(), {("m-1", NOON): {"power": 1}, ("c-1", NOON): {"drift": 0.5}})

    def test_text_with_commas_quotes_and_line_breaks(self):
        device = 'say "hi",\nplease'
        self.tenant.add_device(device, "meter")
        out = io.StringIO()
        csv.writer(out).writerows([["device", "ts", "power"], [device, NOON.isoformat(), 7]])
        self.assertEqual(self.send(out.getvalue()).json["accepted"], 1)
        self.assertEqual(self.stored(), {(device, NOON): {"power": 7}})

    def test_the_same_as_json(self):
        rows = [[f"{n / 7:.15g}", f"{-n * 1e-9:.17g}"] for n in range(1000)]
        at = [(NOON + timedelta(seconds=n)).isoformat() for n in range(1000)]
        self.tenant.add_device("m-2", "meter")
        answer = self.send("device,ts,power,voltage\n" + "".join(f"m-1,{t},{','.join(r)}\n" for t, r in zip(at, rows)))
        self.assertEqual(answer.json["accepted"], 1000)
        self.tenant.counted(self.tenant.operator, [
            {"device": "m-2", "ts": t, "metrics": {"power": float(r[0]), "voltage": float(r[1])}} for t, r in zip(at, rows)])
        one, two = ([m for _, m in self.stored(device=f"eq.{d}").items()] for d in ("m-1", "m-2"))
        self.assertEqual(one, two)

    def test_what_the_api_gives_it_takes(self):
        """GET /telemetry as CSV is narrow readings: sent to another tenant they are the same there."""
        self.send("device,ts,power,voltage\nm-1,2026-11-01T12:00:00.123456Z,0.1,\nm-1,2026-11-01T12:01:00Z,1e-300,-1e100\n")
        text = self.tenant.viewer.get("/telemetry", {"Accept": "text/csv"}, select="device,ts,metric,value").body.decode()
        other = Tenant()
        other.add_profile("meter", ["power", "voltage"])
        other.add_device("m-1", "meter")
        answer = other.operator.request("POST", "/rpc/ingest", text.encode(), HEADERS)
        self.assertEqual(answer.json, {"accepted": 3, "duplicates": 0, "rejected": []})
        there = {(r["device"], r["ts"]): r["metrics"] for r in other.viewer.get("/readings").json}
        here = {(r["device"], r["ts"]): r["metrics"] for r in self.tenant.viewer.get("/readings").json}
        self.assertEqual(there, here)

    def test_ten_thousand_lines_and_no_more(self):
        lines = "".join(f"m-1,{(NOON + timedelta(seconds=n)).isoformat()},{n}\n" for n in range(10_000))
        self.assertEqual(self.send("device,ts,power\n" + lines).json["accepted"], 10_000)
        answer = self.send("device,ts,power\n" + lines + "m-1,2026-11-01T12:00:00Z,1\n")
        self.assertEqual((answer.status, answer.code), (413, "PT413"))

    def test_a_repeat(self):
        text, key = "device,ts,power\nm-1,2026-11-01T12:00:00Z,1\n", str(uuid.uuid4())
        first = self.send(text, **{"Idempotency-Key": key})
        second = self.send(text, **{"Idempotency-Key": key})
        self.assertEqual((second.json, second.headers["Idempotency-Replayed"]), (first.json, "true"))
        self.assertEqual(self.send(text.replace(",1\n", ",2\n"), **{"Idempotency-Key": key}).status, 422)

    def test_what_is_no_csv(self):
        for text in ("", "device,ts,power", 'device,ts,power\n"m-1,2026-11-01T12:00:00Z,1\n'):
            with self.subTest(text):
                answer = self.send(text)
                self.assertIn(answer.status, (200, 400), answer.body)
                if answer.status == 200:
                    self.assertEqual(answer.json["accepted"], 0)
                else:
                    self.assertEqual(answer.code, "PGRST102")
        self.assertEqual(self.stored(), {})

    def test_json_with_the_same_preference(self):
        body = json.dumps([{"device": "m-1", "ts": NOON.isoformat(), "metrics": {"power": 1}}]).encode()
        answer = self.tenant.operator.request("POST", "/rpc/ingest", body, {"Prefer": "params=single-object"})
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 1))

    def test_without_the_preference_columns_are_taken_for_arguments(self):
        answer = self.tenant.operator.request("POST", "/rpc/ingest", b"device,ts,power\nm-1,2026-11-01T12:00:00Z,1\n",
                                              {"Content-Type": "text/csv"})
        self.assertEqual((answer.status, answer.code), (404, "PGRST202"))
