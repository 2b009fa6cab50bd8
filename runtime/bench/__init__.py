"""Measurements of this device: one file a bench, each prints a table and writes JSON."""

import statistics
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from runtime.trace import percentile

Half = Literal["tuning", "held out"]
"""Material that settings may be tuned on, and that which a bench reports on."""


class Row(Struct, frozen=True):
    """One measured figure; `bar` is what it should reach ("≤ 1.5"), empty where nothing is asked."""

    name: str
    value: float
    unit: str
    bar: str = ""
    note: str = ""


class Result(Struct, frozen=True):
    """What a bench found. `samples` holds every single measurement, by name, so that a plot can be made of it;
    `wrong` says in words what counts against a bar; `took`: seconds that the bench ran."""

    bench: str
    rows: tuple[Row, ...]
    samples: dict[str, list[float]] = {}
    machine: dict[str, str] = {}
    wrong: tuple[str, ...] = ()
    took: float = 0.0


def spread(
    name: str, values: Sequence[float], unit: str, bar: str = "", note: str = "", *, tail: str = ""
) -> tuple[Row, ...]:
    """p50 (which `bar` is for), p90, p95 (which `tail` is for) and maximum."""
    if not values:
        return (Row(name, float("nan"), unit, bar, "nothing was measured"),)
    return (
        Row(f"{name}, p50", statistics.median(values), unit, bar, note or f"{len(values)} measured"),
        Row(f"{name}, p90", percentile(values, 0.9), unit),
        Row(f"{name}, p95", percentile(values, 0.95), unit, tail),
        Row(f"{name}, max", max(values), unit),
    )


def meets(row: Row) -> bool | None:
    """Whether the figure reaches its bar; None where there is none."""
    if not row.bar:
        return None
    sign, limit = row.bar.split()
    return row.value <= float(limit) if sign == "≤" else row.value >= float(limit)
