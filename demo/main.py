"""The demonstration, step by step. See run.sh."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import database
import faults
import fleet
import judge
import receiver
import show
import simulate
from api import PROJECT, URL, Api, Refused

# The newest readings do not come in bulk but through the API, as they would in life.
LIVE = timedelta(hours=2)

# Values that mean something by themselves are looked at as they are and as an average over two hours; those that wear,
# fill up or drain by how fast they change.
FEATURES = [
    {"statistic": "raw", "metrics": ["temperature", "cpu", "memory", "signal", "reconnects", "app_crashes"]},
    {"statistic": "mean", "window": "2 hours",
     "metrics": ["temperature", "cpu", "memory", "signal", "data_volume", "reconnects", "app_crashes"]},
    {"statistic": "slope", "window": "2 hours", "metrics": ["battery", "temperature", "memory", "storage_free"]},
]
# Ten devices of a make over ten days are 9,500 readings; trees of 4,096 of them know the rare states of ordinary days,
# which trees of 256 have mostly not seen.
FOREST = {"sample_size": 4096, "seed": fleet.SEED}

BACKLOG = """
    select t.name as tenant,
      (select count(*) from fleet.reading_change c where c.tenant_id = t.tenant_id) as features,
      (select count(*) from detect.feature_change c where c.tenant_id = t.tenant_id) as scores,
      (select count(*) from detect.score_change c where c.tenant_id = t.tenant_id) as anomalies,
      (select count(*) from detect.anomaly a where a.tenant_id = t.tenant_id and a.alert_pending) as alerts
    from fleet.tenant t
    where t.name in ('acme', 'globex')
    """


def main():
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    end -= timedelta(minutes=end.minute % 15)
    show.line("Vigil demonstration: two customers, 80 devices, 14 days of readings, and faults to be found.")

    show.heading("Making the fleets")
    with show.step("replace the data of an earlier demonstration"):
        database.run_file("reset.sql")
    devices, planned = {}, {}
    for tenant in fleet.TENANTS:
        with show.step(f"register {tenant.display_name}") as tell:
            devices[tenant.name] = fleet.devices(tenant)
            planned[tenant.name] = faults.plan(tenant.name, devices[tenant.name], end)
            register(tenant, devices[tenant.name])
            tell(f"{len(devices[tenant.name])} devices of {len(tenant.devices_per_model)} models at {len(tenant.sites)} sites")
    write_truth(planned)
    with show.step("simulate 14 days, a reading every 15 minutes") as tell:
        history, live = simulate_all(devices, planned, end)
        count = sum(len(part) for part in history.values())
        counted = [f for plan in planned.values() for f in plan if f.counted]
        tell(f"{count + sum(len(part) for part in live.values()):,} readings, {len(counted)} faults in the last 4 days")
    with show.step("load the history in bulk") as tell:
        load(history)
        tell(f"{count:,} readings")

    show.heading("Learning what is normal")
    with show.step("features of every reading, by the job that pg_cron runs every 3 seconds") as tell:
        wait_for_pipeline(["features"])
        tell(f"{rows_of_jobs('features'):,} feature vectors")
    apis = {t.name: {role: Api(t.name, role) for role in ("viewer", "analyst", "operator")} for t in fleet.TENANTS}
    learned_to = (end - faults.HISTORY + faults.LEARNING).isoformat()
    for tenant in fleet.TENANTS:
        with show.step(f"train {tenant.name}'s models on the first 10 days, POST /rpc/train_model") as tell:
            models = [train(apis[tenant.name]["analyst"], model, end, learned_to) for model in models_of(tenant)]
            tell(f"{len(models)} forests on {sum(m['row_count'] for m in models):,} vectors")

    with receiver.running() as hook:
        show.heading("Watching")
        with show.step("start a webhook receiver and register it for acme") as tell:
            database.run("select ops.add_webhook('acme', 'demonstration', :'url', :'secret', true)", url=hook.url, secret=receiver.SECRET)
            tell(hook.url)
        with show.step("make an incident of each device instead of each site, POST /rpc/save_route"):
            Api("acme", "tenant_admin").post("/rpc/save_route", {"name": "devices", "group_by": ["rule", "device"]})
        with show.step("scores, anomalies and alerts of the last 4 days, by the jobs that pg_cron runs") as tell:
            wait_for_pipeline(["scores", "anomalies", "alerts"])
            tell(f"{rows_of_jobs('scores'):,} scores")
        before = {d["message_id"] for d in hook.received()}
        posted = time.monotonic()
        with show.step("the last two hours arrive, POST /rpc/ingest") as tell:
            answers = [apis[name]["operator"].post("/rpc/ingest", part) for name, part in live.items()]
            tell(f"{sum(a['accepted'] for a in answers):,} accepted, {sum(len(a['rejected']) for a in answers)} rejected")
        recent = {f.device for f in planned["acme"] if f.ends > end}
        with show.step("from there to the webhook, all in Postgres but the last yard") as tell:
            first, alert = wait_for_delivery(hook, before, recent)
            tell(f"{time.monotonic() - posted:.1f} s after the readings were sent")
        with show.step("the rest of the pipeline"):
            wait_for_pipeline(["features", "scores", "anomalies", "alerts"])
            wait_for_outbox()

        anomalies = {t.name: apis[t.name]["viewer"].get("/anomalies", order="peak_score.desc") for t in fleet.TENANTS}
        show_anomalies(anomalies)
        good = show_verdict(anomalies, planned)
        show_webhook(first, alert, hook)
    good &= show_isolation(apis, anomalies)
    good &= show_commands(anomalies, planned)
    database.run("update alerting.channel c set enabled = false from fleet.tenant t "
                 "where t.tenant_id = c.tenant_id and t.name = 'acme' and c.name = 'demonstration'")
    show.line()
    show.line(f"Done in {time.monotonic() - show.STARTED:.0f} s. The data stays; ./dev demo makes it anew. "
              "The receiver is stopped and its channel is switched off.")
    return 0 if good else 1


def register(tenant, devices):
    sites = [f"{s.path}\t{s.name}" for s in tenant.sites]
    profiles = []
    for profile in sorted({d.profile for d in devices}):
        metrics = [{"name": name, "unit": unit, "kind": kind} for name, unit, kind in fleet.PROFILES[profile]]
        profiles.append(f"{profile}\t{json.dumps(metrics, ensure_ascii=False)}\t{json.dumps(FEATURES, ensure_ascii=False)}")
    rows = [f"{d.external_id}\t{d.name}\t{d.model.name}\t{d.site.path}\t{d.profile}" for d in devices]
    database.run(
        "create temp table new_site (path text, name text) on commit drop;\n"
        "create temp table new_profile (name text, metrics jsonb, features jsonb) on commit drop;\n"
        "create temp table new_device (external_id text, name text, model text, site text, profile text) on commit drop;\n"
        + database.copied("new_site", sites)
        + database.copied("new_profile", profiles)
        + database.copied("new_device", rows)
        + (database.SQL / "register.sql").read_text(),
        tenant=tenant.name, display_name=tenant.display_name)


def write_truth(planned):
    """What was done to which device, for whoever wants to check: beside the instance, not in the product's schemas."""
    folder = os.path.join(os.environ["VIGIL_STATE"], "demo")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "faults.json"), "w", encoding="utf-8") as file:
        json.dump([vars(f) | {"starts": f.starts.isoformat(), "ends": f.ends.isoformat()}
                   for plan in planned.values() for f in plan], file, indent=1)


def simulate_device(job):
    device, plan, first, end = job
    return device, list(simulate.readings(device, plan, first, end))


def simulate_all(devices, planned, end):
    """The readings of every device by tenant: history as lines for COPY, the last hours as bodies for the API."""
    jobs = [(d, [f for f in planned[name] if f.device == d.external_id], end - faults.HISTORY, end)
            for name, some in devices.items() for d in some]
    history, live = {name: [] for name in devices}, {name: [] for name in devices}
    with multiprocessing.Pool() as pool:
        for device, readings in pool.imap(simulate_device, jobs, chunksize=4):
            names = [name for name, _, _ in fleet.PROFILES[device.profile]]
            for at, values in readings:
                if at > end - LIVE:
                    live[device.tenant].append(
                        {"device": device.external_id, "ts": at.isoformat(), "metrics": dict(zip(names, values))})
                else:
                    array = "{" + ",".join("NULL" if v is None else repr(v) for v in values) + "}"
                    history[device.tenant].append(f"{device.tenant}\t{device.external_id}\t{at.isoformat()}\t{array}")
    return history, live


def load(history):
    for lines in history.values():
        database.run(
            "create temp table new_reading (tenant text, device text, ts timestamptz, values float8[]) on commit drop;\n"
            + database.copied("new_reading", lines)
            + "analyze new_reading;\n"
            + (database.SQL / "load.sql").read_text())


def models_of(tenant):
    return [m for m in fleet.MODELS if m.prefix in tenant.devices_per_model]


def train(api, model, end, learned_to):
    return api.post("/rpc/train_model", {
        "profile": model.profile,
        "scope": {"device_model": model.name},
        "options": {"from": (end - faults.HISTORY).isoformat(), "to": learned_to} | FOREST,
    })


def wait_for_pipeline(steps):
    """Until these steps of the pipeline, in their order, have nothing left to do for either tenant."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        left = {step: sum(row[step] for row in database.rows(BACKLOG)) for step in steps}
        if not any(left.values()):
            return
        show.progress(", ".join(f"{step}: {count:,} to do" for step, count in left.items() if count))
        time.sleep(0.25)
    raise SystemExit("error: the pipeline has not come to rest in four minutes\n"
                     "hint: ./dev psql -c 'select * from ops.job_status' says what holds it up")


def wait_for_outbox():
    """Until the worker has sent what acme's alerts have put into the outbox."""
    waiting = ("select count(*) from alerting.notification n join fleet.tenant t using (tenant_id) "
               "where t.name = 'acme' and n.state in ('pending', 'claimed')")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if database.run(waiting) == "0":
            return
        time.sleep(0.25)
    raise SystemExit("error: the worker has not delivered every notification in a minute\n"
                     "hint: ./dev status shows whether it runs; its log is in .vigil/*/log/worker.log")


def rows_of_jobs(job):
    """How many rows a job has written for the two tenants."""
    return int(database.run(
        "select coalesce(sum(r.row_count), 0) from ops.job_run r join fleet.tenant t using (tenant_id) "
        "where t.name in ('acme', 'globex') and r.job_name = :'job'", job=job))


def wait_for_delivery(hook, before, devices):
    """The first verified delivery that tells of one of the devices, and its alert about it."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for delivery in hook.received():
            body = json.loads(delivery["body"])
            if delivery["message_id"] in before or not delivery["verified"] or body["type"] not in ("incident.triggered", "incident.updated"):
                continue
            for alert in body["data"]["alerts"]:
                if alert["state"] == "open" and alert.get("device", {}).get("id") in devices:
                    return delivery, alert
        time.sleep(0.1)
    raise SystemExit("error: no webhook about a fault of the last hours has arrived in 90 seconds\n"
                     "hint: ./dev psql -c 'select * from ops.job_status' says whether the pipeline runs")


def show_anomalies(anomalies):
    show.heading("What was found: the most anomalous episodes of each customer, and why")
    for name, found in anomalies.items():
        show.line(f"\n  {name}, {len(found)} anomalies")
        show.table(
            [("device", "<"), ("site", "<"), ("from", "<"), ("lasted", ">"), ("score", ">"), ("what is strange about it", "<")],
            [[a["device"], a["site"], show.when(a["started_at"]), show.duration(a["started_at"], a["ended_at"]),
              f"{a['peak_score']:.2f}", "; ".join(show.reason(part) for part in a["explanation"][:2])]
             for a in found[:10 if name == "acme" else 5]])


def show_verdict(anomalies, planned):
    """Precision and recall against what was done. True when both are worth showing: where the two weeks fall decides how
    many weekends were learned from, and so on most days they lie between 0.8 and 0.95."""
    show.heading("Held against the faults that were made")
    verdicts = {name: judge.judge(found, planned[name]) for name, found in anomalies.items()}
    verdict = judge.total(verdicts.values())
    show.table(
        [("fault", "<"), ("what it is", "<"), ("made", ">"), ("found", ">")],
        [[kind, faults.KINDS[kind][0], str(made), str(found)] for kind, (made, found) in verdict.by_kind().items()])
    show.line()
    show.table(
        [("", "<"), ("faults", ">"), ("found", ">"), ("recall", ">"), ("anomalies", ">"), ("right", ">"), ("precision", ">")],
        [[name, str(len(v.found + v.missed)), str(len(v.found)), show.share(len(v.found), len(v.found + v.missed)),
          str(len(v.right + v.wrong)), str(len(v.right)), show.share(len(v.right), len(v.right + v.wrong))]
         for name, v in [*verdicts.items(), ("both", verdict)]])
    show.line()
    show.line("  A fault is found when an anomaly on its device overlaps it; an anomaly is right when it overlaps a fault on its")
    show.line("  device, two hours after the fault's end included, for so long does it show in the features.")
    for fault in verdict.missed:
        show.line(f"  not found: {fault.kind} on {fault.tenant}'s {fault.device}, {show.when(fault.starts.isoformat())}")
    return verdict.precision > 0.7 and verdict.recall > 0.7


def show_webhook(delivery, alert, hook):
    show.heading("The first webhook about the last two hours")
    body = json.loads(delivery["body"])
    show.facts([
        ["webhook-id", delivery["message_id"]],
        ["signature", "verified (HMAC-SHA256, Standard Webhooks)" if delivery["verified"] else "NOT VERIFIED"],
        ["type", body["type"]],
        ["incident", f"{body['data']['incident_id']}, {body['data']['severity']}: {body['data']['title']}"],
        ["alert", alert["summary"]],
        ["device", f"{alert['device']['id']}, {alert['device']['model']} at {alert['device']['site']}"],
        ["score", str(alert["score"])],
        ["because of", show.reason(alert["explanation"][0])],
    ])
    received = hook.received()
    show.line(f"  {len(received)} webhooks received, {sum(d['verified'] for d in received)} of them with a good signature, "
              f"{len(received) - len({d['message_id'] for d in received})} duplicates")


def show_isolation(apis, anomalies):
    """The same requests with both customers' tokens. True when neither sees the other."""
    show.heading("Who sees what: the same requests with both customers' tokens")
    number = anomalies["acme"][0]["anomaly_id"]
    device = next(d for d in (a["device"] for a in anomalies["acme"]) if d.startswith(("px8", "cat", "mc33", "ct45")))
    requests = [
        ("GET /anomalies", lambda api: f"{len(api.get('/anomalies'))} anomalies"),
        (f"GET /anomalies?anomaly_id=eq.{number}", lambda api: f"{len(api.get('/anomalies', anomaly_id=f'eq.{number}'))} found"),
        (f"GET /readings?device=eq.{device}", lambda api: f"{len(api.get('/readings', device=f'eq.{device}'))} found"),
        (f"POST /rpc/explain {device}", lambda api: f"{len(api.post('/rpc/explain', {'device': device}))} reasons"),
    ]

    def answer(ask, api):
        try:
            return ask(api)
        except Refused as refused:
            return f"{refused.status}: {refused.error['message']}"

    rows = [[text, *(answer(ask, apis[name]["viewer"]) for name in ("acme", "globex"))] for text, ask in requests]
    show.table([("request", "<"), ("acme", "<"), ("globex", "<")], rows)
    mine, theirs = ({a["anomaly_id"] for a in anomalies[name]} for name in ("acme", "globex"))
    shared = len(mine & theirs)
    show.line(f"  anomalies that both see: {shared}")
    return shared == 0 and rows[1][2] == rows[2][2] == "0 found" and rows[3][2].startswith("400")


def show_commands(anomalies, planned):
    """Commands to try, each run here first. True when all of them work."""
    show.heading("To try: each of these was run just now")
    instance = os.environ["VIGIL_INSTANCE"]
    dev = "./dev" if instance == "dev" else f"VIGIL_INSTANCE={instance} ./dev"
    device = next(f.device for f in planned["acme"] if f.kind == "overheating" and f.counted)
    worst = anomalies["acme"][0]["anomaly_id"]

    def curl(role, rest):
        return f'curl -s -H "Authorization: Bearer $({dev} token --tenant acme --role {role})" {rest}'

    commands = [
        curl("viewer", f"'{URL}/anomalies?select=device,severity,started_at,peak_score&order=peak_score.desc&limit=3'"),
        curl("viewer", f"'{URL}/anomalies?anomaly_id=eq.{worst}&select=device,explanation'"),
        curl("viewer", f"'{URL}/latest?device=eq.{device}&select=metric,value,unit,ts'"),
        curl("viewer", f"'{URL}/rpc/explain?device={device}&strongest=3'"),
        curl("operator", f"-X POST -H 'Content-Type: application/json' -d '{{\"anomaly_id\": {worst}, \"note\": \"seen\"}}' "
                         f"{URL}/rpc/acknowledge_anomaly"),
    ]
    good = True
    for command in commands:
        done = subprocess.run(["bash", "-c", command], cwd=PROJECT, capture_output=True, text=True)
        works = done.returncode == 0 and done.stdout[:1] in ("[", "{") and '"code"' not in done.stdout[:20] and len(done.stdout) > 2
        good &= works
        answer = done.stdout if len(done.stdout) <= 150 else done.stdout[:147] + "..."
        show.line(f"\n$ {command}\n{answer}" + ("" if works else f"\nerror: this command failed {done.stderr}"))
    return good


if __name__ == "__main__":
    # The nightly training would learn from the faults, were it to run in the middle.
    with database.without_job("train"):
        sys.exit(main())
