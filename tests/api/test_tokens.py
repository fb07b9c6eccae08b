"""Tokens that must not work. Each differs from a good one in one thing."""

import base64
import subprocess
import tempfile
import time
import unittest
import uuid

import tokens
from client import Client
from instance import sql
from tenants import Tenant

HINT = "Get a new token with POST /rpc/login or /rpc/refresh, or with ./dev token during development."


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("meter", ["power"])
        cls.tenant.add_device("m-1", "meter")

    def get(self, token):
        return Client(token, self.tenant.tenant_id).get("/devices")

    def token(self, **changes):
        return tokens.token(self.tenant.tenant_id, **changes)

    def assert_turned_away(self, token, status=401, message=None):
        """No rows and no writes; where the hook decides, with its message and hint."""
        answer = self.get(token)
        self.assertEqual(answer.status, status, answer.body)
        self.assertNotIn(b"m-1", answer.body)
        if message is not None:
            self.assertEqual((answer.json["message"], answer.json["hint"]), (message, HINT))
        reading = [{"device": "m-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"power": 1}}]
        self.assertIn(Client(token, self.tenant.tenant_id).ingest(reading).status, (401, 403))
        return answer

    @classmethod
    def tearDownClass(cls):
        stored = cls.tenant.viewer.get("/readings").json
        assert stored == [], f"a bad token wrote {stored}"

    def test_a_good_token_works(self):
        answer = self.get(self.token())
        self.assertEqual((answer.status, [d["device"] for d in answer.json]), (200, ["m-1"]))

    def test_no_token(self):
        answer = self.assert_turned_away(None)
        self.assertEqual(answer.code, "42501")

    def test_nonsense(self):
        for token in ("", "x", "a.b.c", "..", "null", self.token()[:-4], self.token() + "x", self.token().replace(".", "")):
            with self.subTest(token[-12:]):
                self.assert_turned_away(token)

    def test_claims_changed_after_signing(self):
        head, body, signature = self.token().split(".")
        changed = tokens.part(tokens.claims(self.tenant.tenant_id, "tenant_admin"))
        self.assert_turned_away(f"{head}.{changed}.{signature}")

    def test_expired(self):
        now = int(time.time())
        self.assert_turned_away(self.token(iat=now - 700, exp=now - 100))

    def test_expired_within_the_skew_that_postgrest_grants(self):
        now = int(time.time())
        self.assert_turned_away(self.token(iat=now - 300, exp=now - 5), message="the token has expired")

    def test_claims(self):
        now = int(time.time())
        for message, changes in [
            ("the token has no expiry", {"exp": None}),
            ("the token does not say when it was issued", {"iat": None}),
            ("the token lives longer than 15 minutes", {"iat": now, "exp": now + 901}),
            ("the token lives longer than 15 minutes", {"iat": now - 86400 * 365, "exp": now + 60}),
            ("the token ends before it was issued", {"iat": now + 20, "exp": now + 10}),
            ("the token was not issued by vigil", {"iss": "someone"}),
            ("the token was not issued by vigil", {"iss": None}),
            ("the token is not meant for vigil", {"aud": None}),
            ("the token has no subject", {"sub": None}),
            ("the token has no subject", {"sub": ""}),
            ("the token has no tenant", {"tenant_id": None}),
            ("the token has no tenant", {"tenant_id": 0}),
            ("the token has no tenant", {"tenant_id": -1}),
            ("the token has no tenant", {"tenant_id": "1 or true"}),
            ("the token has no tenant", {"tenant_id": 1.5}),
            ("the token has no tenant", {"tenant_id": [self.tenant.tenant_id]}),
            ("the token has no tenant", {"tenant_id": 99999999999}),
            ("the token has no tenant", {"tenant_id": True}),
            ("the token is not an access token", {"typ": None}),
            ("the token is not an access token", {"typ": "refresh"}),
            ("the token has no id", {"jti": None}),
            ("the token has no id", {"jti": "short"}),
            ("the token has no session", {"sid": None}),
            ("the token has no session", {"sid": "1"}),
            ("the session has ended", {"sid": str(uuid.uuid4())}),
            ("the token is not its session's", {"tenant_id": Tenant().tenant_id}),
            ("the account has another role by now", {"role": "tenant_admin"}),
            ("the token's tenant is not active", {"tenant_id": 999999999}),
        ]:
            with self.subTest(**changes):
                self.assert_turned_away(self.token(**changes), message=message)

    def test_claims_that_postgrest_judges(self):
        now = int(time.time())
        for changes in (
            {"aud": "another"}, {"aud": ["another"]}, {"aud": []}, {"iss": ["vigil"]}, {"iat": now + 120, "exp": now + 600}, {"nbf": now + 120},
            {"exp": "never"}, {"exp": "9999999999"}, {"iat": "yesterday"},
        ):
            with self.subTest(**changes):
                self.assert_turned_away(self.token(**changes))

    def test_issued_a_little_in_the_future_is_clock_skew(self):
        now = int(time.time())
        self.assertEqual(self.get(self.token(iat=now + 10, exp=now + 600)).status, 200)

    def test_roles_that_are_no_request_roles(self):
        for role in ("postgres", "authenticator", "vigil_owner", "vigil_api", "vigil_jobs", "vigil_worker", "bi_reader",
                     "pg_read_all_data", "nobody-at-all", "VIEWER", 'viewer"; set role postgres; --', ""):
            with self.subTest(role):
                answer = self.get(self.token(role=role))
                self.assertIn(answer.status, (400, 401, 403), answer.body)
                self.assertNotIn(b"m-1", answer.body)

    def test_no_role_or_the_anonymous_one(self):
        self.assert_turned_away(self.token(role=None), message="the token has no role")
        self.assert_turned_away(self.token(role="anon"), message="the token has no role")

    def test_unsigned(self):
        self.assert_turned_away(tokens.unsigned_token(self.tenant.tenant_id))
        head, body, _ = self.token().split(".")
        self.assert_turned_away(f"{head}.{body}.")

    def test_signed_with_the_public_key_as_a_shared_secret(self):
        public = tokens.published_key()
        raw = base64.urlsafe_b64decode(public["x"] + "=")
        pem = subprocess.run(["openssl", "pkey", "-in", tokens.KEY, "-pubout"], check=True, capture_output=True).stdout
        for secret in (raw, public["x"].encode(), pem, pem.strip(), (tokens.SECRETS / "jwks.json").read_bytes()):
            for header in ({}, {"kid": public["kid"]}):
                self.assert_turned_away(tokens.hs256_token(self.tenant.tenant_id, secret, **header))

    def test_signed_with_another_key(self):
        with tempfile.TemporaryDirectory() as folder:
            key = tokens.new_key(folder)
            self.assert_turned_away(self.token(key=key))
            der = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"],
                                 check=True, capture_output=True).stdout
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": tokens.base64url(der[-32:])}
            # A key that the token brings along is nobody's.
            self.assert_turned_away(self.token(key=key, header={"alg": "EdDSA", "typ": "JWT", "jwk": jwk}))

    def test_an_unknown_key_id_buys_nothing(self):
        """PostgREST 12 tries every key whatever the kid says, so the good key still decides."""
        with tempfile.TemporaryDirectory() as folder:
            self.assert_turned_away(self.token(key=tokens.new_key(folder), header={"alg": "EdDSA", "kid": "unknown"}))

    def test_another_algorithm_in_the_header(self):
        for algorithm in ("none", "HS256", "RS256", "ES256", "eddsa", ""):
            with self.subTest(algorithm):
                self.assert_turned_away(self.token(header={"alg": algorithm, "typ": "JWT"}))

    def test_an_inactive_tenant(self):
        tenant = Tenant()
        self.assertEqual(tenant.viewer.get("/devices").status, 200)
        sql("update fleet.tenant set active = false where tenant_id = :tenant", tenant=tenant.tenant_id)
        answer = tenant.viewer.get("/devices")
        self.assertEqual((answer.status, answer.json["message"]), (401, "the token's tenant is not active"))

    def test_headers_and_parameters_choose_no_tenant(self):
        other = Tenant()
        for headers in ({"X-Tenant-Id": str(self.tenant.tenant_id)}, {"request.jwt.claims": '{"tenant_id":1}'},
                        {"Role": "tenant_admin"}, {"Prefer": f"tenant_id={self.tenant.tenant_id}"}):
            with self.subTest(**headers):
                answer = other.viewer.get("/devices", headers)
                self.assertEqual((answer.status, answer.json), (200, []))

    def test_the_token_in_other_places(self):
        for headers in ({"Cookie": f"token={self.token()}"}, {"X-Authorization": f"Bearer {self.token()}"}):
            self.assertEqual(Client(tenant_id=self.tenant.tenant_id).get("/devices", headers).status, 401)
        basic = base64.b64encode(b"postgres:postgres").decode()
        self.assertEqual(Client().get("/devices", {"Authorization": f"Basic {basic}"}).status, 401)
