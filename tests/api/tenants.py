"""Tenants made for the tests. Each has names that no other tenant has, so that a leak shows."""

import functools
import math
import random
import uuid
from datetime import UTC, datetime, timedelta

import tokens
from client import MARKERS, Client
from instance import run_pipeline, sql, until

METRICS = ["temperature", "pressure", "vibration", "current"]


class Tenant:
    """A tenant with nothing in it but its default alert rule."""

    def __init__(self, kind="t"):
        self.marker = f"{kind}{uuid.uuid4().hex[:12]}"
        self.name = f"tenant-{self.marker}"
        self.tenant_id = int(sql("select ops.create_tenant(:'name', :'name')", name=self.name))
        MARKERS[self.tenant_id] = self.marker
        self.clients = {}

    def client(self, role):
        if role not in self.clients:
            self.clients[role] = Client(tokens.token(self.tenant_id, role), self.tenant_id)
        return self.clients[role]

    @property
    def viewer(self):
        return self.client("viewer")

    @property
    def analyst(self):
        return self.client("analyst")

    @property
    def operator(self):
        return self.client("operator")

    @property
    def admin(self):
        return self.client("tenant_admin")

    def add_profile(self, name, metrics):
        answer = self.operator.rpc("create_profile", profile=name, metrics=metrics)
        assert answer.status == 200, answer.body
        return answer.json

    def add_device(self, device, profile, **details):
        answer = self.operator.rpc("register_device", device=device, profile=profile, **details)
        assert answer.status == 200, answer.body
        return answer.json["stream_id"]

    def counted(self, client, readings):
        answer = client.ingest(readings)
        assert answer.status == 200, answer.body
        return answer.json


class Fleet(Tenant):
    """A tenant with a profile, three devices, a site, a week of readings, a model, an anomaly and an alert."""

    def __init__(self):
        super().__init__("f")
        self.profile = f"pump-{self.marker}"
        self.site = f"plant.{self.marker}"
        self.devices = [f"pump-{n}-{self.marker}" for n in (1, 2, 3)]
        sql("insert into fleet.site (tenant_id, path, name) values (:tenant, :'path', :'path')",
            tenant=self.tenant_id, path=self.site)
        self.add_profile(self.profile, [{"name": m, "unit": "", "kind": "gauge"} for m in METRICS])
        self.streams = [
            self.add_device(device, self.profile, name=f"Pump {device}", model=f"P100-{self.marker}", site=self.site)
            for device in self.devices
        ]
        self.end = datetime.now(UTC).replace(second=0, microsecond=0)
        self.start = self.end - timedelta(minutes=10 * 899)
        self.history = [r for device in self.devices for r in self.readings(device)]
        answer = self.counted(self.operator, self.history)
        assert answer == {"accepted": len(self.history), "duplicates": 0, "rejected": []}, answer
        # What waits to be scored would be scored by the new model, training window or not.
        run_pipeline(self.tenant_id)
        self.model = self.analyst.rpc(
            "train_model", profile=self.profile, options={"to": (self.end - timedelta(hours=12)).isoformat(), "seed": 7}
        ).json
        self.alerting()
        # The last two hours of the first pump: nothing is as it was, and nothing stays as it is.
        self.fault = [
            {"device": self.devices[0], "ts": (self.end - timedelta(minutes=10 * n)).isoformat(),
             "metrics": {"temperature": 95.0, "vibration": 40.0} if n % 2 else {"temperature": 10.0, "vibration": 25.0}}
            for n in range(11, -1, -1)
        ]
        answer = self.counted(self.operator, self.fault)
        assert answer["accepted"] == len(self.fault), answer
        run_pipeline(self.tenant_id)
        self.on_call()
        self.tell_nobody()
        sql("""
            select ops.place_hold(:'name', :'name', :'device', :'profile');
            with made as (insert into auth.account (email, display_name) values (:'name' || '@example.com', :'name') returning account_id)
            insert into auth.membership (tenant_id, account_id, role, accepted_at, created_by) select :tenant, m.account_id, 'viewer', now(), :'name' from made m;
            insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, created_by)
            values (:tenant, :'profile', 'vgl_00000000', sha256(convert_to(:'name', 'UTF8')), 'read', :'name');
            insert into ops.retention_policy (tenant_id, profile_id, object, hot, reason, by_tenant)
            select p.tenant_id, p.profile_id, 'readings', '100 days', p.name, true from fleet.profile p where p.tenant_id = :tenant;
            insert into ops.retention_run (tenant_id, started_at, finished_at, object, relation, action, row_count, bytes)
            values (:tenant, now(), now(), 'readings', :'device', 'delete', 1, 1);
            insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path, state,
              profile_sha256, sha256, bytes, row_count, row_hash, from_ts, to_ts, written_at, verified_at, dropped_at, checked_at)
            select p.tenant_id, p.profile_id, 1, now() - interval '50 days', now() - interval '49 days', 1, '{1}', p.name, 'dropped', '', '', 1, 1, 1,
              now() - interval '50 days', now() - interval '50 days', now(), now(), now(), now()
            from fleet.profile p where p.tenant_id = :tenant;
            insert into ops.archive_restore (tenant_id, device_id, from_ts, to_ts, row_count, restored_by, expires_at)
            select d.tenant_id, d.device_id, '2025-01-01', '2025-01-02', 1, :'name', now() + interval '1 day'
            from fleet.device d where d.tenant_id = :tenant and d.external_id = :'device';
            insert into fleet.source (tenant_id, profile_id, name, relation_schema, relation_name, device_column, time_column,
              metric_columns, start_at, overlap, batch_size, enabled, watermark)
            select p.tenant_id, p.profile_id, p.name, p.name, p.name, 'd', 't', '{"temperature": "c"}', now(), '1 hour', 5000, false, now()
            from fleet.profile p where p.tenant_id = :tenant;
            insert into fleet.source_rejection (tenant_id, source_id, ts, device, code, message)
            select s.tenant_id, s.source_id, now(), :'device', '22023', 'the reading has no metrics' from fleet.source s where s.tenant_id = :tenant;
            set client_min_messages = warning;
            call ops.run('storage')
            """, tenant=self.tenant_id, name=self.name, device=self.devices[0], profile=self.profile)

    def alerting(self):
        """One of everything that alerting is set up with, named as the profile is. The channel is off, so that whatever is
        raised is told to nobody and stays as it is."""
        matchers = [{"label": "device", "op": "=", "value": self.profile}]
        for procedure, arguments in (
            ("save_template", {"name": self.profile, "kind": "slack", "body": self.profile}),
            ("save_channel", {"definition": {"name": self.profile, "kind": "slack", "template": self.profile, "enabled": False,
                                             "secret_ref": f"file:{self.name}/{self.profile}"}}),
            ("save_escalation_policy", {"definition": {"name": self.profile, "steps": [{"targets": [{"channel": self.profile}]}]}, "fallback": True}),
            ("save_route", {"name": self.profile, "matchers": matchers, "policy": self.profile}),
            ("save_inhibition", {"name": self.profile, "source_matchers": matchers, "target_matchers": matchers}),
            ("create_silence", {"matchers": matchers, "ends_at": "2100-01-01T00:00:00Z", "reason": self.profile}),
            ("save_rule", {"definition": {"name": self.profile, "kind": "no_data", "profile": self.profile, "params": {"for": "300 days"}}}),
        ):
            answer = self.admin.rpc(procedure, **arguments)
            assert answer.status == 200, answer.body

    def tell_nobody(self):
        """The incident of the fault has gone through its policy."""
        until(lambda: self.viewer.get("/incidents", exhausted_at="not.is.null").json)
        sql("""
            insert into alerting.delivery_attempt (tenant_id, notification_id, attempt, worker, outcome, detail)
            select n.tenant_id, n.notification_id, 1, :'profile', 'permanent', :'profile' from alerting.notification n where n.tenant_id = :tenant
            """, tenant=self.tenant_id, profile=self.profile)

    def on_call(self):
        """Somebody who is on call, named as the profile is."""
        for procedure, arguments in (
            ("save_person", {"name": self.profile}),
            ("save_schedule", {"definition": {"name": self.profile, "time_zone": "UTC", "fallback": self.profile, "layers": [
                {"name": self.profile, "priority": 1, "unit": "week", "start": "2026-01-05T09:00", "slots": [[self.profile]]}]}}),
            ("override_schedule", {"schedule": self.profile, "kind": "add", "person": self.profile,
                                   "to": (datetime.now(UTC) + timedelta(days=1)).isoformat()}),
            ("add_unavailability", {"person": self.profile, "to": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(), "reason": self.profile}),
        ):
            answer = self.admin.rpc(procedure, **arguments)
            assert answer.status == 200, answer.body

    def readings(self, device):
        # The same in every run: chance alone makes an anomaly of a reading now and then.
        chance = random.Random(self.devices.index(device))
        for n in range(900):
            at = self.start + timedelta(minutes=10 * n)
            load = 0.5 + 0.4 * math.sin(n / 144 * 2 * math.pi)
            yield {
                "device": device,
                "ts": at.isoformat(),
                "metrics": {
                    "temperature": round(40 + 20 * load + chance.gauss(0, 1), 2),
                    "pressure": round(3 + 2 * load + chance.gauss(0, 0.1), 3),
                    "vibration": round(abs(chance.gauss(2, 0.5)), 3),
                    "current": round(10 * load + chance.gauss(0, 0.3), 2),
                },
            }


@functools.cache
def fleet():
    """The one that most tests read; nothing may change it."""
    return Fleet()


@functools.cache
def other_fleet():
    """A second one that must never show up in the answers to the first."""
    return Fleet()
