"""What a person is told who takes a customer over: what it is about and what was done, in the pack's words.

No more than a phrase of the pack names gets out: nothing of what was said, no secret.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from runtime.agent import DialogState, Frame, Identity
from runtime.agent.pack import OWN_INTENTS, Pack
from runtime.agent.phrases import Phrases, fields

MOST_INTENTS = 2
"""The last things that the customer wanted; more a person does not remember by ear."""


class Story(Struct, frozen=True):
    """A conversation as far as it matters to whoever takes over. `intents`: oldest first; `frame`: the flow that was
    open last, with what it knew; `acts`: tools that have changed something."""

    intents: tuple[str, ...] = ()
    frame: Frame | None = None
    acts: tuple[str, ...] = ()
    identity: Identity = Identity()
    unsure: bool = False
    """A deed broke off, and nobody knows whether it was done."""

    def after(self, intent: str, state: DialogState, effects: Sequence[str], *, unsure: bool = False) -> "Story":
        """After one more answer. `effects` as in the journal: "tool:key"."""
        wanted = () if not intent or intent in OWN_INTENTS or intent in self.intents[-1:] else (intent,)
        acts = tuple(effect.partition(":")[0] for effect in effects)
        frame = state.stack[-1] if state.stack else self.frame
        wanted = (*self.intents, *wanted)[-MOST_INTENTS:]
        return Story(wanted, frame, self.acts + acts, state.identity, self.unsure or unsure)


def brief(pack: Pack, phrases: Phrases, story: Story, today: date) -> list[str]:
    """Sentences, most telling first."""
    wanted = _flow(pack, phrases, story, today)
    titles = [phrases.say(f"menu.{intent}", {}, today) for intent in story.intents if f"menu.{intent}" in phrases]
    said = [wanted] if wanted else [phrases.say("brief_wanted", {"wanted": title}, today) for title in titles]
    did = [f"brief.did.{tool}" for tool in dict.fromkeys(story.acts)]
    said += [phrases.say(code, {}, today) for code in did if code in phrases]
    said += [phrases.say("brief_unsure", {}, today)] if story.unsure else []
    return [*(said or [phrases.say("brief_asked", {}, today)]), *_identity(phrases, story.identity, today)]


def _identity(phrases: Phrases, identity: Identity, today: date) -> list[str]:
    """How surely it is known who they are, so that nobody asks them again: «verificado con su PIN»."""
    if identity.level == "anonymous":
        return []
    code = f"brief.{identity.level}.{identity.how}"
    code = code if code in phrases else f"brief.{identity.level}"
    return [phrases.say(code, {"customer": identity.customer}, today)]


def _flow(pack: Pack, phrases: Phrases, story: Story, today: date) -> str:
    """The phrase "brief.<flow>" where all is known that it names; "" otherwise."""
    frame = story.frame
    if frame is None or f"brief.{frame.flow}" not in phrases:
        return ""
    secret = {name for name, slot in pack.flows[frame.flow].slots.items() if slot.type in ("secret", "pin")}
    known = {name: value for name, value in frame.slots.items() if value is not None and name not in secret}
    for template in phrases.variants(f"brief.{frame.flow}"):
        if all(name in known for name, _ in fields(template)):
            return phrases.fill(template, known, today)
    return ""
