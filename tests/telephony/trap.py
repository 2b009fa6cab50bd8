"""What ends a process that uses pjsua2 carelessly, tried on our layer: `python -m tests.telephony.trap CASE`.

Each case runs in a process of its own and says "clean" at its end; whether the process outlived it its exit code tells.
Calls go from the agent to itself: both sides of the library are in it, and nothing else is needed.
"""

import array
import asyncio
import gc
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import numpy as np
import pytest

from core.errors import TelephonyError
from telephony import legs, pj
from telephony.events import Answered, Ended
from telephony.media import open_port
from telephony.sip import SipAgent, SipCall, SipSettings
from telephony.stack import Stack
from tests.telephony.in_python import use_ports_in_python

LIMIT = 60.0
REFUSED = 4


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[SipAgent]:
    """An agent that answers every call."""
    agent = SipAgent(SipSettings(port=0, **settings))
    await agent.start()
    answering = asyncio.ensure_future(answer_all(agent))
    try:
        yield agent
    finally:
        await agent.stop()
        await answering


async def answer_all(agent: SipAgent) -> None:
    async for call in agent.incoming():
        await call.answer()


async def dialled(agent: SipAgent) -> SipCall:
    """A call to itself, once it is answered."""
    call = await agent.dial(agent.uri)
    async with asyncio.timeout(LIMIT):
        async for event in call.events():
            assert not isinstance(event, Ended), event
            if isinstance(event, Answered):
                break
    return call


async def gone(agent: SipAgent, *calls: SipCall) -> None:
    for call in calls:
        await call.hangup()
    async with asyncio.timeout(LIMIT):
        while agent.calls:
            await asyncio.sleep(0.02)


async def talk(agent: SipAgent, times: int = 1) -> None:
    for _ in range(times):
        call = await dialled(agent)
        call.line.play(np.ones(3_200, np.int16))
        await asyncio.sleep(0.05)
        await gone(agent, call)


# The cases


async def left_up() -> None:
    """The program ends in the middle of two calls and never stops the agent."""
    agent = SipAgent(SipSettings(port=0))
    await agent.start()
    asyncio.ensure_future(answer_all(agent))  # noqa: RUF006
    for _ in range(2):
        await dialled(agent)


async def fails_in_a_call() -> None:
    """The same, by an exception that nobody catches; another thread is still at work."""
    await left_up()
    threading.Thread(target=lambda: [sum(range(1_000)) for _ in range(10_000)], daemon=True).start()
    raise SystemExit(3)


async def fifty() -> None:
    """Up and down fifty times in one process, every fifth time with a call."""
    for turn in range(50):
        async with running() as agent:
            if turn % 5 == 0:
                await talk(agent)


async def stopped_in_calls() -> None:
    """Stopped with calls in every state: up, ringing, being dialled, and one that ends at the same moment."""
    for _ in range(5):
        agent = SipAgent(SipSettings(port=0))
        await agent.start()
        ringing = await agent.dial(agent.uri)
        async for call in agent.incoming():
            await call.ring()
            break
        others = [await agent.dial(agent.uri) for _ in range(3)]
        await asyncio.gather(ringing.hangup(), others[0].hangup(), agent.stop())


async def kept_references() -> None:
    """What a program still holds when the library is gone: calls, lines, a generator in the middle, an error."""
    kept: list[object] = []
    async with running() as agent:
        call = await dialled(agent)
        frames = call.line.heard()
        kept += [call, call.line, await anext(frames), frames, call.events(), await call.quality()]
        try:
            await agent.dial("no address at all")
        except Exception as error:  # noqa: BLE001
            kept.append(error)
        kept.append(agent)
    assert await call.hold() is False
    assert await call.quality() is None
    call.line.play(np.ones(320, np.int16))
    kept.append(open_port())
    globals()["kept"] = kept  # until the interpreter is torn down


async def collected_elsewhere() -> None:
    """Two threads that collect garbage all the time, none of them known to the library, while calls come, are refused
    and go."""
    over = threading.Event()

    def collect() -> None:
        while not over.is_set():
            loop: list[object] = []
            loop.append(loop)
            gc.collect()

    gc.set_threshold(1)
    threads = [threading.Thread(target=collect) for _ in range(2)]
    for thread in threads:
        thread.start()
    causes: Counter[str] = Counter()
    try:
        async with running(max_calls=3) as agent:
            for _ in range(REFUSED):
                call = await dialled(agent)
                refused = await agent.dial(agent.uri)
                async with asyncio.timeout(LIMIT):
                    async for event in refused.events():
                        if isinstance(event, Ended):
                            causes[f"{event.cause} {event.code}"] += 1
                await gone(agent, call)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert causes == {"busy 486": REFUSED}, f"a refused call that is let go of too soon answers 603: {causes}"


async def one_thread() -> None:
    """Every call into the library in the life of an agent is made on its thread, and every call of it dies there."""
    import _pjsua2

    where: dict[str, set[str]] = {}
    owned = ("Endpoint_", "Call_", "Account_", "AudioMedia_", "RingPort_createPort", "RingPort_close")
    harmless = {"Endpoint_swiginit", "Call_swiginit", "Account_swiginit", "AudioMedia_swiginit"}

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*arguments: Any) -> Any:
            where.setdefault(name, set()).add(threading.current_thread().name)
            return function(*arguments)

        return call

    pj.load()
    for name in dir(_pjsua2):
        function = getattr(_pjsua2, name)
        if name.startswith(owned) and callable(function) and not name.endswith("swigregister") and name not in harmless:
            setattr(_pjsua2, name, watched(name, function))
    legs.leg_class().__del__ = lambda _: where.setdefault("~Leg", set()).add(threading.current_thread().name)
    async with running() as agent:
        call = await dialled(agent)
        await call.send_dtmf("1")
        await call.hold()
        await asyncio.sleep(0.3)
        await call.resume()
        await call.quality()
        await asyncio.sleep(0.3)
        await gone(agent, call)
        del call
    gc.collect()
    assert {"Endpoint_libHandleEvents", "Call_makeCall", "Call_answer", "Call_setHold", "~Leg"} <= set(where), set(
        where
    )
    elsewhere = {name: threads for name, threads in where.items() if threads != {"sip"}}
    assert not elsewhere, elsewhere


async def callbacks_that_raise() -> None:
    """What is called back by C fails, each time: the call is lost or goes on, the others are none the worse."""
    for name in ("called", "state_changed", "media_changed", "key_pressed", "account_for", "rejected"):
        sound = getattr(Stack, name)

        def fail(*_: object) -> None:
            raise ValueError("on purpose")

        async with running(lost_after=0) as agent:
            setattr(Stack, name, fail)
            try:
                await agent.dial(agent.uri)
            except Exception as error:  # noqa: BLE001
                print(name, type(error).__name__, file=sys.stderr)
            await asyncio.sleep(0.3)
            setattr(Stack, name, sound)
            call = await dialled(agent)
            await call.hangup()


async def freed_memory() -> None:
    """Run with MALLOC_PERTURB_: what is read after it was freed is rubbish. Media change again and again."""
    async with running() as agent:
        for _ in range(3):
            call = await dialled(agent)
            for _ in range(3):
                await call.hold()
                await asyncio.sleep(0.15)
                await call.resume()
                await asyncio.sleep(0.15)
            await call.quality()
            await gone(agent, call)


async def errors_without_words() -> None:
    """An error of the library says nothing by itself; ours do, and hold nothing of the library's."""

    def wrong() -> str:
        try:
            pj.load().Endpoint.instance().transportClose(99)
        except pj.load().Error as error:
            return f"{error}|{legs.reason(error)}"
        return "nothing"

    async with running() as agent:
        assert agent._stack is not None
        plain, _, told = (await agent._stack.run(wrong)).partition("|")
        assert not plain
        assert len(told) > 5, told
        for uri in ("no address at all", "sip:", "sip:a@b:99999999"):
            with pytest.raises(TelephonyError, match=r": .{5}"):
                await agent.dial(uri)


async def wrong_types() -> None:
    """Whatever is handed to a ring port: an exception, and the port is as it was."""
    port = pj.load().RingPort(16_000, 20, 2_000, 2_000)
    port.write(np.arange(320, dtype=np.int16))
    strided = np.zeros((4, 4), np.int16)[:, ::2]
    wrong: list[object] = [
        np.zeros(4, np.float32), np.zeros(4, np.float64), np.zeros(4, np.int32), np.zeros(4, object), strided,
        b"odd", "text", None, 7, 1.5, [1, 2], {}, object(), port, array.array("d", [1.0]), memoryview(b"abc"),
    ]  # fmt: skip
    released = memoryview(bytearray(8))
    released.release()
    wrong.append(released)
    for one in wrong:
        for method in (port.write, port.readInto, port.take, port.deliver):
            try:
                method(one)
            except (TypeError, BufferError, ValueError):
                continue
            raise AssertionError(f"{method} took {one!r}")
    for read_only in (bytes(640), memoryview(bytes(640))):
        for method in (port.readInto, port.take):
            try:
                method(read_only)
            except (TypeError, BufferError):
                continue
            raise AssertionError(f"{method} writes into what is read only")
    out = np.zeros(320, np.int16)
    assert (port.take(out), port.available(), port.queued()) == (320, 0, 0)
    assert np.array_equal(out, np.arange(320))


async def ports_in_a_storm() -> None:
    """Six threads read, write and drop one port's sound at once, and close it under one another's hands."""
    for _ in range(8):
        port = open_port()
        over = threading.Event()

        def work(turn: int, port: Any = port, over: threading.Event = over) -> None:
            pcm = np.zeros(320, np.int16)
            while not over.is_set():
                (port.write, port.deliver, port.readInto, port.take)[turn % 4](pcm)
                port.clear()
                port.queued()

        threads = [threading.Thread(target=work, args=(turn,)) for turn in range(6)]
        for thread in threads:
            thread.start()
        await asyncio.sleep(0.02)
        port.close()
        port.close()
        over.set()
        for thread in threads:
            thread.join()


async def ports_in_python() -> None:
    """Without our ring port, calls end while the media clock is in a callback of theirs, waiting for Python."""
    use_ports_in_python()

    def burn() -> None:
        while not over.is_set():
            sum(range(1_000))

    for _ in range(5):
        over = threading.Event()
        busy = threading.Thread(target=burn, daemon=True)
        async with running(lost_after=0, max_calls=20) as agent:
            for _ in range(5):
                await dialled(agent)
            await asyncio.sleep(0.2)
            busy.start()
        over.set()
        busy.join()


CASES: dict[str, Callable[[], Awaitable[None]]] = {
    case.__name__: case
    for case in (
        left_up, fails_in_a_call, fifty, stopped_in_calls, kept_references, collected_elsewhere, one_thread,
        callbacks_that_raise, freed_memory, errors_without_words, wrong_types, ports_in_a_storm,
        ports_in_python,
    )
}  # fmt: skip


async def main(case: str) -> None:
    await CASES[case]()  # type: ignore[misc]
    print("clean", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
