"""The wheel for aarch64, as `make wheel-aarch64` leaves it in the cache: tried with that machine's Python, under qemu.

Making it takes minutes: without it, or without qemu, there is nothing to try.
"""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from core.places import cache_home
from telephony.native import build, source, sysroot, target, wheel
from tests.sip.phones import LIMIT, run_sipp
from tests.sip.scenario import ack, answered, bye, invite, options, pause, receive, scenario

pytestmark = [
    pytest.mark.sip,
    pytest.mark.skipif(target.machine_here() == "aarch64", reason="this machine runs it by itself"),
]

MACHINE = "aarch64"
QEMU = f"qemu-{MACHINE}-static"
WHEEL = cache_home() / "wheels" / wheel.file_name(f"{build.VERSION}+{build.recipe(source.SHA256, MACHINE)}", MACHINE)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    if not WHEEL.exists():
        pytest.skip("not made: make wheel-aarch64")
    folder = tmp_path / "wheel"
    with zipfile.ZipFile(WHEEL) as archive:
        archive.extractall(folder)
    return folder


def test_it_is_for_that_machine_and_loads_what_a_telephone_needs(unpacked: Path) -> None:
    if shutil.which(f"{MACHINE}-linux-gnu-readelf") is None:
        pytest.skip(f"binutils-{MACHINE}-linux-gnu is not installed")
    aim = build.aim_at(MACHINE)
    module = unpacked / "_pjsua2.so"
    aim.check(module)
    assert aim.sysroot is not None
    libraries = aim.sysroot / "usr/lib" / aim.triplet
    absent = [name for name in aim.needed(module) if not (libraries / name).exists()]
    assert not absent, "every library that it loads is one of that Debian's"
    text = (unpacked / f"mostrador_pjsua2-{WHEEL.name.split('-')[1]}.dist-info/WHEEL").read_text()
    assert re.search(rf"^Tag: {re.escape(wheel.tag(MACHINE))}$", text, re.MULTILINE)


def test_it_answers_a_call_under_qemu(unpacked: Path, tmp_path: Path) -> None:
    if shutil.which(QEMU) is None:
        pytest.skip(f"{QEMU} is not installed (qemu-user-static)")
    root = sysroot.make(cache_home() / "sysroot", target.CROSS[MACHINE])
    script = Path(__file__).with_name("answering.py")
    command = [
        QEMU,
        "-L",
        str(root),
        "-E",
        f"PYTHONPATH={unpacked}",
        str(root / "usr/bin" / target.PYTHON),
        str(script),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as phone:
        try:
            assert phone.stdout is not None
            port, *codecs = phone.stdout.readline().split()
            assert {"opus/48000/2", "G722/16000/1", "PCMA/8000/1"} <= set(codecs)
            address = f"127.0.0.1:{port}"
            run_sipp(tmp_path, scenario(options(), receive(200, check="X-Mostrador-Load")), address, "-m", "1")
            talk = scenario(invite(), answered(), ack(), pause(500), bye(), receive(200))
            run_sipp(tmp_path, talk, address, "-m", "1")
            assert phone.wait(LIMIT) == 0
        finally:
            phone.kill()
