"""Builds PJSIP with our ring port into a wheel: `python telephony/native/build.py --wheels DIR [--jobs N]`.

Prints the wheel's path on standard output and the progress on standard error. A wheel made from the same inputs is
kept in DIR, so that a second run only prints its path. Needs the Debian packages below and no Python package.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __package__ in (None, ""):  # run as a script: the room above is not on the path
    sys.path.insert(0, str(HERE.parents[1]))

from core.errors import TelephonyError  # noqa: E402
from core.places import cache_home  # noqa: E402
from telephony.native import source, wheel  # noqa: E402

VERSION = "2.17"
OURS = ("config_site.h", "ring_port.hpp", "signalling.hpp", "mostrador_pjsua2.i")
FLAGS = "-O2 -DNDEBUG -fPIC"
MODULE_FLAGS = "-O1"
"""For the Python side of it, which is six megabytes of glue: half the time to compile, no difference in speed."""
CONFIGURE = (
    "--with-external-srtp", "--with-external-gsm", "--enable-speex-resample", "--enable-epoll",
    "--disable-speex-codec", "--disable-speex-aec", "--disable-ilbc-codec", "--disable-g7221-codec",
    "--disable-sound", "--disable-video", "--disable-upnp", "--disable-libyuv", "--disable-libwebrtc",
    "--disable-sdl", "--disable-ffmpeg", "--disable-v4l2",
)  # fmt: skip
PROGRAMS = {"g++": "g++", "gcc": "gcc", "make": "make", "swig": "swig", "tar": "tar", "xz": "xz-utils"}
HEADERS = {
    "libsrtp2-dev": "srtp2/srtp.h",
    "libspeexdsp-dev": "speex/speex_resampler.h",
    "libgsm1-dev": "gsm/gsm.h",
    "libopus-dev": "opus/opus.h",
    "libssl-dev": "openssl/ssl.h",
    "uuid-dev": "uuid/uuid.h",
}
STEPS = 7
MINUTES_ON_TWO_CORES = 4


def main() -> int:
    parser = argparse.ArgumentParser(description="Build PJSIP with our ring port into a wheel.")
    parser.add_argument("--wheels", type=Path, required=True, metavar="DIR", help="where the wheel is kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="compilers at a time")
    parser.add_argument("--source", type=Path, metavar="FILE", help="the pjproject tarball, instead of fetching it")
    parser.add_argument("--accept-sha256", default=source.SHA256, metavar="HEX", help="take a source with this sum")
    options = parser.parse_args()
    try:
        made = build(options.wheels, options.jobs, options.source, options.accept_sha256)
    except TelephonyError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 1
    print(made)
    return 0


def build(wheels: Path, jobs: int, tarball: Path | None = None, accepted: str = source.SHA256) -> Path:
    """The wheel for this Python and machine, from `wheels` or made now. Raises TelephonyError."""
    version = f"{VERSION}+{recipe(accepted)}"
    kept = wheels / wheel.file_name(version)
    if kept.exists():
        return kept
    require_packages()
    wheels.mkdir(parents=True, exist_ok=True)
    cache = cache_home() / "pjproject"
    cache.mkdir(parents=True, exist_ok=True)
    progress = Progress(jobs)
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as scratch:
        work = Work(Path(scratch), cache / "build.log", jobs)
        with progress.step("fetching the source"):
            tarball = source.check(tarball, accepted) if tarball else source.fetch(cache, accepted)
        with progress.step("unpacking"):
            work.unpack(tarball)
        with progress.step("configuring"):
            work.configure()
        with progress.step("compiling the libraries"):
            work.compile_libraries()
        with progress.step("making the Python interface"):
            work.make_interface()
        with progress.step("compiling the Python module"):
            files = work.compile_module()
        with progress.step("packing the wheel"):
            made = wheel.pack(wheels, version, files)
    for old in wheels.glob(f"{wheel.DISTRIBUTION}-*-{wheel.tag()}.whl"):
        if old != made:
            old.unlink()
    return made


def recipe(accepted: str) -> str:
    """Names everything that the wheel is made from, in eight letters."""
    parts = [accepted, FLAGS, MODULE_FLAGS, *CONFIGURE, wheel.tag(), *((HERE / name).read_text() for name in OURS)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def require_packages() -> None:
    """Raises TelephonyError naming the Debian packages to install."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if "g++" not in missing:
        missing += [package for package, header in HEADERS.items() if not _has_header(header)]
    if missing:
        raise TelephonyError(
            "sip.build.packages", f"Building PJSIP needs: sudo apt-get install {' '.join(dict.fromkeys(missing))}"
        )
    python = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not python.exists():
        raise TelephonyError("sip.build.packages", f"{python} is missing: sudo apt-get install python3-dev")


def _has_header(header: str) -> bool:
    command = ["g++", "-E", "-x", "c++", "-o", os.devnull, "-"]
    done = subprocess.run(command, input=f"#include <{header}>\n", text=True, capture_output=True, check=False)
    return done.returncode == 0


class Work:
    """One build in a folder of its own."""

    def __init__(self, folder: Path, log: Path, jobs: int) -> None:
        self.folder = folder
        self.log = log
        self.jobs = jobs
        self.tree = folder
        log.write_text("")

    def unpack(self, tarball: Path) -> None:
        self.run(["tar", "-xf", str(tarball), "-C", str(self.folder)])
        self.tree = next(path for path in self.folder.iterdir() if (path / "aconfigure").exists())
        # Debian's tarball leaves this driver's source out, and the list of objects still names it.
        makefile = self.tree / "pjmedia/build/Makefile"
        makefile.write_text(makefile.read_text().replace(" bdimad_dev.o", ""))
        shutil.copy(HERE / "config_site.h", self.tree / "pjlib/include/pj/config_site.h")

    def configure(self) -> None:
        self.run(["./aconfigure", *CONFIGURE, f"CFLAGS={FLAGS}", f"CXXFLAGS={FLAGS}"])

    def compile_libraries(self) -> None:
        for folder in ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip", "third_party"):
            (self.tree / folder / "lib").mkdir(exist_ok=True)
        self.run(["make", f"-j{self.jobs}", "lib"])

    def make_interface(self) -> None:
        includes = [f"-I{self.tree / 'pjsip-apps/src/swig'}", f"-I{HERE}", *self.includes()]
        # 312: nested structs, 503: operators that have no Python name; both are in their own interface.
        swig = ["swig", "-c++", "-python", "-threads", "-w312,503"]
        self.run([*swig, *includes, "-o", str(self.folder / "wrap.cpp"), str(HERE / OURS[-1])])

    def compile_module(self) -> dict[str, Path]:
        built, module = self.folder / "wrap.o", self.folder / "_pjsua2.so"
        includes = [f"-I{HERE}", f"-I{sysconfig.get_paths()['include']}"]
        self.run(
            [
                "g++",
                *self.made("PJ_CXXFLAGS"),
                MODULE_FLAGS,
                *includes,
                "-c",
                str(self.folder / "wrap.cpp"),
                "-o",
                str(built),
            ]
        )
        libraries = [*self.made("PJ_LDXXFLAGS"), *self.made("PJ_LDXXLIBS"), "-lspeexdsp"]
        self.run(["g++", "-shared", "-s", "-o", str(module), str(built), *libraries])
        return {"pjsua2.py": self.folder / "pjsua2.py", "_pjsua2.so": module}

    def includes(self) -> list[str]:
        return [flag for flag in self.made("PJ_CXXFLAGS") if flag.startswith("-I")]

    def made(self, variable: str) -> list[str]:
        """What their configuration put into a make variable."""
        script = f"include build.mak\nprint:\n\t@echo $({variable})\n"
        command = ["make", "-s", "-f", "-", "print"]
        done = subprocess.run(command, input=script, text=True, capture_output=True, cwd=self.tree, check=True)
        return done.stdout.split()

    def run(self, command: list[str]) -> None:
        with self.log.open("a") as log:
            done = subprocess.run(command, cwd=self.tree, stdout=log, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise TelephonyError(
                "sip.build.failed",
                f"Building PJSIP failed at {command[0]} (exit {done.returncode}):\n{tail}\n"
                f"The whole output is in {self.log}. Without it the telephone runs on the pjsua2-python package "
                "(4 calls at most): `mostrador doctor` says more.",
            )


class Progress:
    """A live line on a terminal; one line a step elsewhere."""

    def __init__(self, jobs: int) -> None:
        self.began = time.monotonic()
        self.expected = f"about {MINUTES_ON_TWO_CORES if jobs > 1 else 2 * MINUTES_ON_TWO_CORES} min"
        self.number = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.number += 1
        label = f"PJSIP {self.number}/{STEPS} {name}"
        if not sys.stderr.isatty():
            print(f"{label} ({self.elapsed()} of {self.expected})", file=sys.stderr, flush=True)
            yield
            return
        done = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(label, done))
        ticker.start()
        try:
            yield
        finally:
            done.set()
            ticker.join()

    def elapsed(self) -> str:
        seconds = int(time.monotonic() - self.began)
        return f"{seconds // 60}:{seconds % 60:02}"

    def _tick(self, label: str, done: threading.Event) -> None:
        while True:
            print(f"\r\x1b[K{label}  {self.elapsed()} of {self.expected}", end="", file=sys.stderr, flush=True)
            if done.wait(0.5):
                break
        print(file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
