"""Asterisk 22 out of the folder that `setup/pbx.py` makes: a process of ours, with a configuration of its own.

It runs by the loader and the libraries of its folder: no root, no change of root, nothing of the system's.
"""

import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.sip.certificates import Pair
from tests.sip.phones import LIMIT, ROOT, free_port

DOCUMENT = ROOT / "docs/telephony.md"
DIRECTORIES = """[directories]
astetcdir => {here}
astmoddir => {library}/asterisk/modules
astvarlibdir => {root}/var/lib/asterisk
astdbdir => {here}
astkeydir => {here}
astdatadir => {root}/usr/share/asterisk
astagidir => {here}
astspooldir => {here}
astrundir => {here}
astlogdir => {here}
[options]
verbose = 3
"""
OTHERS = {
    "logger.conf": "[logfiles]\nfull => notice,warning,error,verbose,dtmf\n",
    "modules.conf": "[modules]\nautoload = yes\n"
    + "".join(f"noload = {name}.so\n" for name in ("chan_iax2", "chan_unistim", "pbx_dundi", "res_stun_monitor")),
    "rtp.conf": "[general]\nrtpstart = 33000\nrtpend = 60000\nstrictrtp = yes\n",
    "pjproject.conf": "",
    "musiconhold.conf": "",
    "ccss.conf": "",
}
TRUNK = ("127.0.0.2", free_port())
"""Where the device is as a trunk: Asterisk knows it by that address."""
LOCAL = "media_address = 127.0.0.1\nbind_rtp_to_media_address = yes\n"


def snippet(name: str) -> str:
    """A configuration as the document has it."""
    return dict(re.findall(r"```ini\n; (.+)\n([^`]*)```", DOCUMENT.read_text("utf-8")))[name]


def replaced(text: str, **there: str) -> str:
    """Each of these is in the document, and has another value here."""
    for key, value in there.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        assert count, f"the document has no {key}"
    return text


def extension(name: str, password: str = "sesame", **options: str) -> str:
    """An extension like the document's, with other settings in its endpoint."""
    pjsip = snippet("pjsip.conf")
    text = pjsip[pjsip.index("[200]") :].replace("200", name)
    text = replaced(text, password=password, qualify_frequency="2")
    for key, value in options.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text, count=1)
        if not count:
            text = text.replace("type = endpoint\n", f"type = endpoint\n{key} = {value}\n")
    return text.replace("type = endpoint\n", f"type = endpoint\n{LOCAL}")


def trunk(host: str, port: int) -> str:
    """A device at `host`, as the document's trunk."""
    text = replaced(snippet("pjsip.conf, as a trunk"), contact=f"sip:{host}:{port}", match=host, qualify_frequency="2")
    return text.replace("type = endpoint\n", f"type = endpoint\n{LOCAL}")


class Asterisk:
    """A PBX on loopback. `extensions`: text of pjsip.conf, see `extension`; `dialplan`: of extensions.conf, beside the
    document's; `queues`: of queues.conf."""

    def __init__(
        self, root: Path, folder: Path, pair: Pair, extensions: Sequence[str], dialplan: str, queues: str
    ) -> None:
        self.folder = folder / "asterisk"
        self.folder.mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.address, self.tls = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.tls_port}"
        [loader] = root.glob("usr/lib/*-linux-gnu*/ld-linux*")
        library = loader.parent
        self._config = self.folder / "asterisk.conf"
        self._config.write_text(DIRECTORIES.format(here=self.folder, root=root, library=library))
        self._command = [
            str(loader),
            "--library-path",
            str(library),
            str(root / "usr/sbin/asterisk"),
            "-C",
            str(self._config),
        ]
        pjsip = snippet("pjsip.conf")
        transports = pjsip[: pjsip.index("[200]")]
        for there, here in (
            ("0.0.0.0:5060", self.address),
            ("0.0.0.0:5061", self.tls),
            ("/etc/asterisk/keys/pbx.pem", str(pair.certificate)),
            ("/etc/asterisk/keys/pbx.key", str(pair.key)),
        ):
            assert there in transports
            transports = transports.replace(there, here)
        texts = {
            **OTHERS,
            "pjsip.conf": "\n".join([transports, *extensions]),
            "extensions.conf": snippet("extensions.conf") + dialplan,
            "queues.conf": queues,
        }
        for name, text in texts.items():
            (self.folder / name).write_text(text)
        self.start()

    def start(self) -> None:
        """Again after `stop`, on the same ports; it remembers who was registered."""
        self._process = subprocess.Popen(
            [*self._command, "-f"], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=(self.folder / "output").open("w"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert "successfully" in self.tell("core waitfullybooted") or self._booted(), self.log()
        self.tell("pjsip set logger on")

    def _booted(self) -> bool:
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            assert self._process.poll() is None, self.log()
            if "fully booted" in self.tell("core waitfullybooted"):
                return True
            time.sleep(0.1)
        return False

    def tell(self, command: str) -> str:
        """What it says to a command of its console; "" while it is not up."""
        done = subprocess.run(
            [*self._command, "-rx", command], capture_output=True, text=True, timeout=LIMIT, check=False
        )
        return done.stdout if done.returncode == 0 else ""

    def log(self) -> str:
        """With every SIP message."""
        path = self.folder / "full"
        return path.read_text(errors="replace") if path.exists() else (self.folder / "output").read_text()

    def saw(self, what: str, count: int = 1, since: int = 0) -> str:
        """Wait until `what`, a regular expression, is so often in its log after `since` characters; the last match's
        first group, or all of it."""
        limit = time.monotonic() + LIMIT
        while len(found := list(re.finditer(what, self.log()[since:]))) < count:
            assert time.monotonic() < limit, f"Asterisk never saw {what}: {self.log()[since:][-6000:]}"
            assert self._process.poll() is None, self.log()[-6000:]
            time.sleep(0.1)
        last = found[count - 1]
        return last.group(1) if last.groups() else last.group()

    def stop(self) -> None:
        """At once, as when the power fails: it says nothing to anybody."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
