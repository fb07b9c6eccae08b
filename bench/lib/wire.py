"""HTTP as little as a load needs: a kept connection, GET, the whole answer. What a library makes of an answer's headers takes a
tenth of a request, on the cores that serve it."""

import socket

from errors import BenchError

END = b"\r\n\r\n"


class Wire:
    """Sends what an Api would."""

    def __init__(self, api):
        address = (api.connection.host, api.connection.port)
        self.socket = socket.create_connection(address, timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": "%s:%s" % address} | api.headers).items())

    def get(self, path):
        """The answer, its headers included; it must be a success."""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{self.headers}\r\n".encode())
        answer = bytearray()
        while not self.is_whole(answer):
            part = self.socket.recv(1 << 18)
            if not part:
                raise BenchError(f"GET {path}: the connection was closed", "The API's log is in the instance's log folder.")
            answer += part
        if not answer.startswith(b"HTTP/1.1 2"):
            raise BenchError(f"GET {path}: {answer.decode(errors='replace')[:500]}", "The API's log is in the instance's log folder.")
        return answer

    @staticmethod
    def is_whole(answer):
        # PostgREST answers in chunks, the last of which is empty.
        return answer.endswith(b"\r\n0" + END) and END in answer
