"""Files of connectors to a shop's database and to a customers' service, and ways to use what they make."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import ToolError
from runtime.agent.connect.file import load_connectors
from runtime.agent.tools import Tool
from tests.agent.service import Service

# ruff: noqa: E501 - one mistake a line

NASTY = [
    "'; DROP TABLE stock; --",
    "%s",
    "%(x)s",
    ":name",
    "{0}",
    "../../admin",
    "a/b?c=d#e",
    "ñandú €",
    '"',
    "\\",
    "1 OR 1=1",
]
SHOP = """
[system.shop]
kind = "{kind}"
{where}

[tool.units]
system = "shop"
sql = "SELECT 'found' AS outcome, units, note FROM stock WHERE article = :article AND 'a%b' <> note -- :no"
parameters = {{ article = "text" }}
returns = {{ outcome = ["found", "none"], units = "integer?", note = "text?" }}
missing = {{ outcome = "none" }}

[tool.articles]
system = "shop"
sql = "SELECT article AS id FROM stock ORDER BY article"
returns = {{ id = "text" }}
many = true

[tool.sell]
system = "shop"
sql = "UPDATE stock SET units = units - :count WHERE article = :article AND units >= :count"
parameters = {{ article = "text", count = "integer" }}
returns = {{ outcome = ["done", "refused"] }}
always = {{ outcome = "done" }}
missing = {{ outcome = "refused" }}
acts = true
"""


def load(path: Path, text: str) -> dict[str, Tool]:
    (path / "connectors.toml").write_text(text, "utf-8")
    return load_connectors(path / "connectors.toml")


def use(tool: Tool, **values: Any) -> Any:
    return tool.function(None, **values)


def fails(code: str, tool: Tool, **values: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        use(tool, **values)
    assert caught.value.code == code, caught.value.message
    return caught.value


CRM = """
[system.crm]
kind = "http"
url = "{url}"
{system}

[tool.customer]
system = "crm"
request = {{ path = "/customers/{{number}}", query = {{ lang = "{{language}}" }}, at = "data" }}
parameters = {{ number = "text" }}
returns = {{ outcome = ["found", "not_found"], name = "text?", points = "integer?" }}
fields = {{ points = "card.points" }}
always = {{ outcome = "found" }}
statuses = {{ 404 = {{ outcome = "not_found" }} }}
timeout = 1.0

[tool.cases]
system = "crm"
request = {{ path = "/cases", at = "" }}
returns = {{ id = "text" }}
many = true

[tool.open_case]
system = "crm"
request = {{ method = "POST", path = "/cases", body = {{ about = {{ number = "{{number}}", text = "no. {{number}}" }}, urgent = true }}{key} }}
parameters = {{ number = "integer" }}
returns = {{ outcome = ["done", "refused"], case = "integer?" }}
always = {{ outcome = "done" }}
statuses = {{ 409 = {{ outcome = "refused" }} }}
acts = true
timeout = 1.0
"""
KEYED = ', key_header = "Idempotency-Key"'


def crm(path: Path, service: Service, *, key: str = "", system: str = "") -> dict[str, Tool]:
    return load(path, CRM.format(url=service.url, key=key, system=system))
