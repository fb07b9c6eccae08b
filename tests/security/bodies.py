"""Bodies that are too big, too deep or no JSON, for every function: refused as a mistake of the client (4xx), or taken where
they are none, and the server is there afterwards."""

import gzip
import json

from catalogue import World, functions
from corpus import Corpus
from instance import sql
from wire import send_bytes

MB = 1_000_000
# Each of the big ones for these, whose arguments are read by code of ours; the small ones for all.
DEEP_READERS = ("ingest", "save_rule", "try_rule", "create_profile", "register_device", "score", "save_channel", "save_schedule", "login", "refresh", "train_model")


def values():
    """A JSON text in the place of an argument."""
    yield "a text of 10 MB", json.dumps("x" * (10 * MB))
    yield "a text of 10 MB in other letters", json.dumps("\u00e9\u4e2d" * (2 * MB), ensure_ascii=False)
    for depth in (1_000, 10_000, 100_000):
        yield f"an array {depth} deep", "[" * depth + "]" * depth
        yield f"an object {depth} deep", '{"a":' * depth + "1" + "}" * depth
    yield "an array of a million", "[" + ",".join("1" for _ in range(MB)) + "]"
    yield "an array of 100,000 objects", "[" + ",".join('{"device":"d"}' for _ in range(100_000)) + "]"
    yield "a key of 1 MB", '{"' + "k" * MB + '": 1}'
    yield "100,000 keys", "{" + ",".join(f'"k{n}": 1' for n in range(100_000)) + "}"
    yield "a number of 100,000 digits", "9" * 100_000


def small_values():
    for name, text in {
        "NUL": r'"a\u0000b"', "a key with NUL": r'{"a\u0000": 1}', "half a surrogate": r'"\ud800"', "surrogates the wrong way round": r'"\udc00\ud800"', "control characters": r'"\u0001\u001f\u007f\u0085"',
        "the byte order mark": '"\ufeff"', "right to left": '"\u202eabc"', "no character": '"\uffff"', "combining": '"' + "e" + "\u0301" * 500 + '"', "NaN as text": '"NaN"', "Infinity as text": '"Infinity"',
        "1e400": "1e400", "-1e400": "-1e400", "1e-400": "1e-400", "-0": "-0", "a long number": "1" * 400, "2^63": str(2**63), "-2^63-1": str(-(2**63) - 1), "2^31": str(2**31), "a fraction": "0.1",
        "true": "true", "null": "null", "an empty text": '""', "a space": '" "', "an empty array": "[]", "an empty object": "{}", "an array of null": "[null]", "nested": "[[[]]]", "an object of null": '{"": null}',
        "the same key twice": '{"name": "a", "name": "b"}', "a text of 100 kB": json.dumps("x" * 100_000), "a date of year 0": '"0000-00-00T00:00:00Z"', "a date far off": '"294277-01-01T00:00:00Z"',
        "infinity": '"infinity"', "-infinity": '"-infinity"', "a wrong day": '"2026-02-30T00:00:00Z"', "a long interval": '"999999999 years"', "a negative interval": '"-1 day"', "an hour of 25": '"25:00"',
        "__proto__": '{"__proto__": {"admin": true}}', "a template": '"{{7*7}} ${7*7} <%= 7 %>"', "a path": '"../../../../etc/passwd"', "a line break": '"a\\r\\nSet-Cookie: x=1"', "markup": '"<script>alert(1)</script>"',
    }.items():
        yield name, text


def no_json():
    for name, content in {
        "NaN": b'{"a": NaN}', "Infinity": b'{"a": -Infinity}', "not UTF-8": b'{"a": "\xff\xfe"}', "an overlong slash": b'{"a": "\xc0\xaf"}', "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}', "UTF-16": '{"a": 1}'.encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf{}", "nothing": b"", "spaces": b"   ", "half": b'{"a": ', "a comma too many": b'{"a": 1,}', "single quotes": b"{'a': 1}", "a comment": b"/* a */ {}", "NUL bytes": b"\x00" * 100,
        "binary": bytes(range(256)), "a text": b'"x"', "a number": b"1", "an array": b"[1,2]", "an array of objects": b'[{},{}]', "null": b"null", "two values": b"{} {}", "gzip": gzip.compress(b"{}"),
        "other names": b'{"no_such_argument": 1}', "an empty name": b'{"": 1}', "half a surrogate as a name": b'{"\\ud800": 1}',
    }.items():
        yield name, content


def judge(case, told, answer, allowed=()):
    if answer is None or 400 <= answer.status < 500:
        case.refused()
    elif answer.status >= 500 and answer.status not in allowed:
        case.leaked(f"{told}: {answer.status} {answer.text[:300]}")
    else:
        case.harmless()


def run():
    corpus = Corpus("oversize and malformed bodies", 2000)
    world = World()
    started = sql("select pg_postmaster_start_time()")
    big = list(values())
    for name, function in functions().items():
        wire = world.wire()
        path = f"/rpc/{name}" + ("?columns=device" if list(function["arguments"]) == [""] else "")
        allowed = (503,) if name == "health" else ()
        arguments = world.arguments(function)
        with corpus.case(f"bodies of {name}") as case:
            for what, content in no_json():
                judge(case, f"{name} with {what}", wire.send("POST", path, content), allowed)
            for kind in ("text/csv", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=utf-16",
                         "application/vnd.pgrst.object+json", "x" * 1000, ""):
                for content in (b"a,b\n1,2\n", b"a=1&b=2", b"<a/>"):
                    judge(case, f"{name} as {kind[:50]}", wire.send("POST", path, content, {"Content-Type": kind}), allowed)
            # The big ones go where the function looks first.
            first = next((a for a, t in function["arguments"].items() if t in ("json", "jsonb")), next(iter(function["arguments"]), None))
            for argument in function["arguments"]:
                for what, text in [*small_values(), *(big if name in DEEP_READERS and argument == first else [])]:
                    rest = {n: v for n, v in arguments.items() if n != argument}
                    content = text if argument == "" else json.dumps(rest)[:-1] + (", " if rest else "") + f"{json.dumps(argument)}: {text}}}"
                    judge(case, f"{name}({argument}) of {what}", wire.send("POST", path, content.encode(errors="surrogatepass"), timeout=120), allowed)
            if world.lost(wire, name):
                case.leaked("the session was lost, so that less was tried than it seems")
    wire = world.wire()
    with corpus.case("readings") as case:
        device = f"m-{world.marker}"
        for n, (what, text) in enumerate([*small_values(), *big]):
            for reading in (f'{{"device": "{device}", "ts": "2026-03-01T00:00:00Z", "metrics": {{"{world.metric}": {text}}}}}', f'{{"device": {text}, "ts": "2026-03-01T00:00:00Z", "metrics": {{}}}}',
                            f'{{"device": "{device}", "ts": {text}, "metrics": {{}}}}', f'{{"device": "{device}", "ts": "2026-03-01T00:00:00Z", "metrics": {text}}}')[0 if len(text) < 200_000 else n % 4:4 if len(text) < 200_000 else n % 4 + 1]:
                judge(case, f"a reading with {what}", wire.send("POST", "/rpc/ingest?columns=device", f"[{reading}]".encode(errors="surrogatepass"), timeout=120))
    with corpus.case("addresses") as case:
        for query in ("?" + "a=eq.1&" * 5000, "?device=in.(" + ",".join("x" for _ in range(20_000)) + ")", "?select=" + "device," * 5000 + "device", "?or=" + "(" * 5000 + ")" * 5000,
                      "?and=(" + "not.and(" * 1000 + "device.eq.1" + ")" * 1001, "?device=eq.%00", "?%00=eq.1", "?device=eq." + "x" * 100_000, "?order=" + "device," * 3000 + "device",
                      "?device=match.(a*)*b", "?device=match.((((((((((x)*)*)*)*)*)*)*)*)*)*y", "?device=like." + "*x" * 2000, "/%2e%2e/%2e%2e/etc/passwd", "%00", "%c0%ae", "?limit=1e9", "?select=device::" + "text" * 1000):
            judge(case, f"/devices{query[:60]}", wire.send("GET", f"/devices{query}"))
        # What is not UTF-8 PostgREST 12 does not expect in an address: it answers 500 of its own, and goes on.
        answer = wire.send("GET", "/devices?device=eq.%ff%fe")
        case.harmless() if answer.text == "Something went wrong" or answer.status < 500 else case.leaked(f"{answer.status} {answer.text[:200]}")
    with corpus.case("lines that are no request") as case:
        for line in (b"GET\r\n\r\n", b"\r\n\r\n", b"\x00" * 1000, b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
                     b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n", b"BREW /devices HTTP/1.1\r\nHost: x\r\n\r\n"):
            status, answer = send_bytes(line, timeout=3)
            case.leaked(f"{line[:30]}: {answer[:200]}") if status >= 500 and status not in (501, 505) else case.refused()
    with corpus.case("the server has run all the time") as case:
        case.refused() if sql("select pg_postmaster_start_time()") == started and wire.get("/devices").status == 200 else case.leaked("it was started anew")
    return corpus
