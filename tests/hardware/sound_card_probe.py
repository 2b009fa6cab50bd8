"""Run by test_audio in a process of its own, whose ALSA has the devices that the test wants. Prints JSON.

python sound_card_probe.py duplex | echo | kiosk | open | open NAME | devices | unlinked
"""

import asyncio
import contextlib
import ctypes.util
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from websockets.asyncio.client import connect
from websockets.typing import Origin

from core.errors import MostradorError
from hardware.audio import SoundCardLine, devices, open_line
from runtime.channels.kiosk import KioskServer
from runtime.channels.kiosk_channel import KioskChannel
from runtime.config import Kiosk
from voice.frames import RATE, Pcm


def chirp() -> Pcm:
    time = np.arange(RATE) / RATE
    return (np.sin(2 * np.pi * (300 * time + 1200 * time**2)) * 12_000).astype(np.int16)


def found(piece: Pcm, heard: Pcm) -> float:
    """How well a piece of sound is found in what was heard, 0…1."""
    wanted, all_of_it = piece.astype(float), heard.astype(float)
    match = np.abs(np.correlate(all_of_it, wanted, "valid"))
    energy = np.sqrt(np.convolve(all_of_it**2, np.ones(len(wanted)), "valid"))
    return float(np.max(match / np.maximum(energy, 1000.0)) / np.linalg.norm(wanted))


async def duplex() -> dict[str, Any]:
    """Play a chirp and hear it come back; then play it again and hush."""
    line = open_line(echo_cancelled=False)
    frames: list[Pcm] = []
    starts: list[float] = []
    level = 0.0

    async def hear() -> None:
        nonlocal level
        async for frame in line.heard():
            frames.append(frame.pcm)
            starts.append(frame.start)
            level = max(level, line.level)

    hearing = asyncio.create_task(hear())
    await asyncio.sleep(0.5)
    taken = line.play(chirp())
    while line.queued:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.7)
    played = line.played
    heard = np.concatenate(frames)
    pieces = [found(piece, heard) for piece in np.split(chirp(), 20)]
    line.play(np.tile(chirp(), 5))
    while line.played < played + RATE // 2:
        await asyncio.sleep(0.02)
    dropped = line.hush()
    hushed = line.played - played + dropped
    at_hush = len(frames)
    while len(frames) < at_hush + 10 or np.concatenate(frames[-10:]).any():
        await asyncio.sleep(0.02)
    after = sum(pcm.any() for pcm in frames[at_hush:]) * 0.02
    line.close()
    line.close()
    await asyncio.wait_for(hearing, 5)
    return {
        "taken": taken,
        "played": played,
        "pieces": pieces,
        "balanced": hushed == 5 * RATE,
        "dropped": dropped,
        "seconds_after_hush": after,
        "level": level,
        "contiguous": bool(np.allclose(np.diff(starts), 0.02)),
        "closed_play": line.play(chirp()),
    }


def babble(seconds: int) -> Pcm:
    """Noise in syllables: loud and soft as speech is, and never the same twice."""
    random = np.random.default_rng(5)
    loudness = np.repeat(random.uniform(0, 1, seconds * 6) ** 2, RATE // 6 + 1)[: seconds * RATE]
    return (np.convolve(random.standard_normal(seconds * RATE), [0.25] * 4, "same") * loudness * 6000).astype(np.int16)


async def echo() -> dict[str, Any]:
    """Talk for some seconds on an open line: how much of it is heard at first, and once the echo is known, in dB."""
    line = open_line()
    said = babble(6)
    frames: list[Pcm] = []
    line.play(said)
    async for frame in line.heard():
        frames.append(frame.pcm)
        if not line.queued:
            line.close()
    power = [float(np.square(second.astype(float)).mean()) for second in np.split(said, 6)]
    heard = np.concatenate(frames)
    left = [float(np.square(heard[i * RATE : (i + 1) * RATE].astype(float)).mean()) for i in range(len(heard) // RATE)]
    return {"erle": [10 * np.log10(sent / (kept + 1)) for sent, kept in zip(power, left, strict=False)]}


async def kiosk() -> dict[str, Any]:
    """The page of a kiosk whose sound is the device's own: it is shown how loud the microphone hears."""
    import msgspec

    visits: list[KioskChannel] = []
    server = KioskServer(Kiosk(port=0, sound="device"), visits.append)
    await server.start()
    kinds: list[str] = []
    loudest = 0.0
    origin = Origin(server.url.rstrip("/"))
    address = server.url.replace("http", "ws") + "ws"
    hello = msgspec.msgpack.encode({"type": "Hello", "language": "es", "audio": "device"})
    async with connect(address, origin=origin) as page:
        await page.send(hello)
        while not visits:
            await asyncio.sleep(0.02)
        line = visits[0].line
        assert isinstance(line, SoundCardLine)
        line.play(np.tile(chirp(), 3))
        async with asyncio.timeout(20):
            while loudest < 0.05:
                message = msgspec.msgpack.decode(await page.recv(decode=False))
                kinds.append(message["type"])
                loudest = max(loudest, message.get("level", 0.0))
        await page.send(msgspec.msgpack.encode({"type": "Volume", "level": 0.25, "microphone": False}))
        while not line.muted:
            await asyncio.sleep(0.02)
        async with connect(address, origin=origin) as second:
            await second.send(hello)
            while len(visits) < 2:
                await asyncio.sleep(0.02)
    await server.stop()
    return {
        "kinds": sorted(set(kinds)),
        "gain": line.gain,
        "second": visits[1].line is None,
        "closed": line.play(chirp()),
    }


def opened(device: str | None) -> dict[str, Any]:
    try:
        open_line(device).close()
    except MostradorError as error:
        return {"code": error.code, "message": error.message}
    return {"code": "opened"}


def main(what: str, *names: str) -> dict[str, Any]:
    match what:
        case "duplex":
            for _ in range(3):  # on a busy machine PulseAudio sometimes stops calling after an underrun
                with contextlib.suppress(TimeoutError):
                    return asyncio.run(asyncio.wait_for(duplex(), 15))
            return {}
        case "echo":
            return asyncio.run(asyncio.wait_for(echo(), 30))
        case "kiosk":
            return asyncio.run(kiosk())
        case "devices":
            return {"names": [device.name for device in devices()], "default": [d.name for d in devices() if d.default]}
        case "unlinked":
            ctypes.util.find_library = lambda _name: None  # type: ignore[assignment]
            return opened(None)
        case _:
            return opened(names[0] if names else None)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)
