"""The few things that work at any moment and by rule, not by likeness: a person, cancel, repeat, slower, wait, language.

All patterns run on folded text (no case, accents or punctuation), in both languages whatever is being spoken.
"""
# ruff: noqa: E501 - a pattern is easier to read whole

import re
from typing import Literal

from runtime.agent import Language
from runtime.agent.person import asks_for_person
from runtime.agent.words import BLANK, fold

Control = Literal["person", "cancel", "repeat", "slower", "hold", "language_es", "language_en", "goodbye"]


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
    ("slower", re.compile(
        r"\bmas (?:despacio|lento|lentamente)\b|\bslower\b|\bslow down\b|\bmore slowly\b|\bno tan rapido\b"
        r"|\b(?:too|so) fast\b"
    )),
    ("repeat", re.compile(
        r"^(?:\w+ ){0,3}?(?:repit\w*|repet\w*)(?: \w+){0,5}$"
        r"|\bque (?:me )?(?:ha(?:s|n)? dicho|decias?|dijo|dijiste)\b|\bno (?:te|le|lo|la|les) he (?:pillado|cogido)\b|\bno me he enterado\b"
        r"|^(?:\w+ ){0,4}?(?:dime|diga|digame|dimel[oa]s?|digamel[oa]s?|decir|decirmel[oa]s?) (?:\w+ ){0,3}?(?:otra vez|de nuevo)(?: por favor)?$"
        r"|^(?:\w+ ){0,2}?(?:como|cual|cuales) eran?(?: (?:las|los|esas|esos) (?:opciones|horas|huecos|dias|citas))?$"
        r"|\bno (?:te|le|lo|la|les) he (?:oido|entendido|escuchado)\b|\botra vez por favor\b"
        r"|^(?:otra vez|de nuevo|como(?: dice| dices)?|que|perdon|perdona|perdone|mande)$"
        r"|^(?:\w+ ){0,3}?repeat(?: \w+){0,5}$|\bsay (?:that|it|this|those|them|these) (?:to me )?again\b|\bwhat did you say\b"
        r"|^(?:\w+ ){0,2}?(?:what|which) (?:was|were) (?:that|those|these|they|it|(?:the|my) (?:options|times|choices|days))(?: again)?(?: please)?$"
        r"|\brun (?:that|those|it|them) (?:by|past) me\b|\bi missed (?:that|it|what you said)\b|\bcome again\b"
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

_FIRST = (
    r"(?:(?:ay|uy|uf|uff|oh|ah|eh|um|uh|er|hm+|mm+|no|bueno|pues|vale|ok|okay|right|well|actually|oye|oiga|mira|mire|perdon|perdona|perdone"
    r"|sorry|a ver|gracias|thanks|thank you|mejor|just|si|yes|yeah|please|por favor|porfa"
    r"|esper[ae]|esperen|wait|hang on|hold on|(?:que )?me he equivocado|my mistake|i made a mistake|(?:que )?lo he pensado mejor"
    r"|(?:he cambiado de|i (?:have |ve )?changed my) (?:idea|opinion|mind))(?: |$))*"
)
"""What is said before it comes to the point."""
_HOLD = re.compile(
    rf"^{_FIRST}(?:"
    r"(?:(?:esper[ae](?:me|te|se)?|aguard[ae]|un|deme un|dame un|dejame un|dejeme un)(?: (?:un )?(?:momento|momentito|segundo|segundito|minuto|instante|rato|poco))+"
    r"|esper[ae](?:me|te|se)?|dejame|dejeme)"
    r"(?: por favor| porfa)?(?: que (?!sea\b|no\b|son\b|es\b|era\b|quier)\w+(?: \w+){0,6}| (?:mirar|buscar|ver|pensar|consultar)\w*(?: \w+){0,4})?"
    r"|(?:ahora|ya) (?:te|se|me)? ?l[oa]s? (?:digo|miro|busco)|(?:l[oa] )?(?:voy a|estoy) (?:(?:mirar|buscar)l[oa]|mirandol[oa]|buscandol[oa])(?: \w+){0,4}|l[oa] (?:voy a (?:mirar|buscar)|estoy (?:mirando|buscando))(?: \w+){0,4}"
    r"|(?:hang|hold) on(?: (?:a|one|just a) (?:sec|second|minute|moment|mo|bit))?(?: (?:while i|let me|i ll|i m) \w+(?: \w+){0,6})?"
    r"|(?:(?:one|a|just a|just one|wait a|wait one|half a|give me a|give me one) (?:moment|second|sec|minute|min|mo|bit)|wait|bear with me)(?: (?:while i|let me|i ll|i m) \w+(?: \w+){0,6})?"
    r"|(?:while i|i ll just|let me)(?: just)? (?:check|find|get|grab|think|look|have a look)(?: \w+){0,5}|let me see"
    r"|(?:it s|se esta|esta|todavia|aun|still|s|\s)*\b(?:starting|booting|rebooting|restarting|loading|connecting|coming on|encendiendo\w*|arrancando|reiniciando\w*|cargando|conectando\w*)(?: up)?(?: todavia| aun| still)?"
    r")(?: please| por favor| porfa)?$"
)
_SEGMENT = re.compile(r"[,;:.!¡…]+(?=\s|$)")
_OF_A_COUNTER = re.compile(
    r"\b(?:"
    r"(?:ignor\w*|olvid\w*|omit\w*|salt\w*|forget|disregard|skip) (?:\w+ ){0,3}?(?:pedidos?|citas?|compras?|reservas?|preguntas?|direccion|numero|visitas?|pagos?|transferencias?|facturas?|cuotas?"
    r"|orders?|appointments?|purchases?|bookings?|questions?|requests?|numbers?|address|visits?|payments?|transfers?|invoices?|bills?)\b(?: anterior\w*| previ[ao]\w*)?(?! (?:and|y|instruc\w*|rules|reglas))"
    r"|(?:instruc\w*|instructions) (?:de|del|on|in|for|of) (?:the |el |la )?(?:montaje|uso|lavado|instalacion|manual|router|fabricante|box|label|leaflet|washing)|assembly instructions"
    r"|(?:i|always|often|not|dont|don t|never) (?:\w+ )?forget|se llama(?:n|ba)?"
    r")\b"
)
"""An order to be forgotten, a manual, a tool with a name: what a shop hears."""
_INJECTED = re.compile(
    r"\bignor\w* (?:\w+ ){0,4}?(?:instruc\w*|instrucciones|rules|reglas|prompt|above|previous|anterior\w*)\b"
    r"|\bsystem ?(?:prompt|override|role|user)\b|\b(?:developer|assistant) ?(?:prompt|message|override)\b"
    r"|\b(?:olvida|forget|disregard) (?:\w+ ){0,4}?(?:instruc\w*|rules|reglas|prompt)\b"
    r"|\byou are now (?:in \w+ mode|(?:in )?(?:developer|admin|debug|god|dan|root|unrestricted|free of|free from)|an? (?!day|week|month|bit|little|lot|year)\w+)\b|\bahora eres (?:un|una|dan|el|la|libre)\b|\bjailbreak\b"
    r"|\bact as (?:if you|(?:an? |the )?(?:admin\w*|developer|system|root|hacker|human|assistant|bot|model|ai|unrestricted|different|dan))\b|(?:^|\b(?:now|please|and) )pretend to be\b"
    r"|\bactua como (?:si|(?:un |una |el )?(?:admin\w*|sistema|desarrollador\w*|root|hacker|humano|modelo|ia|asistente))\b|\bfinge ser\b"
    r"|\b(?:ignora|olvida|omite|salta|ignore|forget|disregard|bypass|override|skip) (?:\w+ ){0,3}?(?:todo lo|lo que|everything|all|all of|your|tus|sus) (?:\w+ ){0,3}?(?:anterior\w*|dicho|antes|previo\w*|above|before|previous|earlier|filters?|filtros?|safety|seguridad|guidelines|normas|restrictions|restricciones)\b"
    r"|\b(?:ignore|forget|disregard) the (?:above|previous|earlier)\b|\b(?:ignora|olvida|omite|salta\w*|ignore|forget|disregard|bypass|override|skip) (?:\w+ ){0,3}?(?:confirmacion|confirmation)\b"
    r"|\b(?:tool|function) ?(?:call|result)\b|\bllama(?:da)? (?:a )?(?:la )?(?:herramienta|funcion)\b"
    r"|\b(?:give me|dame|grant me|enable|activa|enter|i have|tengo) (?:\w+ )?(?:admin|root|debug|god|dan|sudo|developer|modo desarrollador|modo administrador|modo dios|acceso de administrador|acceso root)(?: (?:mode|modo|access|acceso))?\b(?! (?:to|on|of|for|al?|del?|en) (?:my|the|mi|el|la|router))"
    r"|\bdrop table\b|\b(?:delete from|truncate|insert into) (?:table|orders|products|pedidos|usuarios|accounts|customers)\b|\bupdate \w+ set\b"
)
_MARKUP = re.compile(
    r"<\|?/?\w+\|?>|(?<!\w)\w{1,40}_\w{1,40}\s?\(|(?<!\w)\w{1,40}\s?\(\s?\w{1,40}\s?=|\{\s{0,9}[\"']\w+[\"']\s*:|```|\{\{|\}\}|\[/?INST\]|^[^\S\n]{0,20}(?:system|assistant|user|developer)\s{0,9}:",
    re.IGNORECASE | re.MULTILINE,
)


def control(text: str) -> Control | None:
    """What is asked for that works at any moment, or None."""
    folded = fold(text)
    if asks_for_person(text):
        return "person"
    if _holds(text):
        return "hold"
    for name, pattern in _PATTERNS:
        if pattern.search(folded):
            return name
    return None


def _holds(text: str) -> bool:
    """Whether nothing but patience is asked for: «espere un momento, que busco la tarjeta»."""
    segments = [fold(each) for each in _SEGMENT.split(re.sub(r",(?= que\b)", "", text)) if fold(each)]
    holds = [bool(_HOLD.match(each)) for each in segments]
    said = all(held or re.fullmatch(_FIRST, each) for each, held in zip(segments, holds, strict=True))
    more = any(word.isdigit() or word in ("no", "not") for word in fold(text).split())
    return said and any(holds) and not more and "?" not in text


def called_off(text: str) -> str | None:
    """What is said besides, where a part of it calls off what is going on: «uf, déjalo, ya iré yo»; None: no part."""
    segments = [each for each in _SEGMENT.split(text) if fold(each)]
    said = [re.sub(f"^{_FIRST}", "", f"{fold(each)} ").strip() for each in segments]
    for at, each in enumerate(said):
        if each:
            return ", ".join(segments[at + 1 :]).strip() if dict(_PATTERNS)["cancel"].search(each) else None
    return None


def injected(text: str) -> bool:
    """Whether `text` speaks to a machine and not to a counter: it starts nothing."""
    return bool(_MARKUP.search(text) or _INJECTED.search(_OF_A_COUNTER.sub(BLANK, fold(text))))


def wanted_language(found: Control) -> Language | None:
    """The language that a control asks for."""
    match found:
        case "language_en":
            return "en"
        case "language_es":
            return "es"
        case _:
            return None
