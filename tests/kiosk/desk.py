"""A kiosk's server with a scripted session for each visit."""

from typing import Any

from runtime.channels.kiosk import KioskServer
from runtime.config import Kiosk
from tests.kiosk.scripted_session import ScriptedSession

MIC_HERTZ = 620.0
"""The tone that the browser's microphone hears."""


class Desk:
    """A running server and the visits it has had."""

    def __init__(self) -> None:
        self.sessions: list[ScriptedSession] = []
        self.voice_seconds = 0.0
        self.servers: list[KioskServer] = []

    async def serve(self, **settings: Any) -> KioskServer:
        server = KioskServer(Kiosk(**{"port": 0, **settings}), self._visitor)
        await server.start()
        self.servers.append(server)
        return server

    @property
    def visit(self) -> ScriptedSession:
        return self.sessions[-1]

    def _visitor(self, channel: Any) -> None:
        self.sessions.append(ScriptedSession(channel, self.voice_seconds))
