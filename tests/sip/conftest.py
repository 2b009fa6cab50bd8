"""What is started for the tests of the telephone, and ended by them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sip.kamailio import Kamailio, Registrar
from tests.sip.phones import Start, servers


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
