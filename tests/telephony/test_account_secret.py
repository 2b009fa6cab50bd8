from pathlib import Path

import pytest

from core.errors import ConfigError
from telephony import secret
from telephony.secret import Secret

pytestmark = pytest.mark.unit


def refusal(file: Path | None, variable: str = "", environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        secret.read("sip.accounts, pbx", file, variable, environment or {})
    assert caught.value.code == "config.secret"
    assert "sip.accounts, pbx" in caught.value.message
    return caught.value.message


def test_it_is_read_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "pbx"
    file.write_text("contraseña \n")
    assert secret.read("x", file, "").reveal() == "contraseña "
    assert secret.read("x", None, "PBX", {"PBX": "sesame"}).reveal() == "sesame"
    assert not secret.read("x", None, "")


def test_it_shows_itself_to_nobody() -> None:
    held = Secret("sesame")
    assert "sesame" not in f"{held} {held!r} {[held]} {vars(type(held))}"
    assert held
    assert repr(Secret()) == "Secret()"


def test_what_is_wrong_is_named_and_what_is_in_it_is_not(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in refusal(tmp_path / "none")
    assert "MISSING" in refusal(None, "MISSING")
    assert "not both" in refusal(tmp_path / "a", "B", {"B": "sesame"})
    for content in (b"", b"\nsesame\n", b"sesame\nopen\n", b"sesame" * 1_000, b"sesame\xff\n"):
        (tmp_path / "odd").write_bytes(content)
        message = refusal(tmp_path / "odd")
        assert str(tmp_path / "odd") in message
        assert "sesame" not in message
