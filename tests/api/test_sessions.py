"""Sessions: where somebody is logged in, how that ends, and how they go from tenant to tenant."""

import unittest
import uuid

import tokens
from client import Client
from instance import sql, sql_json
from people import PASSWORD, Person, forget_failures
from tenants import Tenant

NEW = "another one, quite long"


def status(client):
    return client.get("/devices").status


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.two, cls.strange = Tenant(), Tenant(), Tenant()

    def setUp(self):
        forget_failures()
        self.person = Person([(self.one, "tenant_admin"), (self.two, "viewer")])

    def test_they_are_listed_and_end_one_by_one(self):
        here, there = self.person.client(), self.person.client()
        listed = here.get("/rpc/my_sessions").json
        self.assertEqual([s["current"] for s in listed], [False, True], "the newest first")
        other = listed[0]["session_id"]
        stranger = Person([(self.one, "tenant_admin")]).client()
        self.assertEqual(stranger.rpc("revoke_session", session_id=other).status, 404, "only one's own")
        self.assertEqual(here.rpc("revoke_session", session_id=other).status, 204)
        self.assertEqual((status(here), status(there)), (200, 401))
        self.assertEqual(here.rpc("revoke_session", session_id=other).status, 404)
        self.assertEqual(here.rpc("revoke_session", session_id=str(uuid.uuid4())).status, 404)
        self.assertEqual(len(here.get("/rpc/my_sessions").json), 1)

    def test_logging_out_ends_one(self):
        here, there = self.person.client(), self.person.client()
        self.assertEqual(here.rpc("logout").status, 204)
        self.assertEqual((status(here), status(there)), (401, 200))
        answer = self.person.refresh(here.tokens["refresh_token"])
        self.assertEqual((answer.status, answer.json["message"]), (401, "the session has ended"))

    def test_a_new_password_ends_the_others(self):
        here, there = self.person.client(), self.person.client()
        answer = here.rpc("change_password", old_password=PASSWORD, new_password=NEW)
        self.assertEqual((answer.status, answer.json), (200, {"sessions_ended": 1}))
        self.assertEqual((status(here), status(there)), (200, 401))
        self.assertEqual(self.person.log_in().status, 401)
        self.assertEqual(self.person.log_in(password=NEW).status, 200)

    def test_a_wrong_old_password_is_a_failed_login(self):
        client = self.person.client()
        for _ in range(5):
            self.assertEqual(client.rpc("change_password", old_password="wrong", new_password=NEW).status, 401)
        self.assertEqual(client.rpc("change_password", old_password=PASSWORD, new_password=NEW).status, 429)
        self.assertEqual(self.person.log_in().status, 429)

    def test_passwords_that_are_not_good_enough(self):
        client = self.person.client()
        for password, message in [
            ("tiny", "the password is shorter than 15 characters"),
            ("fourteen chars", "the password is shorter than 15 characters"),
            ("x" * 257, "the password is longer than 256 characters"),
            ("1qaz2wsx3edc4rfv", "the password is one that is guessed first"),
            ("1QAZ2wsx3EDC4rfv", "the password is one that is guessed first"),
            ("password1password1", "the password is one that is guessed first"),
            ("aaaaaaaaaaaaaaaaaaa", "the password is one that is guessed first"),
            ("abcabcabcabcabcabc", "the password is one that is guessed first"),
            ("abcdefghijklmnopqrs", "the password is one that is guessed first"),
            ("98765432109876543210", "the password is one that is guessed first"),
            (f"vigil{self.person.email.split('@')[0]}", "the password is little more than the name of you, of the tenant or of vigil"),
            (f"{self.one.name}-2026", "the password is little more than the name of you, of the tenant or of vigil"),
        ]:
            with self.subTest(password[:30]):
                answer = client.rpc("change_password", old_password=PASSWORD, new_password=password)
                self.assertEqual((answer.status, answer.json["message"]), (400, message))
                self.assertNotIn(password.encode(), answer.body)
        for password in ("only small letters and blanks", "日本語のパスワードはこれです。長い", "\t tab and \U0001f600 emoji", "n" + "o" * 254 + "!"):
            with self.subTest(password[:30]):
                answer = client.rpc("change_password", old_password=self.person.password, new_password=password)
                self.assertEqual(answer.status, 200, answer.body)
                self.person.password = password

    def test_going_to_another_tenant(self):
        client = self.person.client(tenant=self.one.name)
        answer = client.rpc("switch_tenant", tenant=self.two.name)
        self.assertEqual((answer.status, answer.json["tenant"], answer.json["role"]), (200, self.two.name, "viewer"))
        self.assertNotIn("refresh_token", answer.json)
        there = self.person.signed_in(answer)
        self.assertEqual(there.get("/rpc/me").json["tenant"], self.two.name)
        self.assertEqual(there.get("/channel_settings").status, 403, "with the role of there")
        answer = self.person.refresh(client.tokens["refresh_token"])
        self.assertEqual(answer.json["tenant"], self.two.name, "the session stays there")
        entries = sql_json("select action, role from audit.entry where tenant_id = :tenant and actor = :'account'", tenant=self.two.tenant_id, account=self.person.account_id)
        self.assertEqual(entries, [{"action": "switch_tenant", "role": "viewer"}])

    def test_no_other_tenant(self):
        client = self.person.client(tenant=self.one.name)
        client.others = [*client.others, self.strange.tenant_id]  # The error repeats the name.
        told = [client.rpc("switch_tenant", tenant=name).json | {"message": ""} for name in (self.strange.name, "nowhere")]
        self.assertEqual(told[0], told[1], "what is another's is not told from what is not there")
        sql("update auth.membership set active = false where account_id = :'account' and tenant_id = :tenant", account=self.person.account_id, tenant=self.two.tenant_id)
        self.assertEqual(client.rpc("switch_tenant", tenant=self.two.name).status, 404)

    def test_platform_staff_enter_any_and_it_is_on_record(self):
        platform = sql("select coalesce((select tenant_id from fleet.tenant where name = 'platform'), ops.create_tenant('platform', 'Platform'))")
        staff = Person([])
        sql("insert into auth.membership (tenant_id, account_id, role, created_by) values (:tenant, :'account', 'platform_admin', 'test')",
            tenant=platform, account=staff.account_id)
        client = staff.client()
        self.assertEqual((client.tokens["tenant"], client.tokens["role"]), ("platform", "platform_admin"))
        client.others = [self.strange.tenant_id]
        answer = client.rpc("switch_tenant", tenant=self.strange.name)
        self.assertEqual((answer.status, answer.json["role"]), (200, "platform_admin"))
        there = Client(answer.json["access_token"], self.strange.tenant_id)
        self.assertEqual(there.get("/devices").status, 200)
        self.assertEqual(sql_json("select action, role, detail ->> 'staff' as staff from audit.entry where tenant_id = :tenant and action = 'switch_tenant'", tenant=self.strange.tenant_id),
                         [{"action": "switch_tenant", "role": "platform_admin", "staff": "true"}])
        sql("update auth.membership set active = false where account_id = :'account'", account=staff.account_id)
        self.assertEqual(there.get("/devices").status, 401)

    def test_tokens_that_a_dba_issued_have_no_account(self):
        client = Client(tokens.token(self.one.tenant_id, "tenant_admin"), self.one.tenant_id)
        self.assertNotIn("account_id", client.get("/rpc/me").json)
        for name, arguments in [("my_sessions", {}), ("change_password", {"old_password": "a", "new_password": "b"}), ("switch_tenant", {"tenant": "x"}),
                                ("begin_totp", {}), ("confirm_totp", {"code": "1"}), ("disable_totp", {"password": "a", "code": "1"}),
                                ("revoke_session", {"session_id": str(uuid.uuid4())})]:
            with self.subTest(name):
                answer = client.rpc(name, **arguments)
                self.assertEqual((answer.status, answer.code, answer.json["message"]), (403, "42501", "this is for people who have signed in"))

    def test_what_ends_when(self):
        client = self.person.client()
        sql("update auth.session set expires_at = clock_timestamp() + interval '2 minutes' where session_id = :'session'",
            session=client.get("/rpc/me").json["session_id"])
        answer = self.person.refresh(client.tokens["refresh_token"])
        self.assertLessEqual(answer.json["expires_in"], 120, "no token outlives its session")
        sql("update auth.session set expires_at = clock_timestamp() where account_id = :'account'", account=self.person.account_id)
        self.assertEqual(status(client), 401)
        self.assertEqual(self.person.refresh(answer.json["refresh_token"]).json["message"], "the session has expired")


if __name__ == "__main__":
    unittest.main()
