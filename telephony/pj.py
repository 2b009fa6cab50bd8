"""PJSIP's Python module: our own build of it, or the public package when that is all there is."""

from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from core.errors import TelephonyError

NATIVE_CALLS = 512
PACKAGE_CALLS = 4


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the telephone can do here. `native`: with our ring port, outside of Python's reach."""

    native: bool
    version: str
    max_calls: int
    note: str


@cache
def load() -> ModuleType:
    """The module `pjsua2`. Raises TelephonyError."""
    try:
        import pjsua2
    except ImportError as error:
        raise TelephonyError(
            "sip.library_missing",
            f"The telephone needs PJSIP, which is not installed ({error}): run `make telephone`, which builds it, or "
            "`pip install pjsua2-python` to begin with (x86_64 only, 4 calls at most)",
        ) from error
    module: ModuleType = pjsua2
    return module


def is_native() -> bool:
    return hasattr(load(), "RingPort")


def has_signalling() -> bool:
    """Whether we have a say in the answer to OPTIONS and in time-outs (`native/signalling.hpp`). Without it OPTIONS is
    always answered 200, and a request fails after 32 s."""
    return hasattr(load(), "setResponseTimeout")


def can_show_load() -> bool:
    """Whether answers to OPTIONS can say how much we have to do."""
    return hasattr(load(), "setLoad")


def of_sound_only() -> Any:
    """Parameters of a call: one stream of sound. PJSIP would offer text (RFC 4103), too; nobody here reads it."""
    prm = load().CallOpParam(True)
    if hasattr(prm.opt, "textCount"):
        prm.opt.textCount = 0
    return prm


def can_hold_floods() -> bool:
    """Whether messages are limited before they are read, and third parties kept out of a call's sound."""
    return hasattr(load(), "floodKnownLimit")


def header_vector(headers: tuple[tuple[str, str], ...]) -> Any:
    """Headers of ours (name, value), as PJSIP takes them."""
    library = load()
    vector = library.SipHeaderVector()
    for name, value in headers:
        header = library.SipHeader()
        header.hName, header.hValue = name, value
        vector.append(header)
    return vector


@cache
def capabilities() -> Capabilities:
    """Raises TelephonyError when there is no PJSIP at all."""
    from importlib.metadata import PackageNotFoundError, version

    native = is_native()
    try:
        number = version("mostrador-pjsua2" if native else "pjsua2-python")
    except PackageNotFoundError:
        number = "unknown"
    if native:
        return Capabilities(True, number, NATIVE_CALLS, "")
    return Capabilities(
        False,
        number,
        PACKAGE_CALLS,
        f"The public pjsua2-python package: {PACKAGE_CALLS} calls at most, old TLS, sound passes through Python and "
        "is late when it is busy. Not for a public network: build PJSIP with `make telephone`",
    )
