"""A yes to being recorded, a no, and taking it back: in both languages, by word, key and touch."""

import shutil
from pathlib import Path

import pytest

import models.sectors
from core.errors import PackError
from runtime.agent import Heard
from runtime.agent.pack import load_pack
from runtime.agent.recording import NO, YES, answer, withdraws

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sí", "yes"), ("sí, claro", "yes"), ("Vale", "yes"), ("de acuerdo", "yes"), ("yes, please", "yes"),
        ("Sure", "yes"), ("uno", "yes"), ("One.", "yes"), ("No", "no"), ("no, gracias", "no"), ("mejor no", "no"),
        ("prefiero que no me grabe", "no"), ("No thank you", "no"), ("I don't want to be recorded", "no"),
        ("dos", "no"), ("two", "no"), ("What time do you open?", "none"), ("¿a qué hora abren?", "none"),
        ("no sé", "none"), ("Sí, pero no me graben", "no"), ("", "none"), ("eh", "none"),
    ],
)  # fmt: skip
def test_anything_less_than_a_clear_yes_is_none(text: str, said: str) -> None:
    assert answer(Heard(text, "es"))[0] == said


def test_keys_and_touch_answer_too() -> None:
    assert answer(Heard("1", "es", spoken=False)) == ("yes", "keys")
    assert answer(Heard("2", "en", spoken=False)) == ("no", "keys")
    assert answer(Heard("3", "en", spoken=False))[0] == "none"
    assert answer(Heard("Sí", "es", spoken=False, choice=YES)) == ("yes", "touch")
    assert answer(Heard("No", "es", spoken=False, choice=NO)) == ("no", "touch")
    assert answer(Heard("", "es", spoken=False)) == ("none", "silence")


@pytest.mark.parametrize(
    "text",
    [
        "No me grabe.", "no me graben, por favor", "No quiero que me grabe", "no quiero que se grabe la llamada",
        "deje de grabar", "Deja de grabarme", "pare la grabación", "borre la grabación", "quite la grabación ya",
        "prefiero seguir sin que me graben", "apague la grabación", "no grabes esto", "no autorizo que graben",
        "Stop recording.", "please stop recording me", "Stop the recording", "don't record me", "do not record this",
        "I don't want to be recorded", "I do not want this call recorded", "turn off the recording",
        "switch the recording off", "delete the recording", "no recording", "I would rather not be recorded",
        "No me grave",
    ],
)  # fmt: skip
def test_it_is_taken_back_in_many_words(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize(
    "text",
    [
        "¿Me está grabando?", "Are you recording this?", "sí, grabe", "you may record", "¿cuánto vale una grabadora?",
        "busco una grabadora", "I want a recorder", "no", "stop", "para", "a record player", "¿tienen discos grabados?",
        "no encuentro la grabadora", "no es grave", "I don't have the record player", "what time do you open",
        "why don't you record it?",
        "It sounds like a broken record",
    ],
)  # fmt: skip
def test_what_only_speaks_of_it_takes_nothing_back(text: str) -> None:
    assert not withdraws(text)


def pack_with(folder: Path, table: str) -> Path:
    pack = Path(shutil.copytree(Path(models.sectors.__file__).parent / "retail", folder / "pack"))
    text = (pack / "pack.toml").read_text("utf-8")
    (pack / "pack.toml").write_text(text.replace('[recording]\nmode = "never"', f"[recording]\n{table}"), "utf-8")
    return pack


def test_a_pack_never_records_unless_it_says_so_and_why(tmp_path: Path) -> None:
    assert load_pack(Path(models.sectors.__file__).parent / "retail").manifest.recording.mode == "never"
    policy = load_pack(pack_with(tmp_path, 'mode = "consent"\nbasis = "GDPR 6(1)(a)"\ndays = 3')).manifest.recording
    assert (policy.mode, policy.days, policy.beep_seconds) == ("consent", 3, 0.0)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('mode = "consent"', "recording.basis"),
        ('mode = "notice"\nbasis = " "', "recording.basis"),
        ('mode = "always"', "mode"),
        ('mode = "consent"\nbasis = "x"\ndays = 0', "days"),
        ('mode = "consent"\nbasis = "x"\nbeep = 3', "beep"),
    ],
)
def test_a_wrong_policy_is_named(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        load_pack(pack_with(tmp_path, table))


def test_without_its_words_nothing_is_recorded(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, 'mode = "consent"\nbasis = "x"')
    phrases = pack / "phrases" / "en.toml"
    lines = phrases.read_text("utf-8").splitlines()
    phrases.write_text("\n".join(line for line in lines if not line.startswith('"recording.ask"')), "utf-8")
    with pytest.raises(PackError, match=r"recording\.ask"):
        load_pack(pack)
