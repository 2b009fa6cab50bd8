"""`mostrador call`: a call as a caller places it, and what came of it."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from telephony.caller import CallReport, Patience, place_call


async def place(uri: str, say: Sequence[Path], record: Path | None, after: float | None = None) -> CallReport:
    """`after`: seconds after which the caller speaks, over the greeting. Raises TelephonyError when nobody answers,
    VoiceError when a file is no WAV."""
    return await place_call(uri, say, record, patience=Patience(greeting=after))


def table(report: CallReport) -> Table:
    """A row a turn: when it was said, when the answer came, how long that took. Seconds of the call."""
    rows = Table(
        "said",
        "from",
        "to",
        "answer from",
        "to",
        "delay",
        title=f"answered in {report.connect:.2f} s · greeting after {_s(report.first_sound)} · "
        f"{report.seconds:.1f} s in all · ended: {report.ended}",
        title_justify="left",
    )
    for column in rows.columns[1:]:
        column.justify = "right"
    for turn in report.turns:
        rows.add_row(
            turn.file, _s(turn.said_from), _s(turn.said_to), _s(turn.answer_from), _s(turn.answer_to), _s(turn.delay)
        )
    return rows


def _s(seconds: float | None) -> str:
    return "nothing" if seconds is None else f"{seconds:.2f} s"
