"""A wish that is put as a question: «¿puede ser el viernes?», "could you make it two?", «¿y el martes?»."""

import re
from dataclasses import dataclass

from runtime.agent.slots import is_question
from runtime.agent.words import blanked, fold, listed

_WISH = re.compile(
    r"\b(?:pued[eo]s?|podria[sn]?|podriamos|podemos|podeis|se podra|posible|posibilidad|habria|valdria|serviria"
    r"|que tal|y si|mejor|prefer\w+|could|can|can t|may|might|would|possible|any chance|how about|what about"
    r"|what if|instead|rather)\b|^(?:y|and|o|or) "
)
_ABOUT = re.compile(r"\b(?:que tal|how about|what about|what if|how s)\b")
_ASKS = re.compile(
    r"\b(?:cuant[oa]s?|cuando|donde|cual(?:es)?|quien(?:es)?|como|por que|a que|que (?:hora|dia|fecha|pasa)|what|when"
    r"|where|how|why|which|who|whether|tell me|decirme|dime)\b"
)
_WISHING = frozenset(
    listed(
        "puede puedes puedo podria podrias podrian podemos podriamos podeis posible posibilidad habria hay seria ser"
        " sea fuera valdria serviria poner ponerlo ponerla ponerme ponemos cambiar cambiarlo cambiarla cambiamos"
        " cambiarme hacer hacerlo hacerla pasar pasarlo pasarla mover moverlo moverla dejar dejarlo dejarla dar darme"
        " espera espere dejamos dejemos"
        " venir traer traerlo traermelo elegir tener coger tal si mejor tiene tienen tienes algo hueco entonces vez"
        " lugar could can t may might would it that this we you i they he she be make do have get switch move put"
        " change book come pick swap set take go any chance of possible possibly available work works instead how"
        " about what s is there got ok okay then there maybe in for to on at into from with something anything"
    )
)


@dataclass(frozen=True, slots=True)
class Wish:
    text: str
    """What was said, with blanks for what makes a question of it."""
    most: int
    """How many words of weight may be said besides what is wished for."""


def wished(text: str) -> Wish | None:
    """None where something else is asked, or nothing at all."""
    folded = fold(text)
    if not is_question(text) or _ASKS.search(_ABOUT.sub(" ", folded)):
        return None
    if not _WISH.search(folded):
        return Wish(text, 0)
    return Wish(blanked(text, {at for at, word in enumerate(folded.split()) if word in _WISHING}), 1)
