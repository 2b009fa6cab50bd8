import io
import json
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_models import SETTINGS, WEIGHTS, address_model, catalog_of, sha

from core.errors import ModelError
from models.bundle import install, write
from models.store import Store

pytestmark = pytest.mark.unit

MODELS = catalog_of(address_model("http://127.0.0.1:9"))
MANIFEST = {
    "toy": {
        "weights.bin": {"size": len(WEIGHTS), "sha256": sha(WEIGHTS)},
        "config.json": {"size": len(SETTINGS), "sha256": sha(SETTINGS)},
    }
}


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store(tmp_path / "other", MODELS)


def member(name: str, content: bytes = b"", **changes: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in changes.items():
        setattr(info, key, value)
    return info, content


def manifest(models: object = None, version: int = 1) -> tuple[tarfile.TarInfo, bytes]:
    return member("manifest.json", json.dumps({"format": version, "models": models or MANIFEST}).encode())


GOOD = [manifest(), member("toy/weights.bin", WEIGHTS), member("toy/config.json", SETTINGS)]


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


def files(store: Store) -> set[str]:
    if not store.root.exists():
        return set()
    return {str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.name != ".lock"}


def test_there_and_back(installed: Store, empty: Store, tmp_path: Path) -> None:
    out = tmp_path / "toy.tar"
    assert write(installed, out) == ["toy"]
    assert install(empty, out) == ["toy"]
    assert (empty.require("toy") / "weights.bin").read_bytes() == WEIGHTS
    assert [check.state for check in empty.verify()] == ["ok", "ok"]
    assert not out.with_name("toy.tar.part").exists()
    assert files(empty) == {"toy", "toy/.verified", "toy/weights.bin", "toy/config.json"}


def test_the_same_models_make_the_same_bundle(installed: Store, tmp_path: Path) -> None:
    write(installed, tmp_path / "one.tar")
    write(installed, tmp_path / "two.tar")
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


def test_what_is_not_installed_is_not_bundled(installed: Store, tmp_path: Path) -> None:
    (installed.folder("toy") / "config.json").unlink()
    with pytest.raises(ModelError) as caught:
        write(installed, tmp_path / "toy.tar")
    assert caught.value.code == "model.missing"
    assert list(tmp_path.glob("toy.tar*")) == []


def test_what_is_damaged_is_not_bundled(installed: Store, tmp_path: Path) -> None:
    (installed.folder("toy") / "config.json").write_bytes(SETTINGS[::-1])
    with pytest.raises(ModelError) as caught:
        write(installed, tmp_path / "toy.tar")
    assert caught.value.code == "model.tampered"
    assert list(tmp_path.glob("toy.tar*")) == []


def test_a_folder_that_is_not_there(installed: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        write(installed, tmp_path / "none" / "toy.tar")
    assert caught.value.code == "model.disk"


def test_a_bundle_made_by_hand(empty: Store, tmp_path: Path) -> None:
    install(empty, tar_of(tmp_path / "b.tar", *GOOD))
    empty.require("toy")


def test_a_damaged_store_is_mended(installed: Store, tmp_path: Path) -> None:
    write(installed, tmp_path / "toy.tar")
    (installed.folder("toy") / "weights.bin").write_bytes(b"short")
    install(installed, tmp_path / "toy.tar")
    installed.require("toy")


def test_a_file_where_a_folder_belongs_is_an_error(empty: Store, tmp_path: Path) -> None:
    empty.root.mkdir()
    (empty.root / "toy").write_text("in the way")
    with pytest.raises(ModelError) as caught:
        install(empty, tar_of(tmp_path / "b.tar", *GOOD))
    assert caught.value.code == "model.disk"
    assert files(empty) == {"toy"}


BAD_ENTRY = {"size": len(WEIGHTS), "sha256": "0" * 64}
ATTACKS: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
    "a path upwards": [*GOOD, member("../evil", b"x")],
    "a path upwards inside": [*GOOD, member("toy/../../evil", b"x")],
    "an absolute path": [*GOOD, member("/tmp/mostrador-evil", b"x")],
    "an unknown file": [*GOOD, member("toy/evil.py", b"x")],
    "an unknown model": [manifest({**MANIFEST, "evil": MANIFEST["toy"]}), *GOOD[1:]],
    "a model that is a path": [manifest({"../toy": MANIFEST["toy"]}), *GOOD[1:]],
    "a file that the catalog lacks": [manifest({"toy": {**MANIFEST["toy"], "evil.py": BAD_ENTRY}}), *GOOD[1:]],
    "a hash that the catalog lacks": [manifest({"toy": {**MANIFEST["toy"], "weights.bin": BAD_ENTRY}}), *GOOD[1:]],
    "wrong content": [*GOOD[:2], member("toy/config.json", SETTINGS[::-1])],
    "short content": [*GOOD[:2], member("toy/config.json", SETTINGS[:-1])],
    "a symbolic link": [*GOOD[:2], member("toy/config.json", type=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "a hard link": [*GOOD[:2], member("toy/config.json", type=tarfile.LNKTYPE, linkname="toy/weights.bin")],
    "a device": [*GOOD[:2], member("toy/config.json", type=tarfile.CHRTYPE)],
    "a pipe": [*GOOD[:2], member("toy/config.json", type=tarfile.FIFOTYPE)],
    "a folder": [member("toy", type=tarfile.DIRTYPE), *GOOD],
    "a file twice": [*GOOD, GOOD[2]],
    "a file too few": GOOD[:2],
    "half a model": [manifest({"toy": {"config.json": MANIFEST["toy"]["config.json"]}}), GOOD[2]],
    "no manifest": GOOD[1:],
    "a manifest at the end": [*GOOD[1:], GOOD[0]],
    "a manifest twice": [GOOD[0], *GOOD],
    "a manifest of another kind": [member("manifest.json", b"[]"), *GOOD[1:]],
    "a manifest that is a link": [member("manifest.json", type=tarfile.SYMTYPE, linkname="/etc/passwd"), *GOOD[1:]],
    "a manifest without end": [member("manifest.json", b" " * (1 << 21)), *GOOD[1:]],
    "a later format": [manifest(version=2), *GOOD[1:]],
    "an unknown key": [member("manifest.json", b'{"format": 1, "models": {}, "run": "evil"}')],
    "nothing in it": [member("manifest.json", b'{"format": 1, "models": {}}')],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_and_leaves_nothing(attack: str, empty: Store, tmp_path: Path) -> None:
    bundle = tar_of(tmp_path / "b.tar", *ATTACKS[attack])
    before = set(tmp_path.iterdir())
    with pytest.raises(ModelError) as caught:
        install(empty, bundle)
    assert caught.value.code == "model.bundle"
    assert files(empty) == set()
    assert set(tmp_path.iterdir()) - before <= {empty.root}
    assert not Path("/tmp/mostrador-evil").exists()


def test_a_name_in_an_extended_header_is_judged_too(empty: Store, tmp_path: Path) -> None:
    info, content = member("toy/config.json", SETTINGS, pax_headers={"path": "../evil"})
    with pytest.raises(ModelError, match="not in its manifest"):
        install(empty, tar_of(tmp_path / "b.tar", *GOOD[:2], (info, content)))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"x" * 600, b"\x1f\x8b" + b"0" * 600])
def test_what_is_no_tar_is_refused(content: bytes, empty: Store, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(content)
    with pytest.raises(ModelError) as caught:
        install(empty, tmp_path / "b.tar")
    assert caught.value.code == "model.bundle"


def test_a_bundle_that_is_not_there(empty: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not there"):
        install(empty, tmp_path / "b.tar")


def test_an_old_import_that_was_killed_is_cleared(empty: Store, tmp_path: Path) -> None:
    (empty.root / ".import" / "toy").mkdir(parents=True)
    (empty.root / ".import" / "toy" / "weights.bin").write_bytes(b"half")
    install(empty, tar_of(tmp_path / "b.tar", *GOOD))
    empty.require("toy")
    assert not (empty.root / ".import").exists()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_refused_or_harmless(data: st.DataObject, tmp_path: Path) -> None:
    """Whatever happens to the bytes: an error of ours, or the right files and no others."""
    whole = tar_of(tmp_path / "b.tar", *GOOD).read_bytes()
    heads = [at for at in range(0, len(whole), 512) if at < 2048 or at > len(WEIGHTS)]
    at = data.draw(st.sampled_from(heads)) + data.draw(st.integers(0, 511))
    gone = data.draw(st.integers(0, 700))
    junk = data.draw(st.binary(max_size=600))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store", MODELS)
        bundle = Path(folder) / "b.tar"
        bundle.write_bytes(whole[:at] + junk + whole[at + gone :])
        refused = ""
        try:
            install(store, bundle)
        except ModelError as error:
            refused = error.code
        assert refused in ("", "model.bundle")
        assert files(store) == (set() if refused else {"toy", "toy/.verified", "toy/weights.bin", "toy/config.json"})
        if not refused:
            store.require("toy")
        assert {path.name for path in Path(folder).iterdir()} == {"store", "b.tar"}
