"""Many tenants of many devices each, filled in bulk, and removed again."""

import time

import database
from errors import BenchError

PREFIX = "bench-fleet-"
EMAIL = "bench@bench.example.com"  # who logs in
METRICS = [f"m{n}" for n in range(1, 11)]
READING_DAYS = 3  # of the tenant that is measured
READING_DEVICES = 20

# Rows are put in beside foreign keys, triggers and the jobs' logs: half a million of each is what is wanted, not how they come.
QUIET = "set session_replication_role = replica;"


def fill(first, last, devices):
    """Makes the tenants number `first` to `last`, each with devices, newest values, anomalies, alerts and incidents. The names of
    devices are the same in each tenant."""
    database.sql(
        f"""
        {QUIET}
        begin;
        create temp table made on commit drop as
        select n, nextval(pg_get_serial_sequence('fleet.tenant', 'tenant_id'))::int as tenant_id
        from generate_series(:first, :last) n;
        insert into fleet.tenant (tenant_id, name, display_name) overriding system value
        select m.tenant_id, '{PREFIX}' || m.n, 'Benchmark' from made m;
        insert into fleet.profile (tenant_id, name, metric_names) select m.tenant_id, :'profile', :'metrics' from made m;
        insert into fleet.metric (tenant_id, profile_id, position, name)
        select p.tenant_id, p.profile_id, n.position, n.name
        from made m join fleet.profile p using (tenant_id) cross join unnest(p.metric_names) with ordinality n (name, position);
        insert into fleet.device (tenant_id, external_id, name, model)
        select m.tenant_id, 'd-' || d, 'Device ' || d, 'TC' || d % 7 from made m cross join generate_series(1, :devices) d
        order by m.tenant_id, d;
        insert into fleet.stream (tenant_id, device_id, profile_id)
        select d.tenant_id, d.device_id, p.profile_id
        from made m join fleet.device d using (tenant_id) join fleet.profile p using (tenant_id)
        order by d.tenant_id, d.device_id;
        insert into fleet.latest (tenant_id, stream_id, ts, values, seen)
        select s.tenant_id, s.stream_id, v.ts, array_fill(s.stream_id % 100 / 3.0::float8, array[10]), array_fill(v.ts, array[10])
        from made m join fleet.stream s using (tenant_id)
        cross join lateral (select now() - s.stream_id % 3600 * interval '1 second' as ts) v;
        insert into detect.anomaly (tenant_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, explanation)
        select s.tenant_id, s.stream_id, 1, 'closed', (array['low', 'medium', 'high', 'critical'])[1 + s.stream_id % 4],
          t.ts, t.ts + interval '5 minutes', 6, 0.7, t.ts, e.explanation
        from made m
        join fleet.stream s using (tenant_id)
        cross join lateral (select now() - (hashint4(s.stream_id) & 65535) * interval '10 seconds' as ts) t
        cross join (select jsonb_agg(jsonb_build_object('feature', 'm' || f, 'metric', 'm' || f, 'value', f / 3.0, 'typical_low', 0, 'typical_high', 1,
          'direction', 'above', 'contribution', 0.2)) as explanation from generate_series(1, 5) f) e
        where s.stream_id % 5 = 0;
        insert into alerting.incident (tenant_id, group_key, policy, state, severity, title, labels, alert_count, open_count, opened_at, triggered_at)
        select m.tenant_id, 'g' || i, '{{"name": "every channel"}}', 'open', 'high', 'anomaly on d-' || i, '{{"kind": "anomaly"}}', 2, 2, t.ts, t.ts
        from made m cross join generate_series(1, 50) i cross join lateral (select now() - i * interval '7 minutes' as ts) t;
        insert into alerting.alert (tenant_id, state, severity, summary, dedup_key, incident_id, device_id, labels, raised_at)
        select i.tenant_id, 'open', 'high', i.title, i.group_key || '/' || a, i.incident_id, d.device_id, i.labels, i.opened_at
        from made m
        join alerting.incident i using (tenant_id)
        join fleet.device d on d.tenant_id = i.tenant_id and d.external_id = 'd-' || substr(i.group_key, 2)
        cross join generate_series(1, 2) a;
        commit;
        """, first=first, last=last, devices=devices, profile=database.PROFILE, metrics="{" + ",".join(METRICS) + "}")


def add_readings(tenant):
    """A reading a minute of the first devices of a tenant, and the summaries that the pipeline makes of them."""
    tenant_id = database.value("select tenant_id from fleet.tenant where name = :'tenant'", tenant=tenant)
    database.sql(
        f"""
        begin;
        insert into fleet.reading (tenant_id, stream_id, ts, values)
        select s.tenant_id, s.stream_id, g.ts, array_fill(extract(minute from g.ts)::float8, array[10])
        from (select s.tenant_id, s.stream_id from fleet.stream s where s.tenant_id = :tenant order by s.stream_id limit {READING_DEVICES}) s
        cross join generate_series(date_trunc('minute', now()) - interval '{READING_DAYS} days', now(), interval '1 minute') g (ts);
        -- Features of these would be computed while latencies are measured.
        delete from fleet.reading_change where tenant_id = :tenant;
        commit;
        """, tenant=tenant_id)
    for _ in range(100):
        database.sql("set client_min_messages = warning; call ops.run('rollups');")
        if database.value(
                """
                select not exists (select from fleet.rollup_change where tenant_id = :tenant)
                  and not exists (select from fleet.rollup_due where tenant_id = :tenant and ts + bucket <= now())
                  and exists (select from fleet.stream_rollup where tenant_id = :tenant and made)
                """, tenant=tenant_id) == "t":
            return
        time.sleep(1)
    raise BenchError("the summaries are not made", "ops.job_status tells how the job rollups is.")


def analyze():
    database.sql("analyze fleet.tenant, fleet.profile, fleet.metric, fleet.device, fleet.stream, fleet.latest, fleet.reading, "
                 "detect.anomaly, alerting.incident, alerting.alert;")


def remove():
    """Deletes the tenants of this and earlier runs from every table."""
    tables = [row[0] for row in database.sql(
        """
        select a.attrelid::regclass
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
        join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
        where a.attname = 'tenant_id' and not a.attisdropped
        order by 1
        """)]
    deletes = "".join(f"delete from {table} where tenant_id in (select tenant_id from doomed);\n" for table in tables if table != "fleet.tenant")
    database.sql("delete from auth.account where email = :'email'", email=EMAIL)
    database.sql(
        f"""
        create temp table doomed as select tenant_id from fleet.tenant where name ~ '^{PREFIX}[0-9]+$';
        select count(*) = 0 as none from doomed \\gset
        \\if :none
        \\q
        \\endif
        select pg_advisory_lock(hashtextextended('vigil.job.' || job_name, 0)) from ops.job order by job_name \\g /dev/null
        {QUIET}
        begin;
        {deletes}
        delete from auth.session where current_tenant_id in (select tenant_id from doomed);
        delete from fleet.tenant where tenant_id in (select tenant_id from doomed);
        commit;
        """)


class Fleets:
    """`with Fleets():` removes the tenants before and after."""

    def __enter__(self):
        remove()

    def __exit__(self, *_):
        remove()
