"""What every error has in common: its form, and what it never says."""

import unittest

from client import Client
from instance import SECRETS, sql
from tenants import fleet
from test_views import VIEWS

# Requests that fail in as many ways as the API has, by role.
FAILING = [
    ("viewer", "GET", "/devices?colour=eq.red", None),
    ("viewer", "GET", "/devices?order=colour", None),
    ("viewer", "GET", "/devices?select=colour", None),
    ("viewer", "GET", "/devices?device=colour.red", None),
    ("viewer", "GET", "/devices?limit=-1", None),
    ("viewer", "GET", "/scores?score=gt.many", None),
    ("viewer", "GET", "/readings?ts=gt.sometime", None),
    ("viewer", "GET", "/readings?ts=gt.999999-01-01", None),
    ("viewer", "GET", "/models?model_id=eq.99999999999999999999", None),
    ("viewer", "GET", "/nothing", None),
    ("viewer", "GET", "/detect.model", None),
    ("viewer", "GET", "/anomalies?explanation->>x=cs.[", None),
    ("viewer", "GET", "/devices?select=*,anomalies(*)", None),
    ("viewer", "GET", "/devices?device=match.(((", None),
    ("viewer", "POST", "/devices", b"{}"),
    ("viewer", "POST", "/rpc/nothing", b"{}"),
    ("viewer", "POST", "/rpc/series", b"{}"),
    ("viewer", "POST", "/rpc/score", b'{"device": 1, "metrics": 1}'),
    ("viewer", "POST", "/rpc/score", b'{"device": "x", "metrics": {}, "ts": "sometime"}'),
    ("viewer", "POST", "/rpc/explain", b'{"device": "x", "strongest": "all"}'),
    ("viewer", "POST", "/rpc/ingest", b"[]"),
    ("analyst", "POST", "/rpc/train_model", b'{"profile": "x"}'),
    ("analyst", "POST", "/rpc/train_model", b'{"profile": null}'),
    ("operator", "POST", "/rpc/ingest", b"{}"),
    ("operator", "POST", "/rpc/ingest", b"{"),
    ("operator", "POST", "/rpc/register_device", b'{"device": "x", "profile": "x"}'),
    ("operator", "POST", "/rpc/create_profile", b'{"profile": "x", "metrics": 1}'),
    ("operator", "POST", "/rpc/acknowledge_anomaly", b'{"anomaly_id": 0}'),
    ("operator", "POST", "/rpc/acknowledge_anomaly", b'{"anomaly_id": 99999999999999999999}'),
]


class Errors(unittest.TestCase):
    def test_form(self):
        for role, method, path, body in FAILING:
            with self.subTest(method=method, path=path, body=body):
                answer = fleet().client(role).request(method, path.replace(" ", "%20"), body)
                self.assertTrue(400 <= answer.status < 500, (answer.status, answer.body))
                self.assertEqual(set(answer.json), {"code", "message", "details", "hint"})
                self.assertIn("application/json", answer.headers["Content-Type"])

    def test_our_own_have_a_hint_and_the_style_of_postgres(self):
        for role, method, path, body in FAILING:
            with self.subTest(method=method, path=path, body=body):
                error = fleet().client(role).request(method, path, body).json
                if error["code"] in ("22023", "42704", "23505", "PT404", "PT413", "PT401"):
                    self.assertRegex(error["message"], r'^[a-z"]')
                    self.assertNotRegex(error["message"], r"\.$")
                    self.assertRegex(error["hint"], r"[.)\]]$")

    def test_nothing_of_the_inside_is_told(self):
        names = sql("select name from fleet.tenant where tenant_id <> :tenant", tenant=fleet().tenant_id).split("\n")
        inside = [str(SECRETS), "authenticator", "vigil_api", "PL/pgSQL", "pg_hba", "password", *names]
        for role, method, path, body in FAILING:
            with self.subTest(method=method, path=path, body=body):
                text = fleet().client(role).request(method, path, body).body.decode()
                self.assertEqual([word for word in inside if word and word in text], [])

    def test_no_answer_is_an_error_of_the_server(self):
        """Values that break naive code, in every filter of every view."""
        for view, columns in VIEWS.items():
            for column in columns:
                for value in ("eq.", "eq.%00", "eq.'", 'eq."', "in.()", "is.null", "eq.1e400", "eq.{", "like.%25%25", "fts.x"):
                    with self.subTest(view=view, column=column, value=value):
                        answer = fleet().viewer.request("GET", f"/{view}?{column}={value}&limit=1")
                        self.assertLess(answer.status, 500, answer.body)

    def test_a_statement_that_takes_too_long_is_cancelled(self):
        answer = Client().get("/devices")
        self.assertEqual(answer.status, 401)
        for role, limit in (("anon", "5s"), ("viewer", "15s"), ("analyst", "60s"), ("operator", "30s")):
            found = sql("select setconfig::text from pg_db_role_setting s join pg_roles r on r.oid = s.setrole "
                        "where r.rolname = :'role'", role=role)
            self.assertIn(f"statement_timeout={limit}", found)
