"""HTTP as an attacker speaks it: any method, any header, any bytes, over a connection that is kept."""

import http.client
import json
import socket
import urllib.parse
from dataclasses import dataclass

from instance import API_URL

ADDRESS = urllib.parse.urlsplit(API_URL)


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def code(self):
        """The SQLSTATE or code of PostgREST in an error; None without one."""
        try:
            return self.json.get("code")
        except (ValueError, AttributeError):
            return None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def shown(self):
        """All that the answer says, but for Content-Location, which repeats the request."""
        return "".join(f"{n}: {v}\n" for n, v in self.headers.items() if n.lower() != "content-location") + self.text


class Wire:
    """One connection, with one bearer's headers on each request."""

    def __init__(self, token=None, **headers):
        self.headers = headers if token is None else {"Authorization": f"Bearer {token}"} | headers
        self.connection = None

    def send(self, method, path, body=None, headers=None, timeout=60):
        """Any answer. A connection that the server closed is made again once; None when it closes that, too."""
        sent = self.headers | ({"Content-Type": "application/json"} if body is not None else {}) | (headers or {})
        for _ in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=timeout)
                self.connection.request(method, path, body, {n: v.encode() if isinstance(v, str) else v for n, v in sent.items() if v is not None})
                response = self.connection.getresponse()
                return Answer(response.status, dict(response.headers), response.read())
            except (http.client.HTTPException, ConnectionError, BrokenPipeError):
                self.close()
        return None

    def get(self, path, headers=None, /, **parameters):
        return self.send("GET", path + ("?" + urllib.parse.urlencode(parameters) if parameters else ""), headers=headers)

    def call(self, procedure, arguments, headers=None):
        return self.send("POST", f"/rpc/{procedure}", json.dumps(arguments).encode(), headers)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def send_bytes(request, timeout=10):
    """The status of whatever answers these bytes, 0 when the connection is closed without an answer."""
    answer = b""
    with socket.create_connection((ADDRESS.hostname, ADDRESS.port), timeout=timeout) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:
            pass # closed, or nothing more to come
    first = answer.split(b"\r\n", 1)[0].split()
    return (int(first[1]) if len(first) > 1 else 0), answer
