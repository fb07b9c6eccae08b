"""schemathesis on the API's own description: no answer is a failure of the server. By name, for it comes from PyPI:
./dev test security --schemathesis. The corpus of requests at random does without."""

import json
import os
import re
import subprocess
import tempfile

import tokens
from catalogue import World
from corpus import Corpus
from instance import API_URL
from packages import program
from wire import Wire


def run():
    corpus = Corpus("schemathesis", 1000)
    world = World()
    schemathesis = program("schemathesis", "4.32.5")
    for role in ("tenant_admin", "viewer"):
        token = tokens.token(world.tenant_id, role)
        described = Wire(token).get("/").json
        # What would end the session that everything else is asked with.
        described["paths"].pop("/rpc/logout", None)
        described["host"] = API_URL.split("//")[1]
        described["schemes"] = ["http"]
        with tempfile.TemporaryDirectory() as folder, corpus.case(f"as a {role}") as case:
            with open(f"{folder}/openapi.json", "w") as file:
                json.dump(described, file)
            done = subprocess.run(
                [schemathesis, "run", f"{folder}/openapi.json", "--url", API_URL, "--header", f"Authorization: Bearer {token}", "--checks", "not_a_server_error", "--max-examples", "6",
                 "--phases", "examples,coverage,fuzzing", "--seed", "20260301", "--continue-on-failure", "--no-color", "--request-timeout", "60", "--workers", "2", "--suppress-health-check", "all"],
                capture_output=True, text=True, cwd=folder, timeout=1500, env=os.environ | {"HOME": folder})
            made = re.search(r"(\d[\d,]*) generated", done.stdout)
            if not made:
                raise AssertionError(f"it has not run: {done.stdout[-1500:]} {done.stderr[-500:]}")
            bad = re.findall(r"^\s*- Server error.*?(?=^\s*Reproduce|\Z)", done.stdout, re.S | re.M)
            for _ in range(int(made.group(1).replace(",", "")) - len(bad)):
                case.harmless()
            for failure in bad:
                case.leaked(failure[:500])
            print("#   " + "\n#   ".join(done.stdout.strip().splitlines()[-12:]))
    return corpus
