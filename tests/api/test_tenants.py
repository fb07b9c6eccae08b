"""The life of a tenant: made, shut out, let in again, exported, deleted with proof. By staff of the platform alone."""

import json
import uuid
from pathlib import Path

import tokens
from client import MARKERS, Client
from instance import SqlError, run_jobs, sql, sql_json, until
from staff import platform_id, staff, staff_in
from tenants import Tenant
from test_procedures import Refusals

READING = [{"device": "m-1", "ts": "2026-05-01T12:00:00Z", "metrics": {"power": 1.5}}]


def certified(tenant):
    found = staff().get("/tenant_deletions", tenant=f"eq.{tenant.name}", state="eq.certified").json
    return found[0] if found else None


class Lifecycle(Refusals):
    def test_create(self):
        name = f"tenant-c{uuid.uuid4().hex[:12]}"
        answer = staff().rpc("create_tenant", name=name, display_name="A new one", plan="standard")
        self.assertEqual((answer.status, answer.json), (200, {"tenant": name}))
        listed = staff().get("/tenants", tenant=f"eq.{name}").json[0]
        self.assertEqual({k: listed[k] for k in ("display_name", "plan", "active", "suspended_at", "deletion")},
                         {"display_name": "A new one", "plan": "standard", "active": True, "suspended_at": None, "deletion": None})
        self.assert_refused(staff().rpc("create_tenant", name=name), 409, "23505", f'there is a tenant "{name}" already')
        self.assert_refused(staff().rpc("create_tenant", name="Not a name"), 400, "22023", "the name of the tenant is not usable")
        self.assert_refused(staff().rpc("create_tenant", name=f"{name}-2", plan="gold"), 400, "42704", 'there is no plan "gold"')

    def test_a_repeat_with_a_key_is_answered_as_before(self):
        name = f"tenant-c{uuid.uuid4().hex[:12]}"
        key = {"Idempotency-Key": name}
        first, second = (staff().post("/rpc/create_tenant", {"name": name}, key) for _ in range(2))
        self.assertEqual((first.status, first.json), (second.status, second.json))

    def test_only_staff_in_the_platforms_own_tenant(self):
        tenant = Tenant()
        calls = {"create_tenant": {"name": "x"}, "suspend_tenant": {"name": tenant.name, "reason": "x"}, "resume_tenant": {"name": tenant.name},
                 "set_plan": {"name": tenant.name, "plan": "free"}, "request_tenant_export": {"name": tenant.name},
                 "delete_tenant": {"name": tenant.name, "confirm": tenant.name}}
        for name, arguments in calls.items():
            with self.subTest(name):
                self.assert_refused(staff_in(tenant).post(f"/rpc/{name}", arguments), 403, "42501", "this is for the platform's staff")
                for client in (tenant.admin, Client(tokens.token(platform_id(), "tenant_admin"), platform_id())):
                    answer = client.post(f"/rpc/{name}", arguments)
                    self.assertEqual((answer.status, answer.code, answer.json["message"]), (403, "42501", f"permission denied for function {name}"))
        for view in ("tenants", "tenant_exports", "tenant_deletions"):
            with self.subTest(view):
                self.assert_refused(staff_in(tenant).get(f"/{view}"), 403, "42501", "this is for the platform's staff")
                self.assertEqual(tenant.admin.get(f"/{view}").status, 403)

    def test_suspend_and_resume(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        self.assert_refused(staff().rpc("suspend_tenant", name=tenant.name, reason=""), 400, "22023", "the reason is empty or longer than 1000 characters")
        self.assert_refused(staff().rpc("suspend_tenant", name="platform", reason="x"), 409, "PT409", "the tenant of the platform itself cannot be suspended")
        self.assert_refused(staff().rpc("suspend_tenant", name="no-such-tenant", reason="x"), 400, "42704", 'there is no tenant "no-such-tenant"')
        self.assertEqual(staff().rpc("suspend_tenant", name=tenant.name, reason="unpaid").status, 200)
        for client in (tenant.viewer, tenant.admin, staff_in(tenant)):
            self.assert_refused(client.get("/devices"), 401, "PT401", "the token's tenant is not active")
        self.assert_refused(tenant.operator.ingest(READING), 401, "PT401", "the token's tenant is not active")
        listed = staff().get("/tenants", tenant=f"eq.{tenant.name}").json[0]
        self.assertEqual((listed["active"], listed["suspended_because"]), (False, "unpaid"))
        self.assertEqual(staff().rpc("resume_tenant", name=tenant.name).status, 200)
        self.assertEqual(tenant.counted(tenant.operator, READING)["accepted"], 1, "tokens that have not expired go on")
        actions = [e["action"] for e in tenant.admin.get("/audit_entries", order="entry_id", action="in.(suspend_tenant,resume_tenant)").json]
        self.assertEqual(actions, ["suspend_tenant", "resume_tenant"], "the tenant's own trail has it")

    def test_keys_of_a_suspended_tenant(self):
        tenant = Tenant()
        key = f"vgl_{uuid.uuid4().hex}{uuid.uuid4().hex}"
        sql("""
            insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, created_by)
            values (:tenant, 'loader', left(:'key', 8), sha256(:'key'), 'read', 'test')
            """, tenant=tenant.tenant_id, key=key)
        client = Client(None, tenant.tenant_id)
        self.assertEqual(client.get("/devices", {"X-API-Key": key}).status, 200)
        staff().rpc("suspend_tenant", name=tenant.name, reason="unpaid")
        self.assertEqual(client.get("/devices", {"X-API-Key": key}).status, 401)


class Export(Refusals):
    def test_all_that_is_in_the_tables_is_in_the_files(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        tenant.counted(tenant.operator, READING)
        answer = staff().rpc("request_tenant_export", name=tenant.name)
        self.assertEqual(answer.status, 200, answer.body)

        def done():
            return staff().get("/tenant_exports", tenant=f"eq.{tenant.name}", state="eq.done").json

        export = until(done, "usage")[0]
        self.assertEqual(export["export_id"], answer.json["export_id"])
        self.assertTrue(export["folder"].startswith(f"exports/{tenant.name}/"))
        manifest = json.loads(sql("select convert_from(vigil_platform.archive_read(:'path'), 'UTF8')", path=f"{export['folder']}/manifest.json"))
        self.assertEqual(manifest["tables"]["fleet.reading"], 1)
        self.assertEqual(manifest["tables"]["fleet.device"], 1)
        for file in manifest["files"]:
            found = sql("select h.sha256 || ' ' || h.bytes from vigil_platform.archive_hash(:'path') h", path=f"{export['folder']}/{file['path']}")
            self.assertEqual(found, f"{file['sha256']} {file['bytes']}")
        self.assertEqual(export["row_count"], sum(f["rows"] for f in manifest["files"]))
        self.assertEqual({Path(f["path"]).suffix for f in manifest["files"]}, {".ndjson", ".parquet"})


class Deletion(Refusals):
    def test_nothing_is_left_and_that_is_signed(self):
        tenant, neighbour = Tenant(), Tenant()
        for one in (tenant, neighbour):
            one.add_profile("meter", ["power"])
            one.add_device("m-1", "meter")
            one.counted(one.operator, READING)
        before = sql("select ops.rows_of_tenant(:tenant)", tenant=neighbour.tenant_id)
        login = tenant.admin.rpc("create_sql_login", name="sales").json["login"]
        self.assert_refused(staff().rpc("delete_tenant", name=tenant.name, confirm="yes"), 400, "22023", "the deletion is not confirmed")
        self.assert_refused(staff().rpc("delete_tenant", name="platform", confirm="platform"), 409, "PT409", "the tenant of the platform itself cannot be deleted")
        hold = sql("select ops.place_hold(:'name', 'court')", name=tenant.name)
        answer = staff().rpc("delete_tenant", name=tenant.name, confirm=tenant.name)
        self.assert_refused(answer, 409, "PT409", f'legal hold {hold} keeps data of tenant "{tenant.name}"')
        sql("select ops.release_hold(:tenant, :hold)", tenant=tenant.tenant_id, hold=hold)
        answer = staff().rpc("delete_tenant", name=tenant.name, confirm=tenant.name)
        self.assertEqual(answer.status, 200, answer.body)
        self.assert_refused(tenant.viewer.get("/devices"), 401, "PT401", "the token's tenant is not active")
        answer = staff().rpc("resume_tenant", name=tenant.name)
        self.assertIn(answer.status, (400, 409), "it does not come back")

        deletion = until(lambda: certified(tenant), "usage")
        self.assertEqual((deletion["rows_after"], deletion["files_after"]), (0, 0))
        self.assertEqual(deletion["rows_before"]["fleet.reading"], 1)
        self.assertEqual(sql("select ops.rows_of_tenant(:tenant)", tenant=tenant.tenant_id), "{}")
        self.assertEqual(sql("select count(*) from pg_roles where rolname = :'login'", login=login), "0")
        claims = sql_json("select vigil_platform.verify_token(:'token', jsonb_build_array(vigil_platform.signing_public_key())) as claims",
                          token=deletion["certificate"])[0]["claims"]
        self.assertEqual((claims["typ"], claims["tenant"], claims["rows_after"]), ("deletion-certificate", tenant.name, 0))
        answer = Client(deletion["certificate"]).get("/devices")
        self.assertEqual(answer.status, 401, "a certificate is no access token")
        self.assertEqual(json.loads(sql("select ops.rows_of_tenant(:tenant)", tenant=neighbour.tenant_id))["fleet.reading"],
                         json.loads(before)["fleet.reading"], "the neighbour has what it had")
        del MARKERS[tenant.tenant_id]

    def test_a_crash_between_any_two_steps_loses_nothing(self):
        tenant = Tenant()
        tenant.add_profile("meter", ["power"])
        tenant.add_device("m-1", "meter")
        tenant.counted(tenant.operator, READING)
        sql("update ops.job set enabled = false where job_name = 'tenants'")
        self.addCleanup(sql, "update ops.job set enabled = true where job_name = 'tenants'")
        staff().rpc("delete_tenant", name=tenant.name, confirm=tenant.name)
        for _ in range(10):
            # Rolled back, as by a crash; then done.
            sql("begin; set local role vigil_jobs; select ops.delete_step(:tenant); rollback", tenant=tenant.tenant_id)
            if sql("set role vigil_jobs; select ops.delete_step(:tenant)", tenant=tenant.tenant_id) == "f":
                break
        self.assertEqual(certified(tenant)["rows_after"], 0)

    def test_what_stands_in_the_way_is_said(self):
        tenant = Tenant()
        sql("update ops.job set enabled = false where job_name = 'tenants'")
        self.addCleanup(sql, "update ops.job set enabled = true where job_name = 'tenants'")
        staff().rpc("delete_tenant", name=tenant.name, confirm=tenant.name)
        hold = sql("select ops.place_hold(:'name', 'court')", name=tenant.name)
        run_jobs("tenants")
        message = staff().get("/tenant_deletions", tenant=f"eq.{tenant.name}").json[0]["message"]
        self.assertEqual(message, f"legal hold {hold} keeps data of the tenant")
        with self.assertRaises(SqlError):
            sql("delete from ops.legal_hold where tenant_id = :tenant", tenant=tenant.tenant_id)
        sql("select ops.release_hold(:tenant, :hold)", tenant=tenant.tenant_id, hold=hold)
        run_jobs("tenants")
        self.assertIsNotNone(certified(tenant))
