import asyncio
from collections.abc import Callable

import pytest

from runtime.bench import Result, Row
from runtime.commands.bench import _with

pytestmark = pytest.mark.unit

Progress = Callable[[str, float], None]


async def plain(progress: Progress) -> Result:
    return Result("plain", ())


async def long(progress: Progress, minutes: float = 1.0) -> Result:
    return Result("long", (Row("minutes", minutes, ""),))


def test_a_bench_gets_the_options_that_it_knows() -> None:
    def of(minutes: float | None, whole: bool) -> Result:
        return asyncio.run(_with(long, minutes=minutes, whole=whole)(lambda _doing, _share: None))

    assert of(10.0, True).rows[0].value == 10.0
    assert of(None, True).rows[0].value == 1.0
    assert asyncio.run(_with(plain, minutes=10.0, whole=True)(lambda _doing, _share: None)).bench == "plain"
