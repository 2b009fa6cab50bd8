import pytest

from core.errors import ConfigError
from runtime import config
from runtime.config import Number
from runtime.dialled import greetings, route

pytestmark = pytest.mark.unit

SETTINGS = config.parse(
    """
    [[sip.numbers]]
    number = "911 000 222"
    language = "en"
    greeting = "Hello, the machine of the shop speaking."
    [[sip.numbers]]
    number = "+3491*"
    ring_seconds = 4
    [[sip.numbers]]
    number = "+34911*"
    ring_seconds = 2
    early_media = true
    [[sip.numbers]]
    number = "*"
    language = "en"
    """
)


@pytest.mark.parametrize(
    ("called", "number"),
    [
        (("+34911000222",), "911 000 222"),
        (("mostrador", "+34911000222"), "911 000 222"),
        (("+34911000333",), "+34911*"),
        (("+34915000333",), "+3491*"),
        (("mostrador", "+34915000333"), "+3491*"),
        (("mostrador",), "*"),
        ((), "*"),
    ],
)
def test_a_whole_number_comes_before_a_prefix_and_a_longer_one_before_a_shorter(called, number) -> None:
    assert route(called, SETTINGS).number == number


def test_language_is_that_of_the_number_or_of_the_device() -> None:
    assert route(("+34911000222",), SETTINGS).language == "en"
    assert route(("+34911000333",), SETTINGS).language == "es"
    assert route(("+34911000222",), config.Settings()) == Number("*", language="es")


def test_greetings_of_ones_own_are_known_before_anybody_calls() -> None:
    assert greetings(SETTINGS) == [("en", "Hello, the machine of the shop speaking.")]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('number = "1"\nearly_media = true', r"sip\.numbers\[0\]\.early_media: set ring_seconds"),
        ('number = "1"\n[[sip.numbers]]\nnumber = "1"', r"sip\.numbers\[1\]\.number = '1' is there twice"),
        ('number = ""', "sip.numbers"),
        ('number = "1"\nring = 2', r"unknown key sip\.numbers\.1\.ring .*ring_seconds"),
        ('number = "1"\nring_seconds = 500', "sip.numbers"),
    ],
)
def test_what_cannot_be_is_told(table: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        config.parse(f"[[sip.numbers]]\n{table}")


def test_a_number_may_have_a_pack_of_its_own() -> None:
    settings = config.parse('[[sip.numbers]]\nnumber = "1"\npack = "/srv/bakery"')
    assert route(("1",), settings).pack == "/srv/bakery"
    assert route(("2",), settings).pack == ""
