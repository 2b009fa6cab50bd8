"""Builds PJSIP with our ring port into a wheel: `python telephony/native/build.py [--wheels DIR] [--jobs N]`.

`--machine aarch64` builds it for that machine on this one, with Debian's cross-compilers.

Prints the wheel's path on standard output and the progress on standard error. A wheel made from the same inputs is
kept in DIR, so that a second run only prints its path. Needs the Debian packages below and no Python package.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
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
from telephony.native import source, sysroot, target, wheel  # noqa: E402
from telephony.native.target import Target  # noqa: E402

VERSION = "2.17"
OURS = (
    "config_site.h", "ring_port.hpp", "signalling.hpp", "sources.hpp", "flood_gate.hpp", "rtp_guard.hpp",
    "requests.hpp",
    "mostrador_pjsua2.i",
)  # fmt: skip
FLAGS = "-O2 -DNDEBUG -fPIC"
MODULE_FLAGS = "-O1"
"""For the Python side of it, which is six megabytes of glue: half the time to compile, no difference in speed."""
WRAPPED = (
    "pjsip_tpmgr_receive_packet", "pj_sock_accept", "pj_sock_close", "pjsip_tls_transport_start2",
    "pjmedia_transport_udp_attach",
)  # fmt: skip
"""Functions of PJSIP's that the linker sends its own calls of through ours (`__wrap_…`)."""
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
    parser.add_argument("--wheels", type=Path, default=cache_home() / "wheels", metavar="DIR", help="where it is kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="compilers at a time")
    parser.add_argument("--machine", default=target.machine_here(), choices=[target.machine_here(), *target.CROSS])
    parser.add_argument("--source", type=Path, metavar="FILE", help="the pjproject tarball, instead of fetching it")
    parser.add_argument("--accept-sha256", default=source.SHA256, metavar="HEX", help="take a source with this sum")
    options = parser.parse_args()
    try:
        made = build(options.wheels, options.jobs, options.source, options.accept_sha256, options.machine)
    except TelephonyError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 1
    print(made)
    return 0


def build(
    wheels: Path, jobs: int, tarball: Path | None = None, accepted: str = source.SHA256, machine: str = ""
) -> Path:
    """The wheel for this Python, from `wheels` or made now; `machine` "": for this one. Raises TelephonyError."""
    machine = machine or target.machine_here()
    version = f"{VERSION}+{recipe(accepted, machine)}"
    kept = wheels / wheel.file_name(version, machine)
    if kept.exists():
        return kept
    aim = aim_at(machine)
    require_packages(aim)
    wheels.mkdir(parents=True, exist_ok=True)
    cache = cache_home() / "pjproject"
    cache.mkdir(parents=True, exist_ok=True)
    progress = Progress(jobs)
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as scratch:
        work = Work(Path(scratch), cache / f"build-{machine}.log", jobs, aim)
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
            made = wheel.pack(wheels, version, files, machine)
    for old in wheels.glob(f"{wheel.DISTRIBUTION}-*-{wheel.tag(machine)}.whl"):
        if old != made:
            old.unlink()
    return made


def aim_at(machine: str) -> Target:
    """Raises TelephonyError."""
    if machine == target.machine_here():
        return target.here()
    if missing := target.missing_compilers(machine):
        raise _packages(missing)
    print(f"PJSIP for {machine}: its Debian is unpacked into the cache, unless it is there", file=sys.stderr)
    return target.elsewhere(machine, sysroot.make(cache_home() / "sysroot", target.CROSS[machine]))


def recipe(accepted: str, machine: str = "") -> str:
    """Names everything that the wheel is made from, in eight letters."""
    made_with = target.ingredients(machine or target.machine_here())
    parts = [accepted, FLAGS, MODULE_FLAGS, *WRAPPED, *CONFIGURE, wheel.tag(machine), *made_with]
    parts += [(HERE / name).read_text() for name in OURS]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def require_packages(aim: Target) -> None:
    """Raises TelephonyError naming the Debian packages to install."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if "g++" not in missing:
        missing += [package for package, header in HEADERS.items() if not aim.has_header(header)]
    if missing:
        raise _packages(missing)
    python = aim.python_headers / "Python.h"
    if not python.exists():
        raise TelephonyError("sip.build.packages", f"{python} is missing: sudo apt-get install python3-dev")


def _packages(missing: list[str]) -> TelephonyError:
    names = " ".join(dict.fromkeys(missing))
    return TelephonyError("sip.build.packages", f"Building PJSIP needs: sudo apt-get install {names}")


class Work:
    """One build in a folder of its own."""

    def __init__(self, folder: Path, log: Path, jobs: int, aim: Target) -> None:
        self.folder = folder
        self.log = log
        self.jobs = jobs
        self.aim = aim
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
        flags = " ".join((FLAGS, *self.aim.flags))
        self.run(["./aconfigure", *CONFIGURE, *self.aim.configure, f"CFLAGS={flags}", f"CXXFLAGS={flags}"])

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
        compiler = [self.aim.compiler, *self.aim.flags]
        includes = [f"-I{HERE}", f"-I{self.aim.python_headers}"]
        if self.aim.sysroot is not None:  # Debian's pyconfig.h goes on to the one of the machine
            includes.append(f"-I{self.aim.sysroot / 'usr/include'}")
        compile_ = [*compiler, *self.made("PJ_CXXFLAGS"), MODULE_FLAGS, *includes]
        self.run([*compile_, "-c", str(self.folder / "wrap.cpp"), "-o", str(built)])
        libraries = [*self.made("PJ_LDXXFLAGS"), *self.made("PJ_LDXXLIBS"), "-lspeexdsp"]
        wraps = [f"-Wl,--wrap={name}" for name in WRAPPED]
        self.run([*compiler, *wraps, "-shared", "-s", "-o", str(module), str(built), *libraries])
        self.aim.check(module)
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
            done = subprocess.run(
                command, cwd=self.tree, stdout=log, stderr=subprocess.STDOUT, check=False, env=self.aim.environment
            )
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
