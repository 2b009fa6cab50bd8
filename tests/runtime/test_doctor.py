import contextlib
import json
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from core.errors import TelephonyError
from runtime import doctor
from runtime.commands import doctor as command
from runtime.config import Agent, Kiosk, Settings, Sip, Voice

pytestmark = pytest.mark.unit

GIB = doctor.GIB


def only(checks) -> doctor.Check:
    [check] = checks
    return check


@pytest.mark.parametrize(
    ("cpuinfo", "machine", "cores", "state"),
    [
        ("flags\t\t: fpu sse avx avx2 fma", "x86_64", 4, "ok"),
        ("flags\t\t: fpu sse avx", "x86_64", 4, "fail"),
        ("flags\t\t: fpu avx2", "x86_64", 1, "warn"),
        ("Features\t: fp asimd", "aarch64", 4, "ok"),
    ],
)
def test_processor(cpuinfo, machine, cores, state):
    assert doctor.processor_in(cpuinfo, machine, cores).state == state


@pytest.mark.parametrize(
    ("total", "free", "state"), [(8, 6, "ok"), (2, 1.8, "warn"), (8, 0.5, "warn"), (1, 0.9, "fail")]
)
def test_memory(total, free, state):
    text = f"MemTotal: {total * 2**20:.0f} kB\nMemFree: 1 kB\nMemAvailable: {free * 2**20:.0f} kB\n"
    check = doctor.memory_in(text)
    assert check.state == state
    assert bool(check.remedy) == (state != "ok")


@pytest.mark.parametrize(("carries", "state"), [(1, "warn"), (2, "ok"), (16, "ok")])
def test_capacity(carries, state):
    check = doctor.capacity_of(carries, 0.25)
    assert check.state == state
    assert f"{carries} conversations, 25%" in check.detail


@pytest.mark.parametrize(("free", "state"), [(50, "ok"), (0.5, "warn"), (0.1, "fail")])
def test_disk_space(free, state):
    assert doctor.space_in(Path("/srv"), free * GIB).state == state


def test_a_data_folder_that_cannot_be_written(tmp_path):
    assert only(doctor.disk(Settings(data=str(tmp_path / "new")))).state in ("ok", "warn")
    (tmp_path / "file").write_text("")
    check = only(doctor.disk(Settings(data=str(tmp_path / "file" / "data"))))
    assert check.state == "fail"
    assert "data" in check.remedy


def test_a_clock_that_lost_the_time():
    assert doctor.clock_at(1.8e9, 1.79e9).state == "ok"
    assert doctor.clock_at(0.0, 1.79e9).state == "fail"


def test_a_broken_journal_is_found(tmp_path):
    settings = Settings(data=str(tmp_path))
    assert only(doctor.journal(settings)).state == "ok"
    (tmp_path / "journal.db").write_bytes(b"not a database, only some text" * 200)
    check = only(doctor.journal(settings))
    assert (check.state, check.detail) == ("fail", "journal.corrupt")


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_port_is_free_or_its_holder_is_named(kind):
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        check = doctor.port_state("port", kind, "127.0.0.1", port, "sip")
        assert check.state == "fail"
        assert "pytest" in check.detail
        assert "sip.port" in check.remedy
    assert doctor.port_state("port", kind, "127.0.0.1", port, "sip").state == "ok"


def test_our_own_port_is_no_failure():
    script = "import socket, sys; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); \
print(s.getsockname()[1], flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "mostrador"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        port = int(other.stdout.readline())
        assert doctor.port_state("p", socket.SOCK_STREAM, "127.0.0.1", port, "kiosk").state == "fail"
        assert doctor.port_holder(socket.SOCK_STREAM, port).startswith(sys.executable)
        other.stdin.close()
    assert doctor.ours("/opt/x/.venv/bin/python /opt/x/.venv/bin/mostrador run")
    assert doctor.ours("python3 -m runtime run --config a.toml")
    assert not doctor.ours("vi mostrador.toml -m runtime")


def test_an_address_of_another_machine():
    check = doctor.port_state("port", socket.SOCK_DGRAM, "192.0.2.7", 5060, "sip")
    assert check.state == "fail"
    assert "sip.host" in check.remedy


def test_a_missing_model_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path))
    checks = list(doctor.models(Settings()))
    assert {check.name for check in checks} >= {"model whisper-base", "model e5-small", "model piper-en-us-joe-medium"}
    assert all(check.state == "fail" and "mostrador models pull" in check.remedy for check in checks)
    unknown = doctor.models(Settings(voice=Voice(recogniser="whisper-giant")))
    assert any("whisper-giant" in check.remedy for check in unknown if check.state == "fail")


def test_espeak_is_needed_only_where_a_voice_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert only(doctor.espeak(Settings())).state == "fail"
    assert only(doctor.espeak(Settings(voice=Voice(voices={"es": "x", "en": "y"})))).state == "ok"


def test_a_sound_card_is_needed_only_by_a_kiosk_that_uses_it():
    check = only(doctor.sound(Settings(kiosk=Kiosk(sound="device"))))
    other = only(doctor.sound(Settings(kiosk=Kiosk(sound="browser"))))
    assert other.state == "ok"
    assert check.state == ("ok" if "not needed" not in other.detail else "fail")


def test_what_is_switched_off_is_not_examined():
    off = Settings(sip=Sip(enabled=False), kiosk=Kiosk(enabled=False))
    assert only(doctor.telephone(off)).detail == only(doctor.kiosk(off)).detail == "switched off"


def test_a_check_that_breaks_is_a_failed_check(monkeypatch):
    def broken(_: Settings):
        raise TelephonyError("sip.library_missing", "run make")
        yield

    monkeypatch.setattr(doctor, "CHECKS", {"telephone": broken})
    assert only(doctor.examine(Settings())) == doctor.Check("telephone", "fail", "sip.library_missing", "run make")


@pytest.mark.engine
def test_engines_load_here():
    assert only(doctor.engines(Settings())).state == "ok"


def run(*arguments: str):
    app = typer.Typer()
    app.command()(command.doctor)
    return CliRunner().invoke(app, list(arguments))


def test_the_command_reports_and_fails_honestly(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "ENGINES", ("json",))
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path))
    monkeypatch.setenv("MOSTRADOR_HOME", str(tmp_path))
    bad = run("--json")
    report = json.loads(bad.stdout)
    assert bad.exit_code == 1
    assert report["ok"] is False
    assert {check["name"] for check in report["checks"]} >= {"settings", "python", "memory", "engines", "network"}
    assert "→" in run().stdout


def test_wrong_settings_are_one_of_the_failures(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", {"network": doctor.network})
    path = tmp_path / "device.toml"
    path.write_text("[kiosk]\nprot = 1\n")
    done = run("--json", "--config", str(path))
    assert done.exit_code == 1
    assert "kiosk.port" in json.loads(done.stdout)["checks"][0]["remedy"]
    path.write_text(f"[agent]\npack = {msgspec.json.encode(Agent().pack).decode()}\n")
    assert run("--config", str(path)).exit_code == 0


def test_no_route_out_is_no_fault(monkeypatch):
    with contextlib.suppress(OSError):
        assert only(doctor.network(Settings())).state == "ok"


def test_a_certificate_is_warned_about_before_it_ends():
    now = datetime.now(UTC)
    assert doctor.certificate_until(now + timedelta(days=365)).state == "ok"
    soon = doctor.certificate_until(now + timedelta(days=5))
    assert soon.state == "warn"
    assert "renew" in soon.remedy
