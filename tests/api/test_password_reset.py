"""A forgotten password, from the request over the mail to the login, with the real worker and a real mail server."""

import html
import json
import statistics
import time
import unittest
import urllib.parse
import uuid

from client import Client
from instance import sql, sql_json
from mailbox import link_token, mailbox
from people import PASSWORD, Person, forget_failures
from tenants import Tenant

NEW = "a sentence that only I know"


def request(email):
    return Client().rpc("request_password_reset", email=email)


class Reset(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mailbox = mailbox()
        cls.tenant = Tenant()

    def setUp(self):
        forget_failures()
        self.person = Person([(self.tenant, "operator")])

    def link(self, seen=0):
        """The token of a new link."""
        sql("update auth.account set reset_sent_at = null where email = :'email'", email=self.person.email)
        self.assertEqual(request(self.person.email).status, 200)
        return link_token(self.mailbox.next(self.person.email, seen))

    def test_the_whole_way(self):
        before = self.person.client()
        token = self.link()
        answer = self.person.anybody().rpc("reset_password", token=token, password=NEW)
        self.assertEqual((answer.status, answer.json["email"]), (200, self.person.email))
        self.assertEqual(before.get("/devices").status, 401, "every session has ended")
        self.assertEqual(self.person.log_in().status, 401)
        self.assertEqual(self.person.log_in(password=NEW).status, 200)
        answer = Client().rpc("reset_password", token=token, password="another sentence of mine")
        self.assertEqual((answer.status, answer.json["message"]), (404, "this link is not valid, was used, or has expired"))

    def test_the_mail(self):
        sql("update auth.account set language = 'de' where email = :'email'", email=self.person.email)
        self.link()
        mail = self.mailbox.mails(self.person.email)[0]
        self.assertEqual(mail["subject"], "Neues Passwort wählen")
        self.assertIn("Jemand hat ein neues Passwort", mail["text"])

    def test_the_page_behind_the_link(self):
        token = self.link()
        for _ in range(2):
            page = Client().get(f"/rpc/set_password_page?token={token}", {"Accept": "text/html"})
            self.assertEqual((page.status, page.headers["Content-Type"].split(";")[0]), (200, "text/html"), "opening it uses nothing up")
        self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn(self.person.email, page.body.decode())
        self.assertNotRegex(page.body.decode(), r"(?i)<script|https?://|<img|<link")

        def post(password):
            body = urllib.parse.urlencode({"token": token, "password": password}).encode()
            return Client().request("POST", "/rpc/set_password", body, {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"})
        refused = post("short")
        self.assertEqual(refused.status, 400)
        self.assertIn("The password is shorter than 15 characters.", refused.body.decode())
        self.assertIn(token, refused.body.decode(), "and it can be tried again")
        self.assertIn("Done. You can log in now.", post(NEW).body.decode())
        self.assertEqual(post(NEW).status, 404)
        self.assertEqual(self.person.log_in(password=NEW).status, 200)

    def test_the_page_shows_what_it_is_given_as_text(self):
        sql("update auth.account set email = :'email' where account_id = :'account'", account=self.person.account_id,
            email=(email := f"\"<b>'{uuid.uuid4().hex[:8]}@example.com"))
        token = sql("select auth.setup_token(:'email')", email=email)
        page = Client().get(f"/rpc/set_password_page?token={token}", {"Accept": "text/html"}).body.decode()
        self.assertIn(html.escape(email), page)
        self.assertNotIn("<b>", page)
        self.assertEqual(Client().get("/rpc/set_password_page?token=%22%3E%3Cb%3E", {"Accept": "text/html"}).status, 404)

    def test_the_answer_is_the_same_for_whoever_is_not_there(self):
        took = {True: [], False: []}
        for _ in range(15):
            for known in (True, False):
                start = time.perf_counter()
                answer = request(self.person.email if known else f"{uuid.uuid4().hex}@example.com")
                took[known].append(time.perf_counter() - start)
                self.assertEqual((answer.status, answer.json), (200, {"requested": True}))
        known, unknown = statistics.median(took[True]), statistics.median(took[False])
        self.assertLess(abs(known - unknown), max(0.35 * max(known, unknown), 0.002), took)

    def test_one_mail_a_minute(self):
        self.link()
        for _ in range(3):
            self.assertEqual(request(self.person.email).status, 200)
        self.mailbox.next(self.person.email)
        time.sleep(1)
        self.assertEqual(len(self.mailbox.mails(self.person.email)), 1)

    def test_links_end(self):
        older, newer = self.link(), self.link(1)
        self.assertNotEqual(older, newer)
        sql("update auth.one_time_token set expires_at = clock_timestamp() where token_sha256 = sha256(convert_to(:'token', 'UTF8'))", token=older)
        self.assertEqual(Client().rpc("reset_password", token=older, password=NEW).status, 404, "after a time")
        older = self.link(2)
        self.assertEqual(Client().rpc("reset_password", token=newer, password="short").status, 400)
        self.assertEqual(self.person.anybody().rpc("reset_password", token=newer, password=NEW).status, 200)
        self.assertEqual(Client().rpc("reset_password", token=older, password=NEW).status, 404, "when another was used")
        stale = self.link(3)
        person = self.person.client(password=NEW)
        person.rpc("change_password", old_password=NEW, new_password="yet another sentence")
        self.assertEqual(Client().rpc("reset_password", token=stale, password=NEW).status, 404, "when the password was changed")
        for token in ("", None, "x", "a" * 43):
            self.assertEqual(Client().rpc("reset_password", token=token, password=NEW).status, 404)

    def test_an_account_that_is_not_active_gets_none(self):
        sql("update auth.account set active = false where email = :'email'", email=self.person.email)
        request(self.person.email)
        other = self.person
        self.person = Person([(self.tenant, "viewer")])
        self.link()
        self.assertEqual(self.mailbox.mails(other.email), [])

    def test_it_ends_the_wait_after_failures(self):
        for _ in range(5):
            self.person.log_in(password="wrong")
        self.assertEqual(self.person.log_in().status, 429)
        self.person.anybody().rpc("reset_password", token=self.link(), password=NEW)
        self.assertEqual(self.person.log_in(password=NEW).status, 200)

    def test_the_second_factor_stays(self):
        client = self.person.client()
        client.rpc("begin_totp")
        sql("update auth.account set totp_confirmed_at = now() where email = :'email'", email=self.person.email)
        self.person.anybody().rpc("reset_password", token=self.link(), password=NEW)
        self.assertEqual(self.person.log_in(password=NEW).code, "second_factor_required")

    def test_no_token_is_kept(self):
        token = self.link()
        for table in ("alerting.notification", "auth.one_time_token", "audit.entry", "alerting.delivery_attempt"):
            self.assertNotIn(token, json.dumps(sql_json(f"select * from {table}")), table)

    def test_without_a_channel_for_it(self):
        sql("update alerting.channel set enabled = false where name = 'accounts'")
        try:
            for email in (self.person.email, "nobody@example.com"):
                answer = request(email)
                self.assertEqual((answer.status, answer.code, answer.json["message"]), (409, "PT409", "no mail can be sent to people"))
        finally:
            sql("update alerting.channel set enabled = true where name = 'accounts'")


if __name__ == "__main__":
    unittest.main()
