"""How a one-time code reaches a customer: a company's own message service over HTTP, or a table that stands for one."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

import structlog

log = structlog.get_logger(__name__)

Deliver = Callable[[sqlite3.Connection, str, str], bool]
"""Send to a recipient (a telephone number, an address) a text; whether it is on its way. Called by a pack's tool, in
its transaction. Nothing of either may be logged."""

SECONDS = 2.0
"""What the service may take: nothing else is written meanwhile."""
OUTBOX_KEPT = 86_400.0
"""Seconds."""


def outbox(db: sqlite3.Connection, recipient: str, body: str) -> bool:
    """For demonstrations and tests: into the table `outbox` of the pack's database, in clear, for a day."""
    now = datetime.now().astimezone().timestamp()
    db.execute("DELETE FROM outbox WHERE made < ?", (now - OUTBOX_KEPT,))
    db.execute("INSERT INTO outbox (made, recipient, body) VALUES (?, ?, ?)", (now, recipient, body))
    return True


class Http:
    """POSTs `{"to": …, "text": …}` as JSON; any answer from 200 to 299 means that it is on its way."""

    def __init__(self, url: str, token: str = "") -> None:
        """`token`: sent as a bearer token where there is one."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, db: sqlite3.Connection, recipient: str, body: str) -> bool:
        import httpx

        try:
            answer = httpx.post(self._url, json={"to": recipient, "text": body}, headers=self._headers, timeout=SECONDS)
        except httpx.HTTPError as error:
            log.error("code_not_sent", cause=type(error).__name__)
            return False
        if not answer.is_success:
            log.error("code_not_sent", status=answer.status_code)
        return answer.is_success

    def __repr__(self) -> str:
        return "Http(•••)"
