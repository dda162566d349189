"""A small HTTP server inside the test that stands in for a target, or for a backend with faults."""

import dataclasses
import http.server
import threading

import requests


@dataclasses.dataclass
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict
    body: bytes


class Standin:
    """Listens on a port of its own while the `with` lasts.

    `answer(seen)` gives `(status, headers, body)`, or None to close the connection without any.
    """

    def __init__(self, answer=None):
        self.requests = []
        self.closing = threading.Event()
        answer = answer or (lambda seen: (200, {}, b"{}"))
        standin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                seen = Seen(self.command, self.path, dict(self.headers.items()), body)
                standin.requests.append(seen)
                result = answer(seen)
                if result is None:
                    self.close_connection = True
                    return
                if isinstance(result, bytes):
                    self.wfile.write(result)
                    self.close_connection = True
                    return
                status, headers, text = result
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


def forward(seen, backend):
    """Asks another server the same, and gives its answer."""
    headers = {k: v for k, v in seen.headers.items() if k.lower() not in ("host", "connection")}
    answer = requests.request(
        seen.method, backend + seen.path, headers=headers, data=seen.body, timeout=60
    )
    kept = {
        name: value
        for name, value in answer.headers.items()
        if name.lower()
        not in ("content-length", "transfer-encoding", "connection", "server", "date")
    }
    return answer.status_code, kept, answer.content
