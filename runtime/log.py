"""One line an event: JSON where a machine reads, coloured key=value where a person does; personal data masked.

A field whose name ends in `_pii` is personal. It is written as "•••" and a short keyed hash: equal values look
equal within one run and say nothing outside it. Values marked so, SIP addresses, e-mail addresses and long numbers
are masked in tracebacks and in what other libraries log, too. Secrets (password, token…) are never written at all.
"""

import hashlib
import logging
import re
import secrets
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO

import structlog

from runtime.config import Log

MASK = "•••"

_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token(?!s)|authorization|api_?key|cookie|credential|private_?key|\bpin\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"(?:sips?|tel):[^\s>;,'\")]+"  # an address somebody can be called at
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|\+?\d(?:[ .-]?\d){6,}",  # telephone, card, order and identity numbers: seven digits or more
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_QUIET = (
    "uvicorn", "uvicorn.access", "uvicorn.error", "httpx", "httpcore", "httpx2", "httpcore2", "psycopg", "websockets",
    "faster_whisper", "asyncio",
)  # fmt: skip
_SILENT = ("mcp", "client")
"""The MCP SDK, which logs what servers send, even when it is an error."""
_key = secrets.token_bytes(16)


def setup(settings: Log, stream: TextIO | None = None) -> None:
    """Send structlog, the standard library's logging and uncaught exceptions to `stream` (standard error).

    Safe to call again with other settings. Servers that bring their own set-up must be told to leave it
    (uvicorn: `log_config=None`).
    """
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                Masking(reveal=settings.reveal_personal),
                *_renderer(settings, stream),
            ],
            use_get_message=True,
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def masked(value: object) -> str:
    """What stands for a personal value: the same for equal values, in this process only."""
    digest = hashlib.blake2s(str(value).encode("utf-8", "replace"), key=_key, digest_size=3)
    return f"{MASK}{digest.hexdigest()}"


class Masking:
    """The last step before a line is rendered: plain data only, nothing personal, no secret."""

    def __init__(self, *, reveal: bool) -> None:
        self._reveal = reveal

    def __call__(self, _logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        personal = [] if self._reveal else sorted(_marked(line), key=len, reverse=True)
        failure = _traceback(line.pop("exc_info", None))
        foreign = line.pop("_foreign", False)
        clean = {key: self._field(key, value, personal) for key, value in line.items()}
        if foreign:
            clean["event"] = self._scrub(str(clean["event"]), personal)
        if failure:
            clean["exception"] = self._scrub(failure, personal)
        return clean

    def _field(self, key: str, value: object, personal: list[str]) -> object:
        if _SECRET.search(key):
            return MASK if value else value
        if key.endswith("_pii") and not self._reveal:
            return masked(value) if value not in (None, "") else value
        return self._plain(value, personal)

    def _plain(self, value: object, personal: list[str]) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str() | PurePath():
                return _CONTROL.sub(_escaped, _without(str(value), personal)).replace("\n", "\\n")
            case Mapping():
                return {str(key): self._field(str(key), item, personal) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._plain(item, personal) for item in value]
            case BaseException():
                return self._scrub(f"{type(value).__name__}: {value}", personal)
            case _:  # an object's repr may hold anything
                return f"<{type(value).__name__}>"

    def _scrub(self, text: str, personal: list[str]) -> str:
        if self._reveal:
            return text
        return _PERSONAL.sub(lambda found: masked(found.group()), _without(text, personal))


def _marked(line: Mapping[str, Any]) -> set[str]:
    """Every personal value of the line, to be taken out of its other fields and its traceback."""
    found: set[str] = set()
    for key, value in line.items():
        if isinstance(value, Mapping):
            found |= _marked(value)
        elif str(key).endswith("_pii"):
            found.add(str(value))
    return {value for value in found if len(value) > 2}


def _without(text: str, personal: list[str]) -> str:
    for value in personal:
        text = text.replace(value, masked(value))
    return text


def _escaped(found: re.Match[str]) -> str:
    return f"\\x{ord(found.group()):02x}"


def _traceback(exc_info: Any) -> str:
    """The traceback as text, without local variables."""
    if not exc_info:
        return ""
    if isinstance(exc_info, BaseException):
        error: BaseException | None = exc_info
    else:
        error = (exc_info if isinstance(exc_info, tuple) else sys.exc_info())[1]
    return "".join(traceback.format_exception(error)).rstrip() if error else ""


def _foreign(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    line["_foreign"] = True
    return line


def _renderer(settings: Log, stream: TextIO) -> list[structlog.typing.Processor]:
    if settings.format == "console" or (settings.format == "auto" and stream.isatty()):
        return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=_never, pad_event_to=24)]
    return [
        structlog.processors.EventRenamer("event"),
        _ordered,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _never(_stream: TextIO, _exc_info: Any) -> None:
    """Tracebacks are text by now; structlog's own formatter would print local variables."""


def _ordered(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    first = {key: line[key] for key in ("timestamp", "level", "event", "logger") if key in line}
    return {**first, **line}


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger(__name__).critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is None or issubclass(args.exc_type, SystemExit):
        return
    thread = args.thread.name if args.thread else ""
    info = (args.exc_type, args.exc_value, args.exc_traceback)
    structlog.get_logger(__name__).critical("uncaught", thread=thread, exc_info=info)
