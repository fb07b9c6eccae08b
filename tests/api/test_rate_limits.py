"""Rate limits over HTTP: told in each answer, kept, and set by rows."""

import time

import tokens
from client import Client
from instance import sql
from tenants import Tenant
from test_procedures import Refusals

# A session of PostgREST remembers limits for two seconds.
LEARNED_SECONDS = 2.2


def limit(tenant, bearer, burst, klass="read"):
    """No more comes back while a test runs."""
    sql("insert into auth.rate_limit (tenant_id, class, bearer, burst, per_second) values (:tenant, :'class', :'bearer', :burst, 0.001)",
        tenant=tenant.tenant_id, bearer=bearer, burst=burst, **{"class": klass})


class RateLimits(Refusals):
    def told(self, answer):
        return tuple(answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining"))

    def test_a_user(self):
        tenant = Tenant("l")
        limit(tenant, "user", 3)
        answers = [tenant.viewer.get("/devices") for _ in range(4)]
        self.assertEqual([a.status for a in answers], [200, 200, 200, 429])
        self.assertEqual([self.told(a) for a in answers], [("3", "2"), ("3", "1"), ("3", "0"), ("3", "0")])
        self.assert_refused(answers[3], 429, "PT429", "too many requests of this user")
        wait = int(answers[3].headers["Retry-After"])
        self.assertTrue(900 < wait <= 1000, wait)
        self.assertTrue(2900 < int(answers[3].headers["X-RateLimit-Reset"]) <= 3000)
        self.assertIsNotNone(answers[3].headers["X-Correlation-ID"])
        other = Client(tokens.token(tenant.tenant_id, "viewer", sub="other"), tenant.tenant_id)
        self.assertEqual(self.told(other.get("/devices")), ("3", "2"), "another user has a bucket of its own")
        self.assertEqual(tenant.operator.rpc("create_profile", profile="p", metrics=["m"]).status, 200, "so has another class")

    def test_a_tenant(self):
        tenant, other = Tenant("l"), Tenant("l")
        limit(tenant, "tenant", 2)
        self.assertEqual([client.get("/devices").status for client in (tenant.viewer, tenant.analyst, tenant.operator)], [200, 200, 429])
        self.assert_refused(tenant.viewer.get("/devices"), 429, "PT429", "too many requests of this tenant")
        self.assertEqual(other.viewer.get("/devices").status, 200, "other tenants are not concerned")

    def test_what_fails_is_counted(self):
        tenant = Tenant("l")
        limit(tenant, "user", 2, "write")
        answers = [tenant.operator.rpc("register_device", device="d", profile="none") for _ in range(3)]
        self.assertEqual([a.status >= 400 for a in answers], [True, True, True])
        self.assertEqual([a.status == 429 for a in answers], [False, False, True])

    def test_a_changed_limit(self):
        tenant = Tenant("l")
        limit(tenant, "user", 1)
        self.assertEqual([tenant.viewer.get("/devices").status for _ in range(2)], [200, 429])
        sql("update auth.rate_limit set burst = 100 where tenant_id = :tenant", tenant=tenant.tenant_id)
        time.sleep(LEARNED_SECONDS)
        answer = tenant.viewer.get("/devices")
        self.assertEqual((answer.status, self.told(answer)), (200, ("100", "98")), "the bucket keeps what was taken out of it")
