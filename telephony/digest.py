"""Digest authentication of who calls us: challenges and their answers. RFC 3261 section 22, RFC 7616, RFC 8760."""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from telephony.head import split, unquoted

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
"""Name in SIP → name in hashlib."""
NONCES_KEPT = 4_096
"""Nonces whose counts are remembered: one for each phone that authenticated within a nonce's life."""

_PAIR = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Accepted:
    user: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The answer is wrong for good: another nonce would not mend it."""

    why: Literal["malformed", "algorithm", "password"]


@dataclass(frozen=True, slots=True)
class Stale:
    """Right, but for a nonce that is old, not ours, or that was used with this count before: ask again."""


def credentials(value: str) -> dict[str, str]:
    """The parameters of an Authorization header; {} where it is no Digest."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    pairs = [found for part in split(rest, ",") if (found := _PAIR.fullmatch(part))]
    return {pair[1].lower(): unquoted(pair[2].strip()) for pair in pairs}


def expected(given: Mapping[str, str], method: str, realm: str, password: str, algorithm: str) -> str:
    """The `response` that somebody who knows the password sends: RFC 7616 section 3.4.1, without qop RFC 2069."""

    def digest(text: str) -> str:
        return hashlib.new(ALGORITHMS[algorithm], text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    secret = digest(f"{given.get('username', '')}:{realm}:{password}")
    request = digest(f"{method}:{given.get('uri', '')}")
    count = ":".join(given.get(name, "") for name in ("nc", "cnonce", "qop"))
    middle = f"{given.get('nonce', '')}:{count}" if given.get("qop") else given.get("nonce", "")
    return digest(f"{secret}:{middle}:{request}")


class Nonces:
    """Makes nonces that need no memory until they are used: time and a keyed hash over it and the source address."""

    def __init__(self, life: float, key: bytes | None = None) -> None:
        """`life`: seconds that one may be used."""
        self._life = life
        self._key = key or secrets.token_bytes(32)
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._forgotten = -1
        """Nonces made in this second or before are old: their counts may have been forgotten."""

    def make(self, address: str, now: float) -> str:
        """`now`: seconds of a monotonic clock."""
        head = f"{int(now):x}-{secrets.token_hex(8)}"
        return f"{head}-{self._seal(head, address)}"

    def good(self, nonce: str, address: str, now: float) -> bool:
        """Ours, for this address, and not too old."""
        head, _, seal = nonce.rpartition("-")
        if not hmac.compare_digest(seal.encode("utf-8", "replace"), self._seal(head, address).encode()):
            return False
        made = int(head.partition("-")[0], 16)
        return self._forgotten < made and now - made <= self._life

    def use(self, nonce: str, count: int) -> bool:
        """Whether a good nonce was not used with this count, or a higher one, before. RFC 7616 section 3.4."""
        if count <= self._counts.get(nonce, 0):
            return False
        self._counts[nonce] = count
        while len(self._counts) > NONCES_KEPT:
            oldest, _ = self._counts.popitem(last=False)
            self._forgotten = max(self._forgotten, int(oldest.partition("-")[0], 16))
        return True

    def _seal(self, head: str, address: str) -> str:
        return hmac.new(self._key, f"{head}|{address}".encode("utf-8", "replace"), "sha256").hexdigest()[:32]


class Authenticator:
    """Challenges, and judges what comes back. `users`: name → password."""

    def __init__(self, realm: str, users: Mapping[str, str], algorithms: tuple[str, ...], nonces: Nonces) -> None:
        """`algorithms`: most wanted first; phones that know none of the later ones stop at the first."""
        self._realm = realm
        self._users = users
        self._algorithms = algorithms
        self._nonces = nonces
        self._nobody = secrets.token_hex(16)

    def challenges(self, address: str, now: float, *, stale: bool = False) -> list[str]:
        """Values for WWW-Authenticate, one for each algorithm (RFC 8760 section 2.4)."""
        more = ", stale=true" if stale else ""
        nonce = self._nonces.make(address, now)
        return [
            f'Digest realm="{self._realm}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{more}'
            for algorithm in self._algorithms
        ]

    def judge(self, given: Mapping[str, str], method: str, address: str, now: float) -> Accepted | Stale | Denied:
        """`given`: the parameters of Authorization. Takes as long for a user that does not exist."""
        qop, count = given.get("qop", ""), _count(given.get("nc", ""))
        if not given.get("username") or not given.get("nonce") or qop not in ("", "auth") or (qop and count is None):
            return Denied("malformed")
        algorithm = given.get("algorithm", "MD5").upper()
        if algorithm not in self._algorithms:
            return Denied("algorithm")
        user, realm = given["username"], given.get("realm", "")
        password = self._users.get(user, self._nobody)
        right = expected(given, method, self._realm, password, algorithm)
        same = hmac.compare_digest(right.encode(), given.get("response", "").lower().encode("utf-8", "replace"))
        if not same or user not in self._users or realm != self._realm:
            return Denied("password")
        nonce = given["nonce"]
        if not self._nonces.good(nonce, address, now) or not self._nonces.use(nonce, count or 1):
            return Stale()
        return Accepted(user)


def _count(text: str) -> int | None:
    """nc: eight hexadecimal digits, from 1 on."""
    return int(text, 16) or None if re.fullmatch(r"[0-9a-fA-F]{8}", text) else None
