"""The users of a tenant: invited, promoted, shut out; and what none of it tells or does beyond the tenant."""

import threading
import unittest
import uuid

import tokens
from client import Client
from instance import sql, sql_json
from mailbox import link_token, mailbox, platform
from people import PASSWORD, Person, forget_failures
from tenants import Tenant

NEW = "a sentence that only I know"


class Users(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mailbox = mailbox()

    def setUp(self):
        forget_failures()
        self.tenant = Tenant()
        self.person = Person([(self.tenant, "tenant_admin")])
        self.admin = self.person.client()
        self.email = f"new{uuid.uuid4().hex[:12]}@example.com"

    def state(self, email=None):
        listed = self.admin.get("/users", email=f"eq.{email or self.email}").json
        return (listed[0]["state"], listed[0]["role"]) if listed else None

    def invite(self, **more):
        answer = self.admin.rpc("invite_user", **{"email": self.email, "role": "operator"} | more)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def link(self, seen=0):
        return link_token(self.mailbox.next(self.email, seen))

    def test_an_invitation(self):
        self.assertEqual(self.invite(email=self.email.upper(), display_name="Nina"), {"email": self.email, "role": "operator", "state": "invited"})
        self.assertEqual(self.state(), ("invited", "operator"))
        mail = self.mailbox.next(self.email)
        self.assertEqual(mail["subject"], f"Invitation to {self.tenant.name}")
        self.assertIn(f"Person invites you to work for {self.tenant.name} in Vigil, as operator.", mail["text"])
        page = self.person.anybody().get(f"/rpc/set_password_page?token={self.link()}", {"Accept": "text/html"}).body.decode()
        self.assertIn(f"Join {self.tenant.name}", page)
        self.assertIn('value="Nina"', page)
        self.assertEqual(self.person.log_in(email=self.email, password=NEW).status, 401)
        answer = self.person.anybody().rpc("accept_invite", token=self.link(), password=NEW, display_name="Nina N.")
        self.assertEqual((answer.status, answer.json), (200, {"email": self.email, "tenants": [{"tenant": self.tenant.name, "role": "operator"}]}))
        self.assertEqual(self.state(), ("active", "operator"))
        answer = self.person.log_in(email=self.email, password=NEW)
        self.assertEqual(self.person.signed_in(answer).get("/rpc/me").json["display_name"], "Nina N.")
        self.assertEqual(Client().rpc("accept_invite", token=self.link(), password=NEW).status, 404, "it works once")
        self.assertEqual([e["action"] for e in sql_json("select action from audit.entry where tenant_id = :tenant and action like '%invite%' order by entry_id", tenant=self.tenant.tenant_id)],
                         ["invite_user", "accept_invite"])

    def test_it_is_sent_again_and_withdrawn(self):
        self.invite()
        first = self.link()
        self.invite(role="viewer")
        second = self.link(1)
        self.assertEqual(self.state(), ("invited", "viewer"))
        self.assertEqual(self.admin.rpc("reactivate_user", email=self.email).status, 409)
        self.assertEqual(self.admin.rpc("deactivate_user", email=self.email).status, 200)
        self.assertIsNone(self.state())
        for token in (first, second):
            self.assertEqual(Client().rpc("accept_invite", token=token, password=NEW).status, 404)

    def test_somebody_with_an_account_accepts_with_its_password(self):
        elsewhere = Tenant()
        known = Person([(elsewhere, "viewer")])
        self.email = known.email
        self.assertEqual(self.invite(display_name="Whatever we call them")["state"], "invited")
        listed = self.admin.get("/users", email=f"eq.{self.email}").json[0]
        self.assertEqual((listed["state"], listed["display_name"], listed["second_factor"], listed["last_used_at"]), ("invited", "Whatever we call them", None, None),
                         "that there is an account is not told")
        token = self.link()
        self.assertEqual(known.client().get("/rpc/me").json["tenants"], [{"tenant": elsewhere.name, "role": "viewer"}])
        answer = Client().rpc("accept_invite", token=token, password=NEW)
        self.assertEqual((answer.status, answer.json["message"]), (401, "the password is wrong"))
        both = Client(others=[self.tenant.tenant_id, elsewhere.tenant_id])
        self.assertEqual(both.rpc("accept_invite", token=token, password=PASSWORD).status, 200)
        known.tenant_ids.append(self.tenant.tenant_id)
        self.assertEqual(known.log_in(tenant=self.tenant.name).json["role"], "operator")

    def test_the_link_to_who_is_on_call(self):
        self.assertEqual(self.admin.rpc("save_person", name="nina").status, 200)
        self.invite(person="nina")
        self.assertEqual(self.admin.get("/users", email=f"eq.{self.email}").json[0]["person"], "nina")
        Client(others=[self.tenant.tenant_id]).rpc("accept_invite", token=self.link(), password=NEW)
        client = self.person.signed_in(self.person.log_in(email=self.email, password=NEW))
        self.assertEqual(client.get("/rpc/my_contacts").json["person"], "nina")
        answer = self.admin.rpc("invite_user", email="x@example.com", role="viewer", person="nobody")
        self.assertEqual((answer.status, answer.code), (400, "42704"))
        self.assertIsNone(self.state("x@example.com"), "nothing of it stays")

    def test_a_role_counts_at_once(self):
        user = Person([(self.tenant, "operator")])
        client = user.client()
        self.assertEqual(client.rpc("create_profile", profile="meter", metrics=["power"]).status, 200)
        self.assertEqual(self.admin.rpc("set_user_role", email=user.email, role="viewer").status, 200)
        self.assertEqual(client.get("/devices").json["message"], "the account has another role by now")
        client = user.signed_in(user.refresh(client.tokens["refresh_token"]))
        self.assertEqual(client.get("/devices").status, 200)
        self.assertEqual(client.rpc("create_profile", profile="meter2", metrics=["power"]).status, 403)
        self.assertEqual(sql_json("select detail ->> 'from' as f, detail ->> 'to' as t from audit.entry where tenant_id = :tenant and action = 'set_user_role'",
                                  tenant=self.tenant.tenant_id), [{"f": "operator", "t": "viewer"}])

    def test_shutting_out_counts_at_once(self):
        elsewhere = Tenant()
        user = Person([(self.tenant, "operator"), (elsewhere, "viewer")])
        here, there = user.client(tenant=self.tenant.name), user.client(tenant=elsewhere.name)
        self.assertEqual(self.admin.rpc("deactivate_user", email=user.email).json["sessions_ended"], 1)
        self.assertEqual((here.get("/devices").status, there.get("/devices").status), (401, 200), "elsewhere is none of it")
        self.assertEqual(user.log_in(tenant=self.tenant.name).status, 401)
        self.assertEqual(there.rpc("switch_tenant", tenant=self.tenant.name).status, 404)
        self.assertEqual(self.state(user.email), ("inactive", "operator"))
        self.assertEqual(self.admin.rpc("reactivate_user", email=user.email).status, 200)
        self.assertEqual(user.log_in(tenant=self.tenant.name).status, 200)

    def test_ending_sessions(self):
        user = Person([(self.tenant, "operator")])
        clients = [user.client(), user.client()]
        self.assertEqual(self.admin.rpc("end_user_sessions", email=user.email).json["sessions_ended"], 2)
        for client in clients:
            self.assertEqual(client.get("/devices").status, 401)
            self.assertEqual(user.refresh(client.tokens["refresh_token"]).status, 401)
        self.assertEqual(user.log_in().status, 200)

    def test_nobody_gives_more_than_they_have(self):
        user = Person([(self.tenant, "viewer")])
        for procedure in ("invite_user", "set_user_role"):
            for role, status in [("platform_admin", 400), ("king", 400), (None, 400), ("anon", 400), ("vigil_owner", 400)]:
                email = self.email if procedure == "invite_user" else user.email
                with self.subTest(procedure, role=role):
                    self.assertEqual(self.admin.rpc(procedure, email=email, role=role).status, status)
        for role in ("viewer", "analyst", "operator"):
            client = Person([(self.tenant, role)]).client()
            for name, arguments in [("invite_user", {"email": self.email, "role": "viewer"}), ("set_user_role", {"email": user.email, "role": role}),
                                    ("deactivate_user", {"email": user.email}), ("reactivate_user", {"email": user.email}), ("end_user_sessions", {"email": user.email})]:
                self.assertEqual(client.rpc(name, **arguments).status, 403, (role, name))
            self.assertEqual(client.get("/users").status, 403)

    def test_platform_admin_is_for_the_platform(self):
        tenant_id = platform()
        staff, clerk = Person([]), Person([])
        for person, role in ((staff, "platform_admin"), (clerk, "tenant_admin")):
            sql("insert into auth.membership (tenant_id, account_id, role, created_by) values (:tenant, :'account', :'role', 'test')", tenant=tenant_id, account=person.account_id, role=role)
        clerk_client, staff_client = clerk.client(), staff.client()
        answer = clerk_client.rpc("set_user_role", email=clerk.email, role="platform_admin")
        self.assertEqual((answer.status, answer.json["message"]), (403, "the role is above your own"))
        for name in ("deactivate_user", "end_user_sessions"):
            self.assertEqual(clerk_client.rpc(name, email=staff.email).status, 403, "nor is somebody above oneself shut out")
        self.assertEqual(staff_client.rpc("set_user_role", email=clerk.email, role="platform_admin").status, 200)
        # A membership of the role elsewhere is worth nothing.
        thief = Person([(self.tenant, "platform_admin")])
        self.assertEqual(thief.log_in().status, 401)
        sql("delete from auth.membership where account_id in (:'staff', :'clerk')", staff=staff.account_id, clerk=clerk.account_id)

    def test_the_last_admin_stays(self):
        for name, more in [("set_user_role", {"role": "viewer"}), ("deactivate_user", {})]:
            answer = self.admin.rpc(name, email=self.person.email, **more)
            self.assertEqual((answer.status, answer.code, answer.json["message"]), (409, "PT409", "this is the last tenant_admin"))
        other = Person([(self.tenant, "tenant_admin")])
        self.assertEqual(self.admin.rpc("deactivate_user", email=other.email).status, 200)
        self.assertEqual(self.admin.rpc("deactivate_user", email=self.person.email).status, 409)

    def test_two_admins_who_shut_each_other_out(self):
        for _ in range(5):
            tenant = Tenant()
            pair = [Person([(tenant, "tenant_admin")]) for _ in range(2)]
            clients, answers, barrier = [p.client() for p in pair], [None, None], threading.Barrier(2)

            def shut_out(n, clients=clients, pair=pair, answers=answers, barrier=barrier):
                barrier.wait()
                answers[n] = clients[n].rpc("deactivate_user", email=pair[1 - n].email).status

            threads = [threading.Thread(target=shut_out, args=(n,)) for n in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sql("select count(*) from auth.membership where tenant_id = :tenant and active", tenant=tenant.tenant_id), "1", answers)

    def test_nobody_of_another_tenant(self):
        other = Tenant()
        stranger = Person([(other, "operator")])
        for name, more in [("set_user_role", {"role": "viewer"}), ("deactivate_user", {}), ("reactivate_user", {}), ("end_user_sessions", {})]:
            told = [self.admin.rpc(name, email=email, **more) for email in (stranger.email, "nobody@example.com")]
            self.assertEqual({t.status for t in told}, {404})
        self.assertEqual({u["email"] for u in self.admin.get("/users").json}, {self.person.email})
        self.assertEqual(stranger.log_in().status, 200)

    def test_arguments_that_are_not_valid(self):
        for message, arguments in [
            ('"nobody" is not an email address', {"email": "nobody"}), ('"" is not an email address', {"email": ""}),
            ("the display name is longer than 200 characters", {"display_name": "x" * 201}),
            ("the language is not known", {"language": "fr"}),
            ('"a\r\nBcc: b@example.com" is not an email address', {"email": "a\r\nBcc: b@example.com"}),
        ]:
            with self.subTest(**arguments):
                answer = self.admin.rpc("invite_user", **{"email": self.email, "role": "viewer"} | arguments)
                self.assertEqual((answer.status, answer.json["message"]), (400, message))
        self.assertEqual(self.admin.rpc("invite_user", email=self.person.email, role="viewer").status, 409)
        self.assertEqual(self.admin.rpc("invite_user", email=None, role="viewer").status, 400)

    def test_a_token_of_a_dba_manages_people_too(self):
        client = Client(tokens.token(self.tenant.tenant_id, "tenant_admin"), self.tenant.tenant_id)
        self.assertEqual(client.rpc("invite_user", email=self.email, role="viewer").status, 200)
        self.assertEqual(self.state(), ("invited", "viewer"))


if __name__ == "__main__":
    unittest.main()
