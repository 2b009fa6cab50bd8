import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.srv import Record, answers, is_name, look_up, ordered, question, split, system_nameservers

pytestmark = pytest.mark.unit


def reply(identifier: int, *records: Record) -> bytes:
    """As a server writes it: names point back into the question."""
    message = bytearray(question("_sip._udp.shop.test", identifier))
    message[2:4], message[6:8] = b"\x81\x80", struct.pack(">H", len(records))
    for one in records:
        target = b"".join(bytes([len(label)]) + label.encode() for label in one.target.split(".")) + b"\xc0\x16"
        data = struct.pack(">3H", one.priority, one.weight, one.port) + target
        message += b"\xc0\x0c" + struct.pack(">2HIH", 33, 1, 60, len(data)) + data
    return bytes(message)


def test_records_are_read_with_names_that_point_back() -> None:
    sent = [Record(10, 0, 5060, "one"), Record(20, 5, 5070, "two.west")]
    assert answers(reply(7, *sent), 7) == [
        Record(10, 0, 5060, "one.shop.test"), Record(20, 5, 5070, "two.west.shop.test"),
    ]  # fmt: skip


def test_an_answer_to_another_question_is_none() -> None:
    with pytest.raises(ValueError, match="no answer"):
        answers(reply(7), 8)
    with pytest.raises(ValueError, match="no answer"):
        answers(question("a.b", 7), 7)


@given(cut=st.integers(0, 90), junk=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(cut: int, junk: bytes) -> None:
    for message in (reply(7, Record(1, 1, 1, "one"))[:cut], b"\0\x07\x80\0" + junk, reply(7)[:12] + junk):
        try:
            found = answers(message, 7)
        except ValueError:
            continue
        assert all(isinstance(one, Record) for one in found)


@given(st.lists(st.builds(Record, st.integers(0, 3), st.integers(0, 99), st.just(5060), st.text("ab", max_size=3))))
def test_priority_comes_first_and_nobody_is_lost(records: list[Record]) -> None:
    found = ordered(records, lambda: 0.5)
    assert [one.priority for one in found] == sorted(one.priority for one in records)
    assert sorted(map(repr, found)) == sorted(map(repr, records))


def test_the_heavier_is_tried_sooner() -> None:
    light, heavy = Record(1, 1, 1, "light"), Record(1, 60, 1, "heavy")
    assert ordered([light, heavy], lambda: 0.5) == [heavy, light]


@pytest.mark.parametrize(
    ("where", "parts", "name"),
    [
        ("shop.test", ("shop.test", ""), True), ("shop.test:5070", ("shop.test", ":5070"), True),
        ("192.0.2.1:5060", ("192.0.2.1", ":5060"), False), ("[2001:db8::1]:5061", ("2001:db8::1", ":5061"), False),
        ("2001:db8::1", ("2001:db8::1", ""), False),
    ],
)  # fmt: skip
def test_what_has_to_be_looked_up(where: str, parts: tuple[str, str], name: bool) -> None:
    assert split(where) == parts
    assert is_name(where) == name


def test_addresses_are_not_asked_for_and_names_stay_with_tls() -> None:
    assert look_up("192.0.2.1", "udp", ["192.0.2.53"]) == ["192.0.2.1"]
    assert look_up("localhost:5070", "tls", []) == ["localhost:5070"]
    assert "127.0.0.1:5070" in look_up("localhost:5070", "udp", [])


def test_the_nameservers_of_the_system() -> None:
    assert system_nameservers("# nameserver 192.0.2.9\nnameserver 192.0.2.1\n nameserver ::1\n") == ["192.0.2.1", "::1"]
