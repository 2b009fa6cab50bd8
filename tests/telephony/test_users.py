from pathlib import Path

import pytest

from core.errors import TelephonyError
from telephony.users import VARIABLE, load, parse

pytestmark = pytest.mark.unit


def test_lines_of_a_file_and_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "users"
    file.write_text("# phones\n\nana:with: colons \neva:old\n")
    file.chmod(0o600)
    monkeypatch.setenv(VARIABLE, "eva:new")
    assert load(str(file)) == {"ana": "with: colons", "eva": "new"}
    assert load("") == {"eva": "new"}


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("ana:s3cret")
    file.chmod(0o644)
    with pytest.raises(TelephonyError, match="chmod 600") as caught:
        load(str(file))
    assert caught.value.code == "sip.users"


@pytest.mark.parametrize("text", ["s3cret", "ana:", ":s3cret"])
def test_a_wrong_line_is_named_by_its_number_and_not_repeated(text: str) -> None:
    with pytest.raises(TelephonyError, match=r"users, line 2: write name:password") as caught:
        parse(f"a:b\n{text}", "users")
    assert "s3cret" not in caught.value.message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TelephonyError, match="cannot be read: FileNotFoundError"):
        load(str(tmp_path / "none"))
