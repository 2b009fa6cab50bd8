"""`mostrador scale kamailio`, as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import ConfigError
from runtime.cli import app
from runtime.commands import scale

pytestmark = pytest.mark.unit

SITE = """
listen = ["udp:127.0.0.1:5999"]
sources = ["127.0.0.1"]
[[nodes]]
uri = "sip:127.0.0.1:6001"
[[nodes]]
uri = "sip:127.0.0.1:6002"
weight = 2
"""
FILES = ["README", "dispatcher.list", "kamailio.cfg", "routing.cfg", "sources.list"]
OPTIONS = ("--listen", "udp:127.0.0.1:5999", "--node", "sip:127.0.0.1:6001", "--from", "127.0.0.1")


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["scale", "kamailio", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_a_site_becomes_a_folder_that_kamailio_takes(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    out = tmp_path / "made"
    report = json.loads(run(str(site), "--out", str(out), "--json"))
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert sorted(report["files"]) == FILES
    assert report["checked"]
    run(str(site), "--out", str(out))  # again, over what it has made


def test_options_do_for_a_small_one(tmp_path: Path) -> None:
    said = run(*OPTIONS, "--out", str(tmp_path / "made"), "--at", "/etc/kamailio/counter")
    assert "How to run it" in said
    assert "/etc/kamailio/counter/routing.cfg" in (tmp_path / "made/kamailio.cfg").read_text()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("listen = [", "config.syntax", "site.toml: not TOML"),
        (SITE.replace("weight", "wieght"), "config.unknown", "nodes.2.wieght (did you mean nodes.2.weight?)"),
        (SITE.replace("weight = 2", "weight = 0"), "config.value", "nodes.2.weight = 0"),
        (SITE.replace('sources = ["127.0.0.1"]', ""), "config.value", "sources is missing"),
        (SITE.replace("127.0.0.1:6002", "127.0.0.1:5999"), "scale.value", "nodes.2.uri"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, text: str, code: str, said: str) -> None:
    site = tmp_path / "site.toml"
    site.write_text(text)
    with pytest.raises(ConfigError) as caught:
        run(str(site), "--out", str(tmp_path / "made"))
    assert caught.value.code == code
    assert said in caught.value.message
    assert not (tmp_path / "made").exists()


def test_a_file_and_options_at_once_are_refused(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    with pytest.raises(ConfigError, match="say it in one place"):
        run(str(site), *OPTIONS)


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kamailio.cfg").write_text("# by hand")
    with pytest.raises(ConfigError, match="was not made by this command"):
        run(*OPTIONS, "--out", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kamailio.cfg"]


def test_a_path_that_kamailio_cannot_be_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="whole path"):
        run(*OPTIONS, "--out", str(tmp_path / "made"), "--at", 'here" listen="0.0.0.0')


def test_what_kamailio_refuses_is_passed_on(tmp_path: Path) -> None:
    wrong = tmp_path / "kamailio.cfg"
    wrong.write_text("nonsense {")
    with pytest.raises(ConfigError, match="Kamailio does not take"):
        scale.check(wrong)
