"""What the library is built for: this machine, or another one by cross-compilers and a root file system of its own."""

import os
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from core.errors import TelephonyError

CROSS = {"aarch64": "arm64"}
"""What can be built elsewhere, and what Debian calls it."""
ELF_MACHINES = {"x86_64": 62, "aarch64": 183}
"""e_machine of the ELF header."""
NEEDED = ("libssl", "libsrtp2", "libopus", "libgsm", "libspeexdsp")
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Target:
    """`machine` as in a wheel's tag; `prefix` of the compilers' names; `sysroot`: where its headers and libraries are,
    none: the system's."""

    machine: str
    prefix: str = ""
    sysroot: Path | None = None

    @property
    def compiler(self) -> str:
        return f"{self.prefix}g++"

    @property
    def flags(self) -> list[str]:
        """For every compiler and linker."""
        return [] if self.sysroot is None else [f"--sysroot={self.sysroot}"]

    @property
    def configure(self) -> list[str]:
        """What their configure script must know on top."""
        if self.sysroot is None:
            return []
        return [
            f"--host={self.triplet}", f"CC={self.prefix}gcc", f"CXX={self.prefix}g++",
            f"LDFLAGS={' '.join(self.flags)}",
            f"--with-ssl={self.sysroot / 'usr'}",  # their script looks for none when it builds for elsewhere
        ]  # fmt: skip

    @property
    def triplet(self) -> str:
        return self.prefix.rstrip("-")

    @property
    def environment(self) -> dict[str, str]:
        """pkg-config must find what is there, not what is here."""
        if self.sysroot is None:
            return dict(os.environ)
        folder = self.sysroot / "usr/lib" / self.triplet / "pkgconfig"
        return {**os.environ, "PKG_CONFIG_LIBDIR": str(folder), "PKG_CONFIG_SYSROOT_DIR": str(self.sysroot)}

    @property
    def python_headers(self) -> Path:
        if self.sysroot is None:
            return Path(sysconfig.get_paths()["include"])
        return self.sysroot / "usr/include" / PYTHON

    def has_header(self, header: str) -> bool:
        command = [self.compiler, *self.flags, "-E", "-x", "c++", "-o", os.devnull, "-"]
        done = subprocess.run(command, input=f"#include <{header}>\n", text=True, capture_output=True, check=False)
        return done.returncode == 0

    def check(self, module: Path) -> None:
        """Whether `module` is for this machine and has all that a telephone needs: a configuration that finds no TLS
        goes on without it. Raises TelephonyError."""
        with module.open("rb") as file:
            head = file.read(20)
        wanted = ELF_MACHINES.get(self.machine)
        found = struct.unpack("<H", head[18:20])[0] if head.startswith(b"\x7fELF") else 0
        if wanted is not None and found != wanted:
            raise TelephonyError(
                "sip.build.machine",
                f"{module.name} was built for ELF machine {found}, not {wanted} ({self.machine}): is another compiler "
                "first on the path?",
            )
        needed = set(self.needed(module))
        if missing := [name for name in NEEDED if not any(each.startswith(f"{name}.so") for each in needed)]:
            raise TelephonyError(
                "sip.build.incomplete",
                f"{module.name} was built without {', '.join(missing)}: is a -dev package broken?",
            )

    def needed(self, module: Path) -> list[str]:
        """The libraries that `module` loads: "libssl.so.3"."""
        command = [f"{self.prefix}readelf", "--dynamic", "--wide", str(module)]
        done = subprocess.run(command, text=True, capture_output=True, check=True)
        return re.findall(r"\(NEEDED\).*\[(.+)\]", done.stdout)


def ingredients(machine: str) -> list[str]:
    """What a wheel for another machine is made with, beside the source."""
    return [] if machine == machine_here() else Target(machine, f"{machine}-linux-gnu-", Path("/")).configure


def here() -> Target:
    return Target(machine_here())


def machine_here() -> str:
    return sysconfig.get_platform().partition("-")[2].replace("-", "_").replace(".", "_")


def missing_compilers(machine: str) -> list[str]:
    """Debian packages to install before anything can be built for another `machine`."""
    wanted = {f"{machine}-linux-gnu-g++": f"g++-{machine.replace('_', '-')}-linux-gnu", "mmdebstrap": "mmdebstrap"}
    return [package for program, package in wanted.items() if shutil.which(program) is None]


def elsewhere(machine: str, sysroot: Path) -> Target:
    """By Debian's cross-compilers. Raises TelephonyError when `sysroot` has another Python than the one running."""
    target = Target(machine, f"{machine}-linux-gnu-", sysroot)
    if not (target.python_headers / "Python.h").exists():
        there = ", ".join(path.name for path in sorted((sysroot / "usr/include").glob("python3.*"))) or "none"
        raise TelephonyError(
            "sip.build.python",
            f"The wheel would be for {PYTHON}, and Debian's there is {there}: run this with that Python",
        )
    return target
