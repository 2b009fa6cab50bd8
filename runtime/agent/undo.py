"""Asking to take back what was just done: «deshazlo», "undo that". What comes of it is a flow of the pack."""

import re

from runtime.agent.words import fold

_UNDO = re.compile(
    r"\bdes(?:hacer|hacerlo|hazlo|hagalo|hagas|haz (?:eso|lo|el|la)|haga (?:eso|lo|el|la))\b(?! de\b)"
    r"|\b(?:echa|echar|eche|echalo|echelo|vuelve|volver|vuelva) (?:\w+ ){0,3}?(?:para )?atras\b"
    r"|\b(?:deja|dejalo|deje|dejelo|dejar) (?:\w+ ){0,3}?como estaba\b"
    r"|^(?:\w+ ){0,5}?(?:undo|revert)(?: please)?$"
    r"|^(?:\w+ ){0,5}?(?:undo|revert) (?:it|that|this|what you did|the last (?:thing|one|change))(?: please)?$"
    r"|\bput it back (?:as|how|the way) it was\b"
)
_CALLED_OFF = re.compile(r"^(?:no )?(?:cancel|anul)\w*\b")
_SEGMENT = re.compile(r"[,;:.!¡]+(?=\s|$)")
_MOST = 9
"""Words; a longer sentence is about something else."""


def wants_undo(text: str) -> bool:
    folded = fold(text)
    return len(folded.split()) <= _MOST and bool(_UNDO.search(folded))


def calls_off(text: str) -> bool:
    """«Cancélalo», "cancel that": with nothing open, what was done is meant. «Déjalo» is not."""
    return any(_CALLED_OFF.match(fold(each)) for each in _SEGMENT.split(text))
