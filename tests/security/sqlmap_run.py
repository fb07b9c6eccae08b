"""sqlmap on a view's filters and on the arguments of functions. By name, for it comes from PyPI and takes minutes:
./dev test security --sqlmap. The corpus of SQL injection does without."""

import json
import os
import subprocess
import tempfile

import tokens
from catalogue import World, functions
from corpus import Corpus
from instance import API_URL
from packages import program

CALLED = ("series", "export", "explain", "on_call", "register_device", "set_retention", "delete_rule")


def run():
    corpus = Corpus("sqlmap", 8)
    world = World()
    sqlmap = program("sqlmap", "1.10.10")
    targets = [("a filter", ["--url", f"{API_URL}/devices?device=eq.m-{world.marker}*&order=device*"])]
    for name in CALLED:
        targets.append((name, ["--url", f"{API_URL}/rpc/{name}", "--data", json.dumps(world.arguments(functions()[name])), "--headers", "Content-Type: application/json"]))
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in targets:
            with corpus.case(name) as case:
                token = tokens.token(world.tenant_id, "tenant_admin")
                done = subprocess.run([sqlmap, *arguments, "--header", f"Authorization: Bearer {token}", "--batch", "--dbms", "postgresql", "--level", "2", "--risk", "1", "--technique", "BEUSQ", "--time-sec", "3",
                                       "--threads", "4", "--ignore-code", "400,401,404,409", "--output-dir", folder, "--disable-coloring", "--flush-session"],
                                      capture_output=True, text=True, timeout=900, env=os.environ | {"HOME": folder})
                if "all tested parameters do not appear to be injectable" in done.stdout:
                    case.refused()
                elif "is vulnerable" in done.stdout or "injection point" in done.stdout:
                    case.leaked(done.stdout[-1500:])
                else:
                    raise AssertionError(f"it has not run: {done.stdout[-1500:]} {done.stderr[-300:]}")
    return corpus
