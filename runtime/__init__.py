"""The conversation and the application around it. `cli.py` wires the parts together."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Read when numpy is first imported. Its threads wait for work by spinning, on cores that a live call needs."""
