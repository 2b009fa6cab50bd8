"""A device that dies: places what is due with a telephone that only writes down whom it rang, and is killed after so
many steps. `python -m tests.callouts.placing DATABASE DIALLED NOW STEPS`; a step is a statement of SQLite's or a dial.
"""

import os
import signal
import sqlite3
import sys
from datetime import datetime
from pathlib import Path

from runtime.callouts.book import Book, utc
from runtime.callouts.request import Rules, Window

RULES = Rules("UTC", (Window((1, 2, 3, 4, 5, 6, 7), 0, 24 * 60),), attempts=3, per_day=9)

_left = 0


def step(_: object = None) -> None:
    global _left  # noqa: PLW0603
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


class Watched(Book):
    def _connect(self) -> sqlite3.Connection:
        db = super()._connect()
        db.set_trace_callback(step)
        return db


def place(book: Book, dialled: Path, now: datetime) -> None:
    """As the device does: begin, dial, end."""
    book.recover(now)
    for entry in book.entries(waiting=True):
        attempt = book.begin(entry.request.id, now, RULES)
        if attempt is None:
            continue
        step()
        with dialled.open("a") as file:
            file.write(f"{attempt}\n")
            file.flush()
            os.fsync(file.fileno())
        step()
        outcome = "reached" if len(entry.history.attempts) else "busy"
        book.end(attempt, now, outcome)  # type: ignore[arg-type]


def main() -> None:
    global _left  # noqa: PLW0603
    path, dialled, now, steps = sys.argv[1:]
    book = Watched(Path(path))
    _left = int(steps)
    place(book, Path(dialled), utc(float(now)))


if __name__ == "__main__":
    main()
