"""Whatever the order, the form, the number of times and the company in which readings arrive, the end is the same."""

import json
import math
import random
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from client import INGEST
from instance import run_pipeline, sql_json
from tenants import Tenant

METRICS = ["power", "voltage", "current", "frequency"]
START = datetime(2026, 10, 1, tzinfo=UTC)
SEEDS = (1, 2, 3)
SENDERS = 4


def truth(chance):
    """Readings of three machines by machine and time: gaps, missing metrics, times that are not round."""
    whole = {}
    for machine in range(3):
        at = START
        for _ in range(chance.randint(60, 120)):
            at += timedelta(seconds=chance.choice((1, 30, 60, 60, 60, 600, 4000)), microseconds=chance.choice((0, 0, 250_000)))
            some = chance.sample(METRICS, chance.randint(1, len(METRICS)))
            whole[machine, at] = {m: round(chance.gauss(0, 100), chance.randint(0, 6)) for m in some}
    return whole


def parts(chance, whole):
    """Each reading in one or several messages, which overlap and do not contradict one another. (What is contradicted is
    corrected: then the last one counts, and order is meant to matter.)"""
    messages = []
    for (machine, at), metrics in whole.items():
        names = list(metrics)
        chance.shuffle(names)
        cut = chance.randint(0, len(names))
        for some in (names[:cut], names[cut:], chance.sample(names, 1) if chance.random() < 0.3 else []):
            if some:
                messages.append((machine, at, {m: metrics[m] for m in some}))
    return messages


class Sender:
    """Sends batches in one of the forms there are, some of them more than once."""

    def __init__(self, tenant, prefix, seed):
        self.tenant, self.prefix, self.chance = tenant, prefix, random.Random(seed)

    def send(self, batch):
        form = self.chance.choice((self.wide, self.narrow, self.csv))
        path, body, headers = form(batch)
        with_key = {"Idempotency-Key": str(uuid.uuid4())} if self.chance.random() < 0.5 else {}
        answers = []
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            answer = self.tenant.operator.request("POST", path, body.encode(), headers | with_key)
            assert answer.status == 200 and answer.json["rejected"] == [], answer.body
            answers.append(answer.json)
        if with_key:
            assert all(a == answers[0] for a in answers), answers
        else:
            assert all(a["accepted"] == 0 for a in answers[1:]), answers

    def wide(self, batch):
        made = [{"device": f"{self.prefix}-{machine}", "ts": at.isoformat(), "metrics": metrics} for machine, at, metrics in batch]
        return INGEST, json.dumps(made), {}

    def narrow(self, batch):
        made = [{"device": f"{self.prefix}-{machine}", "ts": at.isoformat(), "metric": name, "value": value}
                for machine, at, metrics in batch for name, value in metrics.items()]
        return INGEST, json.dumps(made), {}

    def csv(self, batch):
        lines = [",".join([f"{self.prefix}-{machine}", at.isoformat(), *(repr(metrics[m]) if m in metrics else "" for m in METRICS)])
                 for machine, at, metrics in batch]
        return ("/rpc/ingest", "\n".join([f"device,ts,{','.join(METRICS)}", *lines, ""]),
                {"Content-Type": "text/csv", "Prefer": "params=single-object"})


class AnyOrder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = Tenant()
        cls.tenant.add_profile("machine", METRICS)

    def add_machines(self, prefix):
        for machine in range(3):
            self.tenant.add_device(f"{prefix}-{machine}", "machine")

    def state(self, prefix):
        """Everything that readings of these machines leave behind, by machine."""
        return sql_json("""
            select right(d.external_id, 1) as machine,
              (select json_agg(json_build_array(r.ts, r.values) order by r.ts) from fleet.reading r
                where r.tenant_id = s.tenant_id and r.stream_id = s.stream_id) as readings,
              (select json_build_array(l.ts, l.values, l.seen) from fleet.latest l
                where l.tenant_id = s.tenant_id and l.stream_id = s.stream_id) as latest,
              (select json_agg(json_build_array(f.ts, f.values) order by f.feature_set_id, f.ts) from detect.device_feature f
                where f.tenant_id = s.tenant_id and f.stream_id = s.stream_id) as features
            from fleet.stream s join fleet.device d using (tenant_id, device_id)
            where s.tenant_id = :tenant and d.external_id like :'prefix' || '-_'
            order by 1""", tenant=self.tenant.tenant_id, prefix=prefix)

    def assert_close(self, one, other):
        """Features may differ in the last digits: sums are taken over other windows of work."""
        self.assertEqual([at for at, _ in one], [at for at, _ in other])
        for (at, left), (_, right) in zip(one, other):
            for a, b in zip(left, right, strict=True):
                same = a == b or None not in (a, b) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
                self.assertTrue(same, (at, a, b))

    def test_shuffled_and_replayed(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                whole = truth(chance)
                ordered, shuffled = f"ordered-{seed}", f"shuffled-{seed}"
                self.add_machines(ordered)
                self.add_machines(shuffled)
                readings = [{"device": f"{ordered}-{machine}", "ts": at.isoformat(), "metrics": metrics}
                            for (machine, at), metrics in sorted(whole.items(), key=lambda r: r[0][1])]
                answer = self.tenant.counted(self.tenant.operator, readings)
                self.assertEqual(answer["accepted"], len(whole))

                messages = parts(chance, whole)
                self.assertGreater(len(messages), len(whole))
                chance.shuffle(messages)
                messages += chance.sample(messages, len(messages) // 4)
                batches = []
                while messages:
                    size = chance.choice((1, 5, 20, 60))
                    batches.append(messages[:size])
                    messages = messages[size:]
                with ThreadPoolExecutor(SENDERS) as pool:
                    list(pool.map(lambda n: Sender(self.tenant, shuffled, seed * 10_000 + n).send(batches[n]), range(len(batches))))

                run_pipeline(self.tenant.tenant_id)
                expected, found = self.state(ordered), self.state(shuffled)
                self.assertEqual([m["machine"] for m in expected], ["0", "1", "2"])
                self.assertEqual(sum(len(m["readings"]) for m in expected), len(whole))
                for one, other in zip(expected, found, strict=True):
                    self.assertEqual(one["readings"], other["readings"])
                    self.assertEqual(one["latest"], other["latest"])
                    self.assertEqual(len(one["features"]), len(one["readings"]))
                    self.assert_close(one["features"], other["features"])
