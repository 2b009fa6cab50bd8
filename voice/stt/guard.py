"""What Whisper adds that nobody said, and how it shows: pure rules over tokens, probabilities and text.

A window that ends soon after the speech makes Whisper say it again, as a segment that begins after the end. Noise
makes it say what subtitles say. Radford et al. 2022, section 4.5, for the thresholds of silence and compression.
"""

import re
import zlib
from collections.abc import Iterator, Sequence

TICK = 0.02
"""Seconds from one timestamp token to the next."""
_END_SLACK = 0.2
"""A segment that begins this close to the end of the speech, or after it, was not spoken."""
_MOSTLY = 0.75
"""Nor was one of which this part lies after the end."""
_FAR = 30.0
_REST = 0.5
"""Seconds: less than this holds no words."""
_TOKENS_A_SECOND = 12.0
_TOKENS_AT_LEAST = 16
_COMPRESSION = 2.4
_DOUBTFUL = -0.9
_UNSURE = -0.85
_NO_SPEECH = 0.6
_UNINTELLIGIBLE = ((0.0, -1.5), (0.4, -1.2))
"""(no-speech probability, mean log-probability) above and below which nothing is made of it."""

_SUBTITLES = {
    "en": re.compile(r"^(thanks?( you)?( (so|very) much)?( for watching.*)?|you|bye( bye)?|subtitles by .*)$"),
    "es": re.compile(r"^(((muchas )?gracias )?por ver (el|este) video.*|subt[ií]tulos .*|suscr[ií]bete.*|amara org)$"),
}
"""What subtitles end with, as Whisper writes it over noise. Customers say thanks too: dropped only in doubt."""


def token_budget(seconds: float) -> int:
    """More tokens than anyone speaks in so long: what goes on after them is a loop."""
    return _TOKENS_AT_LEAST + int(_TOKENS_A_SECOND * seconds)


def spoken(tokens: Sequence[int], first_timestamp: int, seconds: float) -> list[int]:
    """The words' tokens up to the end of the speech: a later segment repeats what was said before."""
    words: list[int] = []
    for start, end, segment in _segments(tokens, first_timestamp):
        mostly_after = (end - seconds) > _MOSTLY * (end - start)
        if words and (start > seconds - _END_SLACK or mostly_after):
            break
        words += segment
    return words


def resumes_at(tokens: Sequence[int], first_timestamp: int, seconds: float) -> float:
    """Where Whisper left off for the next window, as it was trained to: two timestamps at the end. 0: it did not."""
    if len(tokens) < 2 or min(tokens[-2:]) < first_timestamp:
        return 0.0
    at = (tokens[-1] - first_timestamp) * TICK
    return at if _REST <= at <= seconds - _REST else 0.0


def _segments(tokens: Sequence[int], first_timestamp: int) -> Iterator[tuple[float, float, list[int]]]:
    """(start, end, words' tokens); an end that was never written is far away."""
    start, words = 0.0, list[int]()
    for token in tokens:
        if token < first_timestamp:
            words.append(token)
            continue
        at = (token - first_timestamp) * TICK
        if words:
            yield start, at, words
        start, words = at, []
    if words:
        yield start, start + _FAR, words


def repeats(text: str) -> bool:
    """The end says the same twice (three words or more) or four times (fewer); a last word may be cut off."""
    words = _bare(text).split()
    return _loops(words) or _loops(words[:-1])


def _loops(words: list[str]) -> bool:
    for size in range(1, len(words) // 2 + 1):
        times, tail = (2 if size >= 3 else 4), words[-size:]
        if words[-size * times :] == tail * times:
            return True
    return False


def doubtful(text: str, words: Sequence[int], log_probability: float, seconds: float) -> bool:
    """Whether a wider window should be asked: `words` are the tokens without timestamps."""
    data = text.encode()
    return (
        not text
        or log_probability < _DOUBTFUL
        or len(words) >= token_budget(seconds)
        or repeats(text)
        or len(data) / len(zlib.compress(data)) > _COMPRESSION
    )


def silent(log_probability: float, no_speech: float) -> bool:
    """Whether Whisper itself says that nobody speaks; a wider window would not find more."""
    return no_speech > _NO_SPEECH and log_probability < _UNSURE


def unspoken(text: str, language: str, log_probability: float, no_speech: float) -> bool:
    """Whether the text is what Whisper writes over noise."""
    if not any(letter.isalnum() for letter in text):
        return True
    if silent(log_probability, no_speech) or (no_speech > _NO_SPEECH and repeats(text)):
        return True
    if any(no_speech >= above and log_probability < below for above, below in _UNINTELLIGIBLE):
        return True
    subtitle = _SUBTITLES.get(language)
    usual = repeats(text) or bool(subtitle and subtitle.match(_bare(text)))
    return usual and no_speech > _NO_SPEECH / 2


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())
