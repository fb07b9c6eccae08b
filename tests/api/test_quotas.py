"""What a plan allows, over HTTP: shown, warned of, enforced with a clear error."""

import uuid
from datetime import UTC, datetime, timedelta

from instance import SqlError, sql
from tenants import Tenant
from test_procedures import Refusals


def plan(**limits):
    """A plan of its own for a test, and its name."""
    name = f"p{uuid.uuid4().hex[:12]}"
    columns = "".join(f", {key}" for key in limits)
    values = "".join(f", {value}" for value in limits.values())
    sql(f"insert into ops.plan (plan_name, description{columns}) values (:'name', 'of a test'{values})", name=name)
    return name


class Quotas(Refusals):
    def tenant(self, **limits):
        tenant = Tenant("q")
        name = plan(**limits)
        sql("select ops.set_plan(:'tenant', :'plan')", tenant=tenant.name, plan=name)
        tenant.plan = name
        tenant.add_profile("meter", ["power", "heat"])
        return tenant

    def reading(self, device="m-1", minute=1, **more):
        at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minute)
        return {"device": device, "ts": at.isoformat(), "metrics": {"power": 1.5, "heat": 2}} | more

    def usage(self, tenant, quota):
        # This tenant alone: a run of the job that pg_cron began may be under way, and then ours returns at once.
        sql("set role vigil_jobs; select ops.count_usage(:tenant)", tenant=tenant.tenant_id)
        today = datetime.now(UTC).date().isoformat()
        return tenant.viewer.get("/usage", quota=f"eq.{quota}", day=f"eq.{today}").json[0]

    def test_without_limits_usage_is_counted(self):
        tenant = Tenant("q")
        tenant.add_profile("meter", ["power", "heat"])
        tenant.add_device("m-1", "meter")
        tenant.counted(tenant.operator, [self.reading(minute=n) for n in range(1, 11)])
        points = self.usage(tenant, "points")
        self.assertEqual((points["used"], points["max"], points["percent"], points["plan"]), (20, None, None, "unlimited"))
        self.assertEqual(self.usage(tenant, "devices")["used"], 1)

    def test_devices(self):
        tenant = self.tenant(max_devices=2)
        for name in ("m-1", "m-2", "m-1"):
            tenant.add_device(name, "meter")
        answer = tenant.operator.rpc("register_device", device="m-3", profile="meter")
        self.assert_refused(answer, 403, "PT403", f'the quota of devices is used up: 2 of 2 (plan "{tenant.plan}")')
        usage = self.usage(tenant, "devices")
        self.assertEqual((usage["used"], usage["max"], usage["percent"]), (2, 2, 100))
        alert = tenant.viewer.get("/alerts", dedup_key="eq.quota/devices").json[0]
        self.assertEqual((alert["severity"], alert["state"]), ("high", "open"))
        sql("select ops.set_plan(:'tenant', 'unlimited')", tenant=tenant.name)
        tenant.add_device("m-3", "meter")
        self.assertEqual(tenant.viewer.get("/alerts", dedup_key="eq.quota/devices").json[0]["state"], "resolved")

    def test_devices_that_ingestion_registers(self):
        tenant = self.tenant(max_devices=2)
        sql("update fleet.tenant set unknown_device = 'register' where tenant_id = :tenant", tenant=tenant.tenant_id)
        answer = tenant.counted(tenant.operator, [self.reading(device=f"m-{n}", profile="meter") for n in (1, 2, 3)])
        self.assertEqual(answer["accepted"], 2, "those that find a place are taken")
        self.assertEqual([(r["index"], r["code"], r["message"]) for r in answer["rejected"]],
                         [(2, "PT403", "the device is new, and the quota of devices is used up")])

    def test_points_a_day(self):
        tenant = self.tenant(max_points_a_day=20)
        tenant.add_device("m-1", "meter")
        tenant.counted(tenant.operator, [self.reading(minute=n) for n in range(1, 9)])
        usage = self.usage(tenant, "points")
        self.assertEqual((usage["used"], usage["percent"]), (16, 80))
        self.assertEqual(tenant.viewer.get("/alerts", dedup_key="eq.quota/points").json[0]["severity"], "medium", "a warning at 80 %")
        tenant.counted(tenant.operator, [self.reading(minute=n) for n in range(9, 11)])
        self.assertEqual(self.usage(tenant, "points")["percent"], 100)
        self.assertEqual(tenant.viewer.get("/alerts", dedup_key="eq.quota/points").json[0]["severity"], "high", "an alarm at 100 %")
        answer = tenant.operator.ingest([self.reading(minute=20)])
        self.assert_refused(answer, 429, "PT429", f'the quota of points a day is used up: 20 of 20 (plan "{tenant.plan}")')

    def test_users(self):
        tenant = self.tenant(max_users=1)
        sql("""
            insert into auth.account (email, display_name) values (:'name' || '-1@example.com', 'x'), (:'name' || '-2@example.com', 'x');
            insert into auth.membership (tenant_id, account_id, role, created_by)
            select :tenant, account_id, 'viewer', 'test' from auth.account where email = :'name' || '-1@example.com'
            """, name=tenant.name, tenant=tenant.tenant_id)
        with self.assertRaises(SqlError) as refused:
            sql("""
                insert into auth.membership (tenant_id, account_id, role, created_by)
                select :tenant, account_id, 'viewer', 'test' from auth.account where email = :'name' || '-2@example.com'
                """, name=tenant.name, tenant=tenant.tenant_id)
        self.assertEqual((refused.exception.code, refused.exception.message), ("PT403", f'the quota of users is used up: 1 of 1 (plan "{tenant.plan}")'))
        self.assertEqual(self.usage(tenant, "users")["used"], 1)

    def test_alerts_a_day(self):
        tenant = self.tenant(max_alerts_a_day=2)
        for n in range(5):
            sql("select alerting.raise_condition(:tenant, 'test/' || :n, 'high', 'a test')", tenant=tenant.tenant_id, n=n)
        muted = [a["muted_by"] for a in tenant.viewer.get("/alerts", order="alert_id", dedup_key="like.test/*").json]
        self.assertEqual(muted, [None, None, "quota", "quota", "quota"], "those beyond are raised, and nobody is told")
        self.assertEqual(self.usage(tenant, "alerts")["used"], 5)
        alert = tenant.viewer.get("/alerts", dedup_key="eq.quota/alerts").json
        self.assertEqual([(a["severity"], a["muted_by"]) for a in alert], [("high", None)], "one says so")

    def test_nobody_sees_the_plans_of_others(self):
        one, two = self.tenant(max_devices=7), self.tenant(max_devices=8)
        self.usage(one, "devices")
        for tenant, most in ((one, 7), (two, 8)):
            self.assertEqual({u["max"] for u in tenant.viewer.get("/usage", quota="eq.devices").json}, {most})
