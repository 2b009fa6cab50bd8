"""What a person is told of a conversation: what the pack's phrases name, and no more."""

from datetime import date
from pathlib import Path

import pytest

import models.sectors
from runtime.agent import DialogState, Frame
from runtime.agent.briefing import Story, brief
from runtime.agent.pack import Pack, load_pack
from tests.paying_pack import paying_pack

pytestmark = pytest.mark.unit

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def retail() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "retail")


def told(pack: Pack, story: Story, language: str = "en") -> list[str]:
    return brief(pack, pack.phrases[language], story, TODAY)  # type: ignore[index]


def state(flow: str, **slots: str | None) -> DialogState:
    return DialogState((Frame(flow, "1", {name.replace("__", "."): value for name, value in slots.items()}),))


def test_the_flow_that_was_open_with_what_it_knew(retail: Pack) -> None:
    story = Story().after("return_request", state("return_request", order="48215"), ())
    assert told(retail, story) == ["They want to return something from order 48215."]
    story = story.after("", state("return_request", order="48215", item__title="a drill"), ())
    assert told(retail, story) == ["They want to return a drill, from order 48215."]
    assert told(retail, story, "es") == ["Quiere devolver a drill, del pedido 48215."]


def test_it_is_still_known_once_the_agent_has_given_up(retail: Pack) -> None:
    story = Story().after("order_status", state("order_status", order="48215"), ()).after("person", DialogState(), ())
    assert told(retail, story) == ["They want to know how order 48215 is doing."]


def test_what_was_only_asked_about_by_its_name(retail: Pack) -> None:
    story = Story().after("warranty", DialogState(), ()).after("parking", DialogState(), ())
    story = story.after("invoice", DialogState(), ()).after("person", DialogState(), ())
    assert told(retail, story) == ["It is about this: Parking.", "It is about this: An invoice."]


def test_what_was_done_already(retail: Pack) -> None:
    story = Story().after("return_request", state("return_request", order="48215"), ("request_return:9f3c",))
    assert told(retail, story)[-1] == "The return has been requested already."


def test_nothing_known_is_said_too(retail: Pack) -> None:
    assert told(retail, Story().after("person", DialogState(), ())) == ["They asked for a person and gave no reason."]
    unknown = Story().after("", state("agent", said="my card is 4111"), ())
    assert told(retail, unknown) == ["They asked for a person and gave no reason."]


def test_a_secret_is_never_told_whatever_the_pack_says(tmp_path: Path) -> None:
    folder = paying_pack(tmp_path)
    for language in ("es", "en"):
        phrases = folder / "phrases" / f"{language}.toml"
        text = phrases.read_text("utf-8")
        phrases.write_text(text.replace("\n[detail]", '\n"brief.address" = ["Card {card}."]\n\n[detail]', 1), "utf-8")
    pack = load_pack(folder)
    story = Story().after("store_address", state("address", card="tok_1234"), ())
    assert not any("tok_1234" in sentence for sentence in told(pack, story))
