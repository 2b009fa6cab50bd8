from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.dialling import Dialling, Route

pytestmark = pytest.mark.unit

ROUTES = [Route(None, f"sip:1@{hop}", hop) for hop in ("a", "b", "c")]


def dialled(routes: int = 2, until: float = 60.0) -> Dialling:
    return Dialling(deque(ROUTES[1 : 1 + routes]), until)


def test_silence_goes_on_to_the_next_hop_and_forgets_the_last() -> None:
    dialling = dialled()
    assert dialling.again(408, 10.0)
    assert dialling.routes[0].hop == "b"


def test_a_fault_of_the_hop_goes_on() -> None:
    dialling = dialled()
    dialling.heard(100, "")
    dialling.heard(503, "SIP/2.0 503 Full\r\nReason: Q.850;cause=34\r\n\r\n")
    assert dialling.q850 == 34
    assert dialling.again(503, 10.0)
    assert (dialling.code, dialling.q850) == (0, 0)


@pytest.mark.parametrize("code", [180, 183])
def test_not_once_somebody_has_been_found(code: int) -> None:
    dialling = dialled()
    dialling.heard(code, "")
    dialling.heard(503, "")
    assert not dialling.again(503, 10.0)


def test_not_when_time_is_up_nor_without_another_hop() -> None:
    assert not dialled().again(408, 60.0)
    assert not dialled(routes=0).again(408, 10.0)


@given(st.lists(st.integers(100, 699), max_size=6), st.integers(300, 699))
def test_whoever_has_decided_is_not_asked_by_another_way(codes: list[int], final: int) -> None:
    dialling = dialled()
    for code in [*codes, final]:
        dialling.heard(code, "")
    again = dialling.again(final, 0.0)
    assert again == (final in (408, 500, 502, 503, 504) and not any(100 < code < 200 for code in codes))
