"""linphone, the second soft phone: its console program with a file for a microphone and a file for a loudspeaker."""

import contextlib
import os
import pty
import re
import subprocess
import threading
import time
from pathlib import Path

from tests.sip.certificates import Pair
from tests.sip.phones import LIMIT, free_port

CONFIG = """[sip]
sip_port={port}
sip_tcp_port=-1
sip_tls_port=-1
bind_address=127.0.0.1
contact=sip:{user}@127.0.0.1
guess_hostname=0
use_ipv6=0
register_only_when_network_is_up=0
media_encryption={encryption}
media_encryption_mandatory={mandatory}
root_ca={authorities}
verify_server_certs=1
verify_server_cn=1
client_cert_chain={certificate}
client_cert_key={key}
[net]
dns_srv_enabled=0
[rtp]
bind_address=127.0.0.1
audio_rtp_port={rtp}
nortp_timeout=60
"""
ACCOUNT = """[proxy_0]
reg_proxy=<sip:{server}>
reg_identity=sip:{user}@{host}
reg_sendregister=1
reg_expires=300
[auth_info_0]
username={user}
passwd={password}
realm=*
"""
CODEC = "[audio_codec_{}]\nmime={}\nrate={}\nchannels={}\nenabled={}\n"
CODECS = {"PCMU": 8_000, "PCMA": 8_000, "G722": 8_000, "GSM": 8_000, "opus": 48_000, "speex": 16_000}
"""And their rates, as SDP has them."""


class Linphone:
    """Says `source` into its calls, over and over, and writes what it hears to `heard`.

    `command("call sip:…")` types a line: call, answer, pause, resume, terminate, `transfer URI`,
    `transfer 1 --to-call 2`, a digit to press a key. `wait("…")` reads what it says: "Receiving new incoming call",
    "Media streams established", "is now paused", "ended".
    """

    def __init__(
        self, folder: Path, source: Path, codec: str = "", *, server: str = "", user: str = "linphone",
        password: str = "", pair: Pair | None = None, encrypted: bool = False, more: str = "",
    ) -> None:  # fmt: skip
        """`folder`: its own; `codec`: of `CODECS`, the only one, "": its own choice; `server`: to register at,
        "host:port", perhaps with ";transport=tls"; `pair`: its certificate, and the only one that it trusts;
        `encrypted`: SRTP or no call; `more`: lines of configuration."""
        (folder / ".local/share/linphone").mkdir(parents=True)  # else its start ends half way: it refuses calls
        self.heard = folder / "heard.wav"
        """Complete after `stop`."""
        self.port = free_port()
        self.uri = f"sip:{user}@127.0.0.1:{self.port}"
        config = folder / "linphonerc"
        text = CONFIG.format(
            user=user, authorities=pair.certificate if pair else "",
            certificate=pair.certificate if pair else "", key=pair.key if pair else "", rtp=free_port(), port=self.port,
            encryption="srtp" if encrypted else "none", mandatory=int(encrypted),
        )  # fmt: skip
        if server:
            text += ACCOUNT.format(server=server, user=user, host=server.partition(":")[0], password=password)
        if codec:
            text += "".join(
                CODEC.format(place, name, rate, 1 + (name == "opus"), int(name == codec))
                for place, (name, rate) in enumerate(CODECS.items())
            )
        config.write_text(text + more)
        self._log = folder / "linphone.log"
        self._terminal, its = pty.openpty()  # into a pipe it would say nothing before its buffer is full
        self._process = subprocess.Popen(
            ["linphonec", "-c", str(config), "-S", "-d", "6", "-l", str(self._log)], cwd=folder,
            env={**os.environ, "HOME": str(folder), "TERM": "dumb", "COLUMNS": "1000"},
            stdin=its, stdout=its, stderr=its,
        )  # fmt: skip
        os.close(its)
        self.said: list[str] = []
        self._changed = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.command("soundcard use files")
        self.wait("Using wav files")
        self.command(f"play {source}")
        self.command(f"record {self.heard}")
        self.command("ipv6 disable")
        self.wait("ipv6 use disabled")
        self.command("states global")
        self.wait("LinphoneGlobalOn")
        if server:
            self._registered()

    def command(self, line: str) -> None:
        os.write(self._terminal, f"{line}\n".encode())

    def wait(self, what: str, count: int = 1, seconds: float = LIMIT) -> str:
        """The line, the `count`th, in which it says `what`, a regular expression."""

        def found() -> list[str]:
            return [line for line in self.said if re.search(what, line)]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= count or self._over, seconds)
            assert len(found()) >= count, f"linphone never said {what!r}: {self.said}"
            return found()[count - 1]

    def stop(self) -> None:
        """Hang up and leave. Safe to call twice."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(OSError):
            self.command("terminate all")
            self.command("quit")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(10)
        os.close(self._terminal)

    def _registered(self) -> None:
        """Only its log says so."""
        limit = time.monotonic() + LIMIT
        while "Register refresher [200]" not in self.log():
            assert time.monotonic() < limit, "linphone is not registered"
            time.sleep(0.05)

    def log(self) -> str:
        """With every message that came and went."""
        return self._log.read_text(errors="replace")

    def _read(self) -> None:
        with contextlib.suppress(OSError), os.fdopen(os.dup(self._terminal), errors="replace") as terminal:
            for line in terminal:  # an OSError is how a terminal ends
                with self._changed:
                    self.said.append(line.strip())
                    self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()
