import pytest

from core.errors import ConfigError
from runtime import config
from runtime.doctor import account_in
from runtime.metrics import Metrics
from runtime.telephone import check_person, sip_settings
from telephony.accounts import AccountState
from telephony.settings import SipSettings

pytestmark = pytest.mark.unit


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        sip_settings(config.parse(text).sip)
    return caught.value


def test_the_defaults_of_both_sides_agree():
    settings = sip_settings(config.Sip())
    assert settings == SipSettings(max_calls=16, country="34")


def test_how_long_a_call_may_be_silent_or_held_is_set_here():
    settings = sip_settings(config.parse("[sip]\nlost_seconds = 0\nhold_seconds = 60").sip)
    assert (settings.lost_after, settings.hold_limit) == (0, 60)


def test_an_account_takes_its_password_from_a_file(tmp_path):
    (tmp_path / "pbx").write_text("sesame\n")
    text = f"""
        [[sip.accounts]]
        name = "pbx"
        server = "pbx.example"
        user = "200"
        secret_file = "{tmp_path / "pbx"}"
        proxies = ["192.0.2.1", "192.0.2.2:5070"]
        expires = 60
    """
    settings = sip_settings(config.parse(text).sip)
    [account] = settings.accounts
    assert (account.name, account.expires, account.secret.reveal()) == ("pbx", 60, "sesame")
    assert account.hops == ("192.0.2.1", "192.0.2.2:5070")
    assert "sesame" not in repr(settings)


def test_what_is_wrong_with_an_account_is_named():
    assert "sip.accounts.1.server is missing" in refusal('[[sip.accounts]]\nname = "pbx"').message
    assert (
        "did you mean sip.accounts.2.server"
        in refusal(
            '[[sip.accounts]]\nname = "a"\nserver = "b"\n[[sip.accounts]]\nname = "b"\nserver = "b"\nservr = "b"'
        ).message
    )
    assert "sip.accounts.1.secret" in refusal('[[sip.accounts]]\nname = "a"\nserver = "b"\nsecret = "sesame"').message
    assert "write [[sip.accounts]]" in refusal('[sip]\naccounts = "pbx"').message
    assert "user is missing" in refusal('[[sip.accounts]]\nname = "pbx"\nserver = "b"').message
    twice = '[[sip.accounts]]\nname = "pbx"\nserver = "b"\nuser = "u"\n' * 2
    assert "two are called pbx" in refusal(twice).message


def test_doctor_reads_the_state_of_an_account_from_the_metrics():
    metrics = Metrics()
    metrics.account(AccountState("pbx", "register", "registered", "pbx.example", 200))
    metrics.account(AccountState("lost", "register", "unreachable", "pbx.example", 408, 4.0))
    page = metrics.render().decode()
    assert account_in(page, "pbx", "pbx.example").state == "ok"
    assert account_in(page, "lost", "pbx.example").state == "fail"
    assert account_in(page, "new", "pbx.example").state == "fail"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[person]\ncall = "600"', "a number needs person.account"),
        ('[person]\ncall = "600"\naccount = "pbx"', "no account in sip.accounts has that name"),
    ],
)
def test_a_person_who_cannot_be_called_is_refused_at_the_start(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_person(config.parse(text))


def test_a_person_is_a_uri_or_a_number_of_an_account() -> None:
    check_person(config.Settings())
    check_person(config.parse('[person]\ncall = "sip:ana@192.0.2.7"'))
    account = '[[sip.accounts]]\nname = "pbx"\nserver = "pbx.example"\nuser = "200"\n'
    check_person(config.parse(f'{account}[person]\ncall = "600"\naccount = "pbx"'))
