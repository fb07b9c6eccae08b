"""scikit-learn and other peers in environments of their own, made on first use in the user's cache folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from errors import BenchError
from machines import PROJECT

PACKAGES = {"scikit-learn": "1.9.1", "scipy": "1.18.1", "numpy": "2.5.5", "pymannkendall": "1.4.3"}
# shap asks for older versions of numpy.
SHAP = {"scikit-learn": "1.9.1", "shap": "0.51.0"}
PROGRAMS = Path(__file__).resolve().parent / "sklearn_peer"
# One thread, as a Postgres backend has.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def python(packages):
    """The interpreter that has these packages."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "vigil" / f"peers-{'-'.join(packages.values())}-python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = folder / "bin" / "python"
    if not (folder / "ready").exists():
        wanted = [f"{name}=={version}" for name, version in packages.items()]
        print(f"installing {', '.join(wanted)} into {folder} (once)", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        _run("install the Debian package python3-venv", "bash", "-euc",
             ". deploy/dev/settings.sh; . deploy/dev/packages.sh; install_packages python3-venv")
        _run("make a Python environment", sys.executable, "-m", "venv", folder)
        _run("install the packages", folder / "bin" / "pip", "install", "--quiet", *wanted)
        (folder / "ready").touch()
    return interpreter


ISOTREE = "0.6.1.post10"


def has_isotree():
    """Whether isotree is there too. It has no binary packages: compiling it takes some minutes, once."""
    interpreter = python(PACKAGES)
    installed = interpreter.parent.parent / f"isotree-{ISOTREE}"
    if not installed.exists():
        print(f"compiling isotree {ISOTREE} (once, some minutes)", file=sys.stderr)
        try:
            _run("install a compiler", "bash", "-euc",
                 ". deploy/dev/settings.sh; . deploy/dev/packages.sh; install_packages g++ python3-dev")
            _run("compile isotree", interpreter.parent / "pip", "install", "--quiet", f"isotree=={ISOTREE}", "pandas")
        except BenchError as error:
            print(f"{error}; going on without it", file=sys.stderr)
            return False
        installed.touch()
    return True


def _run(what, *command):
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=PROJECT,
                            env=os.environ | {"VIGIL_HOME": str(PROJECT)})
    if result.returncode:
        last = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1:]
        raise BenchError(
            f"the peer of this benchmark is missing: could not {what}: {' '.join(last)}",
            "It needs apt and pip to reach their package sources once. Without the peer there is nothing to compare with.")


class Peer:
    """A program of lib/sklearn_peer, running: one JSON line to it for each line it answers."""

    def __init__(self, program, *arguments, packages=PACKAGES):
        self.process = subprocess.Popen(
            [python(packages), "-B", PROGRAMS / program, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise BenchError("the peer's process ended", "Its message stands above.")
        return json.loads(answer)
