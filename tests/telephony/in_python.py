"""Sound through ports in Python, as the public package leaves it, in a process that has our own package."""

from telephony import media, pj
from telephony.fallback import PythonPort, event_fd
from voice.frames import FRAME_MS, RATE


def use_ports_in_python() -> None:
    """For the rest of the process."""
    pj.load().ringEventFd = event_fd
    media.open_port = lambda: PythonPort(RATE, FRAME_MS, media.HEARD_MS, media.PLAY_MS)
