"""SmolLM2 135M through llama.cpp: weighs a handful of candidates, never writes a word of its own.

How it is asked decides how good it is; measured on 24 English and 24 Spanish sentences, 6 candidates: under its chat
template, with plain sums, 4 and 4 are right; as the continuation of a few examples (`topic_prompt`), with what it
would say to an empty sentence taken off (Zhao et al. 2021, "Calibrate Before Use"), 19 and 13. So there is no chat
template here.
"""

import ctypes
import itertools
import math
import os
import re
import threading
import weakref
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog

from core.errors import ModelError
from models.store import Store

log = structlog.get_logger(__name__)

MODEL = "smollm2-135m-instruct"

_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_CONTEXT = 1024
_BATCH = 64
_BRANCHES = 16
"""Candidates that are scored side by side."""
_ASIDE = _BRANCHES + 1
"""The sequence for what has nothing to do with the prompt, whose cache is left alone."""
_STOPS = (".", "?", "!", "\n", ".\n", '."', '?"', '!"')
"""What comes after the last word of a sentence."""
_ERROR = 4
"""Of llama.cpp's log levels: what is below is not worth a line."""
_EMPTY = ("", "N/A", "...", "hello")
"""Sentences that say nothing: what is likely after them is likely for no reason."""
_PRIORS = 4096
_SENTENCE = 200
"""Letters from its end that tell whether a sentence is finished."""
_LEAST = 1e-9
_QUOTED = re.compile(r'"[^"\n]*"(?=[^"]*\Z)')

Floats = npt.NDArray[np.float64]
Tokens = list[int]


class SmolLM2:
    """A `Chooser`. What varies from prompt to prompt belongs at its end, in "double quotes": all before it is computed
    once, and the quotes are where the empty sentences go. The first call with new candidates takes about four times
    as long as the next, so call it once at the start."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._priors: dict[tuple[str, str], float] = {}

    def choose(self, prompt: str, candidates: Sequence[str]) -> list[float]:
        """Probability of each candidate as the continuation of `prompt`; sums to 1. Raises ModelError."""
        if not prompt.strip() or not all(candidate.strip() for candidate in candidates):
            raise ModelError("model.prompt", "the prompt and every candidate must hold words")
        if not candidates:
            return []
        with self._lock:
            scores = self._scores(prompt, candidates) - self._prior(prompt, candidates)
        weights = np.exp(scores - scores.max())
        return [float(weight) for weight in weights / weights.sum()]

    def ends(self, text: str) -> float:
        """Log-probability that a sentence ends after the words of `text`; stops at its end are not looked at.

        Raises ModelError."""
        words = text.rstrip(" .,;:?!…")[-_SENTENCE:]
        if not words:
            return math.log(_LEAST)
        with self._lock:
            stops = {self._engine.tokens(stop)[0] for stop in _STOPS} | {self._engine.end}
            likely = self._engine.follows(self._engine.tokens(words), sorted(stops))
        return math.log(sum(map(math.exp, likely)) + _LEAST)

    def _prior(self, prompt: str, candidates: Sequence[str]) -> Floats:
        """How likely each candidate is when the customer says nothing: its mean log-probability."""
        frame = _QUOTED.sub('"\0"', prompt) if _QUOTED.search(prompt) else ""
        new = [candidate for candidate in dict.fromkeys(candidates) if (frame, candidate) not in self._priors]
        if new:
            empty = [frame.replace("\0", nothing) for nothing in _EMPTY] if frame else ["\n"]
            means = np.mean([self._scores(text, new) for text in empty], axis=0)
            if len(self._priors) > _PRIORS:
                self._priors.clear()
            self._priors.update({(frame, text): float(mean) for text, mean in zip(new, means, strict=True)})
        return np.array([self._priors.get((frame, candidate), 0.0) for candidate in candidates])

    def _scores(self, prompt: str, candidates: Sequence[str]) -> Floats:
        """Log-probability of each candidate with the line end after it, so that a beginning of another has no edge."""
        space = "" if prompt[-1].isspace() else " "
        continuations = [self._engine.tokens(f"{space}{candidate.strip()}\n") for candidate in candidates]
        return np.array(self._engine.score(self._engine.tokens(prompt), continuations))


class Engine:
    """A llama.cpp model with one context: sequence 0 holds the prompt, the others its continuations, the last one
    whatever else is asked.

    The prompt of the last call stays in the cache; only what differs from it is computed. Not thread-safe.
    """

    def __init__(self, path: Path, threads: int = 2) -> None:
        self._api = api = _library()
        options = api.llama_model_default_params()
        options.n_gpu_layers = 0
        model = api.llama_model_load_from_file(str(path).encode(), options)
        if not model:
            raise ModelError("model.engine", f"llama.cpp cannot load {path}: run `mostrador models verify {MODEL}`")
        self._context = api.llama_init_from_model(model, _setup(api, threads))
        if not self._context:
            api.llama_model_free(model)
            raise ModelError("model.engine", f"no context for {path}: is there memory left?", retryable=True)
        self._batch = api.llama_batch_init(_BATCH, 0, 1)
        self._vocabulary = api.llama_model_get_vocab(model)
        self._words = int(api.llama_vocab_n_tokens(self._vocabulary))
        self.end = int(api.llama_vocab_eos(self._vocabulary))
        self._memory = api.llama_get_memory(self._context)
        self._cached: Tokens = []
        weakref.finalize(self, _free, api, model, self._context, self._batch).atexit = False

    def tokens(self, text: str) -> Tokens:
        """ "<|im_end|>" and its like are text here like any other: a customer cannot say a marker."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 2
        out = (ctypes.c_int32 * room)()
        count = self._api.llama_tokenize(self._vocabulary, raw, len(raw), out, room, False, False)
        if count < 0:
            raise ModelError("model.engine", f"{MODEL}: the tokenizer refuses a text of {len(raw)} bytes")
        return list(out[:count])

    def score(self, prompt: Tokens, continuations: Sequence[Tokens]) -> list[float]:
        """Log-probability of each continuation after `prompt`; none may be empty. Raises ModelError."""
        most = max(map(len, continuations))
        if len(prompt) + _BRANCHES * most > _CONTEXT:
            limit = f"{len(prompt)} tokens and {most} for a candidate are more than the {_CONTEXT} that it reads"
            raise ModelError("model.prompt", f"{MODEL}: {limit}; shorten the prompt")
        firsts = self._read(prompt, [tokens[0] for tokens in continuations])
        scores: list[float] = []
        for start in range(0, len(continuations), _BRANCHES):
            scores += self._branch(len(prompt), continuations[start : start + _BRANCHES])
        return [first + rest for first, rest in zip(firsts, scores, strict=True)]

    def follows(self, text: Tokens, nexts: Sequence[int]) -> list[float]:
        """Log-probability of each token of `nexts` right after the last `_BATCH` of `text`. Raises ModelError."""
        rows = [(token, position, _ASIDE) for position, token in enumerate(text[-_BATCH:])]
        try:
            self._decode(rows, outputs={len(rows) - 1})
            return self._follows(len(rows) - 1, nexts)
        finally:
            self._api.llama_memory_seq_rm(self._memory, _ASIDE, -1, -1)

    def _read(self, prompt: Tokens, nexts: Sequence[int]) -> list[float]:
        """Log-probability of each token of `nexts` right after `prompt`."""
        pairs = zip(prompt, self._cached, strict=False)
        same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
        same = min(same, len(prompt) - 1)  # the last token is computed again, for what follows it
        self._api.llama_memory_seq_rm(self._memory, 0, same, -1)
        self._cached = prompt[:same]
        for start in range(same, len(prompt), _BATCH):
            rows = [(token, start + row, 0) for row, token in enumerate(prompt[start : start + _BATCH])]
            self._decode(rows, outputs={len(prompt) - 1 - start})
            self._cached = prompt[: start + len(rows)]
        return self._follows(len(rows) - 1, nexts)

    def _branch(self, position: int, continuations: Sequence[Tokens]) -> list[float]:
        """Log-probability of all but the first token of each continuation, each in a sequence of its own."""
        rows: list[tuple[int, int, int]] = []
        for branch, tokens in enumerate(continuations, 1):
            self._api.llama_memory_seq_cp(self._memory, 0, branch, 0, -1)
            rows += [(token, position + offset, branch) for offset, token in enumerate(tokens[:-1])]
        targets = [(branch, token) for branch, tokens in enumerate(continuations) for token in tokens[1:]]
        scores = [0.0] * len(continuations)
        try:
            for start in range(0, len(rows), _BATCH):
                piece = rows[start : start + _BATCH]
                self._decode(piece, outputs=set(range(len(piece))))
                for row, (branch, token) in enumerate(targets[start : start + _BATCH]):
                    scores[branch] += self._follows(row, [token])[0]
        finally:
            for branch in range(1, len(continuations) + 1):
                self._api.llama_memory_seq_rm(self._memory, branch, -1, -1)
        return scores

    def _decode(self, rows: Sequence[tuple[int, int, int]], outputs: set[int]) -> None:
        """Compute rows of (token, position, sequence), keeping the output of those in `outputs`."""
        batch = self._batch
        batch.n_tokens = len(rows)
        for row, (token, position, sequence) in enumerate(rows):
            batch.token[row], batch.pos[row] = token, position
            batch.n_seq_id[row], batch.seq_id[row][0] = 1, sequence
            batch.logits[row] = row in outputs
        code = self._api.llama_decode(self._context, batch)
        if code != 0:
            self._api.llama_memory_clear(self._memory, True)
            self._cached = []
            raise ModelError("model.engine", f"{MODEL}: llama.cpp gave up (code {code})", retryable=True)

    def _follows(self, row: int, tokens: Sequence[int]) -> list[float]:
        """Log-probability of each of `tokens` at the output of this row of the last batch."""
        logits = np.ctypeslib.as_array(self._api.llama_get_logits_ith(self._context, row), shape=(self._words,))
        top = logits.max()
        norm = float(top) + float(np.log(np.exp(logits - top).sum()))
        return [float(logits[token]) - norm for token in tokens]


def load(store: Store, threads: int = 2) -> SmolLM2:
    """Raises ModelError `model.missing`, `model.truncated`, `model.tampered` or `model.engine`."""
    path = store.require(MODEL) / _FILE
    try:
        return SmolLM2(Engine(path, threads))
    except (ImportError, OSError) as error:
        raise ModelError("model.engine", f"llama.cpp cannot be loaded: {error}; `make` builds it") from error


@cache
def _library() -> ModuleType:
    # OpenMP's threads otherwise spin while they wait for each other: on a busy machine that is ten times the CPU,
    # and seconds instead of tenths. It is read when the library is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import llama_cpp.llama_cpp as api

    @api.llama_log_callback  # type: ignore[untyped-decorator, unused-ignore]
    def listen(level: int, text: bytes, _: Any) -> None:
        if level == _ERROR:
            log.error("model.engine", engine="llama.cpp", said=text.decode("utf-8", "replace").strip())

    api.llama_log_set(listen, ctypes.c_void_p(0))
    _listeners.append(listen)
    api.llama_backend_init()
    return api  # type: ignore[no-any-return, unused-ignore]


_listeners: list[object] = []
"""What C calls must not be collected."""


def _setup(api: ModuleType, threads: int) -> Any:
    setup = api.llama_context_default_params()
    setup.n_ctx, setup.n_batch, setup.n_ubatch = _CONTEXT, _BATCH, _BATCH
    setup.n_seq_max, setup.kv_unified = _BRANCHES + 2, True
    setup.n_threads = setup.n_threads_batch = threads
    setup.no_perf = True
    return setup


def _free(api: ModuleType, model: Any, context: Any, batch: Any) -> None:
    api.llama_batch_free(batch)
    api.llama_free(context)
    api.llama_model_free(model)
