"""A real registrar and proxy: kamailio with digest, which says on its log what it sees."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.sip.certificates import Pair
from tests.sip.phones import LIMIT, free_port

CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
{tls}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 1)
modparam("registrar", "max_expires", {expires})
request_route {{
  if (is_method("OPTIONS") && $rU == $null) {{ xlog("L_ALERT", "SAW OPTIONS\\n"); sl_send_reply("200", "OK"); exit; }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
  if (has_totag()) {{ if (!loose_route()) lookup("location"); t_relay(); exit; }}
  if (is_method("REGISTER")) {{
    if (!pv_www_authenticate("$td", "{secret}", "0")) {{
      if ($au != $null) xlog("L_ALERT", "SAW WRONG $au\\n");
      www_challenge("$td", "1"); exit;
    }}
    if ($au != $tU) {{ sl_send_reply("403", "Not you"); exit; }}
    save("location");
    xlog("L_ALERT", "SAW REGISTER $tU $hdr(Contact) expires=$hdr(Expires)\\n");
    exit;
  }}
  remove_hf("Route");
  if ($rU == "300") {{
    if (!pv_proxy_authenticate("$fd", "{secret}", "0")) {{ proxy_challenge("$fd", "1"); exit; }}
    consume_credentials();
    xlog("L_ALERT", "SAW CALL $fU\\n");
    $du = "sip:127.0.0.1:{outside}";
  }} else if (!lookup("location")) {{ sl_send_reply("404", "Not here"); exit; }}
  t_relay();
}}
"""


TLS = """enable_tls=yes
listen=tls:127.0.0.1:{port}
loadmodule "{modules}/tls.so"
modparam("tls", "certificate", "{pair.certificate}")
modparam("tls", "private_key", "{pair.key}")
modparam("tls", "tls_method", "TLSv1.2+")
"""


class Running:
    """Kamailio with some configuration, which listens on `port` of loopback by UDP."""

    def __init__(self, config: Path, port: int) -> None:
        """The folder of `config` is its own."""
        self.port = port
        self.address = f"127.0.0.1:{port}"
        here = config.parent
        program = shutil.which("kamailio") or "/usr/sbin/kamailio"
        command = [program, "-f", str(config), "-DD", "-E", "-Y", str(here), "-m", "32", "-M", "4"]
        self._process = subprocess.Popen(
            command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.log: list[str] = []
        self._changed = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._up()

    def saw(self, what: str, count: int = 1) -> list[str]:
        """Wait until it has logged `what` (a regular expression) so often."""

        def found() -> list[str]:
            return [line for line in self.log if re.search(what, line)]

        self._wait(lambda: len(found()) >= count, what)
        return found()

    def stop(self) -> None:
        """Politely; and its children with it, which outlive it where it is killed."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(10)

    def _up(self) -> None:
        """It answers once it is up: nothing on its log says so."""
        request = (
            f"OPTIONS sip:{self.address} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{{port}};branch=z9hG4bKup\r\n"
            "From: <sip:t@127.0.0.1>;tag=1\r\nTo: <sip:t@127.0.0.1>\r\nCall-ID: up\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 9\r\nContent-Length: 0\r\n\r\n"
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            probe.settimeout(0.2)
            for _ in range(int(LIMIT / 0.2)):
                assert not self._over, "\n".join(self.log)
                probe.sendto(request.format(port=probe.getsockname()[1]).encode(), ("127.0.0.1", self.port))
                try:
                    probe.recv(2048)
                except (TimeoutError, ConnectionError):
                    continue
                return
        raise AssertionError("kamailio does not come up")

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: condition() or self._over, LIMIT)
            assert condition(), f"kamailio never saw {what}: {self.log}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.log.append(line.strip())
                self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()


class Kamailio(Running):
    """`user` of any name may register with `secret`; who dials 300 is sent to `outside`, a port on loopback."""

    def __init__(
        self, folder: Path, *, port: int = 0, secret: str = "sesame", expires: int = 3600, outside: int = 0,
        pair: Pair | None = None,
    ) -> None:  # fmt: skip
        port = port or free_port()
        here = folder / f"kamailio-{port}-{len(list(folder.iterdir()))}"
        here.mkdir()
        [modules] = Path("/usr/lib").glob("*/kamailio/modules")
        self.tls = f"127.0.0.1:{port + 1}"
        secured = TLS.format(port=port + 1, pair=pair, modules=modules) if pair else ""
        config = here / "kamailio.cfg"
        config.write_text(
            CONFIG.format(port=port, modules=modules, secret=secret, expires=expires, outside=outside or 9, tls=secured)
        )
        super().__init__(config, port)


Registrar = Callable[..., Kamailio]
