"""What a slot becomes as a parameter, and what an answer becomes as a result: of its kind, or refused."""

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from core.errors import ToolError
from runtime.agent.connect.given import as_given
from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import row

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "value", "given"),
    [
        ("boolean", "no", False), ("boolean", "sí", True), ("boolean", "Yes", True), ("boolean", "false", False),
        ("boolean", 0, False), ("boolean", True, True), ("boolean?", None, None), ("text?", None, None),
        ("text", date(2026, 12, 1), "2026-12-01"), ("text", time(9, 30), "09:30:00"),
        ("text", True, "true"), ("text", 7, "7"), ("text", Decimal("1.50"), "1.50"),
        ("integer", "12", 12), ("integer", 2.0, 2), ("number", "2.5", 2.5), ("number", 2, 2.0),
    ],
)  # fmt: skip
def test_a_parameter(kind: Any, value: Any, given: Any) -> None:
    found = as_given("x", value, kind)
    assert found == given
    assert type(found) is type(given)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", "perhaps"), ("boolean", ""), ("boolean", 2), ("boolean", None), ("integer", "2.5"),
        ("integer", 2.5), ("integer", True), ("integer", 2**63), ("integer", float("inf")), ("integer", [1]),
        ("number", "nan"), ("number", "1e999"), ("number", False), ("text", "\ud800"),
        ("text", None), ("text", ["a"]), ("text", len),
    ],
)  # fmt: skip
def test_a_parameter_that_does_not_fit(kind: Any, value: Any) -> None:
    with pytest.raises(ToolError) as caught:
        as_given("x", value, kind)
    assert caught.value.code == "tool.refused"


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("text", date(2026, 12, 1), "2026-12-01"), ("text", time(9, 30), "09:30:00"), ("text", Decimal("1E+2"), "100"),
        ("text", UUID(int=1), "00000000-0000-0000-0000-000000000001"), ("number", Decimal("1.5"), 1.5),
        ("integer", Decimal("7.00"), 7), ("boolean", 1, True), ("boolean", 0, False), ("text?", None, None),
    ],
)  # fmt: skip
def test_a_result(kind: Any, value: Any, result: Any) -> None:
    found = row({"x": value}, {"x": kind}, reached=False)["x"]
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5), ("text", True), ("text", b"x"), ("text", Decimal("NaN")), ("integer", Decimal("7.5")),
        ("integer", "7"), ("integer", True), ("integer", 2**63), ("number", float("nan")),
        ("number", Decimal("Infinity")), ("boolean", 2), ("boolean", "true"), ("text", None), ("text", "\ud800"),
        (["a"], "b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reached", [True, False])
def test_a_result_that_does_not_fit(kind: Any, value: Any, reached: bool) -> None:
    with pytest.raises(Trouble) as caught:
        row({"x": value}, {"x": kind}, reached=reached)
    assert (caught.value.code, caught.value.reached) == ("tool.garbage", reached)
