"""From one tenant into another over HTTP: filters on what belongs to the other, embedding, counts, ranges, errors and the time
they take, and the API's own description. tests/isolation has the same for every object, verb and role in SQL."""

import json
import re
import statistics
import time

import tokens
from catalogue import World, body, functions, views
from corpus import Corpus
from instance import sql
from persons import Person
from tenants import Tenant, fleet
from wire import Wire

ROLES = ("viewer", "tenant_admin", "platform_admin")


def refused_or_blind(case, answer, victim, told, allowed=()):
    """No word of the victim, and no row where none is the attacker's own."""
    shown = answer.shown
    for word in allowed:
        shown = shown.replace(word, "")
    if answer.status >= 500:
        case.leaked(f"{told}: {answer.status} {answer.text[:300]}")
    elif victim.marker in shown:
        case.leaked(f"{told} shows the other's: {answer.text[:300]}")
    elif answer.status >= 400:
        case.refused()
    else:
        case.harmless()


def filters(corpus, victim, own, empty):
    """Each value that the victim sees, as a filter of the attacker."""
    its = Wire(tokens.token(victim.tenant_id, "tenant_admin"))
    attackers = {role: Wire(tokens.token(own.tenant_id, role)) for role in ROLES}
    nothing = Wire(tokens.token(empty.tenant_id, "tenant_admin"))
    # Accounts and keys are made by hand, once.
    person = Person(victim.tenant_id, "tenant_admin")
    sql("update auth.account set email = :'email', display_name = :'name' where account_id = :'account'", email=f"{victim.marker}@example.com", name=victim.marker, account=person.account_id)
    assert its.call("create_api_key", {"name": f"key-{victim.marker}", "scope": "read"}).status in (200, 409)
    sql("insert into auth.login (login_name, tenant_id, kind, name, created_by) values (left('bi_' || :'marker', 60), :tenant, 'bi', :'marker', :'marker') on conflict do nothing",
        marker=victim.marker, tenant=victim.tenant_id)
    turn = 0
    for view in views():
        with corpus.case(f"filters on the other's rows of {view}") as case:
            rows = its.get(f"/{view}", limit=2).json
            if not isinstance(rows, list):
                case.refused() # which is not for a tenant_admin either
                continue
            for row in rows:
                for column, value in row.items():
                    text = json.dumps(value) if isinstance(value, (dict, list)) else str(value).lower() if isinstance(value, bool) else str(value)
                    if value is None or len(text) > 2000:
                        continue
                    parameters = {column: f"eq.{text}", "limit": 5}
                    turn += 1
                    for wire in [list(attackers.values())[turn % len(attackers)]]:
                        answer = wire.get(f"/{view}", {"Prefer": "count=exact"}, **parameters)
                        # An error repeats what was asked for.
                        if answer.status < 400 or answer.status >= 500:
                            refused_or_blind(case, answer, victim, f"{view}?{column}=eq.{text[:50]}", [text])
                        else:
                            case.refused()
                    if victim.marker in text:
                        answer = nothing.get(f"/{view}", {"Prefer": "count=exact"}, **parameters)
                        if answer.status == 200 and (answer.json or answer.headers.get("Content-Range") not in ("*/0", "*/*")):
                            case.leaked(f"{view}?{column}=eq.{text[:50]}: {answer.headers.get('Content-Range')}")
                        else:
                            case.harmless()


def embedding(corpus, victim, own):
    wire = Wire(tokens.token(own.tenant_id, "platform_admin"))
    names = list(views())
    turn = 0
    for view in names:
        with corpus.case(f"embedding in {view}") as case:
            for other in names:
                turn += 1
                for select in [(f"*,{other}(*)", f"*,x:{other}!inner(*)", f"*,{other}!tenant_id(*)")[turn % 3]]:
                    refused_or_blind(case, wire.get(f"/{view}", select=select, limit=50), victim, f"{view}?select={select}")
            for inner in ("tenant", "account", "fleet.tenant", "auth.session", "stream_tenant_id_fkey", "device!device_tenant_id_fkey", "pg_class", "...devices"):
                refused_or_blind(case, wire.get(f"/{view}", select=f"*,{inner}(*)", limit=50), victim, f"{view}?select={inner}")
    for name, function in functions().items():
        if not function["writes"]:
            with corpus.case(f"embedding in the answer of {name}") as case:
                for other in names[:10]:
                    refused_or_blind(case, wire.send("POST", f"/rpc/{name}?select=*,{other}(*)", b"{}"), victim, f"{name}?select={other}")


def counts(corpus, victim, empty):
    """Counts, ranges and orders: an empty tenant has nothing to count."""
    wire = Wire(tokens.token(empty.tenant_id, "tenant_admin"))
    turn = 0
    # What is the rule for a tenant before it has anything, and what every tenant is made with.
    given = {v for v in views() if wire.get(f"/{v}").text not in ("[]",)}
    for view, columns in views().items():
        with corpus.case(f"counts, ranges and preferences of {view}") as case:
            first = next(iter(columns))
            for prefer in ("count=exact", "count=planned", "count=estimated", "count=exact,return=representation", "tx=rollback", "resolution=merge-duplicates", "missing=default",
                           "max-affected=1", "handling=strict", "timezone=UTC", "return=headers-only", "params=single-object", "plurality=singular"):
                turn += 1
                for headers in [({"Range": "0-"}, {"Range": "0-1000000"}, {"Range": "1000-2000", "Range-Unit": "items"}, {"Range": "-5"}, {"Range": "bytes=0-100"})[turn % 5]]:
                    answer = wire.get(f"/{view}", headers | {"Prefer": prefer}, order=f"{first}.desc.nullslast")
                    told = f"{view} {prefer} {headers}: {answer.status} {answer.headers.get('Content-Range')} {answer.text[:200]}"
                    if view not in given and answer.status == 200 and answer.text != "[]":
                        case.leaked(told)
                    elif view not in given and answer.status in (200, 206, 416) and "count=exact" in prefer and answer.headers.get("Content-Range") not in ("*/0", "*/*", None):
                        case.leaked(told)
                    else:
                        refused_or_blind(case, answer, victim, told)
            for query in ("limit=-1", "offset=-1", "limit=0", "limit=99999999999999999999", "offset=99999999999", "select=count", "select=count()", f"select={first}.count()", f"select={first}.max()",
                          "select=tenant_id", "tenant_id=gt.0", "select=ctid", "select=xmin", "select=tableoid", "order=tenant_id", "select=*::text"):
                refused_or_blind(case, wire.send("GET", f"/{view}?{query}"), victim, f"{view}?{query}")


def planner(corpus, empty):
    """count=planned tells what the planner believes, which it has from the rows of everybody: the same about a word that every
    device of another tenant carries as about one that nobody does."""
    crowd = Tenant("crowd")
    sql("""
        insert into fleet.device (tenant_id, external_id, name, model)
        select :tenant, 'c-' || n, 'crowd', 'crowdmodel' from generate_series(1, 2000) n;
        analyze fleet.device
        """, tenant=crowd.tenant_id)
    wire = Wire(tokens.token(empty.tenant_id, "viewer"))
    with corpus.case("the planner's counts") as case:
        for column, word in (("model", "crowdmodel"), ("name", "crowd")):
            for how in ("planned", "estimated"):
                told = [wire.get("/devices", {"Prefer": f"count={how}"}, **{column: f"eq.{w}"}) for w in (word, word[::-1])]
                said = [(a.status, a.headers.get("Content-Range")) for a in told]
                if said[0] != said[1]:
                    case.leaked(f"{how} of {column}: {said}")
                elif said[0][0] >= 400:
                    case.refused()
                else:
                    case.harmless()


def errors(corpus, victim, own):
    """Of each argument: what belongs to the other is told about as what does not exist."""
    wire = own.wire()
    ids = {n: int(i) for n, i in json.loads(sql("""
        select json_build_object('anomaly_id', (select min(anomaly_id) from detect.anomaly where tenant_id = :t), 'incident_id', (select min(incident_id) from alerting.incident where tenant_id = :t),
          'notification_id', (select min(notification_id) from alerting.notification where tenant_id = :t), 'silence_id', (select min(silence_id) from alerting.silence where tenant_id = :t),
          'override_id', (select min(override_id) from alerting.schedule_override where tenant_id = :t), 'unavailability_id', (select min(unavailability_id) from alerting.unavailability where tenant_id = :t))
        """, t=victim.tenant_id)).items()}
    names = {"device": victim.devices[0], "site": victim.site, "metric": "temperature"}
    for name, function in functions().items():
        arguments = own.arguments(function)
        with corpus.case(f"the other's things as arguments of {name}") as case:
            for argument, type_ in function["arguments"].items():
                if argument in ids:
                    there, nowhere = ids[argument], 8_888_888_888 if type_ == "bigint" else 2_000_000_000
                elif type_ == "text" and argument not in ("email", "password", "token", "old", "new", "code", "refresh_token"):
                    there = names.get(argument, victim.profile)
                    nowhere = there[:-3] + "zzz"
                elif type_ in ("json", "jsonb"):
                    text = json.dumps(arguments[argument]).replace(own.marker, victim.marker).replace(f"n-{victim.marker}", victim.profile).replace(f"m-{victim.marker}", victim.devices[0])
                    there, nowhere = json.loads(text), json.loads(text.replace(victim.marker, victim.marker[:-3] + "zzz"))
                    if there == nowhere:
                        continue
                else:
                    continue
                told = []
                for value in (there, nowhere):
                    path, content = body(function, arguments | {argument: value})
                    answer = wire.send("POST", path, json.dumps(content).encode())
                    told.append((answer.status, re.sub(rf"\b{re.escape(str(value))}\b", "?", answer.text).replace(victim.marker, "?").replace(victim.marker[:-3] + "zzz", "?")))
                # What was made of the words may have an id and a time of its own.
                # An overlap with what the first call has just made is one's own.
                if {told[0][0], told[1][0]} == {200, 409} and argument == "reason":
                    case.harmless()
                elif told[0][0] != told[1][0] or told[0][0] >= 400 and told[0] != told[1]:
                    case.leaked(f"{name}({argument}): {told}")
                elif told[0][0] >= 400:
                    case.refused()
                else:
                    case.harmless()
            if not sum(case.counts.values()):
                case.harmless() # nothing of anybody's can be named


def timing(corpus, victim, own):
    """The same answers take as long. Pairs one after the other, each way round, so that the machine's moods hit both; the
    medians differ by no more than those of two halves of the same do, or by 10 %, at the first or another try."""
    wire = Wire(tokens.token(own.tenant_id, "tenant_admin"))
    times = {"from": victim.start.isoformat(), "to": victim.end.isoformat()}
    for name, call in {
        "series of the other's device": lambda device: wire.call("series", {"device": device, "metric": "temperature"} | times),
        "a filter on the other's device": lambda device: wire.get("/readings", device=f"eq.{device}", limit=1),
        "a score of the other's device": lambda device: wire.call("score", {"device": device, "metrics": {"temperature": 1}}),
        "a device of the other's name": lambda device: wire.call("register_device", {"device": device, "profile": "none"}),
    }.items():
        with corpus.case(f"the time of {name}") as case:
            # What the machine was busy with does not come back; a difference does.
            for _ in range(3):
                ratio, noise = compared(call, victim)
                differs = max(ratio, 1 / ratio) > max(1.1, 2 * noise - 1)
                if not differs:
                    break
            print(f"# {name}: {ratio:.2f} times as long as of one that does not exist, halves of the same {noise:.2f}")
            case.leaked(f"{ratio:.2f} times as long, three times over") if differs else case.harmless()


def compared(call, victim):
    """How long it takes of what is there, as a multiple of what is not, and the multiple of two halves of the latter."""
    taken = {True: [], False: []}
    for n in range(200):
        for there in (True, False) if n % 2 else (False, True):
            # A name is asked for once: what is remembered of it must not tell.
            device = victim.devices[n % 3] if there else f"{victim.devices[n % 3][:-4]}{n:04}"
            started = time.perf_counter()
            call(device)
            taken[there].append(time.perf_counter() - started)
    halves = [statistics.median(taken[False][n::2]) for n in (0, 1)]
    return statistics.median(taken[True]) / statistics.median(taken[False]), max(halves) / min(halves)


def description(corpus, victim, own):
    shown = {}
    for role in (None, "viewer", "analyst", "operator", "tenant_admin", "platform_admin"):
        for tenant in (own, victim):
            wire = Wire(None if role is None else tokens.token(tenant.tenant_id, role))
            shown[role, tenant.tenant_id] = wire.get("/").text
    with corpus.case("the description of the API") as case:
        for (role, tenant_id), text in shown.items():
            told = json.loads(text)
            paths = {p.strip("/").removeprefix("rpc/") for p in told["paths"]} - {""}
            may = set(sql("""
                select c.relname from pg_class c where c.relnamespace = 'api'::regnamespace and has_table_privilege(:'role', c.oid, 'select') and c.relkind = 'v'
                union select p.proname from pg_proc p where p.pronamespace = 'api'::regnamespace and has_function_privilege(:'role', p.oid, 'execute')
                """, role=role or "anon").splitlines())
            if paths - may:
                case.leaked(f"{role} is shown {sorted(paths - may)}")
            elif victim.marker in text or own.marker in text or text != shown[role, own.tenant_id]:
                case.leaked(f"the description of {role} depends on the tenant")
            else:
                case.harmless()


def run():
    corpus = Corpus("cross-tenant over HTTP", 4000)
    victim, own, empty = fleet(), World(), Tenant("empty")
    filters(corpus, victim, own, empty)
    embedding(corpus, victim, own)
    counts(corpus, victim, empty)
    planner(corpus, empty)
    errors(corpus, victim, own)
    description(corpus, victim, own)
    timing(corpus, victim, own)
    return corpus
