"""Packs the compiled module into a wheel, byte for byte the same for the same files."""

import base64
import hashlib
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

from telephony.native.target import machine_here

DISTRIBUTION = "mostrador_pjsua2"


def tag(machine: str = "") -> str:
    """Of the Python that is running, on this machine or another: "cp311-cp311-linux_x86_64"."""
    python = f"cp{sysconfig.get_config_var('py_version_nodot')}"
    return f"{python}-{python}-linux_{machine or machine_here()}"


def file_name(version: str, machine: str = "") -> str:
    return f"{DISTRIBUTION}-{version}-{tag(machine)}.whl"


def pack(folder: Path, version: str, files: Mapping[str, Path], machine: str = "") -> Path:
    """Writes the wheel with `files` (name inside → where it is now) into `folder`, atomically."""
    info = f"{DISTRIBUTION}-{version}.dist-info"
    contents = {name: path.read_bytes() for name, path in files.items()}
    contents[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {DISTRIBUTION.replace('_', '-')}\nVersion: {version}\n"
        "Summary: PJSIP's pjsua2 with the ring port of Mostrador\nLicense: GPL-2.0-or-later\n"
    ).encode()
    contents[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: mostrador\nRoot-Is-Purelib: false\nTag: {tag(machine)}\n".encode()
    )
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = folder / file_name(version, machine)
    part = wheel.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, data)
    part.replace(wheel)
    return wheel


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
