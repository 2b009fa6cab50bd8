import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy_models import WEIGHTS, FileServer

from core.errors import ModelError
from models.fetch import Access, Silent, download, shown

pytestmark = pytest.mark.unit


def fetch(server: FileServer, part: Path, size: int = len(WEIGHTS), path: str = "/weights.bin") -> list[float]:
    pauses: list[float] = []
    download(server.base + path, part, access=Access(), size=size, progress=Silent(), pause=pauses.append)
    return pauses


class Told(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.done: list[int] = []

    def at(self, done: int) -> None:
        self.done.append(done)

    def note(self, text: str) -> None:
        self.notes.append(text)


def test_a_cut_line_is_resumed_where_it_broke(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.cuts = [100_000, 50_000]
    part = tmp_path / "weights.part"
    told = Told()
    download(
        f"{server.base}/weights.bin", part, access=Access(), size=len(WEIGHTS), progress=told, pause=lambda _: None
    )
    assert part.read_bytes() == WEIGHTS
    assert [wanted for _, wanted in server.asked] == ["", "bytes=100000-", "bytes=150000-"]
    assert told.done == sorted(told.done)
    assert told.done[-1] == len(WEIGHTS)
    assert len(told.notes) == 2


def test_what_an_earlier_run_left_is_used(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    part = tmp_path / "weights.part"
    part.write_bytes(WEIGHTS[:200_000])
    fetch(server, part)
    assert part.read_bytes() == WEIGHTS
    assert server.asked == [("/weights.bin", "bytes=200000-")]


def test_a_whole_part_asks_for_nothing(server: FileServer, tmp_path: Path) -> None:
    part = tmp_path / "weights.part"
    part.write_bytes(WEIGHTS)
    fetch(server, part)
    assert server.asked == []


def test_a_server_without_ranges_starts_again(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.ranges = False
    server.cuts = [100_000]
    part = tmp_path / "weights.part"
    fetch(server, part)
    assert part.read_bytes() == WEIGHTS


def test_a_part_longer_than_the_file_starts_again(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    part = tmp_path / "weights.part"
    part.write_bytes(WEIGHTS + b"more")
    fetch(server, part)
    assert part.read_bytes() == WEIGHTS


def test_a_file_that_became_shorter_starts_again(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    part = tmp_path / "weights.part"
    part.write_bytes(b"x" * (len(WEIGHTS) + 5))
    fetch(server, part, size=0)
    assert part.read_bytes() == WEIGHTS


def test_a_busy_server_is_asked_again_with_growing_pauses(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.statuses = [503, 502, 429]
    pauses = fetch(server, tmp_path / "weights.part")
    assert len(pauses) == 3
    assert all(0 < pause <= 60 for pause in pauses)


def test_it_gives_up_in_the_end_and_keeps_what_came(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.cuts = [1000]
    server.statuses = [200] + [503] * 20
    part = tmp_path / "weights.part"
    with pytest.raises(ModelError, match="gave up after 6 tries") as caught:
        fetch(server, part)
    assert caught.value.retryable
    assert part.read_bytes() == WEIGHTS[:1000]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_repeated(server: FileServer, tmp_path: Path, status: int) -> None:
    server.statuses = [status]
    with pytest.raises(ModelError, match=str(status)):
        fetch(server, tmp_path / "weights.part")
    assert len(server.asked) == 1


def test_more_than_it_should_be_is_refused(server: FileServer, tmp_path: Path) -> None:
    server.put("/weights.bin", WEIGHTS)
    with pytest.raises(ModelError, match="longer than"):
        fetch(server, tmp_path / "weights.part", size=1000)


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        fetch(FileServer(base="http://127.0.0.1:1"), tmp_path / "weights.part")
    assert caught.value.code == "model.fetch"
    assert caught.value.retryable


def test_an_address_is_shown_without_its_password() -> None:
    assert shown("https://me:secret@example.org:8/a/b?token=1#c") == "https://example.org:8/a/b"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 150_000), max_size=6))
def test_it_comes_whole_wherever_the_line_is_cut(server: FileServer, cuts: list[int]) -> None:
    server.put("/weights.bin", WEIGHTS)
    server.cuts = list(cuts)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "weights.part"
        fetch(server, part)
        assert part.read_bytes() == WEIGHTS
    server.cuts = []
