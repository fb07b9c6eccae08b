"""X-Correlation-ID: taken or made, returned, and kept with the batch."""

import unittest
import uuid

from client import INGEST
from instance import sql
from tenants import Tenant

READING = {"device": "m-1", "ts": "2026-11-01T12:00:00Z", "metrics": {"power": 1}}


class Correlation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("meter", ["power"])
        cls.tenant.add_device("m-1", "meter")

    def batches(self, correlation_id):
        return self.tenant.viewer.get("/ingest_batches", correlation_id=f"eq.{correlation_id}").json

    def test_the_senders_own(self):
        for sent in ("x", "a" * 128, "gateway-7/000142", '"quoted",{json}\\'):
            with self.subTest(sent):
                for answer in (self.tenant.viewer.get("/devices", {"X-Correlation-ID": sent}),
                               self.tenant.operator.post(INGEST, [READING], {"X-Correlation-ID": sent})):
                    self.assertEqual((answer.status, answer.headers["X-Correlation-ID"]), (200, sent))

    def test_one_is_made(self):
        made = {self.tenant.viewer.get("/devices").headers["X-Correlation-ID"] for _ in range(3)}
        self.assertEqual({str(uuid.UUID(one)) for one in made}, made)
        self.assertEqual(len(made), 3)

    def test_malformed(self):
        for sent in ("", "a" * 129, "with blank", "tab\there", "schl\u00fcssel"):
            with self.subTest(sent):
                answer = self.tenant.operator.post(INGEST, [READING], {"X-Correlation-ID": sent.encode()})
                self.assertEqual((answer.status, answer.code), (400, "PT400"), answer.body)
                self.assertEqual(answer.json["message"], "the X-Correlation-ID is not valid")
                self.assertRegex(answer.json["hint"], r"^Send 1 to 128 visible ASCII characters.*\.$")

    def test_a_batch_is_kept_under_it(self):
        sent, key = str(uuid.uuid4()), str(uuid.uuid4())
        headers = {"X-Correlation-ID": sent, "Idempotency-Key": key}
        readings = [READING | {"ts": "2026-11-01T13:00:00Z"}, READING | {"ts": "2026-11-01T13:00:00Z"}, {}, 5]
        self.tenant.operator.post(INGEST, readings, headers)
        batch = self.batches(sent)
        self.assertEqual(len(batch), 1)
        self.assertEqual(
            {k: v for k, v in batch[0].items() if k not in ("batch_id", "received_at")},
            {"sent_by": "api-test", "correlation_id": sent, "idempotency_key": key, "accepted": 1, "duplicates": 1,
             "rejected": 2})
        again = self.tenant.operator.post(INGEST, readings, headers | {"X-Correlation-ID": sent + "-again"})
        self.assertEqual((again.headers["X-Correlation-ID"], again.headers["Idempotency-Replayed"]), (sent + "-again", "true"))
        self.assertEqual(self.batches(sent + "-again"), [], "a repeat is no batch")

    def test_one_that_was_made_is_kept_too(self):
        answer = self.tenant.operator.post(INGEST, [READING])
        self.assertEqual(len(self.batches(answer.headers["X-Correlation-ID"])), 1)

    def test_a_batch_that_failed_leaves_nothing(self):
        sent = str(uuid.uuid4())
        self.assertEqual(self.tenant.operator.post(INGEST, {}, {"X-Correlation-ID": sent}).status, 400)
        self.assertEqual(self.batches(sent), [])

    def test_a_batch_is_its_tenants(self):
        sent = str(uuid.uuid4())
        self.tenant.operator.post(INGEST, [READING], {"X-Correlation-ID": sent})
        self.assertEqual(Tenant().viewer.get("/ingest_batches").json, [])
        self.assertEqual(len(self.batches(sent)), 1)

    def test_batches_are_kept_for_a_week(self):
        tenant = Tenant()
        for sent in ("young", "old"):
            tenant.operator.post(INGEST, [], {"X-Correlation-ID": sent})
        sql("update fleet.ingest_batch set received_at = now() - case correlation_id when 'old' then interval '7 days 1 minute' "
            "else interval '6 days 23 hours' end where tenant_id = :t; "
            "set client_min_messages = warning; call ops.run('prune')", t=tenant.tenant_id)
        self.assertEqual([b["correlation_id"] for b in tenant.viewer.get("/ingest_batches").json], ["young"])
