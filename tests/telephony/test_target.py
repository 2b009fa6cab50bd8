"""What the library is built for, and that a build which lacks something is not taken for one."""

from pathlib import Path

import numpy
import pytest

from core.errors import TelephonyError
from telephony.native import build, source, sysroot, target, wheel
from telephony.native.target import Target

pytestmark = pytest.mark.unit

FOREIGN = "aarch64" if target.machine_here() != "aarch64" else "x86_64"


def test_a_wheel_for_elsewhere_has_its_tag_and_a_recipe_of_its_own() -> None:
    assert wheel.tag("aarch64").endswith("-linux_aarch64")
    assert wheel.tag(target.machine_here()) == wheel.tag()
    assert build.recipe(source.SHA256) == build.recipe(source.SHA256, target.machine_here())
    assert build.recipe(source.SHA256) != build.recipe(source.SHA256, FOREIGN)


def test_a_library_for_another_machine_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "_pjsua2.so"
    module.write_bytes(b"\x7fELF" + bytes(14) + b"\xf3\x00")  # RISC-V
    with pytest.raises(TelephonyError, match="ELF machine 243") as caught:
        Target("aarch64").check(module)
    assert caught.value.code == "sip.build.machine"


def test_a_library_without_tls_is_refused() -> None:
    """Any that is no telephone will do."""
    module = next(Path(numpy.__file__).parent.glob("_core/*.so"))
    with pytest.raises(TelephonyError, match="without libssl, libsrtp2"):
        target.here().check(module)


def test_what_is_missing_for_elsewhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "machine_here", lambda: "riscv64")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TelephonyError, match="apt-get install g\\+\\+-aarch64-linux-gnu mmdebstrap"):
        build.build(tmp_path, jobs=1, machine="aarch64")


def test_another_python_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "usr/include/python3.99").mkdir(parents=True)
    with pytest.raises(TelephonyError, match=r"Debian's there is python3\.99"):
        target.elsewhere("aarch64", tmp_path)


def test_links_from_the_root_point_inside(tmp_path: Path) -> None:
    libraries = tmp_path / "usr/lib/aarch64-linux-gnu"
    libraries.mkdir(parents=True)
    (libraries / "libm.so.6").write_text("here")
    (libraries / "libm.so").symlink_to("/usr/lib/aarch64-linux-gnu/libm.so.6")
    (tmp_path / "lib").symlink_to("/usr/lib")
    sysroot.point_inside(tmp_path)
    assert (libraries / "libm.so").read_text() == "here"
    assert str((tmp_path / "lib").readlink()) == "usr/lib"


def test_the_release_is_read_from_the_system(tmp_path: Path) -> None:
    file = tmp_path / "os-release"
    file.write_text('ID=debian\nVERSION_CODENAME="bookworm"\n')
    assert sysroot.release(file) == "bookworm"
    with pytest.raises(TelephonyError, match="names no Debian release"):
        sysroot.release(tmp_path / "missing")
