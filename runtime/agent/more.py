"""«¿Hay más?», "any other times?", «ninguna me viene bien»: none of what was offered, and what else there is."""
# ruff: noqa: E501 - a pattern is easier to read whole

import re

from runtime.agent.words import fold

_OF_WHAT_ES = (
    r"(?:opcion\w*|alternativa\w*|posibilidad\w*|horas?|horarios?|huecos?|dias?|fechas?|citas?|ratos?|momentos?|franjas?|cosas?|tarde"
    r"|pronto|adelante)"
)
_OF_WHAT_EN = r"(?:options?|choices?|times?|days?|dates?|slots?|ones?|appointments?|openings?|windows?|possibilit\w+)"
_MORE = re.compile(
    r"^(?:(?:y|and|pero|but|o|or|no|pues|bueno|vale|ok|okay|hm+|mm+|oh|ah|sorry|perdon|perdone|perdona|well|ninguna?|none|esas no|esos no) )*(?:"
    r"(?:(?:no )?(?:hay|habria|han|tiene[sn]?|teneis|tendra[sn]?|tendria[sn]?|queda[n]?|me da[s]?|dime|digame|dame|deme|quiero|puedo ver|ver|que|cuales)"
    r" )*(?:alguna? |algo |l[ao]s? |una? )*(?:mas|otr[oa]s?|siguientes?)(?: mas| otr[oa]s?)?"
    rf"(?: (?:de )?{_OF_WHAT_ES})?(?: (?:mas|hay|libres?|disponibles?|posibles?|tiene[sn]?|teneis|quedan|por favor|puede ser))*"
    r"|(?:ningun[oa]|es[ao]s?|est[ao]s?|no)(?: de es[ao]s| de est[ao]s)?(?: no)? (?:me|nos) (?:va|viene|sirve|encaja|cuadra|conviene|gusta)n?"
    r"(?: bien| ningun[oa]| es[ao]s?| est[ao]s?)*"
    r"|(?:(?:are|is) there|(?:have|do) you(?: have| got)?|got|what|show me|tell me|give me|i d like|can i (?:have|see|hear)|let me (?:see|hear))?"
    r" ?(?:(?:any|some|the|anything|something|a few) )*(?:more|others?|else|later|next|another|different)"
    rf"(?: (?:of (?:them|those)|{_OF_WHAT_EN}))?(?: (?:is there|are there|have you got|do you have|available|free|possible|please|then|later))*"
    r"|(?:none|neither) of (?:those|these|them)(?: \w+){0,4}"
    r"|(?:those|these|they|that|it)(?: \w+)? (?:don t|do not|doesn t|does not|won t|will not|aren t|are not) (?:any )?(?:work|suit|do|good|fit)(?: \w+){0,3}"
    r"|i can t (?:do|make) any of (?:those|these|them)|keep going"
    r")$"
)

_EARLIER = re.compile(
    r"^(?:(?:y|and|but|pero|or|o|no|not|perdon|sorry|hm+) )*"
    r"(?:(?:hay|habria|tiene[sn]?|teneis|queda|puede ser|podria ser|seria posible|is there|have you got|do you have|got|could it be|can it be|can we do|anything|any"
    r"|something|algo|nada|alguna|alguno|un poco|bit|a) )*(?:antes|mas (?:pronto|temprano)|earlier|sooner)"
    r"(?: (?:ones?|times?|than that|available|possible|posible|please|por favor|de es[eoa]|que es[eoa]))*$"
)


_MOST = 20
"""Words: whoever says more says something else."""


def wants_earlier(text: str) -> bool:
    """Whether something sooner than what was offered is asked for."""
    return _asks(_EARLIER, text)


def wants_more(text: str) -> bool:
    """Whether other choices than those that were offered are asked for, and nothing is said of which."""
    return _asks(_MORE, text)


def _asks(pattern: re.Pattern[str], text: str) -> bool:
    folded = fold(text)
    return folded.count(" ") < _MOST and bool(pattern.match(folded))
