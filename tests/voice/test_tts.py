"""Every engine in voice/tts keeps the contract; Piper and espeak-ng with their own bad inputs."""

import importlib
import pkgutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import voice.tts
from core.errors import VoiceError
from core.places import models_home
from voice.tts import Synthesiser, espeak, piper
from voice.tts.vits import Vits

pytestmark = pytest.mark.engine

JOE = models_home() / "piper-en-us-joe-medium" / "en_US-joe-medium.onnx"
LOADERS = {"piper": lambda: piper.load(JOE), "espeak": lambda: espeak.load("es")}
GREETINGS = {"en": "Good morning. How can I help you?", "es": "Buenos días. ¿En qué puedo ayudarle?"}


@pytest.fixture(scope="module")
def engines() -> dict[str, Synthesiser]:
    return {name: load() for name, load in LOADERS.items()}


def test_every_engine_is_under_contract() -> None:
    modules = [importlib.import_module(f"voice.tts.{info.name}") for info in pkgutil.iter_modules(voice.tts.__path__)]
    assert {module.__name__.rpartition(".")[2] for module in modules if hasattr(module, "load")} == set(LOADERS)


@pytest.mark.parametrize("name", LOADERS)
def test_speaks_audible_sound_in_order(engines: dict[str, Synthesiser], name: str) -> None:
    engine = engines[name]
    frames = list(engine.speak(GREETINGS[engine.language]))
    assert frames
    clock = 0.0
    for frame in frames:
        assert frame.pcm.dtype == np.int16
        assert frame.pcm.ndim == 1
        assert frame.rate == engine.rate
        assert frame.start == pytest.approx(clock)
        clock = frame.end
    assert 1.0 < clock < 6.0
    assert max(np.abs(frame.pcm.astype(int)).max() for frame in frames) > 3000


def test_no_two_voices_have_one_identity(engines: dict[str, Synthesiser]) -> None:
    assert len({engine.identity for engine in [*engines.values(), espeak.load("en")]}) == len(engines) + 1


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("text", ["", "   ", "\n", "…", "¿?", "[[]]", "\0"])
def test_nothing_to_say_gives_no_sound(engines: dict[str, Synthesiser], name: str, text: str) -> None:
    assert list(engines[name].speak(text)) == []


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    "text", ["a\0b\x07c", "\ud800 hola", "[[h@lo]] --help", "<speak>hola</speak>", "日本語", "-v xx"]
)
def test_odd_text_is_spoken_or_skipped_never_a_crash(engines: dict[str, Synthesiser], name: str, text: str) -> None:
    assert sum(frame.seconds for frame in engines[name].speak(text)) < 10


@pytest.mark.parametrize("name", LOADERS)
def test_several_at_once(engines: dict[str, Synthesiser], name: str) -> None:
    engine = engines[name]
    with ThreadPoolExecutor(4) as pool:
        spoken = list(pool.map(lambda text: sum(f.seconds for f in engine.speak(text)), [GREETINGS["en"]] * 4))
    assert min(spoken) > 1.0
    assert max(spoken) < 2 * min(spoken)


def test_piper_gives_a_long_sentence_in_pieces_the_first_one_short(engines: dict[str, Synthesiser]) -> None:
    frames = list(engines["piper"].speak("You will find the light bulbs in aisle fourteen, next to the lamps."))
    assert len(frames) >= 3
    assert frames[0].seconds < 0.5


def test_piper_pieces_are_the_same_sound_as_one_long_run() -> None:
    vits = Vits(JOE, threads=1)
    phonemes = [1, 0, *[i for letter in range(14, 44) for i in (letter, 0)], 2]
    latent = vits.latent(phonemes)
    vits.latent = lambda ids: latent  # its noise is drawn anew each time
    pieces = list(vits.sound(phonemes))
    whole = vits.decode(latent, 0, latent[0].shape[2])
    assert len(pieces) > 1
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-3)


def test_piper_makes_damaged_halves_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSTRADOR_CACHE", str(tmp_path))
    Vits(JOE, threads=1)
    [halves] = (tmp_path / "voices").iterdir()
    decoder = next(halves.glob("*.decoder.onnx"))
    decoder.write_bytes(decoder.read_bytes()[:1000])
    assert sum(len(sound) for sound in Vits(JOE, threads=1).sound([1, 0, 20, 0, 2])) > 1000


def test_piper_speaks_a_voice_that_cannot_be_split(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(onnx: Path, *_settings: object) -> Vits:
        raise ValueError("no seam")

    monkeypatch.setattr(piper, "Vits", refuse)
    assert len(list(piper.load(JOE).speak("One. Two. Three."))) == 3


def test_piper_cuts_what_has_no_end(engines: dict[str, Synthesiser]) -> None:
    frames = engines["piper"].speak("word " * 2000)
    assert next(iter(frames)).seconds < 30


@pytest.mark.parametrize("missing", ["voice.onnx", "voice.onnx.json"])
def test_piper_names_the_file_that_is_missing(tmp_path: Path, missing: str) -> None:
    for name in {"voice.onnx", "voice.onnx.json"} - {missing}:
        (tmp_path / name).write_text("{}")
    with pytest.raises(VoiceError, match="models pull") as refused:
        piper.load(tmp_path / "voice.onnx")
    assert refused.value.code == "tts.missing"
    assert missing in refused.value.message


@pytest.mark.parametrize("settings", ["{}", "not json", JOE.with_name(JOE.name + ".json").read_text])
def test_piper_refuses_broken_files(tmp_path: Path, settings) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"\x08\x07 not a model")
    (tmp_path / "voice.onnx.json").write_text(settings if isinstance(settings, str) else settings("utf-8"), "utf-8")
    with pytest.raises(VoiceError) as refused:
        piper.load(tmp_path / "voice.onnx")
    assert refused.value.code == "tts.model"


def test_espeak_names_the_package_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match="apt install espeak-ng") as refused:
        espeak.load()
    assert refused.value.code == "tts.missing"


def test_espeak_has_no_voice_for_an_unknown_language() -> None:
    with pytest.raises(VoiceError, match="'xx'") as refused:
        espeak.load("xx")
    assert refused.value.code == "tts.failed"


def test_espeak_gives_up_in_time(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    with pytest.raises(VoiceError) as late:
        list(espeak.Espeak(str(program), "es", 0.1).speak("hola"))
    assert late.value.code == "tts.timeout"
    assert late.value.retryable
