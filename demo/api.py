"""The REST API as any client sees it, and tokens from ./dev token."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
URL = os.environ["VIGIL_API_URL"]


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status, error):
        super().__init__(f"{status} {error.get('message')}")
        self.status = status
        self.error = error


class Api:
    """Requests in the name of a tenant and a role."""

    def __init__(self, tenant, role):
        made = subprocess.run(
            [PROJECT / "dev", "token", "--tenant", tenant, "--role", role], check=True, capture_output=True, text=True)
        self.token = made.stdout.strip()

    def get(self, path, **filters):
        return self.send(path + "?" + urllib.parse.urlencode(filters, safe="(),.:*"))

    def post(self, path, value):
        return self.send(path, json.dumps(value).encode())

    def send(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers), timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Refused(refused.code, json.load(refused)) from None
