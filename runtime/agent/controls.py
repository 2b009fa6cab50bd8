"""The few things that work at any moment and by rule, not by likeness: a person, cancel, repeat, slower, language.

All patterns run on folded text (no case, accents or punctuation), in both languages whatever is being spoken.
"""
# ruff: noqa: E501 - a pattern is easier to read whole

import re
from typing import Literal

from runtime.agent import Language
from runtime.agent.words import fold

Control = Literal["person", "cancel", "repeat", "slower", "language_es", "language_en", "goodbye"]

_SOMEBODY = (
    r"(?:persona|humano|humana|agente|operador|operadora|alguien|empleado|empleada|dependiente|dependienta|encargado"
    r"|encargada|responsable|gestor|gestora|companero|companera|jefe|jefa|trabajador|trabajadora|ser humano|asesor|asesora|supervisor|teleoperador|teleoperadora)"
)
_SOMEONE = (
    r"(?:person|human|human being|agent|operator|someone|somebody|representative|rep|advisor|adviser|colleague"
    r"|supervisor|boss|manager|colleagues|worker|human beings|member of staff|staff member|employee|assistant manager|clerk|real people|people)"
)
_MACHINE_ES = r"(?:maquina|robot|bot|ordenador|contestador)"
_MACHINE_EN = r"(?:machine|robot|bot|computer)"


def _language(english: str, spanish: str) -> str:
    """Asking to go on in a language; «¿cómo se dice … en inglés?» is not."""
    name = rf"(?:{english}|{spanish})"
    return (
        r"^(?!.*\b(?:dice|dicen|say|significa|mean|means|translate|traduce)\b)"
        rf"(?:.*\b(?:speak|speaks|talk|continue|switch to|change to|habla|hablas|hablar|hablan|hablamos|cambia a|cambiar a"
        rf"|pasa a|sigue en|seguir en) (?:\w+ ){{0,2}}?{name}\b"
        rf"|(?:\w+ ){{0,4}}(?:in|en) {name}(?: \w+){{0,2}}$|{name}(?: please| por favor)?$)"
    )


_PATTERNS: list[tuple[Control, re.Pattern[str]]] = [
    ("language_en", re.compile(_language("english", "ingles"))),
    ("language_es", re.compile(_language("spanish", "espanol|castellano"))),
    ("person", re.compile(
        rf"\b(?:hablar|hable|hablo|comunicar|comunicarme|comuniqueme|atienda|atiende|atendido|contactar) (?:\w+ ){{0,3}}?{_SOMEBODY}\b"
        rf"|\b(?:pas\w+|pon\w+|conect\w+|transfier\w+|transfer\w+|deriv\w+) (?:\w+ ){{0,3}}?(?:con|a) (?:\w+ ){{0,2}}?{_SOMEBODY}\b"
        rf"|\b(?:quiero|necesito|quisiera|prefiero|deme|dame|busco) (?:a )?(?:un|una|otra|con un|con una)(?: \w+)? {_SOMEBODY}\b"
        rf"|\b{_SOMEBODY} (?:de verdad|real|humana?|de carne y hueso)\b"
        rf"|\balguien (?:con quien|que me|para) \w+"
        rf"|^(?:(?:un|una|con un|con una|la|el|otra) )?{_SOMEBODY}(?: por favor)?$"
        rf"|\bcoja el telefono\b|\b(?:me )?(?:comunica|comunicas|comunique|atienda|ponga|ponga a) (?:\w+ ){{0,2}}?{_SOMEBODY}\b|\b(?:pasame|paseme|pongame|ponme) (?:al|con el|con la) departamento\b"
        rf"|\b(?:no quiero|dejar de|harto de|harta de) (?:\w+ ){{0,3}}?{_MACHINE_ES}\b"
        rf"|\b(?:hay|habria|con|por|un|algun) (?:\w+ ){{0,1}}?(?:humano|ser humano)s?\b|\bno (?:quiero|me gusta) (?:\w+ ){{0,3}}?{_MACHINE_ES}\w*\b"
        rf"|\b(?:alguien|una persona|un companero|nadie) (?:que )?me (?:\w+ )?(?:atiend|llam|ayud)\w*\b|\bque me (?:llame|atienda) (?:\w+ )?{_SOMEBODY}\b"
        rf"|\batencion al cliente\b|\bservicio al cliente\b"
    )),
    ("person", re.compile(
        rf"\b(?:speak|talk|speaking|talking|chat) (?:to|with) (?:\w+ ){{0,4}}?{_SOMEONE}\b"
        rf"|\b(?:put|transfer|connect|pass|hand) (?:me )?(?:\w+ )?(?:through|over|to|with) (?:\w+ ){{0,4}}?{_SOMEONE}\b"
        rf"|\b(?:get|give|want|need|prefer|like|have|find) (?:me )?(?:an?|another|some|the) (?:\w+ ){{0,2}}?{_SOMEONE}\b(?! who)"
        rf"|\b(?:real|actual|live) {_SOMEONE}\b"
        rf"|\b(?:someone|somebody|anyone|anybody) (?:(?:i|to|that|who|there) )*(?:can |could )?(?:talk|speak|help)\w*\b"
        rf"|^(?:(?:a|an|the) )?{_SOMEONE}(?: please)?$"
        rf"|\b(?:hate|not|stop|don t want to) (?:\w+ ){{0,2}}?(?:talk|talking|speak|speaking) (?:\w+ ){{0,2}}?{_MACHINE_EN}s?\b"
        rf"|\b(?:any|a|an|by a|to a) human\b(?! resources)|\bcustomer care\b|\bcustomer service\b|\bcustomer services\b"
    )),
    ("slower", re.compile(
        r"\bmas (?:despacio|lento|lentamente)\b|\bslower\b|\bslow down\b|\bmore slowly\b|\bno tan rapido\b"
        r"|\b(?:too|so) fast\b"
    )),
    ("repeat", re.compile(
        r"^(?:\w+ ){0,3}?(?:repit\w*|repet\w*)(?: \w+){0,5}$"
        r"|\bque ha(?:s|n)? dicho\b|\bno (?:te|le|lo|la|les) he (?:oido|entendido|escuchado)\b|\botra vez por favor\b"
        r"|^(?:otra vez|de nuevo|como(?: dice| dices)?|que|perdon|perdona|perdone|mande)$"
        r"|^(?:\w+ ){0,3}?repeat(?: \w+){0,5}$|\bsay (?:that|it|this) again\b|\bwhat did you say\b|\bcome again\b"
        r"|\bi did(?:n t| not) (?:hear|catch|get) (?:you|that|it|what)\b|\bone more time\b"
        r"|^(?:again|pardon|pardon me|sorry|excuse me|what|i beg your pardon)(?: please)?$"
    )),
    ("cancel", re.compile(
        r"^(?:no )?(?:cancel\w*|anul\w*|dejal\w*|dejel\w*|olvid\w+|para|stop|forget (?:it|that|about it)|never ?mind"
        r"|nevermind|leave it|scrap that)(?: (?:eso|esto|lo|todo|it|that|this|everything|por favor|please))*$"
        r"|^(?:no )?(?:mejor )?(?:lo dejo|dejalo estar|dejelo estar|da igual|ya no (?:lo )?quiero)$"
        r"|^(?:empezar de nuevo|empecemos de nuevo|volver a empezar|start over|start again|start from the beginning)(?: please| por favor)?$"
        r"|^i (?:have )?changed my mind$|^he cambiado de (?:idea|opinion)$"
    )),
    ("goodbye", re.compile(
        r"^(?:(?:gracias|muchas gracias|vale|pues|ok|bueno|nada mas|thanks|thank you|no|great|perfecto) )*"
        r"(?:adios|hasta luego|hasta pronto|hasta manana|chao|chau|bye|bye bye|goodbye|good bye|see you|cheers bye|"
        r"that s all|that is all|that ll be all|nothing else|nada mas|eso es todo|that s everything)"
        r"(?: (?:gracias|muchas gracias|thanks|thank you|thank you very much|then|now|bye|adios|por ahora|for now))*$"
    )),
]  # fmt: skip

_INJECTED = re.compile(
    r"\bignor\w* (?:\w+ ){0,4}?(?:instruc\w*|instrucciones|rules|reglas|prompt|above|previous|anterior\w*)\b"
    r"|\b(?:system|developer|assistant) ?(?:prompt|message|override|mode)\b|\bsystem (?:role|user)\b"
    r"|\b(?:olvida|forget|disregard) (?:\w+ ){0,4}?(?:instruc\w*|rules|reglas|prompt)\b"
    r"|\b(?:you are now|ahora eres|act as|actua como|pretend to be|finge ser|jailbreak)\b"
    r"|\b(?:drop|delete from|truncate|insert into|update) (?:table|orders|products|pedidos|usuarios|\w+ set)\b"
)
_MARKUP = re.compile(
    r"<\|?/?\w+\|?>|\{\{|\}\}|\[/?INST\]|^\s*(?:system|assistant|user|developer)\s*:", re.IGNORECASE | re.MULTILINE
)


def control(text: str) -> Control | None:
    """What is asked for that works at any moment, or None."""
    folded = fold(text)
    for name, pattern in _PATTERNS:
        if pattern.search(folded):
            return name
    return None


def injected(text: str) -> bool:
    """Whether `text` speaks to a machine and not to a counter: it starts nothing."""
    return bool(_MARKUP.search(text) or _INJECTED.search(fold(text)))


def wanted_language(found: Control) -> Language | None:
    """The language that a control asks for."""
    match found:
        case "language_en":
            return "en"
        case "language_es":
            return "es"
        case _:
            return None
