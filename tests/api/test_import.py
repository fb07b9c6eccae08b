"""Bulk loading of CSV files with ./dev import."""

import gzip
import subprocess
import tempfile
import unittest
from datetime import UTC, datetime, timedelta
from pathlib import Path

from instance import PROJECT
from tenants import Tenant

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Import(unittest.TestCase):
    def setUp(self):
        self.tenant = Tenant()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def load(self, text, *options, name="data.csv"):
        file = self.folder / name
        data = text.encode()
        file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return subprocess.run(
            [PROJECT / "dev", "import", "--tenant", self.tenant.name, "--profile", "meter", "--device", "m-1", *options, file],
            capture_output=True, text=True, timeout=120)

    def stored(self):
        rows = self.tenant.viewer.get("/readings", order="ts").json
        return {datetime.fromisoformat(r["ts"]): r["metrics"] for r in rows}

    def test_a_file_makes_profile_device_and_readings(self):
        done = self.load("ts,power,voltage\n2026-03-01T12:00:00Z,1.5,230\n2026-03-01T12:01:00Z,,231\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^data\.csv: 2 accepted, 0 already there, 0 rejected, 3 points in ")
        self.assertEqual(self.stored(), {NOON: {"power": 1.5, "voltage": 230}, NOON + timedelta(minutes=1): {"voltage": 231}})
        self.assertEqual([m["name"] for m in self.tenant.viewer.get("/profiles").json[0]["metrics"]], ["power", "voltage"])

    def test_again_and_compressed(self):
        text = "ts,power,voltage\n2026-03-01T12:00:00Z,1.5,230\n"
        self.assertEqual(self.load(text).returncode, 0)
        done = self.load(text, name="data.csv.gz")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(": 0 accepted, 1 already there, 0 rejected", done.stdout)

    def test_a_missing_column_is_not_reported(self):
        self.load("ts,power,voltage\n2026-03-01T12:00:00Z,1.5,230\n")
        done = self.load("ts,voltage\n2026-03-01T12:05:00Z,232\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored()[NOON + timedelta(minutes=5)], {"voltage": 232})

    def test_columns_in_another_order(self):
        self.load("ts,power,voltage\n2026-03-01T12:00:00Z,1.5,230\n")
        self.load("voltage,ts,power\n232,2026-03-01T12:05:00Z,2\n")
        self.assertEqual(self.stored()[NOON + timedelta(minutes=5)], {"power": 2, "voltage": 232})

    def test_an_extra_column(self):
        self.load("ts,power,voltage\n2026-03-01T12:00:00Z,1.5,230\n")
        text = "ts,power,voltage,colour\n2026-03-01T12:05:00Z,2,232,7\n"
        done = self.load(text)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('column "colour" is not a metric of profile "meter"', done.stderr)
        self.assertIn("--skip", done.stderr)
        self.assertEqual(list(self.stored()), [NOON], "nothing of the file is stored")
        self.assertEqual(self.load(text, "--skip", "colour").returncode, 0)
        self.assertEqual(self.stored()[NOON + timedelta(minutes=5)], {"power": 2, "voltage": 232})

    def test_lines_that_are_wrong_cost_only_themselves(self):
        done = self.load(
            "ts,power,voltage\n"
            "2026-03-01T12:00:00Z,1,230\n"
            "2026-03-01T12:01:00Z,1\n"
            "2026-03-01T12:02:00Z,1,230,7\n"
            "yesterday,1,230\n"
            "9999-01-01T00:00:00Z,1,230\n"
            "2026-03-01T12:05:00Z,NaN,230\n"
            "2026-03-01T12:06:00Z,1e308,230\n"
            "2026-03-01T12:07:00Z,much,230\n"
            "2026-03-01T12:08:00Z,,\n"
            "2026-03-01T12:09:00Z,2,231\n")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stdout, ": 2 accepted, 0 already there, 8 rejected")
        self.assertEqual(list(self.stored()), [NOON, NOON + timedelta(minutes=9)])
        for line, words in ((3, "22P04 expected 3 fields, got 2"), (4, "22P04 expected 3 fields, got 4"),
                            (5, "22007 the time is not valid"), (6, "22008"), (7, "22003"), (8, "22003"),
                            (9, "22P02 a value is not a number"), (10, "22023 every value is empty")):
            with self.subTest(line=line):
                self.assertIn(f"line {line}: {words}", done.stderr)

    def test_files_that_are_refused_whole(self):
        for text, words in (("power,voltage\n1,2\n", "the header has no time column"), ("", "is empty")):
            with self.subTest(words):
                done = self.load(text)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(words, done.stderr)
                self.assertIn("hint", done.stderr.lower())
        self.assertEqual(self.stored(), {})

    def test_an_unknown_tenant(self):
        self.tenant.name = "nobody-of-that-name"
        done = self.load("ts,power\n2026-03-01T12:00:00Z,1\n")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('tenant "nobody-of-that-name" does not exist', done.stderr)
