"""The clock of the tests is that of the benches."""

from runtime.bench.virtual_time import VirtualLoop, run

__all__ = ["VirtualLoop", "run"]
