"""Tools on a real HTTP service: values stay in their place, failures are told apart, deeds happen once."""

import json
import socket
from pathlib import Path

import pytest

from core.errors import ToolError
from runtime.agent.connect.breaker import FAILURES
from runtime.agent.ledger import UNSURE
from tests.agent.connectors import CRM, KEYED, NASTY, crm, fails, load, use
from tests.agent.service import Service

pytestmark = pytest.mark.engine


def test_asks_and_answers(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "t0p")
    tools = crm(tmp_path, service, key=KEYED, system='secret = { env = "CRM_TOKEN" }')
    service.answers = [service.says({"data": {"name": "Ana", "card": {"points": 7}, "secret": 1}})]
    found = use(tools["customer"], number="5 7/á", language="es")
    assert found == {"outcome": "found", "name": "Ana", "points": 7}
    assert service.asked[0]["path"] == "/customers/5%207%2F%C3%A1?lang=es"
    assert service.asked[0]["headers"]["Authorization"] == "Bearer t0p"
    service.answers = [service.says({}, 404)]
    assert use(tools["customer"], number="9", language="es")["outcome"] == "not_found"
    service.answers = [service.says([{"id": "a"}, {"id": "b"}])]
    assert use(tools["cases"]) == [{"id": "a"}, {"id": "b"}]
    service.answers = [service.says({"case": 12}, 201)]
    assert use(tools["open_case"], number="57", key="k1") == {"outcome": "done", "case": 12}
    assert json.loads(service.asked[-1]["body"]) == {"about": {"number": 57, "text": "no. 57"}, "urgent": True}
    assert service.asked[-1]["headers"]["Idempotency-Key"] == "k1"
    service.answers = [service.says({}, 409)]
    assert use(tools["open_case"], number="57", key="k2")["outcome"] == "refused"


def test_values_stay_in_their_place(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({"data": {}})]
    for text in NASTY:
        use(tools["customer"], number=text, language="{number}")
        path, _, query = service.asked[-1]["path"].partition("?")
        assert path.count("/") == 2
        assert query == "lang=%7Bnumber%7D"
    fails("tool.refused", tools["customer"], number="..", language="es")


READS = [
    ("hangs", "tool.timeout"), ("cuts", "tool.unreachable"), ("floods", "tool.too_much"), ("drips", "tool.timeout"),
    ("drips_a_header", "tool.timeout"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "code"), READS)
def test_a_bad_service_is_told_of_in_time(service: Service, tmp_path: Path, how: str, code: str) -> None:
    """Whoever waits longer than the tool's time sees the service end what it hangs or drips, which is another code."""
    tools = crm(tmp_path, service)
    service.answers = [getattr(service, how)]
    fails(code, tools["customer"], number="1", language="es")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>", "tool.garbage"), (b"\xff\xfe", "tool.garbage"), (b"[" * 10_000, "tool.garbage"),
        (b"[1]", "tool.garbage"),
        (b'{"data": {"name": 5}}', "tool.garbage"), (b'{"data": {"card": {"points": "7"}}}', "tool.garbage"),
        (b'{"data": {"card": {"points": true}}}', "tool.garbage"), (b'{"data": null}', "tool.garbage"),
        (json.dumps({"data": {"name": "x" * 5000}}).encode(), "tool.garbage"),
        (b'{"data": {"name": "\\ud800"}}', "tool.garbage"), (b'{"data": {"card": {"points": 1e999}}}', "tool.garbage"),
        (b'{"data": {"card": {"points": 9999999999999999999}}}', "tool.garbage"),
    ],
)  # fmt: skip
def test_garbage(service: Service, tmp_path: Path, body: bytes, code: str) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.sends(body)]
    fails(code, tools["customer"], number="1", language="es")
    assert len(service.asked) == 1


def test_a_read_is_tried_again_and_a_redirect_is_not_followed(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 500), service.cuts, service.says({"data": {"name": "Ana"}})]
    assert use(tools["customer"], number="1", language="es")["name"] == "Ana"
    assert len(service.asked) == 3
    service.answers = [service.says({}, 302, Location="https://elsewhere.example/")]
    fails("tool.redirected", tools["customer"], number="1", language="es")
    assert len(service.asked) == 4


@pytest.mark.parametrize("how", ["hangs", "cuts", "floods", "drips_a_header"])
def test_a_deed_that_may_have_happened_is_not_repeated(service: Service, tmp_path: Path, how: str) -> None:
    tools = crm(tmp_path, service)
    service.answers = [getattr(service, how), service.says({"case": 1})]
    fails(UNSURE, tools["open_case"], number=5, key="k")
    assert len(service.asked) == 1


def test_with_a_key_it_is_the_service_that_does_it_once(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service, key=KEYED)
    service.answers = [service.cuts, service.says({}, 503), service.says({"case": 1})]
    assert use(tools["open_case"], number=5, key="k")["case"] == 1
    assert {asked["headers"]["Idempotency-Key"] for asked in service.asked} == {"k"}


def test_what_did_surely_not_happen_is_no_doubt(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 429)]
    fails("tool.busy", tools["open_case"], number=5, key="k")
    service.answers = [service.says({}, 422)]
    fails("tool.refused", tools["open_case"], number=5, key="k")
    nobody = load(tmp_path, CRM.format(url="http://127.0.0.1:9", key="", system=""))
    fails("tool.unreachable", nobody["open_case"], number=5, key="k")


def test_who_never_got_through_did_nothing(tmp_path: Path) -> None:
    """It takes connections and says no word of TLS: nothing has been sent to it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tools = load(tmp_path, CRM.format(url=f"https://127.0.0.1:{silent.getsockname()[1]}", key="", system=""))
        fails("tool.timeout", tools["open_case"], number=5, key="k")


def test_a_callers_bad_value_is_no_failure_of_the_system(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    for _ in range(FAILURES + 1):
        fails("tool.refused", tools["customer"], number="..", language="es")
        fails("tool.refused", tools["open_case"], number="five", key="k")
        fails("tool.refused", tools["open_case"], number=None, key="k")
    service.answers = [service.says({"data": {}})]
    assert use(tools["customer"], number="1", language="es")["outcome"] == "found"
    assert len(service.asked) == 1


def test_what_is_missing_is_not_written_out(service: Service, tmp_path: Path) -> None:
    text = CRM.replace('lang = "{{language}}"', 'lang = "{{language}}", near = "{{near}}", by = "x{{near}}"')
    text = text.replace('parameters = {{ number = "text" }}', 'parameters = {{ number = "text", near = "text?" }}')
    text = text.replace("urgent = true", 'urgent = true, note = "{{note}}", said = "no. {{note}}"')
    text = text.replace('{{ number = "integer" }}', '{{ number = "integer", note = "text?" }}')
    tools = load(tmp_path, text.format(url=service.url, key="", system=""))
    service.answers = [service.says({"data": {}, "case": 1})]
    use(tools["customer"], number="1", language="es")
    assert service.asked[0]["path"] == "/customers/1?lang=es"
    use(tools["open_case"], number=5, key="k")
    body = json.loads(service.asked[1]["body"])
    assert (body["note"], body["said"]) == (None, None)
    use(tools["customer"], number="1", near="a b", language="es")
    assert service.asked[2]["path"] == "/customers/1?lang=es&near=a+b&by=xa+b"


@pytest.mark.parametrize("token", ["t0p\nX-Other: 1", "t0pñ"])
def test_a_secret_that_is_no_header_is_not_sent(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CRM_TOKEN", token)
    tools = crm(tmp_path, service, system='secret = { env = "CRM_TOKEN" }')
    assert "t0p" not in fails("tool.secret", tools["open_case"], number=5, key="k").message
    assert service.asked == []
    monkeypatch.setenv("CRM_TOKEN", " t0p\n")
    service.answers = [service.says({"case": 1})]
    use(tools["open_case"], number=5, key="k")
    assert service.asked[0]["headers"]["Authorization"] == "Bearer t0p"


def test_an_authority_that_is_not_there_is_told_before_anything_is_sent(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service, system='ca = "/nowhere/ca.pem"')
    assert "/nowhere/ca.pem" in fails("tool.unreachable", tools["open_case"], number=5, key="k").message
    assert service.asked == []


def test_a_secret_file_is_ones_own(service: Service, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("t0p", "utf-8")
    secret.chmod(0o644)
    tools = crm(tmp_path, service, system=f'secret = {{ file = "{secret}" }}')
    error = fails("tool.secret", tools["customer"], number="1", language="es")
    assert "chmod 600" in error.message
    assert "t0p" not in error.message
    secret.chmod(0o600)
    service.answers = [service.says({"data": {}})]
    assert use(tools["customer"], number="1", language="es")["outcome"] == "found"


def test_a_broken_system_is_left_alone(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 500)]
    for _ in range(2):
        with pytest.raises(ToolError):
            use(tools["customer"], number="1", language="es")
    asked = len(service.asked)
    assert asked == FAILURES
    fails("tool.resting", tools["cases"])
    assert len(service.asked) == asked
