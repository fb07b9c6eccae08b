"""Everything that is wrong with a reading costs that reading and no other; what is no array of readings costs the request."""

import json
import unittest
from datetime import UTC, datetime, timedelta

from client import INGEST
from tenants import Tenant

AT = '"2026-03-01T12:00:00Z"'


def raw(device='"m-1"', ts=AT, metrics='{"power": 1}'):
    """A reading as text, so that it may hold what no JSON library would write."""
    return f'{{"device": {device}, "ts": {ts}, "metrics": {metrics}}}'


NOT_REPRESENTABLE = ("22P05", "the reading holds text or a number that cannot be stored",
                     "Remove NUL characters, unpaired surrogates and numbers of thousands of digits.")
INVALID_TIME = ("22007", "the timestamp is not valid", 'Give "ts" as an ISO 8601 timestamp such as 2026-01-31T12:00:00Z.')
FUTURE = ("22008", "the timestamp lies more than 600 seconds in the future", "Check the device's clock and time zone.")
PAST = ("22008", "the timestamp lies before the year 2000", "Check the device's clock and time zone.")
OUT_OF_RANGE = ("22003", 'metric "power" is out of range', "Magnitudes up to 1e100 are taken.")
NO_METRICS = ("22023", "the reading has no metrics", 'Add "metrics" as an object of numbers, or "metric" and "value".')
EMPTY = ("22023", "the reading has no metrics", "Leave out readings in which nothing was measured.")
NO_DEVICE = ("22023", "the reading names no device", 'Add "device" with the device\'s external id as text.')


def no_number(kind, metric="power"):
    return ("22P02", f'metric "{metric}" must be a number or null, not {kind}',
            "Send numbers without quotes; null means not reported.")


def no_object(kind):
    return ("22023", f"a reading is a JSON object, not {kind}",
            'Send {"device": "…", "ts": "…", "metrics": {…}} or {"device": "…", "metric": "…", "ts": "…", "value": 1.5}.')


def unknown_device(name):
    return ("42704", f'device "{name}" is not registered', "Register it with POST /rpc/register_device.")


REFUSED = {
    "NaN as text": (raw(metrics='{"power": "NaN"}'), no_number("string")),
    "infinity as text": (raw(metrics='{"power": "Infinity"}'), no_number("string")),
    "minus infinity as text": (raw(metrics='{"power": "-Infinity"}'), no_number("string")),
    "a number as text": (raw(metrics='{"power": "81.5"}'), no_number("string")),
    "true for a number": (raw(metrics='{"power": true}'), no_number("boolean")),
    "an array for a number": (raw(metrics='{"power": [1]}'), no_number("array")),
    "an object for a number": (raw(metrics='{"power": {"value": 1}}'), no_number("object")),
    "1e308": (raw(metrics='{"power": 1e308}'), OUT_OF_RANGE),
    "-1e308": (raw(metrics='{"power": -1e308}'), OUT_OF_RANGE),
    "1e400": (raw(metrics='{"power": 1e400}'), OUT_OF_RANGE),
    "just above 1e100": (raw(metrics='{"power": 1.0000001e100}'), OUT_OF_RANGE),
    "1e100000": (raw(metrics='{"power": 1e100000}'), OUT_OF_RANGE),
    "one good and one bad metric": (raw(metrics='{"power": 1e308, "voltage": 230}'), OUT_OF_RANGE),
    "infinite time": (raw(ts='"infinity"'), INVALID_TIME),
    "minus infinite time": (raw(ts='"-infinity"'), INVALID_TIME),
    "the year 9999": (raw(ts='"9999-12-31T23:59:59Z"'), FUTURE),
    "an hour ahead": (raw(ts=json.dumps((datetime.now(UTC) + timedelta(hours=1)).isoformat())), FUTURE),
    "the year 294277": (raw(ts='"294277-01-01T00:00:00Z"'), INVALID_TIME),
    "the year 1999": (raw(ts='"1999-12-31T23:59:59Z"'), PAST),
    "the year 1": (raw(ts='"0001-01-01T00:00:00Z"'), PAST),
    "before Christ": (raw(ts='"2026-01-01T00:00:00Z BC"'), PAST),
    "30 February": (raw(ts='"2026-02-30T12:00:00Z"'), INVALID_TIME),
    "25 o'clock": (raw(ts='"2026-03-01T25:00:00Z"'), INVALID_TIME),
    "seconds since 1970": (raw(ts="1772366400"), INVALID_TIME),
    "yesterday": (raw(ts='"yesterday"'), INVALID_TIME),
    "now": (raw(ts='"now"'), INVALID_TIME),
    "no time at all": ('{"device": "m-1", "metrics": {"power": 1}}',
                       ("22007", "the reading has no timestamp", INVALID_TIME[2])),
    "null for a time": (raw(ts="null"), ("22007", "the reading has no timestamp", INVALID_TIME[2])),
    "an unknown metric": (raw(metrics='{"power": 1, "speed": 2}'),
                          ("42704", 'metric "speed" is not in the profile',
                           "Remove it from the reading, or append it to the profile.")),
    "only an unknown metric": (raw(metrics='{"speed": 2}'),
                               ("42704", 'no profile of the device has metric "speed"',
                                "GET /streams lists a device's profiles, GET /profiles their metrics.")),
    "an unknown device": (raw(device='"m-99"'), unknown_device("m-99")),
    "an empty device": (raw(device='""'), unknown_device("")),
    "a device of 10,000 characters": (raw(device=json.dumps("x" * 10_000)), unknown_device("x" * 200)),
    "a number for the device": (raw(device="7"), NO_DEVICE),
    "no device": (f'{{"ts": {AT}, "metrics": {{"power": 1}}}}', NO_DEVICE),
    "an unknown profile": (f'{{"device": "m-1", "profile": "nope", "ts": {AT}, "metrics": {{"power": 1}}}}',
                           ("42704", 'the device does not speak profile "nope"',
                            "GET /streams lists a device's profiles, GET /profiles their metrics.")),
    "no metrics": (f'{{"device": "m-1", "ts": {AT}}}', NO_METRICS),
    "null for metrics": (raw(metrics="null"), NO_METRICS),
    "an array of metrics": (raw(metrics="[1, 2]"), NO_METRICS),
    "metric without value": (f'{{"device": "m-1", "ts": {AT}, "metric": "power"}}', NO_METRICS),
    "value without metric": (f'{{"device": "m-1", "ts": {AT}, "value": 1}}', NO_METRICS),
    "empty metrics": (raw(metrics="{}"), EMPTY),
    "only nulls": (raw(metrics='{"power": null}'), ("22023", "every metric of the reading is null", EMPTY[2])),
    "a number": ("7", no_object("number")),
    "null": ("null", no_object("null")),
    "text": ('"m-1"', no_object("string")),
    "an array": ("[]", no_object("array")),
    "an escaped NUL in the device": (raw(device='"m\\u0000-1"'), NOT_REPRESENTABLE),
    "an escaped NUL in a metric": (raw(metrics='{"pow\\u0000er": 1}'), NOT_REPRESENTABLE),
    "a high surrogate alone": (raw(device='"m\\ud800-1"'), NOT_REPRESENTABLE),
    "a low surrogate alone": (raw(device='"m\\udc00-1"'), NOT_REPRESENTABLE),
    "surrogates in the wrong order": (raw(device='"\\udc00\\ud800"'), NOT_REPRESENTABLE),
    "500 arrays deep": (raw(metrics='{"power": ' + "[" * 500 + "]" * 500 + "}"), no_number("array")),
    "500 objects deep": (raw(metrics='{"power": ' + '{"a":' * 500 + "1" + "}" * 500 + "}"), no_number("object")),
}


class Meter(unittest.TestCase):
    """A tenant with two meters; `good` gets the sound readings beside the refused ones."""

    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("meter", ["power", "voltage"])
        for device in ("m-1", "good"):
            cls.tenant.add_device(device, "meter")
        cls.minute = 0

    def good(self):
        """A sound reading that was not sent before."""
        type(self).minute += 1
        at = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=self.minute)
        return at, raw(device='"good"', ts=json.dumps(at.isoformat()), metrics=f'{{"power": {self.minute}}}')

    def stored(self, device):
        rows = self.tenant.viewer.get("/readings", device=f"eq.{device}", order="ts").json
        return {datetime.fromisoformat(r["ts"]): r["metrics"] for r in rows}

    def post(self, text):
        body = text if isinstance(text, bytes) else text.encode()
        return self.tenant.operator.request("POST", INGEST, body)

    def assert_kept_beside(self, bad):
        """Sends a reading between two sound ones; the sound ones are stored. Returns the answer."""
        (first, before), (second, after) = self.good(), self.good()
        answer = self.post(f"[{before}, {bad}, {after}]")
        self.assertEqual(answer.status, 200, answer.body[:500])
        kept = self.stored("good")
        self.assertIn(first, kept)
        self.assertIn(second, kept)
        return answer.json


class BadReadings(Meter):
    def test_each_costs_only_itself(self):
        for name, (bad, (code, message, hint)) in REFUSED.items():
            with self.subTest(name):
                self.assertEqual(self.assert_kept_beside(bad), {
                    "accepted": 2, "duplicates": 0,
                    "rejected": [{"index": 1, "code": code, "message": message, "hint": hint}],
                })
        self.assertEqual(self.stored("m-1"), {}, "nothing of a refused reading is stored")

    def test_all_of_them_at_once(self):
        (first, before), (second, after) = self.good(), self.good()
        answer = self.post(f"[{before}, {', '.join(bad for bad, _ in REFUSED.values())}, {after}]")
        self.assertEqual(answer.status, 200, answer.body[:500])
        self.assertEqual(answer.json["accepted"], 2)
        self.assertEqual(
            [(r["code"], r["message"], r["hint"]) for r in answer.json["rejected"]], [why for _, why in REFUSED.values()])
        self.assertEqual([r["index"] for r in answer.json["rejected"]], list(range(1, len(REFUSED) + 1)))
        self.assertLessEqual({first, second}, set(self.stored("good")))

    def test_numbers_nearer_to_zero_than_any_double(self):
        for number in ("1e-400", "-1e-400", "1e-16000"):
            with self.subTest(number):
                answer = self.assert_kept_beside(raw(device='"good"', metrics='{"voltage": %s}' % number))
                self.assertEqual(answer["rejected"], [])
                self.assertEqual(self.stored("good")[datetime(2026, 3, 1, 12, tzinfo=UTC)], {"voltage": 0})

    def test_numbers_beyond_any_number(self):
        """More digits than the database has for numbers: as little storable as broken text."""
        for number in ("1e999999", "-1e999999", "1e-999999", "9" * 200_000):
            with self.subTest(number[:20]):
                answer = self.assert_kept_beside(raw(metrics='{"power": %s}' % number))
                self.assertEqual([(r["index"], r["code"]) for r in answer["rejected"]], [(1, "22P05")])

    def test_a_metric_twice_in_one_reading(self):
        _, before = self.good()
        bad = raw(device='"good"', ts='"2026-05-01T00:00:00Z"', metrics='{"power": 1, "power": 2}')
        answer = self.post(f"[{before}, {bad}]")
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 2))
        self.assertEqual(self.stored("good")[datetime(2026, 5, 1, tzinfo=UTC)], {"power": 2}, "the last one counts")


class BadRequests(Meter):
    """What is refused as a whole; nothing of it is stored."""

    def assert_refused(self, body, status, code, message=None, hint=None):
        before = self.stored("good")
        answer = self.post(body)
        self.assertEqual((answer.status, answer.code), (status, code), answer.body[:500])
        if message is not None:
            self.assertEqual((answer.json["message"], answer.json["hint"]), (message, hint))
        self.assertEqual(self.stored("good"), before)
        at, reading = self.good()
        self.assertEqual(self.post(f"[{reading}]").status, 200, "the next request is served")

    def test_empty_array(self):
        answer = self.post("[]")
        self.assertEqual((answer.status, answer.json), (200, {"accepted": 0, "duplicates": 0, "rejected": []}))

    def test_not_an_array(self):
        for body in ("{}", raw(), '"text"', "7", "null", "true"):
            with self.subTest(body):
                self.assert_refused(
                    body, 400, "22023", "the body must be a JSON array of readings",
                    'Send [{"device": "…", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 81.5}}].')

    def test_not_json(self):
        _, good = self.good()
        bodies = ["", "[", "[1,]", f"[{good}", f"[{good},]", f"[{good}] trailing", "nonsense"]
        for number in ("NaN", "Infinity", "-Infinity", "01", ".5", "+1", "1.", "0x10"):
            bodies.append("[%s, %s]" % (good, raw(metrics='{"power": %s}' % number)))
        for body in bodies:
            with self.subTest(body[-60:]):
                before = self.stored("good")
                answer = self.post(body)
                self.assertEqual(answer.status, 400, answer.body[:500])
                self.assertIn(answer.code, ("22P02", "PGRST102"))
                self.assertEqual(self.stored("good"), before)

    def test_raw_nul_and_broken_utf8(self):
        _, good = self.good()
        for name, byte in (("NUL", b"\x00"), ("broken UTF-8", b"\xc3\x28"), ("an overlong form", b"\xc0\x80"),
                           ("a raw surrogate", b"\xed\xa0\x80")):
            with self.subTest(name):
                before = self.stored("good")
                bad = raw(device='"m@-1"').encode().replace(b"@", byte)
                answer = self.post(b"[" + good.encode() + b", " + bad + b"]")
                self.assertIn(answer.status, (200, 400), answer.body[:500])
                if answer.status == 400:
                    self.assertEqual(self.stored("good"), before)
                else:
                    self.assertEqual(len(answer.json["rejected"]), 1)

    def test_more_than_ten_thousand_readings(self):
        _, good = self.good()
        self.assert_refused(
            f"[{', '.join([good] * 10_001)}]", 413, "PT413", "10001 readings in one request, at most 10000 are taken",
            "Send them in several requests, or load a file with the bulk import.")

    def test_nesting_without_end(self):
        _, good = self.good()
        for depth in (100_000, 1_000_000):
            with self.subTest(depth=depth):
                self.assert_refused(f"[{good}, {'[' * depth}{']' * depth}]", 413, "54001")

    def test_ten_megabytes(self):
        _, before = self.good()
        text = "x" * 10_000_000
        cases = {
            "in a device's name": (raw(device=f'"{text}"'), unknown_device("x" * 200)),
            "in a metric's name": (raw(metrics=f'{{"{text}": 1}}'),
                                   ("42704", f'no profile of the device has metric "{"x" * 200}"',
                                    "GET /streams lists a device's profiles, GET /profiles their metrics.")),
            "in a value": (raw(metrics=f'{{"power": "{text}"}}'), no_number("string")),
            "in a key nobody reads": (raw(device='"good"', ts='"2026-05-02T00:00:00Z"')[:-1] + f', "note": "{text}"}}', None),
        }
        for name, (bad, why) in cases.items():
            with self.subTest(name):
                answer = self.post(f"[{before}, {bad}]")
                self.assertEqual(answer.status, 200, answer.body[:500])
                rejected = [(r["code"], r["message"], r["hint"]) for r in answer.json["rejected"]]
                self.assertEqual(rejected, [why] if why else [])
                self.assertLess(len(answer.body), 2000, "the answer does not repeat the text")

    def test_many_refusals_in_one_request(self):
        (at, good) = self.good()
        bad = raw(device='"nobody"')
        answer = self.post(f"[{', '.join([bad] * 9_999)}, {good}]")
        self.assertEqual((answer.status, answer.json["accepted"], len(answer.json["rejected"])), (200, 1, 9_999))
        self.assertIn(at, self.stored("good"))

    def test_without_columns_the_keys_of_all_readings_agree(self):
        """PostgREST's own rule for arrays, which `columns` switches off."""
        (first, one), (second, two) = self.good(), self.good()
        narrow = one.replace('"metrics": {"power": ', '"metric": "power", "value": ').replace("}}", "}")
        answer = self.tenant.operator.request("POST", "/rpc/ingest", f"[{two}, {narrow}]".encode())
        self.assertEqual((answer.status, answer.code), (400, "PGRST102"))
        self.assertEqual(answer.json["message"], "All object keys must match")
        self.assertNotIn(second, self.stored("good"))
        same = [json.loads(one) | {"metric": None, "value": None, "profile": None},
                {"device": "good", "ts": second.isoformat(), "metrics": None, "metric": "voltage", "value": 5, "profile": "meter"}]
        answer = self.tenant.operator.post("/rpc/ingest", same)
        self.assertEqual((answer.status, answer.json["accepted"]), (200, 2), answer.body)
        self.assertEqual(self.stored("good")[second], {"voltage": 5})
        self.assertIn(first, self.stored("good"))

    def test_other_content_types(self):
        _, good = self.good()
        before = self.stored("good")
        for kind in ("text/plain", "text/csv", "application/octet-stream", "application/x-www-form-urlencoded"):
            with self.subTest(kind):
                answer = self.tenant.operator.request("POST", INGEST, f"[{good}]".encode(), {"Content-Type": kind})
                self.assertIn(answer.status, (400, 404, 415), answer.body[:300])
        self.assertEqual(self.stored("good"), before)

    def test_get_cannot_ingest(self):
        answer = self.tenant.operator.get("/rpc/ingest")
        self.assertIn(answer.status, (404, 405), answer.body)
