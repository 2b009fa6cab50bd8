"""Which calls hear which, on the SIP thread: each alone with us, or two joined, with us or without.

Sound goes from call to call inside of PJSIP's bridge: nothing of it passes through Python.
"""

from typing import Any

import structlog

from telephony import pj

_log = structlog.get_logger(__name__)


class Bridge:
    """The joined calls. `legs`: all calls by number, as the stack keeps them."""

    def __init__(self, legs: dict[int, Any]) -> None:
        self._legs = legs
        self._joined: dict[int, int] = {}
        self._left: set[int] = set()
        """Calls that we have left to themselves."""

    def join(self, one: int, other: int, *, with_us: bool) -> bool:
        """Let two calls hear each other. `with_us`: what is played to either both hear, and we hear both on each line;
        otherwise nothing that we play is heard. False: one of them has ended."""
        if one not in self._legs or other not in self._legs:
            return False
        self._joined |= {one: other, other: one}
        if with_us:
            self._left -= {one, other}
        else:
            self._left |= {one, other}
        self.connect(self._legs[one])
        self.connect(self._legs[other])
        return True

    def part(self, number: int) -> bool:
        """Each is alone with us again. Safe to call at any time."""
        other = self._joined.pop(number, None)
        if other is None:
            return False
        self._joined.pop(other, None)
        self._left -= {number, other}
        one, two = self._legs.get(number), self._legs.get(other)
        if one is not None and two is not None:
            _cut(_audio(one), _audio(two))
            _cut(_audio(two), _audio(one))
            for mine, theirs in ((one, two), (two, one)):
                _cut(_port(mine), _audio(theirs))
                _cut(_audio(theirs), _port(mine))
        for leg in (one, two):
            if leg is not None:
                self.connect(leg)
        return True

    def connect(self, leg: Any) -> None:
        """Sound as it is to go, after this call's has changed."""
        audio = _audio(leg)
        if audio is None:
            return
        if leg.number in self._left:
            _cut(_port(leg), audio)
            _cut(audio, _port(leg))
        else:
            _feed(audio, _port(leg))
            _feed(_port(leg), audio)
        other = self._legs.get(self._joined.get(leg.number, 0))
        theirs = None if other is None else _audio(other)
        if other is None or theirs is None:
            return
        _feed(audio, theirs)
        _feed(theirs, audio)
        if leg.number in self._left:
            for mine, sound in ((leg, theirs), (other, audio)):
                _cut(_port(mine), sound)
                _cut(sound, _port(mine))
        else:
            for mine, sound in ((leg, theirs), (other, audio)):
                _feed(_port(mine), sound)
                _feed(sound, _port(mine))


def _audio(leg: Any) -> Any:
    """Its stream in the bridge; None while there is none, or no more."""
    try:
        return None if leg.stream is None else leg.getAudioMedia(leg.stream)
    except pj.load().Error:
        return None


def _port(leg: Any) -> Any:
    """Our end of a call, as PJSIP knows it: of a port in Python the half that is PJSIP's."""
    return getattr(leg.port, "bridge", leg.port)


def _feed(source: Any, sink: Any) -> None:
    """Its sound goes there, too, until it is cut. A call that ends just now is no error."""
    try:
        source.startTransmit(sink)
    except pj.load().Error as error:
        _log.info("sip_not_joined", reason=str(error.reason))


def _cut(source: Any, sink: Any) -> None:
    if source is None or sink is None:
        return
    try:
        source.stopTransmit(sink)
    except pj.load().Error as error:  # was not joined
        _log.debug("sip_not_cut", reason=str(error.reason))
