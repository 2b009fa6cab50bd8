"""A SIP server in a process of its own, for tests: `python -m tests.sip.agent [--max-calls N] [--lost-after S] MODE`.

It prints its address, then one JSON line for each thing that happens. MODE: `echo` plays back what it hears, `tone`
plays a tone from the start, `ring` never answers, `hangup` answers and hangs up at once, `obey` echoes and does what
keys tell it: 7 presses keys, 8 holds, 9 takes back, 6 does both, 5 hides what is pressed from then on. SIGTERM ends
it; exit code 0 says that PJSIP was left cleanly.
"""

import argparse
import asyncio
import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import numpy as np
import structlog

from runtime.config import Number
from runtime.reception import receive
from telephony.accounts import AccountSettings, AccountState
from telephony.gate import Gate
from telephony.nat import NatSettings
from telephony.secret import Secret
from telephony.sip import Answered, Ended, KeyPressed, SipAgent, SipCall, SipSettings
from telephony.transports import TlsSettings
from tests.telephony.in_python import use_ports_in_python

_tasks: set["asyncio.Task[None]"] = set()
_line = threading.Lock()


def say(**what: object) -> None:
    """Also on the SIP thread: a line goes out whole."""
    with _line:
        print(json.dumps(what), flush=True)


async def serve(settings: SipSettings, mode: str, number: Number, dial: str) -> None:
    def changed(state: AccountState) -> None:
        say(account=state.name, state=state.state, hop=state.hop, code=state.code, retry=state.retry)
        if dial and state.up:
            spawn(call_out(agent, dial, state.name))

    def count(why: str, count: int) -> None:
        say(unwanted=why, count=count)

    agent = SipAgent(settings, changed, counted=count)
    await agent.start()
    stopping = asyncio.Event()
    for quit_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(quit_, stopping.set)
    say(uri=agent.uri, uris=agent.uris)
    answering = spawn(answer_all(agent, mode, number))
    await stopping.wait()
    await agent.stop()
    await answering
    if _tasks:
        await asyncio.wait(_tasks, timeout=2)
    say(stopped=True, left=agent.calls)


def spawn(work: "object") -> "asyncio.Task[None]":
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task  # type: ignore[no-any-return]


async def call_out(agent: SipAgent, number: str, account: str) -> None:
    call = await agent.dial(number, account)
    async for event in call.events():
        say(called=number, by=call.account, event=type(event).__name__, cause=getattr(event, "cause", ""))
        if isinstance(event, Answered):
            await call.hangup()


async def answer_all(agent: SipAgent, mode: str, number: Number) -> None:
    async for call in agent.incoming():
        say(call=call.id, remote=call.remote, by=call.account, called=call.called, **asdict(call.caller))
        spawn(attend(call, mode, number))


async def attend(call: SipCall, mode: str, number: Number) -> None:
    sound = None
    if mode == "ring":
        await call.ring()
    elif await receive(call, number):
        sound = spawn(tone(call) if mode == "tone" else echo(call))
    async for event in call.events():
        say(call=call.id, event=type(event).__name__, **{name: getattr(event, name) for name in event.__slots__})
        if mode == "hangup" and isinstance(event, Answered):
            await call.hangup()
        if mode == "obey" and isinstance(event, KeyPressed):
            await obey(call, event.digit)
        if isinstance(event, Ended) and sound is not None:
            await sound


async def obey(call: SipCall, key: str) -> None:
    match key:
        case "7":
            say(done=await call.send_dtmf("147*0#D"), key=key)
        case "8":
            say(done=await call.hold(), key=key)
        case "5":
            say(done=await call.hide_keys(lambda _: "•"), key=key)
        case "6":
            spawn(hold_a_while(call))
        case "9":
            say(done=await call.resume(), key=key)


async def hold_a_while(call: SipCall) -> None:
    await call.hold()
    await asyncio.sleep(2.0)  # linphone sleeps for a second after each key
    say(done=await call.resume(), key="6")


async def echo(call: SipCall) -> None:
    seconds = 0
    async for frame in call.line.heard():
        if call.line.queued < call.line.rate // 10:  # on hold what is played waits
            call.line.play(frame.pcm)
        if frame.start >= seconds + 1:
            say(call=call.id, heard=(seconds := seconds + 1))


async def tone(call: SipCall) -> None:
    rate = call.line.rate
    sound = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate // 5) / rate)).astype(np.int16)
    async for _ in call.line.heard():
        if call.line.queued < rate // 5:
            call.line.play(sound)


def burn() -> None:
    while True:
        sum(range(1_000))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["echo", "tone", "ring", "hangup", "obey"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--max-calls", type=int, default=32)
    parser.add_argument("--lost-after", type=float, default=30.0)
    parser.add_argument("--hold-limit", type=float, default=900.0)
    parser.add_argument("--trace", type=int, default=0)
    parser.add_argument("--settings", default="{}", help="more of SipSettings, as JSON")
    parser.add_argument("--dial", default="", help="a number to call by an account, once it is up")
    parser.add_argument("--burn", type=int, default=0, help="threads that keep the interpreter busy")
    parser.add_argument("--ports-in-python", action="store_true", help="as with the public package, to compare with")
    parser.add_argument("--ring", type=float, default=0.0, help="seconds until it answers")
    parser.add_argument("--early", action="store_true", help="with early media")
    parser.add_argument("--allowed", nargs="*", default=list(Gate().allowed), help="networks that may call")
    parser.add_argument("--trusted", nargs="*", default=[], help="networks whose assertions are believed")
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument("--algorithm", action="append")
    parser.add_argument("--rate", type=float, default=2.0)
    parser.add_argument("--burst", type=int, default=10)
    parser.add_argument("--messages", type=int, default=Gate().messages, help="read for each attempt")
    parser.add_argument("--listed-rate", type=float, default=Gate().listed_rate, help="messages of who is allowed")
    parser.add_argument("--nonce", type=float, default=300.0, help="seconds that a challenge lives")
    options = parser.parse_args()
    users = dict(one.split(":", 1) for one in options.user)
    gate = Gate(
        tuple(options.allowed), tuple(options.trusted), users,
        algorithms=tuple(options.algorithm or Gate().algorithms), rate=options.rate, burst=options.burst,
        nonce_seconds=options.nonce, messages=options.messages, listed_rate=options.listed_rate,
    )  # fmt: skip
    given = json.loads(options.settings)
    if tls := given.pop("tls", None):
        given["tls"] = TlsSettings(
            **{key: Path(value) if isinstance(value, str) else value for key, value in tls.items()}
        )
    given["nat"] = NatSettings(**given.get("nat", {}))
    given["accounts"] = tuple(
        AccountSettings(
            **{**account, "secret": Secret(account.get("secret", "")), "codecs": tuple(account.get("codecs", ()))}
        )
        for account in given.get("accounts", ())
    )
    settings = SipSettings(
        port=options.port,
        max_calls=options.max_calls,
        lost_after=options.lost_after,
        hold_limit=options.hold_limit,
        trace=options.trace,
        country="34",
        gate=gate,
        **given,
    )
    if options.ports_in_python:
        use_ports_in_python()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for the test
    for _ in range(options.burn):
        threading.Thread(target=burn, daemon=True).start()
    number = Number("*", ring_seconds=options.ring, early_media=options.early)
    asyncio.run(serve(settings, options.mode, number, options.dial))


if __name__ == "__main__":
    main()
