"""The page's own MessagePack against msgspec's, in the browser, on values and on rubbish."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright

from runtime.channels.kiosk import PAGE

pytestmark = pytest.mark.kiosk

SAFE = 2**53 - 1

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
    | st.binary(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=20)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda key: key != "__proto__"),
            inner,
            max_size=20,
        )
    ),
    max_leaves=15,
)
LONG = ["é" * 70_000, b"\xff" * 70_000, [0] * 70_000, {str(key): key for key in range(70_000)}]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        source = (PAGE / "msgpack.js").read_text("utf-8").replace("export function", "function")
        page.evaluate(
            f"""() => {{ {source}
            const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
            const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
            window.again = (texts) => texts.map((text) => {{
              try {{ return hex(encode(decode(unhex(text)))); }}
              catch (error) {{ return error.constructor.name; }}
            }}) }}"""
        )
        yield page
        browser.close()


def again(page: Page, messages: list[bytes]) -> list[str]:
    """Each message decoded and encoded by the page: hexadecimal, or the name of the error."""
    result: list[str] = page.evaluate("(texts) => again(texts)", [message.hex() for message in messages])
    return result


def same(value: Any) -> Any:
    """JavaScript has one kind of number: a whole float comes back as an integer."""
    match value:
        case float() if value.is_integer() and abs(value) <= SAFE and not (value == 0 and str(value)[0] == "-"):
            return int(value)
        case list():
            return [same(item) for item in value]
        case dict():
            return {key: same(item) for key, item in value.items()}
        case _:
            return value


@given(st.lists(values, min_size=5, max_size=15))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_values_survive_the_page(page: Page, several: list[Any]) -> None:
    for value, text in zip(several, again(page, [msgspec.msgpack.encode(value) for value in several]), strict=True):
        back = msgspec.msgpack.decode(bytes.fromhex(text))
        assert back == same(value)
        assert repr(back) == repr(same(value)) or isinstance(value, dict | list | float)


@pytest.mark.parametrize("value", LONG, ids=["text", "bytes", "array", "map"])
def test_long_values_survive_the_page(page: Page, value: Any) -> None:
    assert msgspec.msgpack.decode(bytes.fromhex(again(page, [msgspec.msgpack.encode(value)])[0])) == value


@given(st.lists(st.binary(max_size=60), min_size=50, max_size=200))
@settings(max_examples=15, deadline=None)
def test_rubbish_is_refused_not_believed(page: Page, several: list[bytes]) -> None:
    for data, text in zip(several, again(page, several), strict=True):
        if text.endswith("Error"):
            assert text in ("RangeError", "TypeError")
        else:  # whatever the page understood is what msgspec understands
            msgspec.msgpack.decode(data)


def test_extension_types_and_depth_are_refused(page: Page) -> None:
    assert again(page, [b"\xd4\x00\x00", b"\xc1", b"\x91" * 1000 + b"\x00", b"\x81\x00\x00", b"", b"\x00\x00"]) == [
        "TypeError",
        "TypeError",
        "RangeError",
        "TypeError",
        "RangeError",
        "RangeError",
    ]
