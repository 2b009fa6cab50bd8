"""Memory of a process that runs for months: what is loaded stays, what a conversation leaves behind goes.

glibc only; elsewhere the calls do nothing.
"""

import ctypes
import gc
from functools import cache

_M_ARENA_MAX = -8
ARENAS = 2
"""Heaps that malloc keeps for threads: its default of eight a core holds on to what each thread once needed."""


def few_heaps() -> None:
    """Before the first thread starts."""
    if (mallopt := getattr(_libc(), "mallopt", None)) is not None:
        mallopt(_M_ARENA_MAX, ARENAS)


def settle() -> None:
    """After loading: the collector need not look at models and packs again, so it is quick and runs often.

    What loading took for a moment goes back to the system: about 10 MB.
    """
    gc.collect()
    gc.freeze()
    trim()


def trim() -> None:
    """Give free pages back to the system. Takes some milliseconds: not on the loop."""
    if (malloc_trim := getattr(_libc(), "malloc_trim", None)) is not None:
        malloc_trim(0)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
