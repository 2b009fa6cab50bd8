"""The keys of one conversation: numbers that are collected, and secrets that nobody here may know."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from runtime.agent import Expect, Language
from runtime.channels import Channel
from runtime.events import Kept
from runtime.keys import Keyed, Keypad, Outcome, joined, wanted_of
from runtime.protected import Keep, Protected


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the keys need of their conversation."""

    expect: Callable[[], Expect]
    """What the customer is asked for now."""
    busy: Callable[[], bool]
    """We are still answering, or asking."""
    start: Callable[[Coroutine[None, None, None]], None]
    """Do it in place of an answer: cut off by whatever cuts off answers."""
    typed: Callable[[str], None]
    """Digits that are a turn of the customer."""
    kept: Callable[[Kept], None]
    """What has become of a secret."""


class Digits:
    """Collects what is keyed. While a secret is asked for, the keys go past everybody, to the payment provider."""

    def __init__(self, channel: Channel, keep: Keep, hooks: Hooks) -> None:
        self._hooks = hooks
        self._keypad = Keypad(self.complete)
        self._protected = Protected(channel, keep)

    @property
    def secret(self) -> bool:
        """What the customer is asked for is nothing that we may know."""
        return self._hooks.expect().kind == "secret"

    @property
    def held(self) -> str:
        """Keyed and not complete; "•" for each digit of a secret."""
        return self._keypad.held

    @property
    def missing(self) -> int:
        """Digits that are still to come, keyed or said."""
        expect = self._hooks.expect()
        return max(0, expect.digits - expect.held - len(self.held))

    @property
    def closed(self) -> bool:
        """A secret is on its way to the provider: a key that is told of now does not count."""
        return self.secret and self._protected.closed

    def want(self) -> None:
        """From now on collect what is asked for now."""
        self._keypad.wanted = wanted_of(self._hooks.expect())

    async def guard(self) -> bool:
        """Keep the keys from everybody while a secret is asked for, and no longer. False: there are none here."""
        if self.secret:
            return await self._protected.collect(self._keypad.wanted)
        await self._protected.stop()
        return True

    def press(self, key: str) -> Keyed | None:
        """What this key completes."""
        return self._keypad.press(key)

    def complete(self, keyed: Keyed) -> None:
        """Digits are complete, by their number, by `#` or by a pause: a turn."""
        if self.secret and self._hooks.busy():
            self._keypad.go_on()  # still asking
        elif self.secret:
            self._protected.close()
            self._hooks.start(self._hand_over(keyed))
        elif keyed.digits:
            self._hooks.typed(keyed.digits)

    def and_said(self, text: str, language: Language) -> str:
        """What is meant by words that follow digits which were keyed; those are held no longer."""
        keyed = self._keypad.take()
        return joined(keyed, text, language, self._hooks.expect()) if keyed else text

    def pause(self) -> None:
        """No pause counts from now on: somebody is speaking, or on hold."""
        self._keypad.pause()

    def go_on(self) -> None:
        """A pause counts from now."""
        self._keypad.go_on()

    def close(self) -> None:
        """The conversation is over: nothing is kept."""
        self._keypad.pause()
        self._protected.wipe()

    async def _hand_over(self, keyed: Keyed) -> None:
        self._hooks.kept(await self._protected.hand_over(keyed))


def is_person(keyed: Keyed | None) -> bool:
    """A lone 0 while no number is wanted."""
    return keyed is not None and keyed.outcome is Outcome.PERSON
