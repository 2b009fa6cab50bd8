"""What the first words on an answered call give away: a machine's announcement, a person's hello. Pure."""

import re
import unicodedata

from voice.answering import Verdict

MACHINE = r"""
after the (tone|beep|signal)
at the (tone|beep)
leave (me |us |your |a )*(short |brief |detailed )*(message|name|number)
your name and( your)? (telephone |phone )?number
you(ve| have)? reached
(not|unable to|cannot|cant|isnt|arent|wasnt|can not) (be )?(available|take your call|take the call|answer|come to the)
unavailable|(nobody|no one|nobodys) (is )?available|cannot be completed|(cant|cannot) come to|cant take
(has been|been) forwarded|know what to do
(voice ?mail|mail ?box|answering (machine|service))
get back to you|return your call|call you back (as soon|later|when)
record your (message|name)
the person (at|you)|the (number|party|subscriber|customer) you
please (try|call) (again )?later
(press|dial) (the )?(one|two|zero|pound|star|hash|\d)
when you(re| are)? (finished|done|have finished)
hang up (or|when|and)
we are (currently )?closed
your call (is|has been|may|will)
not in service|has been disconnected
(despues|luego) de (la|el|del|oir la|oir el|escuchar la|escuchar el)? ?(senal|tono|bip|pitido)
despues del (tono|pitido|bip)
(al|tras) (oir|escuchar) (la senal|el tono|el pitido)
dej\w+ (un|su|tu|el|aqui)? ?(breve )?(mensaje|recado|nombre|numero|datos)
(ha|has) llamado (a|al)
buzon|contestador|correo de voz
no (esta|estan|estoy|estamos|se encuentra|se encuentran) disponibles?
no (puede|puedo|podemos|pueden|es posible) (atender|contestar|responder|ponerme|ponerse|coger)\w*
en estos? momentos? no|no disponible
(le|te|os|les) (llamaremos|llamare|devolvere|devolveremos|atenderemos)
apagado|fuera de cobertura
(numero|telefono|abonado|usuario|cliente) (al )?que (usted )?(ha |llama|marc|est|no)
en estos? momentos? nadie|nadie (esta|puede)
sabes lo que tienes que
la persona (en|con|de|a|que|del)
(pulse|marque|presione|oprima) (el|la|uno|dos|almohadilla|asterisco|\d)
grab(e|ar|ando) (su|tu|el|un)
su llamada (es|sera|esta|puede|ha)
(intente|intentelo|llame|vuelva a llamar) (de nuevo|otra vez|mas tarde)
estamos cerrados
"""
"""Regular expressions on folded text, one a line: what an answering machine, a mailbox or a network says. "Thank you
for calling" is not there: people who answer for a company say it, too."""

PERSON = r"""
hello|hi|hey|yes|yeah|yep|speaking|good (morning|afternoon|evening)|who( is|s) (this|it|calling)|this is|how (can|may) i
diga|digame|dime|si|hola|bueno|alo|quien (es|habla|llama)|buen(os|as) (dias|tardes|noches)|al habla|soy|le atiende
en que puedo|mande|oigo
"""
FEW = 8
"""Words beyond which a hello is no proof of a person any more: machines say hello, too."""


def _any_of(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(line for line in phrases.split(chr(10)) if line)})\b")


_machine, _person = _any_of(MACHINE), _any_of(PERSON)


def judge(text: str) -> Verdict:
    """Of a transcript, in either language: whoever answers may speak the other one."""
    plain = folded(text)
    if _machine.search(plain):
        return "machine"
    if _person.search(plain) and len(plain.split()) <= FEW:
        return "person"
    return "unsure"


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation."""
    bare = unicodedata.normalize("NFD", text.lower().replace("'", "").replace("’", ""))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", letters))
