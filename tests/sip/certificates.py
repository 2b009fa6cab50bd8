"""Certificates for tests, made by openssl: `make(folder, "server")`."""

import subprocess
from pathlib import Path
from typing import NamedTuple

CONFIG = """[ca]
default_ca = test
[test]
dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = ours
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[ours]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
"""


class Pair(NamedTuple):
    certificate: Path
    key: Path


def make(folder: Path, name: str, start: str = "20200101000000Z", end: str = "20990101000000Z") -> Pair:
    """A self-signed certificate for loopback, valid from `start` to `end`, and its key."""
    folder = folder / f"ca-{name}"
    folder.mkdir()
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    (folder / "ca.conf").write_text(CONFIG.format(folder=folder))
    request = folder / "request.pem"
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pair.key)
    _openssl("req", "-new", "-key", pair.key, "-subj", f"/CN={name}", "-config", folder / "ca.conf", "-out", request)
    _openssl(
        "ca", "-batch", "-selfsign", "-notext", "-config", folder / "ca.conf", "-keyfile", pair.key, "-in", request,
        "-startdate", start, "-enddate", end, "-out", pair.certificate,
    )  # fmt: skip
    return pair


def lock(pair: Pair) -> Path:
    """The same key under a pass phrase."""
    locked = pair.key.with_suffix(".locked")
    _openssl("pkey", "-in", pair.key, "-aes128", "-passout", "pass:sesame", "-out", locked)
    return locked


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
