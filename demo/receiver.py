"""A webhook receiver for the length of the demonstration: vigil-receiver, which checks every signature."""

import base64
import grp
import json
import os
import re
import secrets
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

SECRET = "demo"
PROGRAM = Path(os.environ["CARGO_TARGET_DIR"]) / "release" / "vigil-receiver"


def shared_secret():
    """The file with the secret that worker and receiver share; made once."""
    file = Path(os.environ["VIGIL_STATE"]) / "secrets" / "webhooks" / SECRET
    if not file.exists():
        file.touch(0o640)
        os.chown(file, 0, grp.getgrnam("nogroup").gr_gid)
        file.write_text("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    return file


class Receiver:
    def __init__(self, url, journal):
        self.url = url
        self.journal = journal

    def received(self):
        """Every delivery so far: message_id, timestamp, verified, status, body."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()]


@contextmanager
def running():
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "received.jsonl"
        journal.touch()
        process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--secret-file", shared_secret(), "--journal", journal],
            stdout=subprocess.PIPE, text=True)
        try:
            found = re.fullmatch(r"receiving on (http://\S+)\n", process.stdout.readline())
            if not found:
                raise SystemExit("error: the webhook receiver did not start")
            # What it prints for people is shown by the demonstration in its own words.
            with open(os.devnull, "wb") as nowhere:
                drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=nowhere)
            yield Receiver(found[1], journal)
        finally:
            process.terminate()
            process.wait()
            drain.wait()
