"""Our own caller against our own server, and baresip as a second opinion on the sound."""

import wave
from pathlib import Path

import numpy as np
import pytest

from core.errors import TelephonyError
from telephony.caller import Patience, place_call
from telephony.sip import SipSettings
from tests.sip.melody import melody
from tests.sip.phones import Baresip, Server, alike, free_port
from voice import wav
from voice.frames import RATE, AudioFrame

pytestmark = pytest.mark.sip


@pytest.fixture
def echo():  # type: ignore[no-untyped-def]
    server = Server("echo")
    try:
        yield server
        server.stop()
    finally:
        server.kill()


async def test_what_is_said_arrives_and_comes_back(echo: Server, tmp_path: Path) -> None:
    said = melody(4.0)
    wav.write(tmp_path / "said.wav", AudioFrame(said, RATE, 0.0))
    record = tmp_path / "call.wav"
    patience = Patience(greeting=0.5, first_sound=10, pause=1.0)
    report = await place_call(echo.uri, [tmp_path / "said.wav"], record, patience=patience)
    left, right = wav.read_stereo(record)
    assert left.rate == right.rate == RATE
    assert min(alike(said, left.pcm)) > 0.99
    assert np.median(alike(said, right.pcm)) > 0.9
    (turn,) = report.turns
    at = round(turn.said_from * RATE)
    assert np.array_equal(left.pcm[at : at + len(said)], said)
    assert turn.said_to == pytest.approx(turn.said_from + 4.0, abs=0.02)
    assert turn.answer_from is not None
    assert turn.said_to <= turn.answer_from <= report.seconds
    assert report.ended == "goodbye"
    assert echo.wait(lambda news: news.get("event") == "Ended")["cause"] == "customer"


async def test_a_greeting_is_heard_out_and_a_file_at_another_rate_is_converted(tmp_path: Path) -> None:
    server = Server("tone")
    try:
        wav.write(tmp_path / "said.wav", AudioFrame(melody(1.0, 8_000), 8_000, 0.0))
        patience = Patience(speech=1.0, pause=0.5)
        report = await place_call(server.uri, [tmp_path / "said.wav"], tmp_path / "call.wav", patience=patience)
        server.stop()
    finally:
        server.kill()
    assert report.first_sound is not None
    assert report.first_sound < report.turns[0].said_from
    assert report.turns[0].said_to - report.turns[0].said_from == pytest.approx(1.0, abs=0.02)


async def test_nobody_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(TelephonyError, match="within 2 s") as caught:
        await place_call(f"sip:nobody@127.0.0.1:{free_port()}", [], patience=Patience(answer=2.0))
    assert caught.value.code == "sip.not_answered"


async def test_a_busy_line_is_an_error_that_says_so() -> None:
    server = Server("echo", "--max-calls", "0")
    try:
        with pytest.raises(TelephonyError, match=r"busy \(486\)"):
            await place_call(server.uri, [])
        server.stop()
    finally:
        server.kill()


async def test_one_port_cannot_be_had_twice(echo: Server) -> None:
    port = int(echo.address.rpartition(":")[2])
    with pytest.raises(TelephonyError, match=f"UDP port {port} on 127.0.0.1 is taken") as caught:
        await place_call(echo.uri, [], settings=SipSettings(port=port))
    assert caught.value.code == "sip.port_in_use"


async def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(TelephonyError, match=r"192\.0\.2\.1 is no address of this machine"):
        await place_call("sip:a@127.0.0.1", [], settings=SipSettings(host="192.0.2.1", port=0))


@pytest.mark.parametrize("codec", ["g711", "g722", "opus"])
def test_baresip_hears_its_own_voice_come_back(echo: Server, tmp_path: Path, codec: str) -> None:
    rate = {"g711": 8_000, "g722": 16_000, "opus": 48_000}[codec]
    said = melody(60.0, rate)  # baresip sends no keys once its file has ended
    sides = (said, said) if codec == "opus" else (said,)  # its opus is stereo both ways
    with wave.open(str(tmp_path / "said.wav"), "wb") as file:
        file.setparams((len(sides), 2, rate, 0, "NONE", ""))
        file.writeframes(np.stack(sides, axis=1).tobytes())
    phone = Baresip(tmp_path, tmp_path / "said.wav", codec)
    try:
        phone.command("dial", echo.uri)
        call = echo.wait(lambda news: news.get("event") == "Answered")["call"]
        echo.wait(lambda news: news.get("call") == call and news.get("heard", 0) >= 4)
        phone.command("sndcode", "7")
        echo.wait(lambda news: news.get("digit") == "7")
        phone.command("hangup")
        assert echo.wait(lambda news: news.get("event") == "Ended")["cause"] == "customer"
    finally:
        phone.stop()
    heard, _ = wav.read_stereo(phone.heard) if codec == "opus" else (wav.read(phone.heard), None)
    assert np.median(alike(said[: 3 * rate], heard.pcm, rate // 10)) > 0.9
