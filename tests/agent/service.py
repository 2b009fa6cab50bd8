"""A real HTTP service on loopback that answers as it is told: slow, cut off, garbage, far too much."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Service:
    """`answers` are used up one a request, the last one stays; `asked` is what came in."""

    def __init__(self) -> None:
        self.answers: list[Callable[[BaseHTTPRequestHandler], None]] = []
        self.asked: list[dict[str, Any]] = []
        self.ended = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                service.asked.append(
                    {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                )
                answer = service.answers.pop(0) if len(service.answers) > 1 else service.answers[0]
                answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What it may answer

    def says(self, content: object, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
        return self.sends(json.dumps(content).encode(), status, **headers)

    def sends(self, body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                to.send_header(name.replace("_", "-"), value)
            to.end_headers()
            to.wfile.write(body)

        return answer

    def hangs(self, to: BaseHTTPRequestHandler) -> None:
        """Says nothing until the test is over."""
        self.ended.wait(20)
        to.close_connection = True

    def cuts(self, to: BaseHTTPRequestHandler) -> None:
        """Half an answer, then nothing."""
        to.send_response(200)
        to.send_header("Content-Length", "1000")
        to.end_headers()
        to.wfile.write(b'{"outc')
        to.wfile.flush()
        to.connection.close()
        to.close_connection = True

    def floods(self, to: BaseHTTPRequestHandler) -> None:
        """A body without an end."""
        to.send_response(200)
        to.send_header("Content-Length", str(10**9))
        to.end_headers()
        piece = b"[" * 65536
        try:
            while not self.ended.is_set():
                to.wfile.write(piece)
        except OSError:
            to.close_connection = True

    def drips(self, to: BaseHTTPRequestHandler) -> None:
        """A byte of the body every now and then."""
        to.send_response(200)
        to.send_header("Content-Length", "1000")
        to.end_headers()
        self._drip(to, b" " * 100)

    def drips_a_header(self, to: BaseHTTPRequestHandler) -> None:
        """A byte of the first header every now and then."""
        self._drip(to, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100)

    def _drip(self, to: BaseHTTPRequestHandler, content: bytes) -> None:
        to.close_connection = True
        with suppress(OSError):  # who asked has gone
            for byte in content:
                to.wfile.write(bytes([byte]))
                if self.ended.wait(0.1):
                    return
