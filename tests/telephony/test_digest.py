import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.digest import NONCES_KEPT, Accepted, Authenticator, Denied, Nonces, Stale, credentials, expected

pytestmark = pytest.mark.unit

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    given_ = credentials(
        'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", '
        f'algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="x"'
    )
    assert expected(given_, "GET", "http-auth@example.org", "Circle of Life", algorithm) == response


def authenticator(life: float = 60.0, *algorithms: str) -> Authenticator:
    return Authenticator("shop", {"ana": "s3cret"}, algorithms or ("SHA-256", "MD5"), Nonces(life, b"key"))


def answer(challenge: str, password: str = "s3cret", **changed: str) -> dict[str, str]:
    asked = credentials(challenge)
    said = {
        "username": "ana", "realm": asked["realm"], "nonce": asked["nonce"], "uri": "sip:counter@example.org",
        "algorithm": asked["algorithm"], "nc": "00000001", "cnonce": "c", "qop": "auth", **changed,
    }  # fmt: skip
    return {"response": expected(said, "INVITE", said["realm"], password, asked["algorithm"]), **said}


@pytest.mark.parametrize("place", [0, 1])
def test_who_knows_the_password_is_let_in(place: int) -> None:
    keeper = authenticator()
    challenge = keeper.challenges(HERE, 5.0)[place]
    assert keeper.judge(answer(challenge), "INVITE", HERE, 6.0) == Accepted("ana")


def test_phones_of_old_answer_without_qop_and_once_only() -> None:
    keeper = authenticator()
    said = answer(keeper.challenges(HERE, 5.0)[1], nc="", cnonce="", qop="")
    assert keeper.judge(said, "INVITE", HERE, 6.0) == Accepted("ana")
    assert keeper.judge(said, "INVITE", HERE, 6.0) == Stale()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"username": "eva"}, "password"),
        ({"realm": "elsewhere"}, "password"),
        ({"algorithm": "SHA-512"}, "algorithm"),
        ({"qop": "auth-int"}, "malformed"),
        ({"nc": "1"}, "malformed"),
        ({"nc": "00000000"}, "malformed"),
        ({"nonce": ""}, "malformed"),
        ({"response": "ñ"}, "password"),
    ],
)
def test_what_is_wrong_is_denied(changed: dict[str, str], why: str) -> None:
    keeper = authenticator()
    said = answer(keeper.challenges(HERE, 5.0)[1]) | changed
    assert keeper.judge(said, "INVITE", HERE, 6.0) == Denied(why)  # type: ignore[arg-type]


def test_a_wrong_password_and_another_method_are_denied() -> None:
    keeper = authenticator()
    challenge = keeper.challenges(HERE, 5.0)[0]
    assert keeper.judge(answer(challenge, "guess"), "INVITE", HERE, 6.0) == Denied("password")
    assert keeper.judge(answer(challenge), "BYE", HERE, 6.0) == Denied("password")


def test_a_nonce_serves_its_address_for_its_life_and_each_count_once() -> None:
    keeper = authenticator(60.0)
    challenge = keeper.challenges(HERE, 5.0)[0]
    first, second = answer(challenge), answer(challenge, nc="00000002")
    assert keeper.judge(first, "INVITE", ELSEWHERE, 6.0) == Stale()
    assert keeper.judge(second, "INVITE", HERE, 6.0) == Accepted("ana")
    assert keeper.judge(second, "INVITE", HERE, 6.0) == Stale(), "replayed"
    assert keeper.judge(first, "INVITE", HERE, 6.0) == Stale(), "a lower count"
    assert keeper.judge(answer(challenge, nc="0000000a"), "INVITE", HERE, 65.0) == Accepted("ana")
    assert keeper.judge(answer(challenge, nc="0000000b"), "INVITE", HERE, 66.1) == Stale(), "too old"


def test_a_wrong_answer_does_not_use_up_the_nonce() -> None:
    keeper = authenticator()
    challenge = keeper.challenges(HERE, 5.0)[0]
    keeper.judge(answer(challenge, "guess", nc="0000ffff"), "INVITE", HERE, 6.0)
    assert keeper.judge(answer(challenge), "INVITE", HERE, 6.0) == Accepted("ana")


def test_a_nonce_of_ones_own_making_is_stale() -> None:
    keeper = authenticator()
    forged = f'Digest realm="shop", nonce="5-00-{"0" * 32}", algorithm=MD5'
    assert keeper.judge(answer(forged), "INVITE", HERE, 6.0) == Stale()
    assert "stale=true" in keeper.challenges(HERE, 6.0, stale=True)[0]


def test_a_count_that_was_forgotten_cannot_be_replayed() -> None:
    nonces = Nonces(1e9, b"key")
    first = nonces.make(HERE, 1.0)
    assert nonces.use(first, 1)
    for second in range(NONCES_KEPT):
        assert nonces.use(nonces.make(HERE, 2.0 + second), 1)
    assert not nonces.good(first, HERE, 5_000.0)
    assert nonces.good(nonces.make(HERE, 5_000.0), HERE, 5_000.0)


@given(st.text())
def test_any_header_is_read_and_judged(value: str) -> None:
    keeper = authenticator()
    assert isinstance(keeper.judge(credentials(value), "INVITE", HERE, 1.0), Denied)
    assert isinstance(keeper.judge(credentials(f"Digest {value}"), "INVITE", HERE, 1.0), Denied)


texts = st.text(max_size=20)


@given(st.fixed_dictionaries(dict.fromkeys(("username", "nonce", "uri", "response", "nc", "qop", "realm"), texts)))
def test_nothing_but_the_right_answer_is_accepted(said: dict[str, str]) -> None:
    assert not isinstance(authenticator().judge(said, "INVITE", HERE, 1.0), Accepted)
