"""Calls that the other side has asked us to place instead of one that is up (RFC 3515), on the SIP thread.

Only to targets that are listed. The new call keeps number and port of the old one, so that whoever talks on it hears
no difference but a pause; PJSIP itself tells the other side what comes of it.
"""

import time
from typing import TYPE_CHECKING, Any

import structlog

from telephony import pj
from telephony.dialling import RING_SECONDS
from telephony.legs import leg_class
from telephony.policy import REFER_STATUS
from telephony.refer import allowed

if TYPE_CHECKING:
    from telephony.stack import Stack

_log = structlog.get_logger(__name__)


class Referred:
    """The calls on their way, and those that they have taken the place of."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._coming: dict[int, Any] = {}
        """By the number of the call that each is to replace."""
        self._leaving: list[Any] = []

    def asked(self, leg: Any, target: str) -> tuple[int, Any]:
        """The answer to a REFER, and the leg that goes there, if one does."""
        if not allowed(target, self._stack.settings.transfers) or leg.number in self._coming or not leg.answered:
            return REFER_STATUS, None
        _log.info("sip_transferred", target_pii=target, account=leg.account)
        coming = leg_class()(self._stack, leg.number, leg.owner, None, leg.port)
        coming.told = True  # until it is the one
        self._coming[leg.number] = coming
        return 202, coming

    def holds(self, leg: Any) -> bool:
        """Whether a leg is on its way, and not the one yet."""
        return self._coming.get(leg.number) is leg

    def changed(self, leg: Any, state: int) -> bool:
        """The state of any leg has changed; True: there is nothing more to it."""
        library = pj.load()
        if self.holds(leg):
            if state == library.PJSIP_INV_STATE_CONFIRMED:
                leg.answered = True
                old = self._swap(leg)
                self._stack.media_changed(leg)
                self._stack.end(old)
            elif state == library.PJSIP_INV_STATE_DISCONNECTED:
                del self._coming[leg.number]
                self._stack.over(leg)
            return True
        if state == library.PJSIP_INV_STATE_DISCONNECTED:
            if leg in self._leaving:
                self._leaving.remove(leg)
                self._stack.over(leg)
                return True
            coming = self._coming.get(leg.number)
            if coming is not None and leg.ours is None and coming.isActive():  # gone as soon as we had agreed
                self._swap(coming)
                self._leaving.remove(leg)
                self._stack.over(leg)
                return True
        return False

    def give_up(self, now: float) -> None:
        """Those that nobody answers, or that there is no call to any more."""
        for number, leg in list(self._coming.items()):
            if not leg.isActive():
                del self._coming[number]
            elif now - leg.began > RING_SECONDS or not self._stack.is_up(number):
                self._stack.end(leg)

    def stop(self) -> None:
        """Call nobody any more; `leaving` until they know."""
        for leg in self._coming.values():
            self._stack.end(leg)

    @property
    def leaving(self) -> bool:
        return bool(self._coming or self._leaving)

    def close(self) -> None:
        self._coming.clear()
        self._leaving.clear()

    def _swap(self, coming: Any) -> Any:
        """It is the one from now on; returns the old one."""
        old = self._stack.replace(coming)
        del self._coming[coming.number]
        coming.told, coming.hide, coming.caller, coming.called = False, old.hide, old.caller, old.called
        coming.hold, coming.hold_since = old.hold, time.monotonic()
        old.told = True
        self._leaving.append(old)
        return old
