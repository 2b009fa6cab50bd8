"""Real SIP clients and our own server, each a process that the test starts and ends."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIMIT = 60.0
"""Seconds after which a process that should have ended counts as hung."""
TRIES = 4
UP_SECONDS = 10.0


def _fours() -> Iterator[int]:
    """The first of each four ports below those that the system hands out by itself, in any order."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    fours = range(10_000, lowest - 3, 4)
    yield from random.Random().sample(fours, len(fours))


_untaken = _fours()


def free_port() -> int:
    """An even port of loopback, free for UDP and TCP, as are its three neighbours: sipp's echo takes the next even one
    as well. It is given once, and never to a socket that asks the system for any port: nobody takes it before whoever
    was told of it does."""
    kinds = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
    return next(port for port in _untaken if all(_free(kind, port + n) for kind in kinds for n in range(4)))


def _free(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as taken:
        try:
            taken.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Server:
    """`tests/sip/agent.py` in a process of its own; `news` grows as calls go on."""

    def __init__(self, mode: str, *options: str) -> None:
        command = [sys.executable, "-m", "tests.sip.agent", mode, *options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.noise: list[str] = []
        """PJSIP's own words, which the public package can't be kept from."""
        self.news: list[dict[str, Any]] = []
        self._asked = False
        self._changed = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.uri = str(self.wait(lambda news: "uri" in news)["uri"])
        self.uris = dict(self.wait(lambda news: "uris" in news)["uris"])
        self.address = self.uri.rpartition("@")[2]
        self.pid = self._process.pid

    def wait(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = LIMIT) -> dict[str, Any]:
        """The first piece of news that is `wanted`."""
        return self.wait_for(wanted, 1, seconds)[0]

    def wait_for(
        self, wanted: Callable[[dict[str, Any]], bool], count: int, seconds: float = LIMIT
    ) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [news for news in self.news if wanted(news)]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= count or self._over, seconds)
            assert len(found()) >= count, f"the server never said it: {self.news}"
            return found()[:count]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [news for news in self.news if news.get("event") == name]

    def keys(self) -> str:
        return "".join(news["digit"] for news in self.events("KeyPressed"))

    def memory(self) -> int:
        """Resident bytes."""
        return resident(self.pid)

    def ask_to_stop(self) -> None:
        if not self._asked:
            self._asked = True
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it politely: a clean exit is part of every test."""
        self.ask_to_stop()
        code = self._process.wait(LIMIT)
        self._reader.join(LIMIT)
        assert code == 0, f"the server ended with {code}"
        assert self.news[-1] == {"stopped": True, "left": 0}

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _take(self, line: str) -> None:
        """PJSIP writes when its buffer is full, half lines too: news may stand anywhere in one."""
        noise, brace, rest = line.partition('{"')
        if noise.strip():
            self.noise.append(noise)
        if brace:
            news, end = json.JSONDecoder().raw_decode(brace + rest)
            with self._changed:
                self.news.append(news)
                self._changed.notify_all()
            self._take((brace + rest)[end:])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._take(line)
        with self._changed:
            self._over = True
            self._changed.notify_all()


Start = Callable[..., Server]
"""`start(mode, *options, **settings)`: `settings` are more of SipSettings."""


@contextlib.contextmanager
def servers() -> Iterator[Start]:
    """Starts servers, and ends them: every one must end cleanly."""
    running: list[Server] = []

    def begin(mode: str, *options: str, **settings: object) -> Server:
        running.append(Server(mode, *options, *(("--settings", json.dumps(settings)) if settings else ())))
        return running[-1]

    try:
        yield begin
        for server in running:
            server.stop()
    finally:
        for server in running:
            server.kill()


def ended(news: dict[str, Any]) -> bool:
    """The call is over."""
    return news.get("event") == "Ended"


def event(name: str, **fields: object) -> Callable[[dict[str, Any]], bool]:
    """News of a call: `event("Hold", on=True)`."""
    return lambda news: news.get("event") == name and all(news.get(key) == value for key, value in fields.items())


def resident(pid: int) -> int:
    """Resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def sipp(folder: Path, scenario: str, address: str, *options: str) -> "subprocess.Popen[str]":
    """Starts sipp with a scenario (XML text); `run_sipp` waits for it as well. `address` "": it waits for calls."""
    file = folder / f"{time.monotonic_ns()}.xml"
    file.write_text(scenario)
    command = [
        "sipp", *([address] if address else []), "-sf", str(file),
        *([] if "-i" in options else ["-i", "::1" if "[" in address else "127.0.0.1"]),
        *([] if "-p" in options else ["-p", str(free_port())]), "-mp", str(free_port()),
        "-nostdin", "-timeout", "50s", "-timeout_error", "-trace_err", "-error_file", str(file.with_suffix(".err")),
        *options,
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_sipp(folder: Path, scenario: str, address: str, *options: str) -> None:
    """Every call of it must go by the scenario."""
    process = sipp(folder, scenario, address, *options)
    try:
        screen, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    errors = "".join(path.read_text() for path in folder.glob("*.err"))
    assert process.returncode == 0, f"sipp ended with {process.returncode}: {errors}\n{screen[-2000:]}"


class Baresip:
    """A soft phone without a screen: plays a file, records what it hears, takes commands on a TCP port.

    It needs an audio player to receive at all: a bridge to nobody.
    """

    def __init__(
        self,
        folder: Path,
        source: Path,
        codec: str = "g711",
        account: str = "",
        *,
        more: str = "",
        user: str = "",
        password: str = "",
        answer: str = "manual",
        address: str = "127.0.0.1",
    ) -> None:
        """`account`: parameters of its account, such as ";mediaenc=srtp-mand"; `more`: lines of configuration; `user`
        and `password`: what it answers a challenge with; `answer`: "auto": calls to it are answered."""
        self._folder = folder
        config = folder / "baresip"
        config.mkdir()
        modules = ["g711", "srtp", "ice", "aufile", "aubridge", "sndfile", "account", "contact", "menu", "ctrl_tcp"]
        modules[0] = codec
        secret = f";auth_user={user};auth_pass={password}" if user else ""
        (config / "accounts").write_text(f"<sip:baresip@{address}>;regint=0;answermode={answer}{account}{secret}\n")
        (config / "contacts").write_text("")
        self._log = (folder / "baresip.log").open("w")
        for _ in range(TRIES):  # somebody may take a port before it does
            self._control_port, self.port = free_port(), free_port()
            (config / "config").write_text(
                "module_path /usr/lib/baresip/modules\n"
                + "".join(f"module {name}.so\n" for name in modules)
                + f"sip_listen {address}:{self.port}\n"
                + f"audio_source aufile,{source}\naudio_player aubridge,nobody\nsnd_path {folder}\n"
                + f"ctrl_tcp_listen 127.0.0.1:{self._control_port}\nnet_interface {address}\n{more}"
            )
            self._process = subprocess.Popen(
                ["baresip", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
            )
            control = self._connect()
            if control is not None:
                self._control = control
                return
            self._process.kill()
            self._process.wait()
        raise AssertionError(f"baresip does not come up: {(folder / 'baresip.log').read_text()[-1000:]}")

    def command(self, name: str, parameters: str = "") -> None:
        text = json.dumps({"command": name, "params": parameters})
        self._control.sendall(f"{len(text)}:{text},".encode())

    @property
    def heard(self) -> Path:
        """Everything that came from the other side; complete after `stop`."""
        return next(self._folder.glob("dump-*-dec.wav"))

    def stop(self) -> None:
        self.command("quit")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()
        self._log.close()

    def _connect(self) -> socket.socket | None:
        limit = time.monotonic() + UP_SECONDS
        while time.monotonic() < limit and self._process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self._control_port), timeout=5)
            except OSError:
                time.sleep(0.1)
        return None


def alike(said: "Sequence[Any]", heard: "Sequence[Any]", piece: int = 1_600) -> list[float]:
    """How well each piece of `said` (int16) is found somewhere in `heard`: normalised cross-correlation, 0 to 1.

    In pieces, because a jitter buffer may shift later sound against earlier by a frame.
    """
    import numpy as np

    sound = np.asarray(heard, np.float64)
    energy = np.concatenate(([0.0], np.cumsum(sound**2)))
    found = []
    for start in range(0, len(said) - piece + 1, piece):
        part = np.asarray(said[start : start + piece], np.float64)
        if np.sqrt(np.mean(part**2)) < 200:
            continue  # silence is like anything
        size = 1 << (len(sound) + piece).bit_length()
        product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)[
            : len(sound) - piece + 1
        ]
        norm = np.sqrt((energy[piece:] - energy[:-piece]) * np.sum(part**2))
        found.append(float(np.max(product / np.maximum(norm, 1.0))))
    return found
