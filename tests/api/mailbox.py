"""Mail as people get it: a mail server of the tests, and the channel over which accounts get their links."""

import atexit
import base64
import functools
import json
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import tokens
from client import Client
from instance import PROJECT, run_jobs, sql

RECEIVER = PROJECT / "target/trixie/release/vigil-receiver"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def platform():
    return int(sql("select coalesce((select tenant_id from fleet.tenant where name = 'platform'), ops.create_tenant('platform', 'Platform'))"))


class Mailbox:
    """Takes every mail; the channel accounts of the tenant platform leads here."""

    def __init__(self):
        folder = Path(tempfile.mkdtemp())
        self.journal = folder / "journal.jsonl"
        secret = folder / "secret"
        secret.write_text("whsec_" + base64.b64encode(os.urandom(24)).decode())
        self.port = free_port()
        self.process = subprocess.Popen(
            [RECEIVER, "--listen", f"127.0.0.1:{free_port()}", "--smtp", f"127.0.0.1:{self.port}", "--journal", self.journal, "--secret-file", secret],
            stdout=subprocess.DEVNULL)
        atexit.register(self.process.terminate)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("the mail server does not start")
        self.connect()

    def connect(self):
        admin = Client(tokens.token(platform(), "tenant_admin"))
        answer = admin.rpc("save_channel", definition={
            "name": "accounts", "kind": "email", "allow_http": True,
            "config": {"host": "127.0.0.1", "port": self.port, "tls": "none", "from": "Vigil <vigil@example.com>"}})
        assert answer.status == 200, answer.body
        answer = admin.rpc("enable_channel", name="accounts")
        assert answer.status == 200, answer.body

    def mails(self, address):
        """What was sent to an address: subject and text."""
        if not self.journal.exists():
            return []
        entries = (json.loads(line) for line in self.journal.read_text().splitlines())
        return [e["mail"] for e in entries if e.get("mail") and address in e["mail"]["to"]]

    def next(self, address, seen=0):
        """The mail after so many, once it has come."""
        for _ in range(150):
            run_jobs("password_resets")
            found = self.mails(address)
            if len(found) > seen:
                return found[seen]
            time.sleep(0.1)
        raise AssertionError(f"no mail has come to {address}")


def link_token(mail):
    """The token of the link in a mail."""
    return re.search(r"/rpc/set_password_page\?token=([A-Za-z0-9_-]{43})\b", mail["text"])[1]


@functools.cache
def mailbox():
    return Mailbox()
