"""How the customer is addressed: «usted» or «tú», and where a text slips from one to the other. Pure.

Only what can hardly mean anything else is a slip: «espera» is an order at the beginning of a sentence, and elsewhere
what a third person does.
"""

import re
from collections.abc import Iterator
from typing import Literal

from runtime.agent.words import listed

Address = Literal["formal", "familiar"]

_FAMILIAR = frozenset(
    listed(
        "tú te ti contigo tu tus tuyo tuya tuyos tuyas vosotros vosotras vuestro vuestra vuestros vuestras os quieres"
        " puedes tienes necesitas prefieres eres estás sabes vienes vas haces dices debes pagas llamas buscas recoges"
        " recibes deseas sigues has podrás tendrás querrás quieras puedas tengas digas prefieras necesites llames"
        " podéis queréis tenéis sois estáis dime dinos dímelo dilo dila haz hazlo ponte danos dame ayúdame"
        " llámanos escríbenos espérame pregúntame cuéntame tráelo tráela llévalo recógelo márcalo márcala repítelo"
        " repítemelo confírmalo elígelo perdóname avísame avísanos acércate ven quisieras podrías tendrías deberías"
        " pagarás recibirás verás necesitarás encontrarás llegarás"
    )
)
_FAMILIAR_ORDERS = frozenset(
    listed(
        "pulsa marca escribe espera elige repite llama di prueba comprueba apaga enciende desenchufa enchufa reinicia"
        " oye mira trae confirma perdona disculpa recuerda contesta responde toca cuelga ten pon sal pide lee acércate"
    )
)
_FORMAL = frozenset(
    listed(
        "usted ustedes dígame díganos dígalo dígala dígamelo diga pulse marque escriba elija repita repítalo repítamelo"
        " perdone disculpe espéreme llámenos escríbanos avíseme avísenos acérquese tráigalo tráigala llévelo recójalo"
        " márquelo márquela confírmelo pregúnteme cuénteme hágalo deme denos ayúdeme"
        " compruebe oiga"
    )
)
_FORMAL_ORDERS = frozenset(
    listed(
        "espere llame conteste responda mire ponga haga tenga traiga venga vuelva recuerde toque cuelgue pida lea"
        " apague encienda confirme pruebe desenchufe enchufe reinicie"
    )
)
_FORMAL_PAIRS = re.compile(
    r"\ble (?:paso|pongo|ayudo|oigo|llamo|llama|digo|he|hemos|devolveremos|avisamos|avisaremos|enviamos|mandamos"
    r"|atiendo|cuento|confirmo|viene|espero|interesa|entiendo|entendí)\b|\b\w{2,}(?:ar|er|ir)le\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"(?:^|[.?!:;¿¡«\"]\s*|,\s*)$")
_CODE = re.compile(r"""^\s*"?([\w.]+)"?\s*=""")
_FIELD = re.compile(r"\{[^{}]*\}")


def slips(text: str, language: str, address: Address) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) of a file of phrases or a document. Only Spanish has both. What a colleague is told
    (`brief…`), comments and keys are left alone."""
    if language != "es":
        return
    for number, line in enumerate(text.splitlines(), 1):
        code = _CODE.match(line)
        if line.lstrip().startswith("#") or (code and code[1].startswith(("brief", "menu."))):
            continue
        said = _FIELD.sub("x", line[code.end() :] if code else line)
        for word in _slips(said, address):
            other = "usted" if address == "formal" else "tú"
            yield number, f'«{word}» in a pack that says «{other}» (address = "{address}" in pack.toml)'


def _slips(said: str, address: Address) -> Iterator[str]:
    always, orders = (_FAMILIAR, _FAMILIAR_ORDERS) if address == "formal" else (_FORMAL, _FORMAL_ORDERS)
    for match in _WORD.finditer(said):
        word = match[0].lower()
        if word in always or (word in orders and _BEGINS.search(said[: match.start()])):
            yield match[0]
    if address == "familiar":
        yield from (match[0] for match in _FORMAL_PAIRS.finditer(said))
