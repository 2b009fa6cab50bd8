"""What the listener heard, as the events of a conversation. Pure."""

from typing import assert_never

from runtime.agent import Language
from runtime.events import Draft, Event, Failed, Interrupted, Resumed, Silence, SpeechStarted, UserSaid
from voice.listener import Deaf, Drafted, Glimpsed, GoneOn, Hearing, Interrupting, Quiet, Started, Utterance


def event_of(hearing: Hearing, spoken: Language) -> Event:
    """`spoken`: the conversation's language, kept where the recogniser names one that we don't speak."""
    match hearing:
        case Started(at):
            return SpeechStarted(at=at)
        case Interrupting(at):
            return Interrupted(at=at)
        case Drafted(at, transcript) | Glimpsed(at, transcript):
            return Draft(
                at=at,
                text=transcript.text,
                language=language_of(transcript.language, spoken),
                confidence=transcript.confidence,
                going_on=isinstance(hearing, Glimpsed),
            )
        case GoneOn(at):
            return Resumed(at=at)
        case Utterance():
            words = hearing.transcript
            return UserSaid(
                at=hearing.at,
                text=words.text,
                language=language_of(words.language, spoken),
                confidence=words.confidence,
                speech_end=hearing.speech_end,
                voiced=hearing.voiced,
                overlapped=hearing.overlapped,
                timings={"pause": hearing.pause, "stt": words.seconds, "stt_wait": hearing.waited},
            )
        case Quiet(at, seconds):
            return Silence(at=at, seconds=seconds)
        case Deaf(at, error):
            return Failed(at=at, stage="stt", code=error.code, message=error.message)
        case _:
            assert_never(hearing)


def language_of(found: str, spoken: Language) -> Language:
    if found == "es":
        return "es"
    if found == "en":
        return "en"
    return spoken
