"""What is started for the tests of the telephone, and ended by them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from telephony.sip import SipAgent
from tests.sip.kamailio import Kamailio, Registrar
from tests.sip.legs import Make, agent_with
from tests.sip.melody import melody
from tests.sip.phones import Start, servers
from tests.sip.rtp import RATE, RtpPeer
from voice.frames import Pcm


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers of ours: `start(mode, *options, **settings)`."""
    with servers() as begin:
        yield begin


@pytest.fixture
def registrar(tmp_path: Path) -> Iterator[Registrar]:
    """Starts registrars."""
    running: list[Kamailio] = []

    def begin(**options: Any) -> Kamailio:
        running.append(Kamailio(tmp_path, **options))
        return running[-1]

    yield begin
    for kamailio in running:
        kamailio.stop()


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[SipAgent]:
    """Ours, in this process."""
    async with agent_with() as running:
        yield running


@pytest.fixture
def speak() -> Iterator[Make]:
    """Makes the sound of callers."""
    peers: list[RtpPeer] = []

    def make(said: Pcm | None = None, **how: object) -> RtpPeer:
        peers.append(RtpPeer(melody(60.0, RATE) if said is None else said, **how))  # type: ignore[arg-type]
        return peers[-1]

    yield make
    for peer in peers:
        peer.close()
