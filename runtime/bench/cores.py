"""A bench's work on all cores at once: for what is judged by what comes out of it, or by processor time.

Whatever measures time as it passes must have the machine to itself and does not belong here.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from runtime.config import Log
from runtime.log import setup
from runtime.machine import cores

T = TypeVar("T")
R = TypeVar("R")

MOST = 4
"""Processes: each may load every model, half a GB of memory."""


def on_all_cores(work: Callable[[T], R], items: Sequence[T], progress: Callable[[T, float], None]) -> Iterator[R]:
    """What `work` makes of each, in order; both are pickled. What a process loads it keeps for its next item."""
    spawn = multiprocessing.get_context("spawn")  # models and their threads survive no fork
    with ProcessPoolExecutor(min(cores(), MOST), spawn, setup, (Log(level="warning"),)) as processes:
        for number, result in enumerate(processes.map(work, items)):
            progress(items[number], number / len(items))
            yield result
