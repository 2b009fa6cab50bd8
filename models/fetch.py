"""One file over HTTP into a `.part` file: resumed where it stopped, with bounded waits and retries."""

import contextlib
import hashlib
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import structlog

from core.errors import ModelError

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger(__name__)

CHUNK = 1 << 20

_TRIES = 6
_LONGEST_PAUSE = 20.0
_RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class Progress(Protocol):
    """Who watches a long job. Called from the thread that does it."""

    def begin(self, what: str, total: int) -> None:
        """A new piece of work of `total` bytes; 0 when unknown."""

    def at(self, done: int) -> None:
        """Bytes done of the current piece, counted from its beginning."""

    def note(self, text: str) -> None:
        """One line worth telling: a retry, a wait."""


class Silent:
    """Nobody watches."""

    def begin(self, what: str, total: int) -> None:
        pass

    def at(self, done: int) -> None:
        pass

    def note(self, text: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Access:
    """How this machine reaches servers: what pip is told, or nothing. `timeout` in seconds."""

    cert: str = ""
    client_cert: str = ""
    proxy: str = ""
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 30.0

    def client(self, address: str) -> "httpx.Client":
        import httpx

        host = urlsplit(address)
        trusted = host.hostname in self.trusted_hosts or host.netloc.rpartition("@")[2] in self.trusted_hosts
        return httpx.Client(
            verify=_tls(self.cert, self.client_cert) if not trusted else False,
            proxy=self.proxy or None,
            timeout=httpx.Timeout(self.timeout, connect=min(self.timeout, 15.0)),
            follow_redirects=True,
            headers={"Accept-Encoding": "identity", "User-Agent": "mostrador"},
        )


def _tls(cert: str, client_cert: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=cert or None)
    if not cert:
        import certifi  # the system's authorities and, where it has none, the usual ones

        context.load_verify_locations(certifi.where())
    if client_cert:
        context.load_cert_chain(client_cert)
    return context


class _InterruptedError(Exception):
    """The transfer stopped half-way; asking again may get the rest."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def shown(address: str) -> str:
    """An address for people and logs: without a user name, password or query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def download(
    address: str,
    part: Path,
    *,
    access: Access,
    size: int = 0,
    progress: Progress,
    pause: Callable[[float], None] | None = None,
) -> None:
    """Fetch `address` into `part`, going on after what is already there.

    `size`: the bytes it must have, 0 when unknown. The content is not judged here: hash it. A failed attempt that
    brought new bytes does not count against the tries. Raises ModelError `model.fetch` and OSError.
    """
    import httpx

    failures = 0
    with access.client(address) as client:
        while True:
            before = _size(part)
            try:
                _attempt(client, address, part, size, progress)
                return
            except (httpx.TransportError, _InterruptedError) as error:
                failures = 1 if _size(part) > before else failures + 1
                if failures >= _TRIES:
                    raise ModelError(
                        "model.fetch",
                        f"{shown(address)}: gave up after {failures} tries ({_why(error)}); "
                        "what came is kept, the same command goes on from there",
                        retryable=True,
                    ) from error
                wait = max(getattr(error, "wait", 0.0), min(_LONGEST_PAUSE, 0.5 * 2**failures))
                wait = min(wait, 60.0) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients, no secret
                log.info("model.fetch_retry", address=shown(address), why=_why(error), wait=round(wait, 1))
                progress.note(f"{_why(error)}; trying again in {wait:.0f} s")
                (pause or time.sleep)(wait)
            except httpx.HTTPError as error:  # too many redirects, an undecodable answer
                raise ModelError("model.fetch", f"{shown(address)}: {_why(error)}", retryable=True) from error
            except httpx.InvalidURL as error:
                raise ModelError("model.fetch", f"{shown(address)} is no address: {error}") from error


def _attempt(client: "httpx.Client", address: str, part: Path, size: int, progress: Progress) -> None:
    have = _size(part)
    if size and have >= size:
        if have == size:
            return
        part.unlink()
        have = 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", address, headers=headers) as response:
        status = response.status_code
        if status == 416:  # what we have is not a beginning of what is there
            part.unlink(missing_ok=True)
            raise _InterruptedError("the file changed on the server")
        if status in _RETRY_STATUSES:
            after = response.headers.get("Retry-After", "")
            raise _InterruptedError(f"the server answered {status}", float(after) if after.isdigit() else 0.0)
        if status not in (200, 206):
            raise ModelError("model.fetch", f"{shown(address)}: the server answered {status}")
        start, total = _extent(response, have)
        limit = size or total
        with part.open("r+b" if start else "wb") as out:
            out.truncate(start)
            out.seek(start)
            done = start
            for block in response.iter_raw():
                done += len(block)
                if limit and done > limit:
                    raise ModelError("model.fetch", f"{shown(address)}: longer than the {limit:,} bytes it should have")
                out.write(block)
                progress.at(done)
        if limit and done < limit:
            raise _InterruptedError(f"the connection ended at {done:,} of {limit:,} bytes")


def _extent(response: "httpx.Response", have: int) -> tuple[int, int]:
    """Where this answer starts in the file, and the whole length (0 unknown)."""
    if response.status_code == 206:
        match = re.match(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not match or int(match[1]) != have:
            raise ModelError("model.fetch", f"{shown(str(response.url))}: the server resumes in the wrong place")
        return have, 0 if match[2] == "*" else int(match[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else 0


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def sha256(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a file in hex, reading it once."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        for block in blocks(file.read):
            digest.update(block)
            done += len(block)
            if progress:
                progress.at(done)
    return digest.hexdigest()


def blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What `read` gives, in pieces of `CHUNK` bytes, to the end."""
    while block := read(CHUNK):
        yield block
