import io
import json
import logging
import sys
import threading

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from runtime import log
from runtime.config import Log
from runtime.events import Attached

pytestmark = pytest.mark.unit

NUMBER = "+34 600 123 456"


class Sink(io.StringIO):
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


class Terminal(Sink):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored():
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def sink(**settings) -> Sink:
    stream = Sink()
    log.setup(Log(**settings), stream)
    return stream


def test_one_json_line_an_event():
    stream = sink()
    structlog.get_logger("runtime.app").info("call.answered", calls=2, text="a\nb")
    [line] = stream.lines()
    assert list(line)[:4] == ["timestamp", "level", "event", "logger"]
    assert (line["event"], line["level"], line["logger"], line["calls"]) == ("call.answered", "info", "runtime.app", 2)


def test_a_terminal_gets_coloured_pairs():
    stream = Terminal()
    log.setup(Log(), stream)
    structlog.get_logger("x").info("ready", sip="127.0.0.1", caller_pii=NUMBER)
    text = stream.getvalue()
    assert "\x1b[" in text
    assert "sip" in text
    assert NUMBER not in text
    assert len(text.splitlines()) == 1


def test_personal_fields_are_masked_and_correlate():
    stream = sink()
    logger = structlog.get_logger("x")
    logger.info("call", caller_pii=NUMBER, deep={"name_pii": "Marta"}, listed=[{"name_pii": "Marta"}])
    logger.info("call", caller_pii=NUMBER)
    logger.info("call", caller_pii="+34 600 999 999")
    first, same, other = stream.lines()
    assert first["caller_pii"].startswith(log.MASK)
    assert first["caller_pii"] == same["caller_pii"] != other["caller_pii"]
    assert "Marta" not in stream.getvalue()


def test_reveal_shows_personal_fields_but_never_secrets():
    stream = sink(reveal_personal=True)
    structlog.get_logger("x").info("call", caller_pii=NUMBER, sip_password="hunter2", headers={"Authorization": "D x"})
    [line] = stream.lines()
    assert line["caller_pii"] == NUMBER
    assert line["sip_password"] == line["headers"]["Authorization"] == log.MASK


@pytest.mark.parametrize(
    "key", ["password", "api_key", "apikey", "auth_token", "authorization", "client_secret", "Cookie"]
)
def test_secrets_are_never_written(key):
    stream = sink()
    structlog.get_logger("x").warning("login", **{key: "hunter2"})
    assert "hunter2" not in stream.getvalue()


def test_a_traceback_tells_where_but_not_who():
    stream = sink()
    try:
        name = "Marta Ruiz"
        raise ValueError(f"no customer {name} at sip:marta@example.com, call {NUMBER}")
    except ValueError:
        structlog.get_logger("x").exception("lookup.failed", customer_pii=name)
    [line] = stream.lines()
    assert "ValueError" in line["exception"]
    assert "test_log.py" in line["exception"]
    for secret in ("Marta", "marta@example", "600 123"):
        assert secret not in stream.getvalue().replace('raise ValueError(f"', "")


def test_an_exception_as_a_field_is_scrubbed():
    stream = sink()
    structlog.get_logger("x").warning("dial.failed", error=OSError(f"cannot reach tel:{NUMBER.replace(' ', '')}"))
    [line] = stream.lines()
    assert "OSError" in line["error"]
    assert "600123456" not in stream.getvalue()


def test_objects_are_named_not_shown():
    stream = sink()
    structlog.get_logger("x").info("event", event_object=Attached(channel="phone", peer=NUMBER, language="es"))
    [line] = stream.lines()
    assert line["event_object"] == "<Attached>"


def test_bound_context_counts_as_marked():
    stream = sink()
    structlog.contextvars.bind_contextvars(caller_pii="Marta Ruiz")
    structlog.get_logger("x").info("note", detail="Marta Ruiz hung up")
    assert "Marta" not in stream.getvalue()


def test_other_libraries_come_through_scrubbed_and_quiet():
    stream = sink()
    logging.getLogger("some.library").warning("peer %s gone", f"sip:ana@example.com;{NUMBER}")
    logging.getLogger("uvicorn.access").info("GET / 200")
    logging.getLogger("uvicorn.error").error("bad %s", "request")
    first, second = stream.lines()
    assert first["logger"] == "some.library"
    assert "ana@" not in first["event"]
    assert "600" not in first["event"]
    assert second["event"] == "bad request"


@pytest.mark.parametrize("name", ["httpx", "httpx2", "httpcore2.http11", "psycopg", "mcp.client.stdio", "client"])
def test_what_asks_other_systems_is_quiet_of_what_it_asks(name):
    out = sink(format="json", level="debug")
    logging.getLogger(name).info("GET https://crm.example/customers/57")
    assert out.getvalue() == ""


def test_what_a_server_sent_is_never_logged():
    out = sink(format="json")
    logging.getLogger("mcp.client.stdio").error("Failed to parse: input_value='Ana'")
    assert out.getvalue() == ""


def test_level_is_obeyed_by_both():
    stream = sink(level="warning")
    structlog.get_logger("x").info("quiet")
    logging.getLogger("y").info("quiet")
    assert stream.getvalue() == ""


def test_uncaught_exceptions_become_a_line():
    stream = sink()

    def fail() -> None:
        raise RuntimeError("out of paper")

    thread = threading.Thread(target=fail, name="printer")
    thread.start()
    thread.join()
    [line] = stream.lines()
    assert (line["event"], line["level"], line["thread"]) == ("uncaught", "critical", "printer")
    assert "out of paper" in line["exception"]


def test_control_characters_cannot_forge_a_line():
    stream = Terminal()
    log.setup(Log(format="console"), stream)
    structlog.get_logger("x").info("agent", user_agent="evil\n2026 [critical] forged\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b[2J" not in stream.getvalue()


@given(st.text(min_size=6), st.sampled_from(["caller_pii", "said_pii", "name_pii"]))
def test_no_marked_value_ever_leaks(value, key):
    value = f"«{value}»"
    stream = sink()
    try:
        raise LookupError(value)
    except LookupError:
        structlog.get_logger("x").exception("e", **{key: value}, inner={key: value}, free=f"I heard {value}")
    [line] = stream.lines()
    shown = [line[key], line["inner"][key], line["free"], line["exception"]]
    assert not any(value in text for text in shown)
