"""A PIN in a conversation: every byte that is written, shown, said or logged is searched for it. On virtual time."""

import asyncio
import threading

import pytest
from structlog.testing import capture_logs

from core.errors import AgentError
from runtime.agent import DialogState, Expect, Heard, Plan, Reply
from runtime.agent.pins import Pins
from runtime.events import Dtmf, HungUp, Kept, UserSaid
from runtime.keys import HIDDEN
from runtime.messages import Message
from tests.runtime.counter import Counter, Script
from tests.runtime.test_secret import press_all, written
from tests.runtime.test_session import talk

pytestmark = pytest.mark.unit

PIN = "8264"


class Bank(Script):
    """Asks for a PIN at the word, and looks at it once when it has been keyed."""

    def __init__(self) -> None:
        super().__init__()
        self.pins = Pins()
        self.checked: list[bytes] = []
        self.tokens: list[str] = []

    def keep(self, digits: memoryview) -> str:
        self.tokens.append(self.pins.keep(digits))
        return self.tokens[-1]

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        if heard.text == "my balance":
            asked = DialogState(expect=Expect("secret", 4, 4, keeper="pack"))
            return Plan(heard, "balance", 1.0, "script", (), Reply((Message("Key in your PIN."),)), asked)
        if heard.token:
            with self.pins.opened(heard.token) as digits:
                self.checked.append(bytes(digits))
        return super().plan(state, heard, conversation)


def call(counter: Counter, bank: Bank) -> Counter:
    """Answered by `bank`, where no payment provider is."""
    counter.script = bank
    counter.vault = None  # type: ignore[assignment]
    return counter


def test_a_pin_reaches_the_pack_and_nobody_else() -> None:
    bank = Bank()

    async def customer(counter: Counter) -> None:
        await counter.say("my balance", after=3)
        await asyncio.sleep(4)
        await counter.say("eight two six four", words=4)
        await press_all(counter, PIN)
        await asyncio.sleep(5)
        counter.channel.press("9")
        await asyncio.sleep(8)

    with capture_logs() as logs:
        counter = talk(lambda: call(Counter(), bank), customer)
    [kept] = counter.recorder.of(Kept)
    assert [kept.token] == bank.tokens
    assert bank.checked == [PIN.encode()]
    assert f"Kept {kept.token}." in counter.said()
    assert "".join(event.digit for event in counter.recorder.of(Dtmf)) == f"{HIDDEN * 4}9"
    assert [event.text for event in counter.recorder.of(UserSaid)] == ["my balance", "9"]
    everything = written(counter) + repr(logs).encode() + repr(bank.planned).encode()
    for secret in (PIN, "eight", " ".join(PIN)):
        assert secret.encode() not in everything


def test_hanging_up_before_it_is_checked_leaves_nothing() -> None:
    bank = Bank()

    async def customer(counter: Counter) -> None:
        await counter.say("my balance", after=3)
        await asyncio.sleep(4)
        await press_all(counter, PIN[:3])
        counter.channel.send(HungUp(cause="lost"))
        await asyncio.sleep(1)

    talk(lambda: call(Counter(), bank), customer)
    assert not bank.tokens


def test_what_nobody_opens_is_wiped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.agent.pins.LASTS", 0.0)
    pins = Pins()
    before = set(threading.enumerate())
    token = pins.keep(memoryview(PIN.encode()))
    for timer in set(threading.enumerate()) - before:
        timer.join(10)
    with pytest.raises(AgentError, match="no longer held"), pins.opened(token):
        pass
