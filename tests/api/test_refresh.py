"""Refresh tokens: used once, repeated by the same client for ten seconds, and the end of the session for anybody else."""

import threading
import unittest

from instance import sql, sql_json
from people import Person, forget_failures
from tenants import Tenant


def at_once(*calls):
    """What each of the calls answers when all begin at the same instant."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n):
        barrier.wait()
        answers[n] = calls[n]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Refresh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        forget_failures()
        cls.one, cls.two = Tenant(), Tenant()
        cls.person = Person([(cls.one, "operator"), (cls.two, "viewer")])

    def refresh(self, token, agent="client one"):
        return self.person.refresh(token, {"User-Agent": agent})

    def begin(self):
        answer = self.person.log_in(tenant=self.one.name)
        self.session = answer.json
        return answer.json["refresh_token"]

    def family(self, token):
        return int(sql("""
            select count(*) from auth.refresh_token r
            where r.session_id = (select o.session_id from auth.refresh_token o where o.token_sha256 = sha256(convert_to(:'token', 'UTF8')))
            """, token=token))

    def later(self, token, seconds):
        sql("update auth.refresh_token set used_at = used_at - make_interval(secs => :seconds) where token_sha256 = sha256(convert_to(:'token', 'UTF8'))",
            token=token, seconds=seconds)

    def assert_over(self, *tokens):
        for token in tokens:
            answer = self.refresh(token)
            self.assertEqual((answer.status, answer.json["message"]), (401, "the session has ended"))
        self.assertEqual(self.person.anybody(self.session["access_token"]).get("/devices").status, 401, "its access tokens too")

    def test_each_gives_the_next(self):
        token = self.begin()
        for _ in range(5):
            answer = self.refresh(token)
            self.assertEqual(answer.status, 200, answer.body)
            self.assertNotEqual(answer.json["refresh_token"], token)
            self.assertEqual(self.person.anybody(answer.json["access_token"]).get("/devices").status, 200)
            token = answer.json["refresh_token"]

    def test_the_same_client_may_repeat_for_ten_seconds(self):
        token = self.begin()
        first, again = self.refresh(token), self.refresh(token)
        self.assertEqual(again.json["refresh_token"], first.json["refresh_token"])
        self.assertEqual(self.family(token), 2)
        self.later(token, 9)
        self.assertEqual(self.refresh(token).json["refresh_token"], first.json["refresh_token"])

    def test_later_it_ends_the_session(self):
        token = self.begin()
        following = self.refresh(token).json["refresh_token"]
        self.later(token, 10)
        answer = self.refresh(token)
        self.assertEqual((answer.status, answer.json["message"]), (401, "the refresh token was used before: the session has ended"))
        self.assert_over(token, following)

    def test_for_another_client_it_does_at_once(self):
        token = self.begin()
        following = self.refresh(token).json["refresh_token"]
        self.assertEqual(self.refresh(token, "client two").status, 401)
        self.assert_over(token, following)
        entries = sql_json("select detail from audit.entry where tenant_id = :tenant and action = 'refresh_reuse' and detail ->> 'account_id' = :'account'",
                           tenant=self.one.tenant_id, account=self.person.account_id)
        self.assertTrue(entries)

    def test_races_of_one_client(self):
        """No false logout, and one new member of the family however many there are."""
        token = self.begin()
        for n in range(25):
            answers = at_once(*[lambda t=token: self.refresh(t)] * 2)
            self.assertEqual([a.status for a in answers], [200, 200], f"pair {n}")
            self.assertEqual(len({a.json["refresh_token"] for a in answers}), 1)
            token = answers[0].json["refresh_token"]
        self.assertEqual(self.family(token), 26)

    def test_races_of_two_clients(self):
        for n in range(15):
            token = self.begin()
            answers = at_once(lambda: self.refresh(token, "client one"), lambda: self.refresh(token, "client two"))
            self.assertEqual(sorted(a.status for a in answers), [200, 401], f"pair {n}")
            won = next(a for a in answers if a.status == 200)
            self.assertEqual(self.family(token), 2)
            self.assert_over(token, won.json["refresh_token"])

    def test_nonsense(self):
        for token in ("", None, "x", "a" * 43, self.begin()[:-1], "x" * 100_000):
            with self.subTest(str(token)[:20]):
                answer = self.refresh(token)
                self.assertEqual((answer.status, answer.json["message"]), (401, "the refresh token is not valid"))

    def test_it_expires_unused(self):
        token = self.begin()
        sql("update auth.refresh_token set expires_at = clock_timestamp() where token_sha256 = sha256(convert_to(:'token', 'UTF8'))", token=token)
        self.assertEqual(self.refresh(token).json["message"], "the refresh token has expired")

    def test_what_has_changed_meanwhile_holds(self):
        person = Person([(self.one, "operator"), (self.two, "viewer")])
        token = person.log_in(tenant=self.one.name).json["refresh_token"]
        change = "update auth.membership set {} where account_id = :'account' and tenant_id = :tenant"
        sql(change.format("role = 'analyst'"), account=person.account_id, tenant=self.one.tenant_id)
        answer = person.refresh(token)
        self.assertEqual((answer.json["tenant"], answer.json["role"]), (self.one.name, "analyst"))
        sql(change.format("active = false"), account=person.account_id, tenant=self.one.tenant_id)
        answer = person.refresh(answer.json["refresh_token"])
        self.assertEqual((answer.json["tenant"], answer.json["role"]), (self.two.name, "viewer"), "another of theirs")
        sql(change.format("active = false"), account=person.account_id, tenant=self.two.tenant_id)
        answer = person.refresh(answer.json["refresh_token"])
        self.assertEqual((answer.status, answer.json["message"]), (401, "the account has no tenant any more"))

    def test_nothing_is_stored_in_clear(self):
        token = self.begin()
        following = self.refresh(token).json["refresh_token"]
        stored = str(sql_json("select to_jsonb(r) as r, encode(r.successor_sealed, 'escape') as sealed from auth.refresh_token r"))
        self.assertNotIn(token, stored)
        self.assertNotIn(following, stored)


if __name__ == "__main__":
    unittest.main()
