"""The scripts by telephone: each is a call to a whole device, whose recognition hears a synthesiser at 8 kHz.

English is said by the Piper voice, Spanish by espeak-ng, which is all that there is where no Spanish voice is
installed: its figures are those of the robot's Spanish. A caller says a line once more when the counter did not follow.
A call went right when the database ends as the script says, with as many effects as it has; where a script changes
nothing, when each intent that it names was understood.
"""

import asyncio
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from core.errors import MostradorError
from models.store import Store
from runtime import voices
from runtime.agent import Language
from runtime.agent.pack import Pack, load_pack
from runtime.agent.scripts import Script, read_scripts
from runtime.agent.scripts import Turn as ScriptTurn
from runtime.bench.device import Device, device
from runtime.config import Settings
from runtime.journal import Reader
from runtime.trace import Turn, turns
from telephony.caller import Patience, TurnReport, place_call
from voice import wav
from voice.frames import RATE, AudioFrame
from voice.resample import resample
from voice.tts import Synthesiser

CALLER = Patience(pause=0.8, skip="*", hears=1.0, thinks=0.3)
"""A second of each answer is heard; «*» stops the rest and means nothing else."""
LOST = ("missed", "unknown", "nothing", "out_of_scope")
"""Intents of a turn after which a caller says it again."""
_LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Called:
    """One script by telephone. `heard` in the device's words; `wrong` empty: it went right."""

    pack: str
    language: Language
    name: str
    said: tuple[str, ...]
    heard: tuple[str, ...]
    wrong: str


async def call_all(
    folders: Sequence[Path], scripts: int, seed: int, progress: Callable[[str, float], None]
) -> list[Called]:
    """`scripts` of each pack and language, drawn by `seed`; all if 0. Raises MostradorError."""
    synthesisers = await asyncio.to_thread(voices.load, Settings(), Store())
    called: list[Called] = []
    for at, folder in enumerate(folders):
        pack = load_pack(folder)
        for (language, today), some in _drawn(pack, scripts, seed).items():
            with tempfile.TemporaryDirectory(prefix="mostrador-spoken-") as work:
                called += await _device(
                    pack, language, today, some, synthesisers[language], Path(work),
                    partial(_at, progress, at / len(folders)),
                )  # fmt: skip
    return called


def _sayable(turn: ScriptTurn) -> bool:
    """Neither touched nor keyed in, and known before the call."""
    return bool(turn.say) and not (turn.choice or turn.token or turn.pin or "{" in turn.say)


def _at(progress: Callable[[str, float], None], share: float, doing: str) -> None:
    progress(doing, share)


def _drawn(pack: Pack, scripts: int, seed: int) -> dict[tuple[Language, date], list[Script]]:
    """Scripts that can be spoken, by language and day."""
    chance = np.random.default_rng(seed)
    found: dict[tuple[Language, date], list[Script]] = {}
    for language in pack.manifest.languages:
        some = [
            (file.today, script)
            for _, file in read_scripts(pack.folder)
            for script in file.script
            if script.language == language and all(_sayable(turn) for turn in script.turns)
        ]
        order = chance.permutation(len(some))[: scripts or len(some)]
        for today, script in (some[int(at)] for at in sorted(order)):
            found.setdefault((language, today), []).append(script)
    return found


async def _device(
    pack: Pack,
    language: Language,
    today: date,
    scripts: Sequence[Script],
    voice: Synthesiser,
    work: Path,
    progress: Callable[[str], None],
) -> list[Called]:
    """One device for all of them; its database is put back before each call."""
    database, fresh = work / "pack.db", work / "fresh.db"
    toml = f'[agent]\npack = "{pack.folder}"\nlanguage = "{language}"\ndatabase = "{database}"\ntoday = "{today}"\n'
    if pack.secrets:
        toml += '[payments]\nprovider = "local"\n'
    called = []
    async with device(toml) as running:
        await asyncio.to_thread(_copy, database, fresh)
        for number, script in enumerate(scripts):
            progress(f"{pack.manifest.id}, {language}: call {number + 1} of {len(scripts)}")
            await asyncio.to_thread(_copy, fresh, database)
            files = await asyncio.to_thread(_speak, script, voice, work / "said")
            called.append(await _call(running, pack, script, files, database))
    return called


def _copy(source: Path, target: Path) -> None:
    """A database with what its write-ahead log holds, over another."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _speak(script: Script, voice: Synthesiser, folder: Path) -> list[Path]:
    """Its lines as 16 kHz WAV, long numbers digit by digit."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = []
    for number, turn in enumerate(script.turns):
        text = _LONG_NUMBER.sub(lambda found: " ".join(found[0]), turn.say)
        sound = np.concatenate([frame.pcm for frame in voice.speak(text)])
        files.append(folder / f"{number:02}.wav")
        wav.write(files[-1], AudioFrame(resample(sound, voice.rate, RATE), RATE, 0.0))
    return files


async def _call(running: Device, pack: Pack, script: Script, files: list[Path], database: Path) -> Called:
    def lost(reports: Sequence[TurnReport]) -> bool:
        heard = _turns(running)
        again = len(reports) > 1 and reports[-1].file == reports[-2].file
        return not again and bool(heard) and heard[-1].intent in LOST

    try:
        await place_call(running.sip, files, patience=CALLER, once_more=lost)
    except MostradorError as error:
        return _called(pack, script, [], f"{error.code}: {error.message}")
    heard = await asyncio.to_thread(_turns, running)
    return _called(pack, script, heard, _judged(script, heard, database))


def _called(pack: Pack, script: Script, heard: Sequence[Turn], wrong: str) -> Called:
    return Called(
        pack.manifest.id, script.language, script.name, tuple(turn.say for turn in script.turns),
        tuple(turn.heard for turn in heard), wrong,
    )  # fmt: skip


def _turns(running: Device) -> list[Turn]:
    """Of the latest conversation, without the greeting."""
    journal = Reader(running.home / "journal.db")
    try:
        latest = journal.conversations(1)
        return [turn for turn in turns(journal.records(latest[0].id)) if turn.number] if latest else []
    finally:
        journal.close()


def _judged(script: Script, heard: Sequence[Turn], database: Path) -> str:
    """Empty, or what is not as it should be."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        for query, expected in script.ends.items():
            row = db.execute(query).fetchone()
            if row is None or row[0] != expected:
                return f"in the end {query!r} gives {row and row[0]!r}, not {expected!r}"
        done = int(db.execute("SELECT count(*) FROM effects").fetchone()[0])
    if done != (wanted := sum(len(turn.effects) for turn in script.turns)):
        return f"{done} effects, not {wanted}"
    understood = iter([turn.intent for turn in heard])
    missing = [turn.intent for turn in script.turns if turn.intent and turn.intent not in understood]
    return f"not understood: {', '.join(missing)}" if missing and not wanted else ""
