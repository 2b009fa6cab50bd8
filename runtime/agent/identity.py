"""Who the customer is, and how surely: what a flow may be told or do depends on it. Pure. `docs/identity.md`."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import AgentError
from runtime.agent import LEVELS, DialogState, Identity, Level, Value
from runtime.agent.flow import END, Flow, Identify
from runtime.agent.words import fold

if TYPE_CHECKING:
    from runtime.agent.pack import Pack
    from runtime.agent.tools import Tool

MOST_FAILURES = 3
"""In one conversation, whatever was tried and whoever they said they were; then a person takes over."""
OK = "ok"
"""The outcome of a tool that identifies, when it does."""

_OWN = (
    r"(?:mi|el|la) (?:marido|mujer|espos[oa]|padre|madre|hij[oa]|herman[oa]|novi[oa]|pareja|suegr[oa]|abuel[oa]"
    r"|titular|jef[ea]|amig[oa])|otra persona"
)
_THEIR = (
    r"(?:my|the) (?:husband|wife|father|mother|dad|mum|mom|son|daughter|brother|sister|partner|boss|friend|"
    r"(?:account )?holder)|someone else|somebody else"
)
_SOMEONE_ELSE = re.compile(
    r"^(?:(?:no|perdon|perdone|oiga|oye|pero|espera|espere|un|momento|segundo|mire|mira|vale|si|bueno|que|mejor|ahora|ya)"
    r" )*(?:"
    r"(?:yo )?(?:no )?soy otr[ao](?: persona| cliente)?(?! cosa)"
    r"|(?:yo )?no soy (?:yo|ell?a?|es[ae](?: persona| cliente)?|(?:el|la) titular|quien (?:he dicho|crees?))"
    r"|(?:es[aeo]|aquel|aquella) no soy yo|se ha(?:n)? equivocado de (?:persona|cliente)"
    r"|(?:habla|hablo|llama|llamo|le habla|se pone) (?:con |como )?otra persona"
    r"|me he equivocado de (?:cliente|persona)"
    rf"|(?:te|le|os|les) (?:paso|pongo|voy a pasar|voy a poner)(?: el telefono)?(?: ya| ahora)? (?:con|a) (?:{_OWN})"
    rf"|se pone (?:al telefono )?(?:{_OWN})|aqui (?:tiene|tienes|esta) (?:a )?(?:{_OWN})"
    r")\b(?! (?:quien|el que|la que|los que|las que|que))"
    r"|^(?:(?:no|sorry|wait|but|actually|hold|on|one|a|just|moment|second|ok|okay|yes|well) )*(?:"
    r"i ?(?:a|)m (?:someone|somebody) else|i ?(?:a|)m (?:a different|another) (?:person|customer)"
    r"|i ?(?:a|)m not (?:him|her|them|that (?:person|customer)|the (?:account )?holder|who i said)"
    r"|th(?:at|is) ?(?:i|)s not me|that isn ?t me|it ?(?:i|)s not me|not me"
    r"|this is (?:now )?(?:someone|somebody) else|you have the wrong (?:person|customer)"
    r"|i ?(?:a|)m calling as (?:someone|somebody) else"
    r"|(?:i ll|i will|let me|i m|i am|i m going to|i can) (?:pass|put|hand|giv)(?:e|ing|ting)? (?:you )?(?:over )?"
    rf"(?:(?:the|my) (?:phone|telephone) )?(?:over )?(?:on )?(?:to )?(?:{_THEIR})(?! s\b)"
    rf"|here ?i?s (?:{_THEIR})(?! s\b)"
    rf"|(?:{_THEIR}) (?:is|s) (?:coming to|on|taking) the phone|(?:you can )?(?:speak|talk) to (?:{_THEIR}) now"
    r")\b(?! (?:who|that|which|on (?:that|the|my) (?!phone|line)))"
)


def says_someone_else(text: str) -> bool:
    """Whether somebody else speaks from here on, or was meant; «no soy yo quien ha hecho ese cargo» is the same one."""
    return bool(_SOMEONE_ELSE.search(fold(text)))


class IdentityFlows(Struct, frozen=True, forbid_unknown_fields=True):
    """[identity] of pack.toml: the flow that reaches each level."""

    claimed: str = ""
    verified: str = ""

    def level_of(self, flow: str) -> Level | None:
        """The level that `flow` is there to reach."""
        if flow and flow == self.verified:
            return "verified"
        return "claimed" if flow and flow == self.claimed else None


def reached(identity: Identity, level: Level) -> bool:
    return LEVELS.index(identity.level) >= LEVELS.index(level)


def identifying(pack: "Pack", identity: Identity, flow: Flow) -> Flow | None:
    """The flow that must come before `flow`; None when `flow` may go on."""
    if reached(identity, flow.level):
        return None
    flows = pack.manifest.identity
    return pack.flows[flows.verified if flow.level == "verified" else flows.claimed]


def after(identity: Identity, step: Identify, result: Mapping[str, Value]) -> Identity:
    """What a tool's answer makes of it. Failures stay counted: nobody who is let in as one may guess at others."""
    if result.get("outcome") != OK:
        return Identity(identity.level, identity.customer, identity.how, identity.failures + 1)
    customer = str(result.get("customer") or "") or identity.customer
    if not customer:
        raise AgentError("agent.identity", f"{step.identify} says ok and not who it is")
    return Identity(step.reaches, customer, step.how, identity.failures)


def supplied_customer(tool: "Tool", identity: Identity) -> dict[str, Value]:
    """`customer` for a tool that takes it: from here and nowhere else. Raises AgentError where nobody is known."""
    if "customer" not in tool.parameters:
        return {}
    if not identity.customer:
        raise AgentError("agent.identity", f"tool {tool.name} asks for the customer, and nobody has said who they are")
    return {"customer": identity.customer}


def someone_else(pack: "Pack", state: DialogState, text: str) -> bool:
    """«No, soy otra persona»: where somebody is known, or being asked who they are."""
    flows = pack.manifest.identity
    asked = any(flows.level_of(frame.flow) and frame.step != END for frame in state.stack)
    return (state.identity.level != "anonymous" or asked) and says_someone_else(text)
