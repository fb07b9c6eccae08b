"""SQL as somebody who has a connection of their own: psql with one login, statement after statement."""

import re
import subprocess
from dataclasses import dataclass


@dataclass
class Result:
    state: str
    output: str


def speak(login, statements, prelude=()):
    """What becomes of each statement: its SQLSTATE and all that it shows, errors included. The first lines set the scene."""
    scene = ["rollback;", "reset role;", "reset all;", "set statement_timeout = '5s';", *prelude]
    lines = ["\\set VERBOSITY verbose", "\\pset pager off"]
    for n, statement in enumerate(statements):
        lines += [*scene, f"\\echo <{n}>", statement + ";", f"\\echo '<{n}:' :SQLSTATE '>'"]
    done = subprocess.run(["psql", "-XAt", "-U", login, "-v", "ON_ERROR_STOP=0"], input="\n".join(lines),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    found = {}
    for n, output, state in re.findall(r"^<(\d+)>$(.*?)^<\1: (\w{5}) >$", done.stdout, re.S | re.M):
        found[int(n)] = Result(state, output.strip())
    if len(found) != len(statements):
        raise AssertionError(f"{login} was heard {len(found)} of {len(statements)} times: {done.stdout[-2000:]}")
    return [found[n] for n in range(len(statements))]
