"""Puts llama-cpp-python into an environment: `python setup/llama.py --into .venv/bin/python`.

It is published as source only. It is compiled once for this processor, from its hashed source, and the wheel is kept
in the cache for the next environment. Run it with the Python that has requirements/build.lock; standard library only.
"""

import argparse
import hashlib
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.places import cache_home  # noqa: E402

LOCK = ROOT / "requirements/native.lock"
HOOK = ROOT / "setup/llama.cmake"
OPTIONS = ("-DLLAVA_BUILD=OFF",)  # no pictures
MINUTES_ON_TWO_CORES = 3
STEP = re.compile(r"\[(\d+)/(\d+)\]")
"""Ninja's count of files compiled, of all."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile llama-cpp-python once, keep the wheel, install it.")
    parser.add_argument("--into", type=Path, required=True, metavar="PYTHON", help="of the environment to install into")
    options = parser.parse_args()
    try:
        wheel = kept() or compiled()
        install(wheel, options.into)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


class BuildError(Exception):
    """What failed and what to do, for the person at the terminal."""


def shelf() -> Path:
    """Where the wheel for this source and this processor is kept."""
    made_from = "\0".join((LOCK.read_text(), HOOK.read_text(), *OPTIONS, *processor()))
    return cache_home() / "wheels" / f"llama-{platform.machine()}-{hashlib.sha256(made_from.encode()).hexdigest()[:12]}"


def processor() -> list[str]:
    """What decides the instructions that `-march=native` emits: a wheel from another processor may crash here."""
    wanted = ("flags", "Features", "CPU implementer", "CPU part", "model name")
    lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    facts = {line.split(":")[0].strip(): line.split(":", 1)[1].strip() for line in lines if ":" in line}
    return [" ".join(sorted(facts[name].split())) for name in wanted if name in facts]


def kept() -> Path | None:
    return next(iter(shelf().glob("llama_cpp_python-*.whl")), None)


def compiled() -> Path:
    """Raises BuildError with the end of the compiler's output."""
    place = shelf()
    place.parent.mkdir(parents=True, exist_ok=True)
    log = place.parent / "llama-build.log"
    with tempfile.TemporaryDirectory(prefix="llama-", dir=place.parent) as scratch:
        options = shlex.join((*OPTIONS, f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={HOOK}"))
        environment = os.environ | {
            "CMAKE_ARGS": f"{options} {os.environ.get('CMAKE_ARGS', '')}",
            "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1),
            "TMPDIR": scratch,  # half a gigabyte: /tmp may be memory
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        command = [sys.executable, "-m", "pip", "wheel", "--verbose", "--no-deps", "--no-build-isolation"]
        command += ["--no-cache-dir", "--no-binary", ":all:", "--require-hashes", "-r", str(LOCK), "-w", scratch]
        follow(command, environment, log)
        made = next(iter(Path(scratch).glob("llama_cpp_python-*.whl")), None)
        if made is None:
            raise BuildError(f"pip made no wheel of llama-cpp-python; its output is in {log}")
        place.mkdir(exist_ok=True)
        return made.replace(place / made.name)


def follow(command: list[str], environment: dict[str, str], log: Path) -> None:
    """Run a build, its output into `log`, showing how far it is. Raises BuildError."""
    progress = Progress("llama.cpp", MINUTES_ON_TWO_CORES * (2 if (os.cpu_count() or 1) < 2 else 1))
    with log.open("w") as written:
        build = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        assert build.stdout is not None
        try:
            with progress:
                for line in build.stdout:
                    written.write(line)
                    if step := STEP.search(line):
                        progress.step = f"{step[1]} of {step[2]} files"
            code = build.wait()
        finally:
            if build.poll() is None:
                build.terminate()
                build.wait()
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise BuildError(f"llama-cpp-python did not compile (exit {code}); all of it is in {log}; its end:\n{tail}")


class Progress:
    """A live line on a terminal; a line every half minute elsewhere."""

    def __init__(self, what: str, minutes: int) -> None:
        self.step = "fetching the source"
        self._what = what
        self._minutes = minutes
        self._began = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tick)

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _tick(self) -> None:
        live = sys.stderr.isatty()
        while True:
            seconds = int(time.monotonic() - self._began)
            text = (
                f"compiling {self._what}: {self.step}, {seconds // 60}:{seconds % 60:02} of about {self._minutes} min"
            )
            print(f"\r\x1b[K{text}" if live else text, end="" if live else "\n", file=sys.stderr, flush=True)
            if self._done.wait(0.5 if live else 30):
                break
        if live:
            print(file=sys.stderr)


def install(wheel: Path, python: Path) -> None:
    """Raises BuildError."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall"]
    done = subprocess.run([*command, str(wheel)], check=False)
    if done.returncode:
        raise BuildError(f"pip could not install {wheel}: delete it and run make again")


if __name__ == "__main__":
    sys.exit(main())
