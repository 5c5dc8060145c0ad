"""A node of the tests of the cluster: it keeps the contract of the processes and nothing else.

It listens where LISTEN and INTERNAL_LISTEN say, tells who it is and what it was asked, opens whatever WebSocket is asked
for, drains on SIGTERM, kills itself on a POST to /die, without an
answer, and never answers at /never.
"""

import base64
import hashlib
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KIND = sys.argv[1]
draining = threading.Event()
asked = []


class Node(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.content()
        if self.headers.get("Upgrade") == "websocket":
            self.upgrade()
        elif self.path == "/readyz":
            self.answer(503 if draining.is_set() else 200, {})
        elif self.path == "/never":
            threading.Event().wait()
        elif self.path == "/variables":
            self.answer(200, dict(os.environ))
        else:
            self.answer(200, {"kind": KIND, "pid": os.getpid(), "headers": self.headers.items(), "asked": asked})

    def do_POST(self):
        self.content()
        asked.append(self.path)
        if self.path == "/die":
            os.kill(os.getpid(), signal.SIGKILL)
        self.answer(200, {"kind": KIND, "pid": os.getpid()})

    def content(self):
        """Read to its end: what is left of it would be the next request of a proxy that keeps its connections."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def upgrade(self):
        if draining.is_set():
            self.answer(503, {})
            return
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.wfile.write(f"{KIND} {os.getpid()}\n".encode())
        while line := self.rfile.readline():
            self.wfile.write(line)
        self.close_connection = True

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def serve(variable):
    host, port = os.environ[variable].split(":")
    server = ThreadingHTTPServer((host, int(port)), Node)
    threading.Thread(target=server.serve_forever, daemon=True).start()


# Blocked in all threads, so that it is the main one that takes it.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
serve("LISTEN")
serve("INTERNAL_LISTEN")
print(f"IM-TT {KIND} serves http://{os.environ['LISTEN']}", flush=True)
signal.sigwait({signal.SIGTERM})
draining.set()
time.sleep(float(os.environ.get("DRAIN_MS", "0")) / 1000)
os._exit(0)
