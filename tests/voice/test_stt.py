"""Every engine in voice/stt keeps the contract, on real weights and real speech."""

import importlib
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import voice.stt
from core.errors import VoiceError
from core.places import models_home
from voice import wav
from voice.frames import RATE
from voice.resample import resample, to_float
from voice.stt import Recogniser, whisper
from voice.stt.whisper import Speech
from voice.tts import piper

pytestmark = pytest.mark.engine

SOUNDS = Path("/usr/share/asterisk/sounds")
LOADERS: dict[str, Callable[[], Recogniser]] = {"whisper": lambda: whisper.load(models_home() / "whisper-base")}


@pytest.fixture(scope="module")
def engines() -> dict[str, Recogniser]:
    return {name: load() for name, load in LOADERS.items()}


@pytest.fixture(scope="module")
def joe() -> Callable[[str], Speech]:
    """English sentences, spoken by Piper."""
    voice_ = piper.load(models_home() / "piper-en-us-joe-medium" / "en_US-joe-medium.onnx")

    def speak(text: str) -> Speech:
        pcm = np.concatenate([frame.pcm for frame in voice_.speak(text)])
        return to_float(resample(pcm, voice_.rate, RATE))

    return speak


def prompt(name: str) -> Speech:
    """A human telephone recording."""
    return to_float(wav.read(SOUNDS / f"{name}.wav", RATE, convert=True).pcm)


def plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def noise(seconds: float, level: float = 0.02) -> Speech:
    return (np.random.default_rng(7).standard_normal(int(seconds * RATE)) * level).astype(np.float32)


def test_every_engine_is_under_contract() -> None:
    modules = [importlib.import_module(f"voice.stt.{info.name}") for info in pkgutil.iter_modules(voice.stt.__path__)]
    assert {module.__name__.rpartition(".")[2] for module in modules if hasattr(module, "load")} == set(LOADERS)


@pytest.fixture(params=LOADERS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Recogniser]) -> Recogniser:
    return engines[request.param]


def test_what_is_spoken_is_read_back(engine: Recogniser, joe: Callable[[str], Speech]) -> None:
    heard = engine.transcribe(joe("Where can I find the garden furniture?"), "en")
    assert plain(heard.text) == "where can i find the garden furniture"
    assert heard.language == "en"
    assert heard.confidence > 0.5
    assert heard.no_speech < 0.5
    assert heard.seconds > 0


@pytest.mark.parametrize(
    ("recording", "language", "words"),
    [
        ("en_US_f_Allison/vm-extension", "en", "extension"),
        ("en_US_f_Allison/agent-pass", "en", "password followed by the pound key"),
        ("en_US_f_Allison/auth-thankyou", "en", "thank you"),
        ("es_MX_f_Allison/auth-thankyou", "es", "gracias"),
        ("es_MX_f_Allison/demo-thanks", "es", "gracias por"),
        ("es_MX_f_Allison/conf-onlyperson", "es", "única persona en la conferencia"),
        ("es_MX_f_Allison/vm-goodbye", "es", "hasta pronto"),
    ],
)
def test_human_telephone_speech(engine: Recogniser, recording: str, language: str, words: str) -> None:
    heard = engine.transcribe(prompt(recording), language)
    assert words in plain(heard.text)


@pytest.mark.parametrize(("folder", "language"), [("en_US_f_Allison", "en"), ("es_MX_f_Allison", "es")])
def test_the_language_is_found(engine: Recogniser, folder: str, language: str) -> None:
    found = [
        engine.transcribe(prompt(f"{folder}/{name}")).language for name in ("agent-pass", "conf-onlyperson", "invalid")
    ]
    assert found.count(language) >= 2


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.5, 4.0])
def test_silence_has_no_words(engine: Recogniser, seconds: float) -> None:
    heard = engine.transcribe(np.zeros(int(seconds * RATE), np.float32))
    assert heard.text == ""
    assert heard.confidence == 0.0
    assert heard.no_speech == 1.0
    assert heard.language in engine.languages


@pytest.mark.parametrize("seconds", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("language", [None, "en", "es"])
def test_noise_has_no_words(engine: Recogniser, seconds: float, language: str | None) -> None:
    assert engine.transcribe(noise(seconds), language).text == ""


@pytest.mark.parametrize("seconds", [1.0, 3.0])
@pytest.mark.parametrize(
    ("language", "hint"), [("en", "garden furniture, refund"), ("es", "jardín, pedido, devolución")]
)
def test_noise_does_not_say_the_hint(engine: Recogniser, seconds: float, language: str, hint: str) -> None:
    assert engine.transcribe(noise(seconds), language, hint).text == ""


@pytest.mark.parametrize(
    ("recording", "language", "hint", "words", "absent"),
    [
        ("en_US_f_Allison/from-unknown-caller", "en", "caller, extension, voicemail", "unknown caller", "voicemail"),
        ("es_MX_f_Allison/vm-star-cancel", "es", "asterisco, marque, horario", "marque el asterisco", "horario"),
    ],
)
def test_a_hint_helps_and_does_not_leak(engine: Recogniser, recording, language, hint, words, absent) -> None:
    heard = plain(engine.transcribe(prompt(recording), language, hint).text)
    assert words in heard
    assert absent not in heard


def test_a_hint_of_any_length_is_bounded(engine: Recogniser) -> None:
    heard = engine.transcribe(prompt("en_US_f_Allison/agent-pass"), "en", hint="password, pound key, agent " * 200)
    assert "password" in plain(heard.text)


ONE_SENTENCE = """
I bought a green garden chair and a small wooden table in your shop near the station about two weeks ago, and the young
man who helped me said that both of them would be delivered to my new house before the end of the month, but yesterday
a letter came which says that the table is not available any more, and that I can choose another one from the catalogue
or ask for my money back, so I looked at the pictures with my wife, who likes the round table with the metal legs, and
now we would like to know if that one can be sent together with the chair, how much more it would cost, whether we have
to pay at the door or can use the same card as before, what happens if it does not fit on our balcony, because we have
only measured the space with a piece of string, and finally if somebody could call us one hour before the delivery,
since the doorbell of the building has been broken since the summer, my mother hears very little, and the last time
that a parcel came for us the driver waited for ten minutes in the rain and then went away again without leaving any
message in the letter box at all, which was a great pity for everyone
"""


def test_a_sentence_of_200_words_comes_through(engine: Recogniser, joe: Callable[[str], Speech]) -> None:
    speech = joe(ONE_SENTENCE)
    assert len(speech) > 40 * RATE
    said, heard = plain(ONE_SENTENCE).split(), plain(engine.transcribe(speech, "en").text).split()
    assert abs(len(heard) - len(said)) < 20
    assert len(set(said) & set(heard)) > 0.85 * len(set(said))


def test_several_at_once_hear_the_same(engine: Recogniser) -> None:
    speech = prompt("en_US_f_Allison/agent-pass")
    with ThreadPoolExecutor(4) as pool:
        texts = {heard.text for heard in pool.map(lambda _: engine.transcribe(speech, "en"), range(4))}
    assert len(texts) == 1


@pytest.mark.parametrize(
    "speech",
    [
        np.zeros(RATE, np.int16),
        np.zeros(RATE, np.float64),
        np.zeros((RATE, 2), np.float32),
        np.full(RATE, 12000, np.float32),
        np.full(RATE, np.nan, np.float32),
    ],
    ids=["int16", "float64", "stereo", "not scaled", "nan"],
)
def test_wrong_samples_are_refused(engine: Recogniser, speech) -> None:
    with pytest.raises(VoiceError) as refused:
        engine.transcribe(speech)
    assert refused.value.code == "stt.samples"


def test_a_language_it_was_not_loaded_for_is_refused(engine: Recogniser) -> None:
    with pytest.raises(VoiceError) as refused:
        engine.transcribe(noise(1.0), "fr")
    assert refused.value.code == "stt.language"


def test_an_english_model_has_one_language(joe: Callable[[str], Speech]) -> None:
    tiny = whisper.load(models_home() / "whisper-tiny.en")
    assert tiny.languages == ("en",)
    assert "opening hours" in plain(tiny.transcribe(joe("What are your opening hours?")).text)


def test_missing_and_broken_models(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="models pull") as missing:
        whisper.load(tmp_path)
    assert missing.value.code == "stt.missing"
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(VoiceError, match="models verify") as broken:
        whisper.load(tmp_path)
    assert broken.value.code == "stt.model"


def test_an_unknown_language_is_refused_when_loading() -> None:
    with pytest.raises(VoiceError) as refused:
        whisper.load(models_home() / "whisper-base", languages=("es", "xx"))
    assert refused.value.code == "stt.language"
