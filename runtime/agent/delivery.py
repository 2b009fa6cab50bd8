"""How a one-time code reaches a customer: a company's own message service over HTTP, or a table that stands for one."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

import structlog

from runtime.agent.connect.loop import within

log = structlog.get_logger(__name__)

Deliver = Callable[[sqlite3.Connection, str, str], bool]
"""Send to a recipient (a telephone number, an address) a text; whether it is on its way. Called by a pack's tool that
checks who somebody is, between two transactions of it. Nothing of either may be logged."""

SECONDS = 2.0
"""What the service may take in all."""
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
            status = within(SECONDS, self._posted({"to": recipient, "text": body}))
        except (httpx.HTTPError, TimeoutError) as error:
            log.error("code_not_sent", cause=type(error).__name__)
            return False
        sent = 200 <= status < 300
        if not sent:
            log.error("code_not_sent", status=status)
        return sent

    async def _posted(self, message: dict[str, str]) -> int:
        """The status."""
        import httpx

        async with (
            httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client,
            client.stream("POST", self._url, json=message, headers=self._headers) as answer,
        ):
            return answer.status_code

    def __repr__(self) -> str:
        return "Http(•••)"
