"""A webhook receiver that checks signatures and counts what it gets."""

import base64
import hashlib
import hmac
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Answers 204 after a short while to whatever is signed well."""

    def __init__(self, takes=0.0):
        self.takes = takes
        self.secret = None
        self.seen = Counter()
        self.forged = 0
        # Called with the message id once it is taken, before it is answered and after.
        self.before_answer = self.after_answer = lambda message_id: None
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.receiver = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        message_id = headers["webhook-id"]
        signed = f"{message_id}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(self.secret, signed, hashlib.sha256)).decode()
        with self.lock:
            if expected in headers["webhook-signature"].split():
                self.seen[message_id] += 1
                return 204
            self.forged += 1
            return 401

    def duplicates(self):
        return sum(self.seen.values()) - len(self.seen)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that was killed in the middle of its request is what this is about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = receiver.take(self.headers, body)
        time.sleep(receiver.takes)
        receiver.before_answer(self.headers["webhook-id"])
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        receiver.after_answer(self.headers["webhook-id"])

    def log_message(self, *arguments):
        """Says nothing."""
