import pytest

from runtime.bench import meets
from runtime.bench.flood import KINDS, QUESTIONS, _figures, message

pytestmark = pytest.mark.unit


def test_the_ratio_is_that_of_the_medians_of_the_rounds() -> None:
    rounds = [[0.5] * QUESTIONS, [1.0] * QUESTIONS, [9.0] * QUESTIONS]
    rows = {row.name.strip(): row for row in _figures("INVITE", rounds, rounds, 400)}
    ratio = rows["p95, with to without"]
    assert ratio.value == 1
    assert meets(ratio)
    assert rows["with one"].value == 1.0
    slower = {row.name.strip(): row for row in _figures("INVITE", [[1.0]], [[1.3]], 400)}
    assert not meets(slower["p95, with to without"])
    assert slower["questions without an answer"].value == QUESTIONS - 1


def test_nothing_that_was_answered_is_said_so() -> None:
    (row,) = _figures("INVITE", [[]], [[]], 400)
    assert "nothing was answered" in row.name


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_messages_of_a_flood_are_the_same(kind: str) -> None:
    assert message(kind, 1) != message(kind, 2)
    assert kind == "garbage" or message(kind, 1).startswith(f"{kind} sip:".encode())
