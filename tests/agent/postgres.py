"""A real PostgreSQL server on a port of its own, with everything in one folder; ended by its id."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.sip.phones import free_port

LIMIT = 30.0
_HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Server:
    """`conninfo` without the password, which is `password`."""

    password = "kept-in-a-file"

    def __init__(self, folder: Path) -> None:
        self._programs = _HOMES[-1]
        self._folder = folder
        self._as = _somebody()
        folder.mkdir()
        secret = folder / "password"
        secret.write_text(self.password, "utf-8")
        if self._as:
            for path in (folder, secret):
                os.chown(path, *self._as)
            for parent in folder.parents:
                if parent.stat().st_uid == 0 and parent != Path("/") and parent != Path("/tmp"):
                    parent.chmod(parent.stat().st_mode | 0o011)
        self._run("initdb", "--auth=scram-sha-256", f"--pwfile={secret}", "--username=agent", "--no-sync", "-E", "UTF8")
        self.port = free_port()
        self.conninfo = f"host=127.0.0.1 port={self.port} dbname=postgres user=agent"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._folder / "data", "-p", str(self.port), "-c",
             f"unix_socket_directories={self._folder}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._user(),
        )  # fmt: skip
        until = time.monotonic() + LIMIT
        while True:
            try:
                psycopg.connect(self.conninfo, password=self.password).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(LIMIT)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def do(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.conninfo, password=self.password, autocommit=True) as db:
            cursor = db.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._folder / "data", *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=LIMIT, **self._user(),
        )  # fmt: skip

    def _user(self) -> dict[str, object]:
        return {"user": self._as[0], "group": self._as[1], "extra_groups": []} if self._as else {}


def _somebody() -> tuple[int, int] | None:
    """Who runs it: PostgreSQL doesn't run as root."""
    if os.geteuid():
        return None
    person = pwd.getpwnam("postgres")
    return person.pw_uid, person.pw_gid


def installed() -> bool:
    return bool(_HOMES) and shutil.which("sh") is not None
