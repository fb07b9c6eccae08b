"""What the tests put into the database under test and ask of it, as a superuser over psql."""

import json
import subprocess
from datetime import UTC, datetime


def sql(statements, **variables):
    command = ["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", *(f"-v{name}={value}" for name, value in variables.items())]
    done = subprocess.run(command, input="set timezone = 'UTC';\n" + statements, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def literal(value):
    """A value as SQL, lists and dictionaries as JSON."""
    if value is None:
        return "null"
    if isinstance(value, (list, dict)):
        value = json.dumps(value, default=str)
    return "'" + str(value).replace("'", "''") + "'"


def instant(text):
    """to_json's ISO 8601."""
    return datetime.fromisoformat(text).astimezone(UTC)


def rows(query, **variables):
    """The rows of a query as lists."""
    return [list(row.values()) for row in json.loads(sql(f"select coalesce(json_agg(q), '[]') from ({query}) q", **variables))]


def make_people(tenant_name, count):
    """A tenant and its people: their ids."""
    tenant = int(sql("select ops.create_tenant(:'name', :'name')", name=tenant_name))
    people = sql("""
        insert into alerting.person (tenant_id, name, display_name)
        select :tenant, 'p' || n, 'Person ' || n from generate_series(1, :count) n returning person_id
        """, tenant=tenant, count=count)
    return tenant, [int(line) for line in people.split()]


def store(tenant, schedule):
    """Writes an oracle's schedule into the tables: layers of the past cannot be had in another way."""
    layers = [{
        "layer_id": x.layer_id, "name": x.name, "priority": x.priority, "time_zone": x.zone, "unit": x.unit, "length": x.length,
        "start_date": x.start.date(), "handoff_time": x.start.time(), "slot_count": len(x.slots),
        "effective_from": x.effective_from, "effective_until": x.effective_until,
    } for x in schedule.layers]
    members = [{"layer_id": x.layer_id, "slot": n, "person_id": p}
               for x in schedule.layers for n, people in enumerate(x.slots, 1) for p in people]
    restrictions = [{"layer_id": x.layer_id, "restriction_no": n, "weekdays": r.weekdays, "from_time": r.from_time, "to_time": r.to_time}
                    for x in schedule.layers for n, r in enumerate(x.restrictions, 1)]
    overrides = [{"kind": o.kind, "person_in": o.person_in, "person_out": o.person_out, "from_ts": o.start, "to_ts": o.end}
                 for o in schedule.overrides]
    absences = [{"person_id": p, "from_ts": start, "to_ts": end}
                for p, spans in schedule.absences.items() for start, end in spans if end is not None]
    former = [{"until_ts": until, "person_id": p} for until, p in schedule.former_fallbacks]
    sql(f"""
        insert into alerting.schedule (tenant_id, schedule_id, name, time_zone, fallback_person_id) overriding system value
        values ({tenant}, {schedule.schedule_id}, 's{schedule.schedule_id}', {literal(schedule.zone)}, {literal(schedule.fallback)});
        insert into alerting.schedule_layer (tenant_id, schedule_id, layer_id, name, priority, time_zone, unit, length, start_date,
          handoff_time, slot_count, effective_from, effective_until) overriding system value
        select {tenant}, {schedule.schedule_id}, x.layer_id, x.name, x.priority, x.time_zone, x.unit, x.length, x.start_date,
          x.handoff_time, x.slot_count, x.effective_from, x.effective_until
        from jsonb_populate_recordset(null::alerting.schedule_layer, {literal(layers)}) x;
        insert into alerting.layer_member (tenant_id, layer_id, slot, person_id)
        select {tenant}, x.layer_id, x.slot, x.person_id from jsonb_populate_recordset(null::alerting.layer_member, {literal(members)}) x;
        insert into alerting.layer_restriction (tenant_id, layer_id, restriction_no, weekdays, from_time, to_time)
        select {tenant}, x.layer_id, x.restriction_no, x.weekdays, x.from_time, x.to_time
        from jsonb_populate_recordset(null::alerting.layer_restriction, {literal(restrictions)}) x;
        insert into alerting.schedule_override (tenant_id, schedule_id, kind, person_in, person_out, from_ts, to_ts, created_by)
        select {tenant}, {schedule.schedule_id}, x.kind, x.person_in, x.person_out, x.from_ts, x.to_ts, 'test'
        from jsonb_populate_recordset(null::alerting.schedule_override, {literal(overrides)}) x;
        insert into alerting.unavailability (tenant_id, person_id, from_ts, to_ts, created_by)
        select {tenant}, x.person_id, x.from_ts, x.to_ts, 'test'
        from jsonb_populate_recordset(null::alerting.unavailability, {literal(absences)}) x;
        insert into alerting.former_fallback (tenant_id, schedule_id, until_ts, person_id)
        select {tenant}, {schedule.schedule_id}, x.until_ts, x.person_id
        from jsonb_populate_recordset(null::alerting.former_fallback, {literal(former)}) x;
        """)
    for person, spans in schedule.absences.items():
        for start, end in spans:
            if end is None:
                # The trigger knows only now.
                sql(f"""
                    set local session_replication_role = replica;
                    update alerting.person set active = false, inactive_since = '{start}' where tenant_id = {tenant} and person_id = {person}
                    """)


def final_schedule(tenant, schedule, start, end):
    """(from, to, people, source) for each row."""
    found = rows(f"select f.from_ts, f.to_ts, f.person_ids, f.source from alerting.final_schedule({tenant}, {schedule}, '{start}', '{end}') f")
    return [(instant(a), instant(b), people, source) for a, b, people, source in found]


def on_call_at(tenant, schedule, instants):
    """For each instant [(person, source), …]."""
    found = rows(f"""
        select coalesce((
          select json_agg(json_build_array(o.person_id, o.source)) from alerting.on_call_at({tenant}, {schedule}, i.at) o
        ), '[]')
        from jsonb_array_elements_text({literal([str(i) for i in instants])}) with ordinality t (text, n)
        cross join lateral (select t.text::timestamptz) i (at)
        order by t.n""")
    return [[tuple(pair) for pair in one[0]] for one in found]


def instants_of(walls, zone):
    found = rows(f"""
        select alerting.instant_of(t.text::timestamp, '{zone}')
        from jsonb_array_elements_text({literal([str(w) for w in walls])}) with ordinality t (text, n)
        order by t.n""")
    return [instant(one[0]) for one in found]
