"""The retail pack on the real embedder; a database of its own for each test that asks for one."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import models.sectors
from models.embed import Embedder
from runtime.agent.database import Database
from runtime.agent.index import open_library
from runtime.agent.library import Library
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, make_router
from tests.agent.conversation import TUESDAY, Conversation
from tests.agent.postgres import Server, installed
from tests.agent.read_backs import ReadBack, read_backs
from tests.agent.service import Service

RETAIL = Path(models.sectors.__file__).parent / "retail"


@pytest.fixture(scope="session")
def retail() -> Pack:
    return load_pack(RETAIL)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    from models.embed import load
    from models.store import Store

    return load(Store())


@pytest.fixture(scope="session")
def judge(retail: Pack, embedder: Embedder) -> Judge:
    """Without the language model: what stays in doubt is asked."""
    return Judge(retail, make_router(retail, embedder), None)


@pytest.fixture(scope="session")
def library(retail: Pack, embedder: Embedder) -> Library:
    return open_library(retail, embedder)


@pytest.fixture
def database(retail: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "retail.db", retail)
    made.prepare(TUESDAY)
    return made


@pytest.fixture
def agent(retail: Pack, database: Database, judge: Judge, library: Library) -> Agent:
    return Agent(retail, database, judge, lambda: TUESDAY, library=library)


@pytest.fixture
def talk(agent: Agent) -> Callable[..., Conversation]:
    """Begin a conversation: `talk("en")`."""
    return lambda language="es", identity="c1": Conversation(agent, language, identity)


@pytest.fixture(scope="session")
def reading_back(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], tuple[Pack, list[ReadBack]]]:
    """Each pack's conversations that wait for a yes, made once."""
    return cache(lambda folder: read_backs(folder, tmp_path_factory.mktemp(folder.name)))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not installed():
        pytest.fail("PostgreSQL is not installed: setup/packages.sh test")
    running = Server(tmp_path_factory.mktemp("postgres") / "server")
    yield running
    running.stop()


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()
