"""Logging in: what is answered, what is not told, and how failures are slowed down."""

import json
import statistics
import time
import unittest
import uuid

from client import Client
from instance import sql, sql_json
from people import PASSWORD, Person, forget_failures, one_time_code
from tenants import Tenant

WRONG = {
    "code": "PT401", "message": "email or password is wrong", "details": None,
    "hint": "POST /rpc/request_password_reset sends a link to choose a new password. From the fifth failure on each takes longer.",
}


def log_in(email, password, headers=None, **more):
    return Client().post("/rpc/login", {"email": email, "password": password} | more, headers)


class Login(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.two = Tenant(), Tenant()

    def setUp(self):
        forget_failures()
        self.person = Person([(self.one, "operator"), (self.two, "viewer")])

    def tearDown(self):
        forget_failures()

    def test_the_answer(self):
        answer = self.person.log_in(tenant=self.one.name)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        told = answer.json
        self.assertEqual({k: told[k] for k in ("token_type", "expires_in", "tenant", "role")},
                         {"token_type": "Bearer", "expires_in": 900, "tenant": self.one.name, "role": "operator"})
        self.assertEqual(sorted(t["tenant"] + t["role"] for t in told["tenants"]),
                         sorted([self.one.name + "operator", self.two.name + "viewer"]))
        self.assertRegex(told["refresh_token"], r"^[A-Za-z0-9_-]{43}$")
        client = self.person.signed_in(answer)
        self.assertEqual(client.get("/devices").status, 200)
        me = client.get("/rpc/me").json
        self.assertEqual((me["email"], me["tenant"], me["role"]), (self.person.email, self.one.name, "operator"))

    def test_email_is_matched_without_case(self):
        self.assertEqual(self.person.log_in(email=f"  {self.person.email.upper()} ").status, 200)

    def test_the_tenant_is_the_named_one_else_the_last(self):
        for tenant in (self.one, self.two):
            self.assertEqual(self.person.log_in(tenant=tenant.name).json["tenant"], tenant.name)
            self.assertEqual(self.person.log_in().json["tenant"], tenant.name)

    def test_one_answer_for_whatever_is_wrong(self):
        inactive = Person([(self.one, "viewer")])
        sql("update auth.account set active = false where email = :'email'", email=inactive.email)
        homeless = Person([])
        shut_out = Person([(self.one, "viewer")])
        sql("update auth.membership set active = false where account_id = :'account'", account=shut_out.account_id)
        no_password = Person([(self.one, "viewer")])
        sql("update auth.account set password_hash = null where email = :'email'", email=no_password.email)
        for what, email, password, more in [
            ("wrong password", self.person.email, PASSWORD + "x", {}),
            ("unknown email", f"{uuid.uuid4().hex}@example.com", PASSWORD, {}),
            ("inactive account", inactive.email, PASSWORD, {}),
            ("no membership", homeless.email, PASSWORD, {}),
            ("membership that is not active", shut_out.email, PASSWORD, {}),
            ("no password yet", no_password.email, PASSWORD, {}),
            ("not their tenant", self.person.email, PASSWORD, {"tenant": Tenant().name}),
            ("no such tenant", self.person.email, PASSWORD, {"tenant": "nowhere"}),
            ("empty", "", "", {}), ("nulls", None, None, {}), ("no address", "x", "y", {}),
            ("a very long password", self.person.email, "x" * 100_000, {}),
            ("a very long email", "x" * 100_000, PASSWORD, {}),
        ]:
            with self.subTest(what):
                answer = log_in(email, password, **more)
                self.assertEqual((answer.status, answer.json), (401, WRONG))

    def test_an_unknown_email_takes_as_long(self):
        took = {True: [], False: []}
        for _ in range(15):
            for known in (True, False):
                forget_failures()
                email = self.person.email if known else f"{uuid.uuid4().hex}@example.com"
                start = time.perf_counter()
                log_in(email, "wrong")
                took[known].append(time.perf_counter() - start)
        known, unknown = statistics.median(took[True]), statistics.median(took[False])
        self.assertLess(abs(known - unknown), 0.35 * max(known, unknown), took)

    def test_failures_make_the_next_wait(self):
        for email in (self.person.email, f"{uuid.uuid4().hex}@example.com"):
            with self.subTest(email):
                for _ in range(5):
                    self.assertEqual(log_in(email, "wrong").status, 401)
                answer = log_in(email, PASSWORD)
                self.assertEqual((answer.status, answer.code, answer.json["message"]), (429, "PT429", "too many failed logins"))
                self.assertEqual(answer.headers["Retry-After"], "1")
                self.assertRegex(answer.headers["X-Correlation-ID"], "^[0-9a-f-]{36}$")
        time.sleep(1.1)
        self.assertEqual(log_in(self.person.email, "wrong").status, 401)
        self.assertEqual(log_in(self.person.email, PASSWORD).headers["Retry-After"], "2")
        time.sleep(2.1)
        self.assertEqual(self.person.log_in().status, 200, "then the right one lets in")
        self.assertEqual(log_in(self.person.email, "wrong").status, 401, "and it begins anew")
        self.assertEqual(self.person.log_in().status, 200)

    def test_waits_grow_to_a_quarter_of_an_hour(self):
        sql("insert into auth.login_attempt (bucket_sha256, failures) values (sha256(convert_to('email ' || :'email', 'UTF8')), 40)", email=self.person.email)
        self.assertEqual(log_in(self.person.email, "wrong").status, 401)
        self.assertEqual(log_in(self.person.email, PASSWORD).headers["Retry-After"], "900")

    def test_a_refused_attempt_costs_no_hash(self):
        for _ in range(5):
            log_in(self.person.email, "wrong")
        sql("update auth.login_attempt set locked_until = now() + interval '1 minute'")
        start = time.perf_counter()
        for _ in range(20):
            self.assertEqual(log_in(self.person.email, PASSWORD).status, 429)
        refused = (time.perf_counter() - start) / 20
        forget_failures()
        start = time.perf_counter()
        self.assertEqual(self.person.log_in().status, 200)
        self.assertLess(refused, time.perf_counter() - start)

    def test_an_address_that_tries_many_accounts_waits_too(self):
        sql("update auth.setting set trusted_proxies = 1")
        try:
            address = f"2001:db8:{uuid.uuid4().hex[:4]}::"
            for n in range(20):
                answer = log_in(f"{uuid.uuid4().hex}@example.com", "wrong", {"X-Forwarded-For": f"1.2.3.4, {address}{n + 1}"})
                self.assertEqual(answer.status, 401)
            answer = self.person.log_in({"X-Forwarded-For": f"{address}99"})
            self.assertEqual(answer.status, 429, "an IPv6 /64 is one")
            self.assertEqual(self.person.log_in({"X-Forwarded-For": "192.0.2.7"}).status, 200, "others are not kept waiting")
            self.assertEqual(self.person.log_in({"X-Forwarded-For": f"{address}99, 192.0.2.7"}).status, 200,
                             "what stands before the proxy's entry is hearsay")
        finally:
            sql("update auth.setting set trusted_proxies = default")

    def test_a_hash_of_fewer_passes_is_renewed(self):
        sql("""
            set vigil_platform.argon2_iterations = 3;
            update auth.account set password_hash = vigil_platform.hash_password(:'password') where email = :'email';
            """, email=self.person.email, password=PASSWORD)
        stored = "select password_hash from auth.account where email = :'email'"
        before = sql(stored, email=self.person.email)
        self.assertEqual(self.person.log_in().status, 200)
        self.assertEqual(sql(stored, email=self.person.email), before, "one of more passes stays")
        sql("alter system set vigil_platform.argon2_iterations = 4")
        sql("select pg_reload_conf()")
        time.sleep(0.5)
        try:
            self.assertEqual(self.person.log_in().status, 200)
            self.assertIn(",t=4,", sql(stored, email=self.person.email))
        finally:
            sql("alter system reset vigil_platform.argon2_iterations")
            sql("select pg_reload_conf()")
            time.sleep(0.5)
        self.assertEqual(self.person.log_in().status, 200)

    def test_a_password_in_another_normal_form_is_the_same(self):
        person = Person([(self.one, "viewer")], "fünfzehn Zeichen ﬁ")
        person.password = "fu\u0308nfzehn Zeichen fi"
        sql("update auth.account set password_hash = vigil_platform.hash_password(normalize(:'password', nfkc)) where email = :'email'",
            email=person.email, password="fünfzehn Zeichen ﬁ")
        self.assertEqual(person.log_in().status, 200)

    def test_the_audit_trail(self):
        person = Person([(self.one, "operator")])
        log_in(person.email, "wrong password, but not kept")
        client = person.client()
        client.rpc("logout")
        entries = sql_json("select action, actor, detail::text from audit.entry where tenant_id = :tenant and (actor = :'account' or detail ->> 'account_id' = :'account') order by entry_id",
                           tenant=self.one.tenant_id, account=person.account_id)
        self.assertEqual([e["action"] for e in entries], ["failed_login", "login", "logout"])
        self.assertEqual(entries[1]["actor"], person.account_id)
        whole = json.dumps(sql_json("select * from audit.entry where tenant_id = :tenant", tenant=self.one.tenant_id))
        for secret in (PASSWORD, "not kept", client.tokens["access_token"], client.tokens["refresh_token"]):
            self.assertNotIn(secret, whole)


class SecondFactor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()

    def setUp(self):
        forget_failures()
        self.person = Person([(self.tenant, "tenant_admin")])
        self.client = self.person.client()

    def set_up(self):
        """Sets a second factor up; returns the secret and the recovery codes."""
        begun = self.client.rpc("begin_totp").json
        answer = self.client.rpc("confirm_totp", code=one_time_code(begun["secret"]))
        self.assertEqual(answer.status, 200, answer.body)
        return begun["secret"], answer.json["recovery_codes"]

    def forget_step(self):
        sql("update auth.account set totp_last_step = null where email = :'email'", email=self.person.email)

    def test_the_url_is_one_that_authenticators_read(self):
        begun = self.client.rpc("begin_totp").json
        label = self.person.email.replace("@", "%40")
        self.assertEqual(begun["otpauth_url"], f"otpauth://totp/Vigil:{label}?secret={begun['secret']}&issuer=Vigil&algorithm=SHA1&digits=6&period=30")
        self.assertEqual(self.person.log_in().status, 200, "it does not count before it is confirmed")

    def test_logging_in_takes_a_code(self):
        secret, _ = self.set_up()
        answer = self.person.log_in()
        self.assertEqual((answer.status, answer.code), (401, "second_factor_required"))
        answer = log_in(self.person.email, "wrong")
        self.assertEqual((answer.status, answer.json), (401, WRONG), "what is asked for beside the password is told to who has it")
        self.forget_step()
        self.assertEqual(self.person.log_in(code="000000").code, "second_factor_wrong")
        code = one_time_code(secret)
        self.assertEqual(self.person.log_in(code=code).status, 200)
        self.assertEqual(self.person.log_in(code=code).code, "second_factor_wrong", "a code works once")
        self.assertEqual(self.client.get("/rpc/me").json["second_factor"], True)

    def test_the_code_that_confirmed_does_not_log_in(self):
        begun = self.client.rpc("begin_totp").json
        code = one_time_code(begun["secret"])
        self.client.rpc("confirm_totp", code=code)
        self.assertEqual(self.person.log_in(code=code).code, "second_factor_wrong")

    def test_wrong_codes_make_the_next_wait(self):
        self.set_up()
        for _ in range(5):
            self.assertEqual(self.person.log_in(code="123456").code, "second_factor_wrong")
        self.assertEqual(self.person.log_in(code="123456").status, 429)

    def test_recovery_codes_stand_in_once(self):
        _, codes = self.set_up()
        self.assertEqual(len(set(codes)), 10)
        self.assertRegex(codes[0], r"^[a-z2-7]{4}(-[a-z2-7]{4}){3}$")
        self.assertEqual(self.person.log_in(code=codes[0]).status, 200)
        self.assertEqual(self.person.log_in(code=codes[0]).code, "second_factor_wrong")
        self.assertEqual(self.person.log_in(code=codes[1].replace("-", " ").upper()).status, 200)
        self.assertEqual(self.client.get("/rpc/me").json["recovery_codes"], 8)

    def test_it_is_taken_away_for_password_and_code(self):
        secret, codes = self.set_up()
        self.assertEqual(self.client.rpc("begin_totp").status, 409)
        self.assertEqual(self.client.rpc("disable_totp", password=PASSWORD, code="000000").status, 401)
        self.assertEqual(self.client.rpc("disable_totp", password="wrong", code=codes[0]).status, 401)
        self.assertEqual(self.client.rpc("disable_totp", password=PASSWORD, code=codes[1]).status, 200)
        self.assertEqual(self.person.log_in().status, 200)
        self.assertEqual(self.client.rpc("disable_totp", password=PASSWORD, code=codes[2]).status, 409)

    def test_a_short_password_needs_it(self):
        _, codes = self.set_up()
        self.assertEqual(self.client.rpc("change_password", old_password=PASSWORD, new_password="r4ther-short").status, 200)
        answer = self.client.rpc("disable_totp", password="r4ther-short", code=codes[0])
        self.assertEqual((answer.status, answer.json["message"]), (400, "the password is too short to stand alone"))
        self.assertEqual(self.person.log_in(password="r4ther-short", code=codes[0]).status, 200, "what failed used nothing up")

    def test_the_secret_is_sealed(self):
        secret, codes = self.set_up()
        stored = json.dumps(sql_json("select a.*, r.* from auth.account a join auth.recovery_code r using (account_id) where email = :'email'", email=self.person.email))
        for text in (secret, *codes, *(c.replace("-", "") for c in codes)):
            self.assertNotIn(text, stored)


if __name__ == "__main__":
    unittest.main()
