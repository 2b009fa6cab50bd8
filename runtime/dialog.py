"""The agent in one conversation: where it stands, the answer that is made ready ahead, and what is done, once."""

import asyncio
from collections.abc import Callable

from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.engines import Engines
from runtime.events import Replied
from runtime.messages import Message
from runtime.second_hearing import HearAgain, led_nowhere, understand
from runtime.speculation import Speculation


class Dialog:
    """`state` moves on by `commit` alone; what is only planned changes nothing."""

    def __init__(
        self,
        identity: str,
        engines: Engines,
        hear_again: HearAgain | None,
        prepare: Callable[[Message, Language], None],
        done: Callable[[Replied], None],
    ) -> None:
        """`hear_again` reads the last sound anew; `prepare` makes the sound of an answer; `done` hears of each."""
        self.state = DialogState()
        self._id = identity
        self._engines = engines
        self._hear_again = hear_again
        self._prepare = prepare
        self._done = done
        self._speculation = Speculation(self._foresee)
        self._commit: asyncio.Task[Reply] | None = None

    @property
    def acting(self) -> bool:
        """Something is being done."""
        return self._commit is not None and not self._commit.done()

    def open(self, language: Language, channel: str, greeting: str = "") -> Reply:
        """The greeting: `greeting` instead of the pack's words, with the pack's choices."""
        reply, self.state = self._engines.planner.open(language, channel)
        if greeting:
            own = Message(greeting, choices=reply.messages[0].choices)
            reply, self.state = Reply((own,)), DialogState(last=own)
        return reply

    def speculate(self, heard: Heard) -> None:
        """Make ready the answer to what may be all that is said."""
        self._speculation.begin(heard, self.state)

    def drop(self) -> None:
        """It was not all."""
        self._speculation.drop()

    def take(self, heard: Heard) -> "asyncio.Task[Plan] | None":
        """The answer that was made ready for just this."""
        return self._speculation.take(heard, self.state)

    async def leads_nowhere(self, heard: Heard) -> bool:
        """Whether nothing would come of it. Raises AgentError."""
        state = self.state
        return led_nowhere(await self._engines.plan(state, heard, self._id), state)

    async def plan(self, heard: Heard, guess: "asyncio.Task[Plan] | None") -> Plan:
        """Raises AgentError. What is being done is finished first."""
        await self.settled()
        return await (guess or self._understood(heard, self.state))

    async def commit(self, plan: Plan, planned: float) -> Reply:
        """The only place where something is done; `planned`: seconds that the plan took. Raises AgentError.

        Whoever waits may be cancelled: it runs to its end all the same.
        """
        self._commit = asyncio.ensure_future(self._committed(plan, planned))
        return await asyncio.shield(self._commit)

    async def settled(self) -> None:
        """Until nothing is being done any more."""
        if self._commit is not None:
            await asyncio.wait({self._commit})

    async def _committed(self, plan: Plan, planned: float) -> Reply:
        clock = asyncio.get_running_loop().time
        began = clock()
        reply, state = plan.reply, plan.state
        if reply is None or plan.effects:
            reply, state = await self._engines.commit(plan, self._id)
        self.state = state
        self._done(
            Replied(
                intent=plan.intent,
                why=plan.why,
                confidence=plan.confidence,
                messages=reply.messages,
                action=reply.action,
                state=state,
                effects=() if reply.undone else tuple(f"{effect.tool}:{effect.key}" for effect in plan.effects),
                failed=reply.failed,
                timings={"plan": planned, "commit": clock() - began},
            )
        )
        return reply

    async def _foresee(self, heard: Heard, state: DialogState) -> Plan:
        plan = await self._understood(heard, state)
        if plan.reply is not None:
            language = plan.reply.language or heard.language
            for message in plan.reply.messages[:1]:
                self._prepare(message, language)
        return plan

    async def _understood(self, heard: Heard, state: DialogState) -> Plan:
        return await understand(
            lambda state, heard: self._engines.plan(state, heard, self._id),
            self._hear_again,
            self._engines.planner.hint(heard.language),
            state,
            heard,
        )
