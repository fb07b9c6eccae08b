"""Training and scoring over REST and SQL where it cannot work: each is a clean refusal."""

import os
import unittest
from datetime import UTC, datetime, timedelta

from instance import SqlError, sql
from tenants import Tenant, fleet

START = datetime(2026, 3, 1, tzinfo=UTC)


class Training(unittest.TestCase):
    def tenant_with(self, rows):
        """A tenant with one device whose readings are these (power, voltage) pairs."""
        tenant = Tenant()
        tenant.add_profile("meter", ["power", "voltage"])
        tenant.add_device("m-1", "meter")
        readings = [
            {"device": "m-1", "ts": (START + timedelta(minutes=n)).isoformat(), "metrics": {"power": p, "voltage": v}}
            for n, (p, v) in enumerate(rows)
        ]
        answer = tenant.counted(tenant.operator, readings)
        self.assertEqual(answer["accepted"], len(readings))
        return tenant

    def assert_refused(self, answer, code, message):
        self.assertEqual((answer.status, answer.code), (400, code), answer.body)
        self.assertEqual(answer.json["message"], message)
        self.assertTrue(answer.json["hint"])

    def test_too_few_rows(self):
        tenant = self.tenant_with([(n, -n) for n in range(12)])
        answer = tenant.analyst.rpc("train_model", profile="meter")
        self.assert_refused(answer, "22023", "training needs at least sample_size (256) rows, got 12")
        self.assertEqual(tenant.viewer.get("/models").json, [])

    def test_no_rows(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        answer = tenant.analyst.rpc("train_model", profile="meter")
        self.assert_refused(answer, "22023", "there are no rows to train on")

    def test_constant_features(self):
        tenant = self.tenant_with([(5, 230)] * 400)
        answer = tenant.analyst.rpc("train_model", profile="meter")
        self.assertEqual((answer.status, answer.code), (400, "22023"), answer.body)
        self.assertIn("varies", answer.json["message"])

    def test_one_metric_was_never_reported(self):
        tenant = self.tenant_with([(n % 17, None) for n in range(400)])
        answer = tenant.analyst.rpc("train_model", profile="meter", options={"seed": 1})
        self.assertEqual(answer.status, 200, answer.body)
        scored = tenant.viewer.rpc("score", device="m-1", metrics={"power": 3, "voltage": 230},
                                   ts=(START + timedelta(days=1)).isoformat()).json
        self.assertTrue(0 < scored["score"] < 1)

    def test_the_same_data_and_seed_give_the_same_model(self):
        models = []
        for _ in range(2):
            tenant = self.tenant_with([(n % 17, n % 5) for n in range(400)])
            answer = tenant.analyst.rpc("train_model", profile="meter", options={"seed": 42})
            self.assertEqual(answer.status, 200, answer.body)
            models.append(sql("select md5(bytes) from detect.model where tenant_id = :tenant", tenant=tenant.tenant_id))
        self.assertEqual(*models)

    def test_training_again_supersedes(self):
        tenant = self.tenant_with([(n % 17, n % 5) for n in range(400)])
        for seed in (1, 2):
            self.assertEqual(tenant.analyst.rpc("train_model", profile="meter", options={"seed": seed}).status, 200)
        found = tenant.viewer.get("/models", select="seed,status", order="model_id").json
        self.assertEqual(found, [{"seed": 1, "status": "superseded"}, {"seed": 2, "status": "active"}])

    def test_scopes(self):
        for scope, target in (
            ({}, None),
            ({"device": fleet().devices[1]}, fleet().devices[1]),
            ({"device_model": f"P100-{fleet().marker}"}, f"P100-{fleet().marker}"),
            ({"site": fleet().site}, fleet().site),
            ({"site": "plant"}, None),
        ):
            with self.subTest(**scope):
                # Too few rows in this window, so nothing of the fixture changes; an unknown target is refused before.
                answer = fleet().analyst.rpc("train_model", profile=fleet().profile, scope=scope,
                                             options={"from": "2001-01-01", "to": "2001-01-02"})
                if scope == {"site": "plant"}:
                    self.assert_refused(answer, "42704", 'no stream of the profile matches site "plant"')
                else:
                    self.assert_refused(answer, "22023", "there are no rows to train on")

    def test_refusals(self):
        profile = fleet().profile
        cases = [
            ({"profile": "nothing"}, "42704", 'profile "nothing" does not exist'),
            ({"profile": profile, "scope": {"device": "x", "site": "y"}}, "22023", "scope must be an object with at most one key"),
            ({"profile": profile, "scope": []}, "22023", "scope must be an object with at most one key"),
            ({"profile": profile, "scope": {"colour": "red"}}, "22023", 'unknown scope "colour"'),
            ({"profile": profile, "scope": {"device": "nobody"}}, "42704", 'no stream of the profile matches stream "nobody"'),
            ({"profile": profile, "options": []}, "22023", "options must be a JSON object"),
            ({"profile": profile, "options": {"window": "soon"}}, "22023", 'option "window" is not valid'),
            ({"profile": profile, "options": {"from": "soon"}}, "22023", 'option "from" is not valid'),
            ({"profile": profile, "options": {"exclude_anomalies": "yes"}}, "22023", 'option "exclude_anomalies" is not valid'),
        ]
        for arguments, code, message in cases:
            with self.subTest(**arguments):
                self.assert_refused(fleet().analyst.rpc("train_model", **arguments), code, message)

    def test_forest_options_out_of_range(self):
        for options in ({"n_trees": 0}, {"n_trees": "many"}, {"sample_size": 1}, {"sample_size": 10**12}, {"max_depth": -1},
                        {"seed": 1.5}, {"reservoir": -5}, {"colour": "red"}, {"n_trees": 10**9}, {"seed": 10**30}):
            with self.subTest(**options):
                answer = fleet().analyst.rpc("train_model", profile=fleet().profile, options=options)
                self.assertEqual((answer.status, answer.code), (400, "22023"), answer.body)
                self.assertTrue(answer.json["hint"])


class Bytes(unittest.TestCase):
    """What direct SQL can do to a model."""

    def assert_sql_refused(self, query, code, message=None, **variables):
        with self.assertRaises(SqlError) as caught:
            sql(query, **variables)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertTrue(caught.exception.hint)
        if message:
            self.assertEqual(caught.exception.message, message)

    def model(self):
        return bytes.fromhex(sql("select encode(bytes, 'hex') from detect.model where model_id = :model", model=fleet().model["model_id"]))

    def score(self, data, vector="array_fill(0::float8, array[16])"):
        return f"select vigil.anomaly_score('\\x{data.hex()}', {vector})"

    def test_random_bytes(self):
        for length in (1, 4, 31, 32, 33, 100, 10_000):
            with self.subTest(length=length):
                self.assert_sql_refused(self.score(os.urandom(length)), "22P03")
        self.assert_sql_refused(self.score(b""), "22P03")

    def test_a_changed_or_shortened_model(self):
        model = self.model()
        self.assertGreater(float(sql(self.score(model))), 0)
        for place in (0, 4, 8, 20, 40, len(model) // 2, len(model) - 1):
            with self.subTest(place=place):
                changed = bytearray(model)
                changed[place] ^= 0x10
                with self.assertRaises(SqlError) as caught:
                    sql(self.score(bytes(changed)))
                self.assertIn(caught.exception.code, ("22P03", "0A000"), caught.exception)
        for length in (8, 40, len(model) // 2, len(model) - 1):
            with self.subTest(length=length):
                self.assert_sql_refused(self.score(model[:length]), "22P03")
        self.assert_sql_refused(self.score(model + b"\0"), "22P03")

    def test_a_vector_of_the_wrong_length(self):
        model = self.model()
        for length in (0, 1, 15, 17):
            vector = f"array_fill(0::float8, array[{length}])"
            self.assert_sql_refused(self.score(model, vector), "22023", f"model expects 16 features, got {length}")

    def test_values_that_are_no_numbers(self):
        model = self.model()
        for value in ("NaN", "Infinity", "-Infinity"):
            with self.subTest(value):
                self.assert_sql_refused(self.score(model, f"array_fill('{value}'::float8, array[16])"), "22023")

    def test_values_of_every_magnitude(self):
        model = self.model()
        usual = float(sql(self.score(model, "array_fill(null::float8, array[16])")))
        for value in ("1e101", "-1.7e308"):
            with self.subTest(value):
                self.assertTrue(usual < float(sql(self.score(model, f"array_fill('{value}'::float8, array[16])"))) < 1)

    def test_nulls(self):
        model = self.model()
        self.assertTrue(0 < float(sql(self.score(model, "array_fill(null::float8, array[16])"))) < 1)
        self.assertEqual(sql(self.score(model, "null")), "")
