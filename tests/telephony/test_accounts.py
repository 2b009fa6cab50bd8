import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.accounts import AccountSettings, caller_of, host_of, user_asked_for
from telephony.secret import Secret

pytestmark = pytest.mark.unit

PBX = ("pbx", "200", frozenset({"192.0.2.1", "192.0.2.2"}))
SECOND = ("second", "300", frozenset({"192.0.2.2"}))
SIX = ("six", "", frozenset({"2001:db8::1"}))


@pytest.mark.parametrize(
    ("source", "user", "account"),
    [
        ("192.0.2.1", "200", "pbx"),
        ("192.0.2.1", "+34911234567", "pbx"),  # a trunk calls by its own numbers
        ("192.0.2.2", "300", "second"),
        ("192.0.2.2", "other", "pbx"),
        ("198.51.100.9", "200", None),  # whoever writes 200 is nobody yet
        ("2001:db8::1", "", "six"),
    ],
)
def test_the_address_tells_the_account_and_the_user_decides_among_several(
    source: str, user: str, account: str | None
) -> None:
    assert caller_of([PBX, SECOND, SIX], source, user) == account


@pytest.mark.parametrize(
    ("where", "host"),
    [
        ("pbx.example", "pbx.example"), ("pbx.example:5070", "pbx.example"), ("192.0.2.1:5060", "192.0.2.1"),
        ("[2001:db8::1]:5061", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_host_of_a_place(where: str, host: str) -> None:
    assert host_of(where) == host


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ("INVITE sip:200@192.0.2.9:5060;ob SIP/2.0\r\nVia: x", "200"),
        ("INVITE sips:+34911;phone-context=x@shop SIP/2.0", "+34911"),
        ("INVITE sip:192.0.2.9 SIP/2.0\r\nTo: <sip:200@x>", ""),
        ("", ""),
    ],
)
def test_the_user_that_is_asked_for(line: str, user: str) -> None:
    assert user_asked_for(line) == user


@given(st.text(max_size=200))
def test_any_text_can_be_asked_of(text: str) -> None:
    assert "@" not in user_asked_for(text)
    assert isinstance(host_of(text), str)


def test_a_number_becomes_an_address_of_the_server() -> None:
    account = AccountSettings("pbx", "pbx.example", user="200", transport="tls")
    assert account.target("911", "pbx.example") == "sip:911@pbx.example;transport=tls"
    assert account.target("sip:a@b", "pbx.example") == "sip:a@b"
    assert account.identity == "sip:200@pbx.example"
    assert account.hops == ("pbx.example",)
    assert AccountSettings("pbx", "pbx.example", proxies=("a", "b")).hops == ("a", "b")


def test_settings_show_no_password() -> None:
    assert "sesame" not in repr(AccountSettings("pbx", "pbx.example", secret=Secret("sesame")))
