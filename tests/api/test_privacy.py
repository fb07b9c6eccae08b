"""Personal data over HTTP: masked for who only looks, shown to staff for a reason, given out, erased."""

import json

from instance import sql
from staff import staff_in
from tenants import Tenant
from test_procedures import Refusals


class Privacy(Refusals):
    def setUp(self):
        self.tenant = Tenant("v")
        self.tenant.add_profile("van", ["speed", "latitude", "longitude"])
        for n in (1, 2):
            self.tenant.add_device(f"van-{n}", "van", attributes={"owner": "Ann Acme", "floor": 2})
        self.tenant.counted(self.tenant.operator, [
            {"device": f"van-{n}", "ts": "2026-05-01T12:00:00Z", "metrics": {"speed": 50, "latitude": 52.5, "longitude": 13.4}} for n in (1, 2)])
        answer = self.tenant.admin.rpc("save_person", name="ann", display_name="Ann Acme", subject="ann@acme.example")
        self.assertEqual(answer.status, 200, answer.body)

    def masked(self, role):
        client = staff_in(self.tenant) if role == "platform_admin" else self.tenant.client(role)
        reading = client.get("/readings", device="eq.van-1").json[0]
        latest = {row["metric"]: row["value"] for row in client.get("/latest", device="eq.van-1").json}
        telemetry = {row["metric"]: row["value"] for row in client.get("/telemetry", device="eq.van-1").json}
        series = client.get("/rpc/series", device="van-1", metric="latitude", **{"from": "2026-05-01", "to": "2026-05-02"}).json[0]
        export = client.get("/rpc/export", {"Accept": "text/csv"}, profile="van").body.decode().split("\n")[1]
        return {
            "values": reading["values"], "metrics": reading["metrics"], "latest": latest["latitude"], "telemetry": telemetry["latitude"],
            "series": series["average"], "export": export.split(",")[3:], "attributes": client.get("/devices", device="eq.van-1").json[0]["attributes"],
            "person": client.get("/people").json[0]["display_name"],
        }

    def test_who_sees_what(self):
        hidden = {"values": [50, None, None], "metrics": {"speed": 50}, "latest": None, "telemetry": None, "series": None, "export": ["50", "", ""],
                  "attributes": {"floor": 2}, "person": "A…"}
        shown = {"values": [50, 52.5, 13.4], "metrics": {"speed": 50, "latitude": 52.5, "longitude": 13.4}, "latest": 52.5, "telemetry": 52.5, "series": 52.5,
                 "export": ["50", "52.5", "13.4"], "attributes": {"owner": "Ann Acme", "floor": 2}, "person": "Ann Acme"}
        for role, expected in (("viewer", hidden), ("analyst", hidden), ("operator", shown), ("tenant_admin", shown), ("platform_admin", hidden)):
            with self.subTest(role):
                self.assertEqual(self.masked(role), expected)

    def test_a_filter_tells_no_more(self):
        for view in ("telemetry", "latest"):
            self.assertEqual(self.tenant.viewer.get(f"/{view}", metric="eq.latitude", value="gt.50").json, [])
            self.assertEqual(len(self.tenant.operator.get(f"/{view}", metric="eq.latitude", value="gt.50").json), 2)
        self.assertEqual(self.tenant.viewer.get("/devices", **{"attributes->>owner": "eq.Ann Acme"}).json, [])
        self.assertEqual(self.tenant.viewer.get("/people", display_name="eq.Ann Acme").json, [])

    def test_staff_says_why(self):
        staff = staff_in(self.tenant)
        self.assert_refused(staff.rpc("reveal_personal_data", object="person", key="ann", reason="look"), 400, "22023",
                            "the reason has fewer than 10 or more than 1000 characters")
        self.assert_refused(staff.rpc("reveal_personal_data", object="car", key="ann", reason="support case 4711"), 400, "22023", "the object is person or device")
        self.assert_refused(staff.rpc("reveal_personal_data", object="person", key="bob", reason="support case 4711"), 404, "PT404", 'there is no person "bob"')
        self.assertEqual(self.tenant.admin.rpc("reveal_personal_data", object="person", key="ann", reason="support case 4711").status, 403)
        answer = staff.rpc("reveal_personal_data", object="person", key="ann", reason="support case 4711")
        self.assertEqual((answer.status, answer.json["display_name"], answer.json["subject"]), (200, "Ann Acme", "ann@acme.example"))
        answer = staff.rpc("reveal_personal_data", object="device", key="van-1", reason="support case 4711")
        self.assertEqual(answer.json["attributes"]["owner"], "Ann Acme")
        self.assertEqual({row["metric"]: row["value"] for row in answer.json["latest"]}, {"latitude": 52.5, "longitude": 13.4})
        trail = self.tenant.admin.get("/audit_entries", action="eq.read_personal_data", order="entry_id").json
        self.assertEqual([(e["role"], e["detail"]["object"], e["detail"]["name"], e["detail"]["reason"]) for e in trail],
                         [("platform_admin", "person", "ann", "support case 4711"), ("platform_admin", "device", "van-1", "support case 4711")])
        self.assertEqual(staff.rpc("export_person", name="ann").status, 403, "everything at once is not theirs")

    def test_everything_about_a_person(self):
        answer = self.tenant.admin.rpc("export_person", name="ann")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json["tables"]["alerting.person"][0]["display_name"], "Ann Acme")
        self.assertEqual(self.tenant.operator.rpc("export_person", name="ann").status, 403)
        self.assert_refused(self.tenant.admin.rpc("export_person", name="bob"), 404, "PT404", 'there is no person "bob"')

    def test_a_person_is_erased(self):
        answer = self.tenant.admin.rpc("erase_person", name="ann")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([p["display_name"] for p in self.tenant.operator.get("/people").json], [answer.json["pseudonym"]])
        self.assert_refused(self.tenant.admin.rpc("erase_person", name="ann"), 404, "PT404", 'there is no person "ann"')
        # Wherever it could still be; the audit trail has the names of procedures' arguments no more than their answers.
        found = sql("""
            select count(*) from ops.tenant_tables() t
            cross join lateral xmltable('//c' passing query_to_xml(format(
              'select count(*) as c from %s x where tenant_id = %s and to_jsonb(x)::text ~ ''Ann Acme|ann@acme''', t.relation, :tenant), false, true, '')
              columns c int path '.') n
            where n.c > 0 and t.name not in ('audit.entry', 'fleet.device', 'ops.idempotency_key')
            """, tenant=self.tenant.tenant_id)
        self.assertEqual(found, "0")

    def test_a_device_is_given_out_and_erased(self):
        answer = self.tenant.admin.rpc("export_device", device="van-1")
        self.assertEqual((answer.status, answer.json["rows"]["fleet.reading"], answer.json["tables"]["fleet.reading"][0]["values"]), (200, 1, [50, 52.5, 13.4]))
        self.assert_refused(self.tenant.admin.rpc("export_device", device="van-9"), 404, "PT404", 'there is no device "van-9"')
        hold = sql("select ops.place_hold(:'name', 'court', 'van-1')", name=self.tenant.name)
        self.assert_refused(self.tenant.admin.rpc("erase_device", device="van-1"), 409, "PT409", f"legal hold {hold} keeps these data")
        self.assertEqual(self.tenant.admin.rpc("erase_device", device="van-2").status, 200, "another device is not held")
        sql("select ops.release_hold(:tenant, :hold)", tenant=self.tenant.tenant_id, hold=hold)
        answer = self.tenant.admin.rpc("erase_device", device="van-1")
        self.assertEqual((answer.status, answer.json["rows"]["fleet.reading"]), (200, 1), answer.body)
        self.assertEqual(self.tenant.viewer.get("/devices").json, [])
        self.assertEqual(self.tenant.viewer.get("/readings").json, [])
        self.assertNotIn("52.5", json.dumps(self.tenant.admin.get("/latest").json))
