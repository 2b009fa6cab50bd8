"""How a one-time code leaves the device: a real service on loopback, one that refuses, one that is not there."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from structlog.testing import capture_logs

from core import verification
from core.errors import ConfigError
from runtime.agent.delivery import Http, outbox
from runtime.config import Identity
from runtime.minds import delivery
from tests.agent.service import Service as Dripping

pytestmark = pytest.mark.unit

PHONE, TEXT = "600555245", "Your code is 482913"


class Service(HTTPServer):
    def __init__(self) -> None:
        self.got: list[tuple[str | None, dict[str, str]]] = []
        self.answer = 202

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                self.got.append((handler.headers["Authorization"], json.loads(body)))
                handler.send_response(self.answer)
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/messages"


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join(5)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    made.executescript(verification.SCHEMA)
    yield made
    made.close()


def test_a_service_gets_recipient_and_text(service: Service, db: sqlite3.Connection) -> None:
    assert Http(service.url, "t0ken")(db, PHONE, TEXT)
    assert service.got == [("Bearer t0ken", {"to": PHONE, "text": TEXT})]
    assert db.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


@pytest.mark.parametrize("there", [True, False])
def test_one_that_refuses_or_is_not_there_is_told_and_nothing_is_logged(
    service: Service, db: sqlite3.Connection, there: bool
) -> None:
    service.answer = 503
    url = service.url if there else "http://127.0.0.1:1/messages"
    with capture_logs() as logs:
        assert not Http(url, "t0ken")(db, PHONE, TEXT)
    assert [line["event"] for line in logs] == ["code_not_sent"]
    assert not [secret for secret in (PHONE, "482913", "t0ken") if secret in repr(logs)]
    assert "t0ken" not in repr(Http(url, "t0ken"))


def test_one_that_answers_byte_by_byte_is_not_waited_for(db: sqlite3.Connection) -> None:
    dripping = Dripping()
    dripping.answers = [dripping.drips_a_header]
    try:
        with capture_logs() as logs:
            assert not Http(dripping.url)(db, PHONE, TEXT)
    finally:
        dripping.close()
    assert [line["cause"] for line in logs] == ["TimeoutError"]


def test_the_outbox_keeps_a_day(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO outbox (made, recipient, body) VALUES (0, 'long ago', 'x')")
    assert outbox(db, PHONE, TEXT)
    assert db.execute("SELECT recipient, body FROM outbox").fetchall() == [(PHONE, TEXT)]


def test_the_settings_choose(service: Service, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert delivery(Identity()) is outbox
    monkeypatch.setenv("CODES_TOKEN", "from the environment")
    assert delivery(Identity(delivery="http", url=service.url, token_env="CODES_TOKEN"))(db, PHONE, TEXT)
    assert service.got[0][0] == "Bearer from the environment"


@pytest.mark.parametrize("url", ["", "http://example.org/x", "http://127.0.0.1.example.org/x", "ftp://example.org"])
def test_codes_leave_by_https_alone(url: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        delivery(Identity(delivery="http", url=url))
