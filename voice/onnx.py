"""ONNX Runtime's sessions, as this program wants them: on few threads, silent, and giving memory back."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(path: Path, threads: int = 1, *, arena: bool = False) -> "InferenceSession":
    """A model on the CPU. Raises what onnxruntime raises: classes of its own, with no common base.

    `arena`: what a run needed is kept for the next one. Of a voice that is 90 MB; without it the first piece of a
    sentence is there as soon, and all of it takes a tenth longer.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = arena
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
