"""One Asterisk for all tests of a module, and the telephones at it."""

import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from telephony.accounts import AccountSettings
from telephony.secret import Secret
from telephony.sip import SipAgent, SipSettings
from telephony.transports import TlsSettings
from tests.pbx.asterisk import TRUNK, Asterisk, extension, trunk
from tests.pbx.steps import Join
from tests.sip.certificates import Pair, make
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import ROOT

SAID = 8_000
"""Samples a second of what a telephone says."""
DIALPLAN = """
[calls]
exten => talk,1,Answer()
 same => n,MixMonitor({folder}/mixed.wav,r({folder}/heard.wav))
 same => n,Playback({folder}/prompt)
 same => n,Wait(60)
exten => press,1,Answer()
 same => n,Wait(0.5)
 same => n,SendDTMF(15*#)
 same => n,Wait(60)
exten => read,1,Answer()
 same => n,Read(KEYS,,4,,,20)
 same => n,NoOp(SAW KEYS ${{KEYS}})
 same => n,Wait(60)

[counter]
exten => 700,1,Answer()
 same => n,NoOp(SAW CALLER ${{CALLERID(num)}} ${{CALLERID(name)}})
 same => n,Read(KEYS,,4,,,20)
 same => n,NoOp(SAW KEYS ${{KEYS}})
 same => n,Wait(60)
exten => 701,1,Busy(10)
exten => _+X.,1,Goto(from-trunk,${{EXTEN}},1)
"""
QUEUES = """[people]
strategy = ringall
timeout = 4
retry = 1
ringinuse = no
member = PJSIP/301
"""


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder with Asterisk in it."""
    done = subprocess.run([sys.executable, str(ROOT / "setup/pbx.py")], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        pytest.exit("There is no PBX to test with: the reason is above", returncode=1)
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make(tmp_path_factory.mktemp("certificates"), "pbx")


@pytest.fixture(scope="module")
def pbx(root: Path, pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    folder = tmp_path_factory.mktemp("pbx")
    write_sound(folder / "prompt.wav")
    extensions = [
        extension("200", trust_id_outbound="yes"),
        extension("201", dtmf_mode="info"),
        extension("202", transport="tls", media_encryption="sdes"),
        *(extension(name, allow=codec) for name, codec in (("210", "g722"), ("211", "alaw"), ("212", "opus"))),
        *(extension(name, allow="alaw", callerid=f"Ana García <{name}>") for name in ("300", "301")),
        trunk(*TRUNK),
    ]
    running = Asterisk(root, folder, pair, extensions, DIALPLAN.format(folder=folder), QUEUES)
    yield running
    running.stop()


def write_sound(path: Path, rate: int = SAID) -> None:
    """A minute of melody."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(melody(60.0, rate).tobytes())


@pytest_asyncio.fixture
async def join(pbx: Asterisk, pair: Pair) -> AsyncIterator[Join]:
    """Switches on the device as an extension: `await join("200")`; more settings of its account by name."""
    agents: list[SipAgent] = []

    async def begin(user: str = "200", password: str = "sesame", **account: Any) -> SipAgent:
        secured = account.get("transport") == "tls"
        one = AccountSettings(
            **{"name": "pbx", "server": pbx.tls if secured else pbx.address, "user": user, "secret": Secret(password),
               "keepalive": 1.0, **account}
        )  # fmt: skip
        tls = TlsSettings(0, authorities=pair.certificate)
        settings = SipSettings(
            port=0, accounts=(one,), response_seconds=1.0, transports=("udp", "tls") if secured else ("udp",), tls=tls,
            country="34",
        )  # fmt: skip
        agents.append(SipAgent(settings))
        await agents[-1].start()
        return agents[-1]

    yield begin
    for agent in agents:
        await agent.stop()


@pytest.fixture
def telephone(pbx: Asterisk, tmp_path: Path) -> Iterator[Callable[[str], Linphone]]:
    """A linphone at the same PBX, which says a melody: `telephone("300")`."""
    phones: list[Linphone] = []

    def begin(user: str) -> Linphone:
        said = tmp_path / f"said-{user}.wav"
        write_sound(said)
        phones.append(Linphone(tmp_path / user, said, "PCMA", server=pbx.address, user=user, password="sesame"))
        return phones[-1]

    yield begin
    for phone in phones:
        phone.stop()
