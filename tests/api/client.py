"""A small HTTP client for the API that watches every answer for what it must never contain."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass

from instance import API_URL, SECRETS

# With `columns` PostgREST hands the body on as it is. Without, it refuses arrays whose objects differ in their keys.
INGEST = "/rpc/ingest?columns=device"

# Words that belong to one tenant alone: its random marker, by tenant id.
MARKERS = {}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


def secrets():
    """Every secret of the instance that is text."""
    found = []
    for file in SECRETS.rglob("*"):
        if file.is_file() and file.name != "jwks.json":
            found += [line for line in file.read_text().split("\n") if len(line) >= 16 and not line.startswith("-----")]
    return found


class Client:
    """Requests with one token, or none. People may work for other tenants too."""

    def __init__(self, token=None, tenant_id=None, others=()):
        self.token = token
        self.tenant_id = tenant_id
        self.others = others

    def request(self, method, path, body=None, headers=None, params=None):
        address = urllib.parse.urlsplit(API_URL)
        if params:
            path += "?" + urllib.parse.urlencode(params, safe="(),.:*")
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        try:
            connection.request(method, path, body, sent | (headers or {}))
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self.watch(answer)
        return answer

    def watch(self, answer):
        # Content-Location repeats the request.
        headers = "".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "Content-Location")
        text = headers + answer.body.decode(errors="replace")
        for tenant_id, marker in MARKERS.items():
            if tenant_id != self.tenant_id and tenant_id not in self.others:
                assert marker not in text, f"an answer to tenant {self.tenant_id} holds {marker} of tenant {tenant_id}"
        for secret in secrets():
            assert secret not in text, "an answer holds a secret of the instance"

    def get(self, path, headers=None, **params):
        return self.request("GET", path, headers=headers, params=params)

    def post(self, path, value, headers=None):
        return self.request("POST", path, json.dumps(value).encode(), headers)

    def rpc(self, name, /, **arguments):
        return self.post(f"/rpc/{name}", arguments)

    def ingest(self, readings):
        return self.post(INGEST, readings)
