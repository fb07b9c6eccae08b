"""Random requests made from the API's own description: every path with every method, arguments and parameters of the type that
is asked for, of another, or of none. No answer is a failure of the server, and every error says what and how to go on."""

import json
import random
import string
import urllib.parse

import tokens
from catalogue import World, functions
from corpus import Corpus
from tenants import fleet
from wire import Wire

SEED = 20260301
ROUNDS = 5
EDGES = [None, True, False, 0, -0.0, 1, -1, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, 1e308, -1e-308, 1e15 + 0.5, "", " ", "null", "NaN", "Infinity", "-infinity", "now", "epoch", "today", "2026-02-29",
         "2026-13-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+18", "4713-01-01 BC", "1 day", "-1 day", "P1Y2M3DT4H5M6S", "1e10 years", "{}", "[]", "{1,2,3}", "{null}", "[1,2)", "true", "t",
         "\u0000", "\ud83d\ude00", "\u202e", "é" * 100, "a" * 10_000, "%", "%s%n", "../..", "0x41", "١٢٣", "1_000", "+1", "1e5", ".5", [], {}, [None], [[]], {"": None}, {"a": {"b": []}}, [1, "a", None, {}], [0] * 500]


class Maker:
    def __init__(self):
        self.random = random.Random(SEED)

    def text(self):
        letters = string.printable + "äß中\u0301\u200b\ufffd'\"\\"
        return "".join(self.random.choice(letters) for _ in range(self.random.choice((0, 1, 3, 12, 60))))

    def value(self, depth=0):
        kind = self.random.randrange(10)
        if kind < 5:
            return self.random.choice(EDGES)
        if kind == 5:
            return self.text()
        if kind == 6:
            return self.random.uniform(-1e6, 1e6)
        if kind == 7:
            return self.random.randrange(-(2**40), 2**40)
        if depth > 3:
            return None
        if kind == 8:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.text(): self.value(depth + 1) for _ in range(self.random.randrange(4))}

    def like(self, value):
        """Something like it: the same shape with something else in one place, or something else altogether."""
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            key = self.random.choice(sorted(value))
            changed = self.random.randrange(4)
            if changed == 0:
                return {k: v for k, v in value.items() if k != key}
            if changed == 1:
                return value | {self.text(): self.value()}
            return value | {key: self.like(value[key])}
        if isinstance(value, list) and value and self.random.random() < 0.8:
            at = self.random.randrange(len(value))
            return value[:at] + [self.like(value[at])] + value[at + 1:] * self.random.randrange(3)
        return self.value()


def judge(case, answer, victim, told):
    if answer is None:
        case.refused()
        return
    told = f"{told}: {answer.status} {answer.text[:300]}"
    if answer.status >= 500 and not (answer.status == 503 and "health" in told):
        case.leaked(told)
    elif victim.marker in answer.shown:
        case.leaked(f"it shows another tenant's, {told}")
    elif answer.status >= 400 and (answer.text in ("", "{}") or "<!doctype html>" in answer.text):
        # HEAD has no body, / no other method, and pages behind links are for people.
        case.refused()
    elif answer.status >= 400:
        try:
            said = answer.json
            case.refused() if isinstance(said, dict) and said.get("message") else case.leaked(f"an error without a message, {told}")
        except ValueError:
            case.leaked(f"an error that is no JSON, {told}")
    else:
        case.harmless()


def run():
    corpus = Corpus("requests at random", 2000)
    victim, world, make = fleet(), World(), Maker()
    described = Wire(tokens.token(world.tenant_id, "platform_admin")).get("/").json
    baselines = {name: world.arguments(f) for name, f in functions().items()}
    for path, verbs in described["paths"].items():
        name = path.removeprefix("/rpc/")
        wires = [world.wire(), world.wire("viewer"), Wire()]
        with corpus.case(path) as case:
            for n in range(ROUNDS * 3):
                wire = wires[n % 3]
                if path.startswith("/rpc/"):
                    content = json.dumps(make.like(baselines[name])).encode(errors="surrogatepass")
                    judge(case, wire.send("POST", path, content), victim, f"POST {path} {content[:200]}")
                    query = urllib.parse.urlencode({make.random.choice([*baselines[name], "select", "limit", "order"]): str(make.value())[:3000] for _ in range(2)}, errors="replace")
                    judge(case, wire.send("GET", f"{path}?{query}"), victim, f"GET {path}?{query[:200]}")
                    if n % 3 == 0 and world.lost(wire, name):
                        case.leaked("the session was lost, so that less was tried than it seems")
                else:
                    columns = [p["$ref"].split(".")[-1] for p in verbs.get("get", {}).get("parameters", []) if "rowFilter" in p.get("$ref", "")] or ["x"]
                    operator = make.random.choice(("eq", "gt", "is", "in", "like", "cs", "ov", "fts", "not.eq", "match", "isdistinct", ""))
                    query = urllib.parse.urlencode({make.random.choice([*columns, "select", "order", "limit", "offset", "or", "and"]): f"{operator}.{make.value()}"[:3000] for _ in range(2)}, errors="replace")
                    method = make.random.choice(("GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"))
                    headers = {"Accept": make.random.choice(("application/json", "text/csv", "application/vnd.pgrst.object+json", "*/*", "application/geo+json", "image/png", "application/octet-stream"))}
                    content = json.dumps(make.value()).encode(errors="surrogatepass") if method in ("POST", "PATCH", "PUT") else None
                    judge(case, wire.send(method, f"{path}?{query}", content, headers), victim, f"{method} {path}?{query[:200]}")
    return corpus
