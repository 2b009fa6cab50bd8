"""What a conversation tells its listener: when to hear nothing, in which language, how many digits are to come."""

from runtime.tongue import Tongue
from voice.listener import Listener


class Ears:
    """Of a conversation with sound; without it there is nobody to tell, and no time passes."""

    def __init__(self, listener: Listener | None) -> None:
        self.listener = listener
        self._deaf: frozenset[str] = frozenset()
        """Why nothing is heard now."""

    @property
    def now(self) -> float:
        """Seconds of the line."""
        return self.listener.now if self.listener else 0.0

    def deafen(self, reason: str, deaf: bool) -> None:
        """Hear nothing for as long as there is a reason."""
        self._deaf = self._deaf | {reason} if deaf else self._deaf - {reason}
        if self.listener is not None and self.listener.deaf != bool(self._deaf):
            self.listener.deaf = bool(self._deaf)

    def lean(self, tongue: Tongue) -> None:
        """Towards the language of the conversation, once that is sure to it alone."""
        if self.listener is not None:
            self.listener.leaning = tongue.language
            if tongue.sure:
                self.listener.language = tongue.language

    def await_digits(self, missing: int) -> None:
        """So many are still to be said: the turn is not over before."""
        if self.listener is not None:
            self.listener.digits_expected = missing
