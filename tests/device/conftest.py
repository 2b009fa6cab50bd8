"""One device for all tests that only talk to it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from runtime.bench.device import Device, device


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[Device]:
    async with device("[limits]\nsilence_seconds = 12.0") as started:
        yield started
