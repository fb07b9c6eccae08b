"""What can be attacked: every view and function of api with its columns and arguments, from the catalog, and for each
function arguments that it takes."""

from datetime import UTC, datetime, timedelta

import tokens
from instance import sql_json
from tenants import Tenant
from wire import Wire

VIEWS = """
select c.relname as name, json_object_agg(a.attname, format_type(a.atttypid, null) order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' group by c.relname order by 1
"""
FUNCTIONS = """
select p.proname as name, coalesce(json_object_agg(coalesce(a.name, ''), format_type(a.type, null) order by a.n) filter (where a.type is not null), '{}') as arguments,
  p.pronargs - p.pronargdefaults as required, p.provolatile = 'v' as writes
from pg_proc p
left join lateral rows from (unnest(p.proargtypes::oid[]), unnest(p.proargnames)) with ordinality as a (type, name, n) on a.n <= p.pronargs
where p.pronamespace = 'api'::regnamespace and p.proname not like '\\_%' and p.prorettype <> 'trigger'::regtype
group by p.oid order by 1
"""
NOW = datetime.now(UTC).replace(microsecond=0)
# What a function takes when nothing below says otherwise. Where a name is asked for, one that exists: see World.
BY_TYPE = {
    "text": "x", "jsonb": {}, "json": [], "bigint": 1, "integer": 1, "smallint": 1, "boolean": True, "double precision": 1.5, "uuid": "00000000-0000-4000-8000-000000000000",
    "interval": "1 hour", "timestamp with time zone": NOW.isoformat(), "date": NOW.date().isoformat(), "time without time zone": "22:00",
    "text[]": ["x"], "integer[]": [1], "bytea": "\\x00", "inet": "192.0.2.1",
}


def views():
    return {v["name"]: v["columns"] for v in sql_json(VIEWS)}


def functions():
    return {f["name"]: f for f in sql_json(FUNCTIONS)}


class World(Tenant):
    """The attacker's own tenant, with a name for each thing that an argument names."""

    def __init__(self):
        super().__init__("w")
        self.metric = f"power-{self.marker}"
        self.add_profile(f"meter-{self.marker}", [self.metric])
        self.add_device(f"m-{self.marker}", f"meter-{self.marker}")
        self.counted(self.operator, [{"device": f"m-{self.marker}", "ts": (NOW - timedelta(minutes=n)).isoformat(), "metrics": {self.metric: n}} for n in range(30)])
        matchers = [{"label": "device", "op": "=", "value": f"m-{self.marker}"}]
        name = f"n-{self.marker}"
        later = (NOW + timedelta(days=1)).isoformat()
        channel = {"name": name, "kind": "webhook", "enabled": False, "config": {"url": "https://hooks.example.com/x"}, "secret_ref": f"file:{self.name}/{name}"}
        rule = {"name": name, "kind": "threshold", "profile": f"meter-{self.marker}", "params": {"metric": self.metric, "op": ">", "levels": {"low": 1e9}}}
        policy = {"name": name, "steps": [{"targets": [{"channel": name}]}]}
        schedule = {"name": name, "time_zone": "UTC", "fallback": name, "layers": [
            {"name": name, "priority": 1, "unit": "week", "start": "2026-01-05T09:00", "slots": [[name]]}]}
        self.by_name = {
            "device": f"m-{self.marker}", "profile": f"meter-{self.marker}", "metric": self.metric, "schedule": name, "person": name, "name": name,
            "policy": name, "fallback_policy": name, "matchers": matchers, "source_matchers": matchers, "target_matchers": matchers,
            "from": (NOW - timedelta(days=1)).isoformat(), "to": later, "ends_at": later, "until": later, "object": "readings", "hot": "100 days",
            "warm": None, "cold": None, "kind": "slack", "time_zone": "UTC", "email": f"{name}@example.com", "metrics": {self.metric: 1.0}, "lasts": "8 hours",
            "month_days": None, "site": None, "model": None, "replaces": None, "html": None, "language": "en",
        }
        self.by_function = {
            "ingest": {"": [{"device": f"m-{self.marker}", "ts": NOW.isoformat(), "metrics": {self.metric: 1}}]},
            "create_profile": {"metrics": [{"name": "a", "unit": "V", "kind": "gauge"}]},
            "save_channel": {"definition": channel}, "save_rule": {"definition": rule}, "try_rule": {"definition": rule, "to": NOW.isoformat()},
            "save_escalation_policy": {"definition": policy, "fallback": True}, "save_schedule": {"definition": schedule, "effective_from": None},
            "save_contact_methods": {"methods": [{"channel": name, "address": None}], "rules": []},
            "override_schedule": {"kind": "add"}, "create_maintenance_window": {"starts_at": None, "ends_at": None, "local_start": "22:00", "weekdays": [1, 2]},
            "train_model": {"scope": {}, "options": {"n_trees": 2, "sample_size": 8}}, "export": {"since": None}, "score": {"ts": NOW.isoformat()},
            "restore_archive": {"to": (NOW - timedelta(hours=1)).isoformat(), "keep": "1 day"}, "save_route": {"group_by": ["rule"]},
            "save_alert_settings": {"notifications_per_day": 10}, "register_device": {"attributes": {"place": "hall"}},
        }
        for procedure in ("save_person", "save_channel", "save_escalation_policy", "save_schedule"):
            answer = self.admin.rpc(procedure, **self.arguments(functions()[procedure]))
            assert answer.status == 200, (procedure, answer.body)

    def wire(self, role="tenant_admin"):
        """A connection with a session of its own: what is tried may end it."""
        return Wire(tokens.token(self.tenant_id, role, sid=tokens.new_session(self.tenant_id, role)))

    def lost(self, wire, function):
        """Whether the session of a connection has ended, so that what was tried last was nobody's."""
        return function != "logout" and wire.get("/devices", limit=1).status != 200

    def arguments(self, function):
        """Arguments with which the function works, or is refused for what it finds and not for their form."""
        own = self.by_function.get(function["name"], {})
        return {name: own[name] if name in own else self.by_name[name] if name in self.by_name and (type_.startswith("text") or name not in ("name", "metrics")) and fits(self.by_name[name], type_)
                else BY_TYPE.get(type_) for name, type_ in function["arguments"].items()}


def fits(value, type_):
    """Whether a value that goes by an argument's name is of the argument's type."""
    if isinstance(value, (dict, list)):
        return type_ in ("json", "jsonb")
    return type_ not in ("json", "jsonb", "bigint", "integer", "boolean", "text[]", "integer[]")


def body(function, arguments):
    """The JSON of a call and its path: a function with one unnamed argument takes the whole of it."""
    path = f"/rpc/{function['name']}"
    if list(function["arguments"]) == [""]:
        return path + "?columns=device", arguments[""]
    return path, arguments
