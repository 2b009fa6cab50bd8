"""numpy brings threads of its own that wait for work by spinning: the application has none of them."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

COUNT = (
    "import runtime.agent.router, os, numpy; numpy.ones((600, 600)) @ numpy.ones((600, 600));"
    " print(os.environ['OPENBLAS_NUM_THREADS'], len(os.listdir('/proc/self/task')))"
)


def count(**environment: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=kept | environment, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.split()


def test_numpy_has_one_thread() -> None:
    assert count() == ["1", "1"]


def test_who_sets_another_number_gets_it() -> None:
    assert count(OPENBLAS_NUM_THREADS="2")[0] == "2"
