"""PostgREST once more over the same database, with the request hook or without it."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from errors import BenchError
from machines import PROJECT


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgrest:
    """`with Postgrest(hooked=False) as url:` runs one."""

    def __init__(self, hooked):
        self.hooked = hooked

    def __enter__(self):
        state = Path(os.environ["VIGIL_STATE"])
        self.folder = tempfile.TemporaryDirectory()
        configuration = Path(self.folder.name) / "postgrest.conf"
        lines = (PROJECT / "postgrest.conf").read_text().splitlines()
        configuration.write_text("\n".join(line for line in lines if self.hooked or not line.startswith("db-pre-request")))
        port, admin = free_port(), free_port()
        environment = os.environ | {
            "PGRST_DB_URI": f"@{state}/secrets/authenticator.url", "PGRST_JWT_SECRET": f"@{state}/secrets/jwks.json",
            "PGRST_DB_POOL": "4", "PGRST_SERVER_HOST": "127.0.0.1", "PGRST_SERVER_PORT": str(port), "PGRST_ADMIN_SERVER_PORT": str(admin)}
        self.process = subprocess.Popen([state / "bin" / "postgrest", configuration], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{admin}/ready", timeout=2).close()
                return f"http://127.0.0.1:{port}"
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.__exit__()
        raise BenchError("a second PostgREST did not start", "Is the instance up? ./dev status tells.")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()
