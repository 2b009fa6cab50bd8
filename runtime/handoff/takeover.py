"""What a conversation does while its customer is on the way to a person, and what that person would be told of it."""

from collections.abc import Callable

import structlog

from runtime.agent import Language, Planner
from runtime.agent.briefing import Story
from runtime.agent.ledger import UNSURE
from runtime.channels import Channel
from runtime.events import Dtmf, Event, Failed, Hold, HungUp, Replied, Stopping
from runtime.handoff.person import Counterside, Person
from runtime.handoff.steps import Reason
from runtime.keys import CLEAR
from runtime.messages import Message
from runtime.teller import Teller

BACK: dict[Reason, str] = {
    "busy": "person_busy",
    "no_answer": "person_no_answer",
    "not_accepted": "person_no_answer",
    "refused": "no_person",
    "failed": "no_person",
    "stopped": "no_person",
    "lost": "person_lost",
    "withdrawn": "person_back",
}
"""What the customer hears who comes back."""


class Takeover:
    """The customer's way to a person, as often as they ask."""

    def __init__(
        self,
        person: Person | None,
        channel: Channel,
        planner: Planner,
        teller: Teller,
        record: Callable[[Event], None],
        turn: Callable[[], int],
    ) -> None:
        """`person` None: nobody can be reached."""
        self.with_person = False
        """The customer talks to a person."""
        self._person = person
        self._channel = channel
        self._planner = planner
        self._teller = teller
        self._record = record
        self._turn = turn
        self._story = Story()
        self._hung_up: HungUp | None = None

    @property
    def under_way(self) -> bool:
        """Somebody is being reached, or has been: what the customer says and keys is not for the agent."""
        return self._person is not None and self._person.busy

    def follow(self, replied: Replied) -> None:
        """One more answer was given."""
        self._story = self._story.after(replied.intent, replied.state, replied.effects, unsure=replied.failed == UNSURE)

    async def bring(self, language: Language, connected: Callable[[], None]) -> str | HungUp:
        """The phrase to go on with, or how the conversation ends. `connected` is called when they talk to a person."""
        line = self._channel.line
        if self._person is None or line is None:
            structlog.get_logger(__name__).warning("person_asked_for")
            return "no_person"
        self._hung_up = None
        reason = await self._person.reach(self._counterside(language, connected))
        if reason == "connected":
            return HungUp(cause="transferred")
        self.with_person = False
        return self._hung_up or HungUp(cause="customer") if reason == "gone" else BACK[reason]

    def takes(self, event: Event) -> bool:
        """Whether an event is over with: until the customer is back or gone all are, but that `*` brings them back."""
        match event:
            case Stopping() | Hold():
                return False
            case HungUp():  # a telephone that takes over a call may hang up first: `bring` knows what it means
                self._hung_up = event
                if self._person is not None:
                    self._person.hung_up()
            case Dtmf(digit=digit):
                self._record(event)
                if digit == CLEAR and self._person is not None:
                    self._person.withdraw()
            case Failed():
                self._record(event)
                structlog.get_logger(__name__).error("stage_failed", stage=event.stage, code=event.code)
            case _:
                pass
        return True

    def ended(self, event: HungUp) -> HungUp:
        """Whoever hangs up after they have talked: the customer was with a person."""
        return HungUp(at=event.at, cause="transferred") if self.with_person else event

    def _counterside(self, language: Language, connected: Callable[[], None]) -> Counterside:
        """What is lent to whoever brings the customer to a person."""
        line = self._channel.line
        assert line is not None

        async def aloud(text: str, language: Language) -> None:
            await self._teller.say(Message(text), language, self._turn())

        async def say(code: str) -> None:
            await aloud(self._planner.phrase(code, language), language)

        def brief(language: Language) -> list[str]:
            return self._planner.brief(self._story, language)

        def with_person() -> None:
            self.with_person = True
            connected()

        return Counterside(language, line, say, brief, self._planner.phrase, aloud, self._record, with_person)
