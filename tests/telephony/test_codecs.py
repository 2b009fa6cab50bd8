import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.codecs import Codec, only

pytestmark = pytest.mark.unit

HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
AUDIO = (
    "m=audio 4000 RTP/AVP 9 96 8 0 101 100\r\na=rtpmap:9 G722/8000\r\na=rtpmap:96 opus/48000/2\r\n"
    "a=fmtp:96 useinbandfec=1\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtpmap:100 telephone-event/48000\r\na=fmtp:100 0-16\r\n"
)
VIDEO = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def test_the_wanted_ones_are_left_in_their_order_with_the_keys_of_their_rates() -> None:
    assert only(HEAD + AUDIO + VIDEO, ("PCMU", "G722")) == (
        HEAD + "m=audio 4000 RTP/AVP 0 9 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n" + VIDEO
    )


def test_keys_have_the_rate_of_the_codec_beside_them() -> None:
    assert "m=audio 4000 RTP/AVP 96 100\r\n" in only(HEAD + AUDIO, ("opus",))
    assert "m=audio 4000 RTP/AVP 96 8 101 100\r\n" in only(HEAD + AUDIO, ("opus", "PCMA"))


def test_where_none_is_there_nothing_changes() -> None:
    assert only(HEAD + AUDIO, ("GSM",)) == HEAD + AUDIO
    assert only(HEAD, ("GSM",)) == HEAD


@given(st.lists(st.sampled_from(["opus", "G722", "PCMA", "PCMU", "GSM"]), unique=True, max_size=5))
def test_twice_is_once_and_nothing_is_added(wanted: list[Codec]) -> None:
    once = only(HEAD + AUDIO, wanted)
    assert only(once, wanted) == once
    assert set(once.splitlines()[6:]) <= set(AUDIO.splitlines())


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    only(text, ("PCMA",))
    only(f"m=audio {text}\r\na=rtpmap:{text}", ("PCMA",))
