"""SQL where there should be a name, a number or a text: in every argument of every function, in every place of the address
that PostgREST reads, and in headers. What would show that one was run: a canary function counts its calls, a watcher looks
for anybody who sleeps, the words of other tenants and of the server are looked for in every answer."""

import copy
import json
import threading
import urllib.parse

from catalogue import World, body, functions, views
from corpus import Corpus
from instance import sql
from tenants import fleet

# A sequence keeps what a rolled back transaction did.
CANARY = """
set client_min_messages = error;
drop schema if exists canary cascade;
create schema canary;
create sequence canary.calls;
create function canary.sing() returns text language sql security definer set search_path = pg_catalog, pg_temp as $$ select pg_catalog.nextval('canary.calls')::text $$;
grant usage on schema canary to public;
grant execute on function canary.sing() to public;
"""
PAYLOADS = [
    "'", '"', "''", "\\'", "';", "')--", "'))--", "$$", "$a$", "/*", "--", "\\", "%", "_", "%s", "%I", "%L", "{0}", "x'||canary.sing()||'", "'||(select canary.sing())||'",
    "'; select canary.sing(); --", "\"; select canary.sing(); --", "$$; select canary.sing(); --", "') union select canary.sing() --", "' union all select canary.sing(), null, null --",
    "1; select canary.sing()", "1 or 1=1", "1) or (1=1", "(select canary.sing())", "canary.sing()", "' or '1'='1", "' or canary.sing() is not null --",
    "'; do $x$ begin perform canary.sing(); end $x$; --", "x'); perform canary.sing(); --", "'||pg_sleep(5)||'", "'; select pg_sleep(5); --", "(select pg_sleep(5))",
    "1; select pg_sleep(5)--", "'||(select version())||'", "' union select rolpassword from pg_authid --", "'||pg_read_file('/etc/passwd')||'",
    "'; copy (select canary.sing()) to program 'true'; --", "'; set role postgres; --", "'; set request.jwt.claims = '{}'; --", "E'\\x27||canary.sing()||\\x27'",
    "U&'\\0027||canary.sing()'", "＇||canary.sing()||＇", "ʼ; select canary.sing(); --", "\u02bc or 1=1", "{{canary.sing()}}", "${canary.sing()}", "public.x; select canary.sing()",
    "pg_catalog.pg_class", "fleet.tenant", "a'b\"c$$d--e/*f*/\\g;h\ni\tj", "x" * 300 + "'",
]
# SQLSTATEs of a text that became part of a statement: syntax error, undefined column, table, function, parameter, operator.
SPLICED = {"42601", "42703", "42P01", "42883", "42P02", "42702", "42P18", "42804", "42846"}
# What only the server itself, or a row that nobody may read, would say.
WORDS = ("PostgreSQL 17", "root:x:0", "SCRAM-SHA-256$", "syntax error at or near", "unterminated quoted", "syntax error at end of input")


class Sleepers(threading.Thread):
    """Looks twenty times a second who sleeps."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            # Two seconds of looking in one session.
            self.seen += int(sql("""
                create temp table seen (pid int);
                do $$ begin
                  for i in 1..40 loop
                    perform pg_stat_clear_snapshot();
                    insert into seen select a.pid from pg_stat_activity a where a.wait_event = 'PgSleep' and a.usename = 'authenticator';
                    perform pg_sleep(0.05);
                  end loop;
                end $$;
                select count(*) from seen"""))


def leaves(value, path=()):
    """The paths of every text, number and key within a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from leaves(inner, (*path, n))
    else:
        yield path


def replaced(value, path, new):
    made = copy.deepcopy(value)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return made


def keyed(value, path, new):
    """The same with the key at a path replaced."""
    made = copy.deepcopy(value)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[new] = inner.pop(path[-1])
    return made


class Judge:
    def __init__(self, markers):
        self.markers = markers

    def __call__(self, case, answer, payload, place, is_text=True):
        if answer is None:
            return case.refused()
        shown = answer.shown.replace(json.dumps(payload)[1:-1], "").replace(payload, "")
        told = f"{place} with {payload[:60]!r}: {answer.status} {answer.text[:300]}"
        if answer.status >= 500 and not (answer.status == 503 and place == "health"):
            case.leaked(told)
        elif any(word in shown for word in self.markers):
            case.leaked(f"another tenant's word, {told}")
        # PostgREST puts the name of a type (letters, digits, spaces) after CAST(… AS: what is no type is a syntax error of its own.
        elif any(word in shown for word in WORDS) and not ("select=" in place and "::" in place):
            case.leaked(f"the server's word, {told}")
        elif answer.status >= 400 and is_text and answer.code in SPLICED:
            case.leaked(f"it became part of a statement, {told}")
        elif answer.status >= 400:
            case.refused()
        else:
            case.harmless()


def into_arguments(corpus, judge, world):
    """A sixth of the payloads in each place, in turn: over the places of all functions each payload is in many."""
    turn = 0
    for name, function in functions().items():
        wire = world.wire()
        with corpus.case(f"arguments of {name}") as case:
            arguments = world.arguments(function)
            if not arguments:
                arguments, paths = {}, []
            for argument, type_ in function["arguments"].items():
                is_json = type_ in ("json", "jsonb")
                paths = [(argument, *p) for p in leaves(arguments[argument]) if p] if is_json else [(argument,)]
                if is_json:
                    paths += [(argument,)]
                for path in paths:
                    turn += 1
                    for payload in PAYLOADS[turn % 6::6]:
                        sent = [replaced(arguments, path, [payload] if type_.endswith("[]") else payload)]
                        if is_json and len(path) > 1 and isinstance(path[-1], str):
                            sent.append(keyed(arguments, path, payload))
                        for value in sent:
                            address, content = body(function, value)
                            judge(case, wire.send("POST", address, json.dumps(content).encode()), payload, f"{name}.{'.'.join(map(str, path))}", type_ == "text" or is_json)
            # And a name of an argument that there is none of.
            for payload in PAYLOADS[turn % 6::6]:
                judge(case, wire.call(name, arguments | {payload: 1} if list(arguments) != [""] else {payload: 1}), payload, name, is_text=False)
                judge(case, wire.send("POST", f"/rpc/{urllib.parse.quote(name + payload)}", b"{}"), payload, name, is_text=False)
            if world.lost(wire, name):
                case.leaked("the session was lost, so that less was tried than it seems")


def into_addresses(corpus, judge, wire):
    """All of it on one view, for PostgREST reads every address alike; a part of it, in turn, on each of the others."""
    turn = 0
    for view, columns in views().items():
        text = next((c for c, t in columns.items() if t == "text"), next(iter(columns)))
        with corpus.case(f"addresses of {view}") as case:
            for payload in PAYLOADS:
                q = urllib.parse.quote(payload, safe="")
                queries = [f"{urllib.parse.quote(column)}=eq.{q}" for column in columns]
                queries += [f"{text}={operator}.{q}" for operator in ("neq", "gt", "like", "ilike", "match", "imatch", "is", "fts(english)", "cs", "not.eq", "any")]
                queries += [f"{text}=in.({q})", f"{text}=in.(\"{q}\")", f"order={q}", f"order={text}.{q}", f"order={text}.desc.{q}", f"select={q}", f"select={text}::{q}",
                            f"select={text}:{q}", f"select={q}:{text}", f"select={text}-%3E%3E{q}", f"select=*,{q}(*)", f"select={text}.{q}()", f"or=({text}.eq.{q},{q})", f"and=({q})",
                            f"{q}=eq.1", f"limit={q}", f"offset={q}", f"on_conflict={q}", f"columns={q}", f"{text}=fts({q}).x", f"{text}=eq(any).{{{q}}}"]
                for query in queries:
                    turn += 1
                    if view == "devices" or turn % 29 == 0:
                        judge(case, wire.send("GET", f"/{view}?limit=3&{query}"), payload, query, is_text=False)


def into_headers(corpus, judge, wire):
    names = ("X-Correlation-ID", "Idempotency-Key", "X-API-Key", "Prefer", "Accept-Profile", "Content-Profile", "Range", "Range-Unit", "Accept", "Accept-Language", "User-Agent", "X-Forwarded-For",
             "Cookie", "Host", "Content-Type", "If-None-Match", "Origin", "Authorization")
    for name in names:
        with corpus.case(f"header {name}") as case:
            for payload in PAYLOADS:
                printable = payload.replace("\n", " ").encode()
                forms = [printable] + {"Prefer": [b"timezone=" + printable, b"handling=" + printable, b"count=" + printable, b"resolution=" + printable, b"max-affected=" + printable],
                                       "Accept": [b"application/" + printable], "Range": [b"0-" + printable], "Authorization": [b"Bearer " + printable, b"Basic " + printable]}.get(name, [])
                for n, form in enumerate(forms):
                    for method, path, content in [(("GET", "/devices?limit=1", None), ("POST", "/rpc/ingest?columns=device", b"[]"))[n % 2]]:
                        judge(case, wire.send(method, path, content, {name: form}), payload, f"{name} of {path}", is_text=False)


def run():
    corpus = Corpus("sql injection", 5000)
    victim, world = fleet(), World()
    sql(CANARY)
    sleepers = Sleepers()
    sleepers.start()
    judge = Judge([victim.marker])
    try:
        into_addresses(corpus, judge, world.wire())
        into_arguments(corpus, judge, world)
        into_headers(corpus, judge, world.wire())
    finally:
        sleepers.ended.set()
        sleepers.join()
        sung = sql("select case when is_called then last_value else 0 end from canary.calls")
        sql("set client_min_messages = error; drop schema canary cascade")
    with corpus.case("no payload was run as SQL") as case:
        if sung == "0" and sleepers.seen == 0:
            case.refused()
        else:
            case.leaked(f"the canary was called {sung} times, and somebody slept {sleepers.seen} times when it was looked at")
    return corpus
