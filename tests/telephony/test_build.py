import sys
import zipfile
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from core.errors import TelephonyError
from telephony.native import build, source, wheel

pytestmark = pytest.mark.unit


def test_a_wheel_is_complete_and_the_same_each_time(tmp_path: Path) -> None:
    module = tmp_path / "_pjsua2.so"
    module.write_bytes(b"\x7fELF")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (wheel.pack(tmp_path / name, "2.17+abc", {"_pjsua2.so": module}) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    name, version, _, tags = parse_wheel_filename(one.name)
    assert (name, str(version)) == ("mostrador-pjsua2", "2.17+abc")
    assert {tag.interpreter for tag in tags} == {f"cp{sys.version_info.major}{sys.version_info.minor}"}
    with zipfile.ZipFile(one) as archive:
        record = archive.read("mostrador_pjsua2-2.17+abc.dist-info/RECORD").decode()
        assert {line.split(",")[0] for line in record.splitlines()} == set(archive.namelist())
    assert not list(tmp_path.rglob("*.part"))


def test_a_source_that_is_not_known_is_refused_with_its_sum(tmp_path: Path) -> None:
    tarball = tmp_path / "pjproject.tar.xz"
    tarball.write_bytes(b"something else")
    with pytest.raises(TelephonyError, match=f"--accept-sha256 {source.sha256(tarball)}") as caught:
        source.check(tarball)
    assert caught.value.code == "sip.build.unknown_source"
    assert source.check(tarball, source.sha256(tarball)) == tarball


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TelephonyError, match="is no file"):
        source.check(tmp_path / "missing.tar.xz")


def test_a_wheel_that_is_kept_needs_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / wheel.file_name(f"{build.VERSION}+{build.recipe(source.SHA256)}")
    kept.write_bytes(b"")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.build(tmp_path, jobs=1) == kept


def test_what_is_missing_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TelephonyError, match=r"apt-get install g\+\+ gcc make swig"):
        build.build(tmp_path, jobs=1)


def test_a_machine_without_a_mirror_is_told_of_the_other_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "mirrors", list)
    with pytest.raises(TelephonyError, match="--source FILE"):
        source.fetch(tmp_path / "cache")
