from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.errors import TelephonyError
from telephony import certificate
from tests.sip.certificates import Pair, lock, make

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make(tmp_path_factory.mktemp("certificates"), "server")


def refusal(certificate_file: Path, key: Path) -> str:
    with pytest.raises(TelephonyError) as caught:
        certificate.check(certificate_file, key)
    assert caught.value.code == "sip.certificate"
    assert "BEGIN" not in caught.value.message
    return caught.value.message


def test_a_good_certificate_says_until_when(pair: Pair) -> None:
    assert certificate.check(*pair).year == 2099


def test_an_expired_one_and_one_of_tomorrow_are_named(tmp_path: Path) -> None:
    old = make(tmp_path, "old", end="20200201000000Z")
    assert str(old.certificate) in refusal(*old)
    assert "expired" in refusal(*old)
    assert "renew" in refusal(*old)
    assert "not yet valid" in refusal(*make(tmp_path, "early", start="20980101000000Z"))


def test_its_end_is_in_the_log_a_month_before_once_a_day(tmp_path: Path) -> None:
    reminder = certificate.Reminder(*make(tmp_path, "soon", end="20980301000000Z"))
    with capture_logs() as lines:
        for day in range(100):
            for hour in (0, 1, 23):
                today = datetime(2098, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=hour)
                reminder.look(5.0 + 86_400 * day + 3_600 * hour, today)
    assert [line["days"] for line in lines] == [*range(29, -41, -1)]
    assert {line["event"] for line in lines} == {"sip_certificate_ends"}


def test_a_key_of_another_certificate_is_named(pair: Pair, tmp_path: Path) -> None:
    other = make(tmp_path, "other")
    message = refusal(pair.certificate, other.key)
    assert f"{other.key} is not the private key of {pair.certificate}" in message


def test_what_is_missing_or_is_something_else_is_named(pair: Pair, tmp_path: Path) -> None:
    assert f"{tmp_path / 'none.pem'} does not exist" in refusal(tmp_path / "none.pem", pair.key)
    assert f"{tmp_path} cannot be read" in refusal(pair.certificate, tmp_path)
    assert "holds no private key" in refusal(pair.certificate, pair.certificate)
    assert "holds no certificate" in refusal(pair.key, pair.key)
    broken = tmp_path / "broken.pem"
    broken.write_text(pair.certificate.read_text()[:300])
    assert str(broken) in refusal(broken, pair.key)


def test_a_locked_key_is_named_and_asks_nobody(pair: Pair) -> None:
    assert "pass phrase" in refusal(pair.certificate, lock(pair))
