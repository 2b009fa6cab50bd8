"""Tools of a real MCP server, over pipes and over HTTP: pinned, bounded, and ended with the agent."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.errors import PackError, ToolError
from runtime.agent.connect.file import load_connectors
from runtime.agent.ledger import UNSURE
from runtime.agent.pack import Pack, load_pack
from runtime.agent.tools import Tool
from tests.sip.phones import free_port

pytestmark = pytest.mark.engine

SERVER = Path(__file__).parent / "mcp_shop.py"
CONNECTORS = """
[system.shop]
kind = "mcp"
{where}

[tool.units]
system = "shop"
mcp = {{ tool = "stock", pin = "{stock}" }}
parameters = {{ article = "text" }}
returns = {{ outcome = ["found"], units = "integer" }}
timeout = 8.0
tries = 1

[tool.reserve]
system = "shop"
mcp = {{ tool = "reserve", arguments = {{ article = "{{article}}", key = "{{key}}" }}, pin = "{reserve}" }}
parameters = {{ article = "text" }}
returns = {{ outcome = ["done"] }}
acts = true
tries = 1
timeout = 12.0
"""


def load(folder: Path, where: str, *, stock: str = "", reserve: str = "") -> dict[str, Tool]:
    file = folder / "connectors.toml"
    file.write_text(CONNECTORS.format(where=where, stock=stock, reserve=reserve), "utf-8")
    return load_connectors(file)


def pin(tool: Tool) -> str:
    assert tool.probe is not None
    found = re.search(r'pin = "(\w+)"', tool.probe())
    assert found
    return found[1]


@contextmanager
def over_port(port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, SERVER, str(port)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def over_http() -> Iterator[str]:
    port = free_port()
    with over_port(port):
        yield f'url = "http://127.0.0.1:{port}/mcp"'


@pytest.fixture(params=["pipes", "http"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Tool]]:
    """The shop's, as they were accepted."""
    where = pipes() if request.param == "pipes" else request.getfixturevalue("over_http")
    unknown = load(tmp_path, where)
    until = time.monotonic() + 20
    while "unreachable" in (unknown["units"].probe or str)() and time.monotonic() < until:
        time.sleep(0.2)
    made = load(tmp_path, where, stock=pin(unknown["units"]), reserve=pin(unknown["reserve"]))
    unknown["units"].close()
    yield made
    made["units"].close()


def pipes() -> str:
    return f'command = ["{sys.executable}", "{SERVER}"]'


def until_gone(process: int) -> None:
    """Dead, and taken note of by whoever started it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"{process} goes on")


def use(tool: Tool, **values: Any) -> Any:
    return tool.function(None, **values)


def fails(code: str, tool: Tool, **values: Any) -> str:
    with pytest.raises(ToolError) as caught:
        use(tool, **values)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


def test_asks_and_acts(tools: dict[str, Tool]) -> None:
    assert tools["units"].probe is not None
    assert tools["units"].probe() == ""
    assert use(tools["units"], article="drill") == {"outcome": "found", "units": 7}
    assert use(tools["reserve"], article="drill", key="k") == {"outcome": "done"}
    fails("tool.refused", tools["units"], article="fails")
    fails("tool.garbage", tools["units"], article="odd")  # words that are none of those declared stay outside
    fails("tool.too_much", tools["units"], article="long")


def test_a_server_that_breaks_is_begun_anew_and_ended_with_us(tmp_path: Path) -> None:
    unknown = load(tmp_path, pipes())
    tools = load(tmp_path, pipes(), stock=pin(unknown["units"]), reserve=pin(unknown["reserve"]))
    unknown["units"].close()
    first = use(tools["units"], article="pid")["units"]
    fails("tool.unreachable", tools["units"], article="gone")
    second = use(tools["units"], article="pid")["units"]
    assert first != second
    fails(UNSURE, tools["reserve"], article="gone", key="k")
    third = use(tools["units"], article="pid")["units"]
    tools["units"].close()
    for process in (first, second, third):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_an_error_is_of_one_call_and_ends_the_connection_of_none(tools: dict[str, Tool]) -> None:
    server = use(tools["units"], article="pid")["units"]
    waiting: list[object] = []
    slow = threading.Thread(target=lambda: waiting.append(use(tools["units"], article="slow")["units"]))
    slow.start()
    for code, told in ((-32602, "tool.refused"), (-32603, "tool.failed"), (-32000, "tool.failed"), (1, "tool.failed")):
        said = fails(told, tools["units"], article=f"error {code}")
        assert str(code) in said
        assert "something" not in said  # what a server says goes nowhere
    assert use(tools["units"], article="pid")["units"] == server
    slow.join()
    assert waiting == [7]
    fails("tool.refused", tools["reserve"], article="error -32602", key="k")  # JSON-RPC: it was not begun
    fails(UNSURE, tools["reserve"], article="error -32603", key="k")


def test_one_that_went_while_nobody_asked_is_begun_anew(tmp_path: Path) -> None:
    """Nothing has been sent to it, so that nothing is in doubt."""
    unknown = load(tmp_path, pipes())
    tools = load(tmp_path, pipes(), stock=pin(unknown["units"]), reserve=pin(unknown["reserve"]))
    unknown["units"].close()
    first = use(tools["units"], article="pid")["units"]
    os.kill(first, signal.SIGKILL)
    until_gone(first)
    time.sleep(0.3)  # the end of its pipe may come after its own
    assert use(tools["reserve"], article="drill", key="k") == {"outcome": "done"}
    tools["units"].close()


def test_one_that_hangs_is_begun_anew(tmp_path: Path) -> None:
    unknown = load(tmp_path, pipes())
    load(tmp_path, pipes(), stock=pin(unknown["units"]), reserve=pin(unknown["reserve"]))
    unknown["units"].close()
    file = tmp_path / "connectors.toml"
    text = file.read_text("utf-8")
    units = text[text.index("[tool.units]") : text.index("[tool.reserve]")]
    hurried = units.replace("tool.units", "tool.hurried").replace("timeout = 8.0", "timeout = 0.5")
    file.write_text(f"{text}\n{hurried}", "utf-8")
    tools = load_connectors(file)
    first = use(tools["units"], article="pid")["units"]
    for _ in range(2):
        fails("tool.timeout", tools["hurried"], article="freezes")
    assert use(tools["reserve"], article="drill", key="k") == {"outcome": "done"}
    until_gone(first)
    tools["units"].close()


def test_one_over_http_that_is_away_is_not_in_doubt(tmp_path: Path) -> None:
    port = free_port()
    where = f'url = "http://127.0.0.1:{port}/mcp"'
    with over_port(port):
        tools = load(tmp_path, where)
        until = time.monotonic() + 20
        while "unreachable" in (tools["units"].probe or str)() and time.monotonic() < until:
            time.sleep(0.2)
        tools = load(tmp_path, where, reserve=pin(tools["reserve"]))
        assert use(tools["reserve"], article="drill", key="k") == {"outcome": "done"}
    fails("tool.unreachable", tools["reserve"], article="drill", key="k")
    tools["reserve"].close()


def test_one_that_never_starts_is_given_up_and_ended(tmp_path: Path) -> None:
    """Who waits for it waits their own time; nobody's wait, and no lock, is another's."""
    told = tmp_path / "pid"
    where = f'command = ["{shutil.which("env")}", "MCP_SHOP={told}", "{sys.executable}", "{SERVER}"]'
    file = tmp_path / "connectors.toml"
    text = CONNECTORS.format(where=where, stock="x", reserve="x")
    file.write_text(text.replace("timeout = 8.0", "timeout = 3.0").replace("timeout = 12.0", "timeout = 3.0"), "utf-8")
    tools = load_connectors(file)
    said: list[str] = []
    calls = [
        threading.Thread(
            target=lambda name=name: said.append(fails("tool.unreachable", tools[name], article="x", key="k"))
        )
        for name in ("units", "reserve")
    ]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert ["not ready" in each for each in said] == [True, True]
    until = time.monotonic() + 20
    while not (told.is_file() and told.read_text("utf-8")) and time.monotonic() < until:
        time.sleep(0.05)
    process = int(told.read_text("utf-8"))  # it may still come
    tools["units"].close()
    until_gone(process)


def test_what_was_not_accepted_is_not_called(tmp_path: Path) -> None:
    tools = load(tmp_path, pipes())
    assert "not accepted yet" in fails("tool.changed", tools["units"], article="drill")
    accepted = pin(tools["units"])
    tools["units"].close()
    poisoned = f'command = ["{shutil.which("env")}", "MCP_SHOP=poisoned", "{sys.executable}", "{SERVER}"]'
    tools = load(tmp_path, poisoned, stock=accepted)
    message = fails("tool.changed", tools["units"], article="drill")
    assert "is not what was accepted" in message
    assert "refund" not in message  # what it says of itself goes nowhere
    tools["units"].close()


def test_nobody_there(tmp_path: Path) -> None:
    tools = load(tmp_path, 'url = "http://127.0.0.1:9/mcp"', stock="x")
    fails("tool.unreachable", tools["units"], article="drill")
    tools = load(tmp_path, 'command = ["/nowhere/at/all"]', stock="x")
    fails("tool.unreachable", tools["units"], article="drill")


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("", "one of them"), ('url = "http://shop.example/mcp"', "only https"), ('url = "shop"', "no http address"),
        ('command = ["x"]\nsecret = { env = "X" }', "secret_as"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, where: str, named: str) -> None:
    with pytest.raises(PackError, match=named):
        load(tmp_path, where)


def test_only_flows_that_name_it_may_call_it(retail: Pack, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(retail.folder, tmp_path / "pack"))
    text = (
        CONNECTORS.split("[tool.units]", maxsplit=1)[0].format(where=pipes())
        + """
[tool.extra]
system = "shop"
mcp = { tool = "stock" }
parameters = { article = "text" }
returns = { outcome = ["found"], units = "integer" }
"""
    )
    (folder / "connectors.toml").write_text(text, "utf-8")
    flow = folder / "flows" / "address.toml"
    before = flow.read_text("utf-8")
    call = '[[steps]]\ncall = "extra"\narguments = { article = "x" }\ninto = "extra"\n\n[[steps]]'
    flow.write_text(before.replace("[[steps]]", call, 1), "utf-8")
    with pytest.raises(PackError, match="name it in `allow`"):
        load_pack(folder)
    flow.write_text('allow = ["extra"]\n' + before.replace("[[steps]]", call, 1), "utf-8")
    assert load_pack(folder).flows["address"].allow == ("extra",)
    flow.write_text('allow = ["prices"]\n' + before, "utf-8")
    with pytest.raises(PackError, match="of an MCP server"):
        load_pack(folder)


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text("utf-8")
    example = text.split("## An MCP server\n")[1].split("```toml\n")[1].split("```")[0]
    example = example.replace('command = ["/opt/shop/bin/mcp-server"]', pipes())
    file = tmp_path / "connectors.toml"
    file.write_text(example, "utf-8")
    unknown = load_connectors(file)["units_left"]
    file.write_text(example.replace('pin = ""', f'pin = "{pin(unknown)}"'), "utf-8")
    unknown.close()
    tool = load_connectors(file)["units_left"]
    assert use(tool, article="drill") == {"outcome": "found", "units": 7}
    tool.close()
