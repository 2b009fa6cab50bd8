"""Writes what is recorded on this device, on a thread of its own: whatever the disk does, no call waits for it."""

import asyncio
import contextlib
import errno
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from core.errors import MostradorError, RecordingError
from runtime.config import Recording as Limits
from runtime.events import Event, Recorded
from runtime.metrics import Metrics
from runtime.recording import flac
from runtime.recording.container import PREFIX, Header, Writer
from runtime.recording.keys import DeviceKey
from runtime.recording.store import Store
from runtime.recording.track import TAP_SECONDS, Track
from voice.frames import RATE
from voice.tap import Tap

TICK = 0.25
TIDY_SECONDS = 600.0
END_SECONDS = 3.0
DAY = 86_400.0
MEGABYTE = 1_000_000

Tell = Callable[[str, Event], None]
"""(conversation, what became of its recording) → the journal. Called on the loop."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is recorded and why. `consent`: "yes" or "told"."""

    conversation: str
    language: str
    basis: str
    consent: str
    days: int
    beep_seconds: float


@dataclass(slots=True, eq=False)
class Recording:
    """One that goes on. It may end by itself, with the disk; then `on` is False, and only `erase` does anything."""

    order: Order
    track: Track
    on: bool = True
    ending: str = ""
    """"end" or "erase", once that is asked for."""
    erasing: bool = False
    """It is being erased, or has been."""
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        return self.order.conversation


class Recorder:
    """Of one device. All but `_run` and what it calls belongs to the loop."""

    def __init__(self, store: Store, limits: Limits, metrics: Metrics, tell: Tell) -> None:
        """Raises RecordingError: without its key nothing can be recorded."""
        self._store = store
        self._limits = limits
        self._metrics = metrics
        self._tell = tell
        self._log = structlog.get_logger(__name__)
        self._loop = asyncio.get_running_loop()
        self._key = DeviceKey.open(store.device_key)
        try:
            store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise RecordingError(
                "recording.disk", f"{store.folder}: {error.strerror}: give this user the folder"
            ) from error
        self._used = store.used()
        self._going_on: list[Recording] = []
        self._new: queue.SimpleQueue[Recording] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._closing = False
        self._tidied = -TIDY_SECONDS
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    async def begin(self, order: Order, tap: Callable[[float], Tap]) -> Recording:
        """Raises MostradorError, once the operator has been told."""
        try:
            writer = await asyncio.to_thread(self._open, order)
            try:
                track = Track(tap(TAP_SECONDS), writer, order.beep_seconds)
            except MostradorError:
                writer.close()
                await asyncio.to_thread(self._store.erase, order.conversation)
                raise
        except MostradorError as error:
            self._refused(order.conversation, error)
            raise
        recording = Recording(order, track)
        self._tell(order.conversation, Recorded(recording=order.conversation, what="began"))
        self._new.put(recording)
        self._wake.set()
        return recording

    async def end(self, recording: Recording) -> None:
        """All that there is, and its end."""
        await self._ask(recording, "end")

    async def erase(self, recording: Recording) -> None:
        """The customer does not want it: as if it had never been, even if it has ended meanwhile, or long ago."""
        await self._ask(recording, "erase")
        if recording.done.is_set() and not recording.erasing:
            self._tell(recording.id, await asyncio.to_thread(self._erase, recording))

    async def close(self) -> None:
        """End what goes on, and the thread."""
        self._closing = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join, END_SECONDS)

    async def _ask(self, recording: Recording, what: str) -> None:
        recording.ending = what
        self._wake.set()
        if not await asyncio.to_thread(recording.done.wait, END_SECONDS):
            self._log.error("recording_late", conversation=recording.id, asked=what)

    def _open(self, order: Order) -> Writer:
        """In a thread. Raises RecordingError."""
        began = time.time()
        self._used = self._store.used()  # some may have been deleted by hand
        if (full := self._full()) is not None:
            raise full
        header = Header(
            order.conversation, order.conversation, began, began + order.days * DAY, order.language, order.basis,
            order.consent, RATE, flac.NAME, secrets.token_bytes(PREFIX),
        )  # fmt: skip
        try:
            key = self._key.new(self._store.key(order.conversation), order.conversation)
            return Writer(self._store.sound(order.conversation), key, header)
        except OSError as error:
            with contextlib.suppress(MostradorError):
                self._store.erase(order.conversation)
            raise _disk(error) from error

    def _full(self) -> RecordingError | None:
        quota, least = self._limits.quota_mb, self._limits.free_mb
        if self._used >= quota * MEGABYTE:
            return RecordingError(
                "recording.quota", f"recordings take {quota} MB: delete some, or raise recording.quota_mb"
            )
        try:
            if self._store.free() < least * MEGABYTE:
                return RecordingError("recording.disk_full", f"less than {least} MB are free (recording.free_mb)")
        except OSError as error:
            return _disk(error)
        return None

    def _refused(self, conversation: str, error: MostradorError) -> None:
        self._metrics.failed(error.code)
        self._log.error("recording_failed", conversation=conversation, code=error.code, cause=error.message)
        self._tell(conversation, Recorded(recording=conversation, what="failed", why=error.code))

    # The thread

    def _run(self) -> None:
        while True:
            self._wake.wait(TICK)
            self._wake.clear()
            with contextlib.suppress(queue.Empty):
                while True:
                    self._going_on.append(self._new.get_nowait())
            closing = self._closing
            for recording in list(self._going_on):
                self._serve(recording, closing)
            if closing:
                return
            if time.monotonic() - self._tidied >= TIDY_SECONDS:
                self._tidy()

    def _serve(self, recording: Recording, closing: bool) -> None:
        track, before, lost = recording.track, recording.track.bytes, recording.track.lost
        try:
            if recording.ending != "erase":
                track.pull()
            if track.lost > lost:
                self._metrics.dropped("recording", track.lost - lost)
                self._log.warning("recording_late", conversation=recording.id, seconds=(track.lost - lost) / RATE)
            asked = recording.ending  # once: it may change at any moment
            if asked == "erase":
                track.close()
                self._ended(recording, self._erase(recording))
            elif closing or asked:
                track.finish()
                self._ended(recording, Recorded(recording=recording.id, what="ended"))
            elif (full := self._full()) is not None:
                track.finish(full.code)
                self._broken(recording, full)
        except OSError as refused:
            self._broken(recording, _disk(refused))
        except Exception as error:  # noqa: BLE001  the boundary: one recording never takes the others with it
            self._log.exception("recording_crashed", conversation=recording.id)
            self._broken(recording, RecordingError("recording.internal", type(error).__name__))
        finally:
            self._used += track.bytes - before

    def _broken(self, recording: Recording, error: RecordingError) -> None:
        self._ended(recording, None)
        self._later(lambda: self._refused(recording.id, error))

    def _erase(self, recording: Recording) -> Recorded:
        """On either thread, once nothing writes it any more; what became of it."""
        recording.erasing = True
        try:
            self._store.erase(recording.id)
        except MostradorError as error:
            self._log.error("recording_not_erased", conversation=recording.id, code=error.code, cause=error.message)
            return Recorded(recording=recording.id, what="failed", why=error.code)
        return Recorded(recording=recording.id, what="deleted", why="withdrawn")

    def _ended(self, recording: Recording, event: Recorded | None) -> None:
        recording.track.close()
        recording.on = False
        self._going_on.remove(recording)
        if event is not None:
            self._later(lambda: self._tell(recording.id, event))
        recording.done.set()

    def _tidy(self) -> None:
        """Erase what has expired, and count anew."""
        self._tidied = time.monotonic()
        for header in self._store.expired(time.time()):
            try:
                self._store.erase(header.id)
            except MostradorError as error:
                self._log.error("recording_not_erased", conversation=header.id, code=error.code, cause=error.message)
                continue
            self._log.info("recording_expired", conversation=header.conversation)
            event = Recorded(recording=header.id, what="deleted", why="expired")
            self._later(lambda header=header, event=event: self._tell(header.conversation, event))  # type: ignore[misc]
        self._used = self._store.used()
        self._metrics.recordings(self._used)

    def _later(self, work: Callable[[], None]) -> None:
        """On the loop."""
        with contextlib.suppress(RuntimeError):  # it has been closed: nobody is there to be told
            self._loop.call_soon_threadsafe(work)


def _disk(error: OSError) -> RecordingError:
    code = "recording.disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "recording.disk"
    return RecordingError(code, f"{error.filename or 'the disk'}: {os.strerror(error.errno or 0)}", retryable=True)
