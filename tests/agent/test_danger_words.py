"""Words of danger, threat and insult, and what only sounds like them, at a shop, clinic, town hall, bank and operator."""
# ruff: noqa: E501 - what is said reads best in one line

import pytest

from runtime.agent.guard import Danger, Doubt, abuse, danger, doubt, numbered

pytestmark = pytest.mark.unit

DANGER: dict[Danger, list[str]] = {
    "emergency": [
        "llame al 112", "llamad al 112, por favor", "avisen al 061", "que alguien llame al 112", "hay que llamar a una ambulancia", "necesito el 112", "mándenme una ambulancia",
        "envíen a los bomberos", "pida una ambulancia", "necesito ir a urgencias", "llamen a la policía", "mi padre no responde", "mi madre se ha caído y no responde", "mi hijo no reacciona",
        "mi padre se ha caído junto a la lavadora y no respira", "la niña no se despierta", "le está dando un infarto", "creo que me está dando un infarto", "es un ictus", "ha tenido un infarto", "he tenido un infarto hace diez minutos",
        "me muero de hambre y mi padre no respira", "se me muere el niño", "no puedo respirar", "me estoy ahogando", "me ahogo", "se ha tragado una pila", "mi hijo se ha bebido la lejía",
        "sale humo del router", "la batería está echando humo", "huele mucho a gas", "hay una fuga de gas en casa", "hay humo negro en el portal", "se está quemando la casa", "hay un incendio y no me funciona el teléfono",
        "me está pegando mi marido", "me quiere matar", "me han disparado", "se ha electrocutado el técnico", "me he electrocutado con el taladro", "está convulsionando", "tiene convulsiones", "es una emergencia",
        "me duele mucho el pecho", "está inconsciente en el suelo", "no es broma, es una emergencia", "compré la alarma de humo y ahora hay fuego en casa",
        "mi abuela se ha caído por las escaleras y no se mueve", "mi marido me pega", "hay un hombre armado en la tienda", "nos están atracando", "no tiene pulso", "mi bebé está morado", "no para de sangrar", "salen chispas del enchufe",
        "estoy de parto, he roto aguas", "my grandma fell and isn't moving", "he has no pulse", "there's a man with a gun", "we're being robbed", "my baby is turning blue", "he's been stabbed", "my husband hits me", "my waters have broken",
        "mi madre se ha quedado sin aire", "hay un herido en la tienda", "se ha caído un señor y sangra por la cabeza", "se me hincha la garganta", "se me duerme medio cuerpo", "ha explotado la bombona", "arde el almacén", "me han violado",
        "me ha amenazado de muerte", "hay un ladrón en mi casa", "hay un hombre con un cuchillo", "mi padre se ha tomado toda la caja de pastillas", "un infarto, rápido",
        "someone is hurt", "there's a lot of blood", "my throat is swelling up", "he's lost consciousness", "someone is breaking into my house", "he has a knife", "I've been raped", "the boiler exploded", "the toaster is smoking", "I'm having contractions",
        "call 112", "call 911 now", "someone call 999", "dial 112 please", "send an ambulance", "I need the police", "get the fire brigade", "my dad is not responding", "my husband isn't responding, he fell",
        "she's not breathing", "he is choking", "my son is drowning", "she had a heart attack just now", "he's having a stroke", "I think she's had a stroke", "he's having a heart attack", "my phone is broken and my wife can't breathe", "the baby won't wake up",
        "I can't breathe", "I'm bleeding badly", "he's bleeding", "she has collapsed", "somebody has fainted", "there is a fire", "the kitchen is on fire", "my phone caught fire", "I smell gas", "there's a gas leak in my kitchen",
        "smoke is coming out of the boiler", "he's hitting me", "someone is following me", "he's trying to kill me", "this is an emergency", "I have severe chest pain", "my chest hurts", "he swallowed bleach", "my baby has swallowed a battery",
        "he has swallowed a whole bottle of pills", "I'm dying", "I think I'm going to die", "help, he's hitting me", "I bought a fire alarm and now there's a fire",
    ],
    "self_harm": [
        "quiero morirme", "me quiero morir", "me voy a suicidar", "quiero matarme", "voy a tirarme al tren", "voy a tirarme por el balcón", "no quiero vivir", "no quiero seguir viviendo", "no quiero vivir sin ella",
        "me he tomado un bote de pastillas", "me he tomado treinta pastillas", "me he tragado todas las pastillas", "me he bebido la lejía", "quiero acabar con todo", "no merece la pena vivir", "estaríais mejor sin mí", "quiero hacerme daño",
        "me muero de hambre y no quiero seguir viviendo", "prefiero morir", "quiero cortarme las venas",
        "mi hermana quiere suicidarse", "mi amigo dice que se va a matar", "me corto los brazos", "my friend wants to kill himself", "my son says he wants to die",
        "quiero dejar de vivir", "voy a saltar del puente", "estoy en el puente y voy a saltar", "prefiero estar muerto", "ojalá me muriera", "I'm going to jump off the bridge", "I can't live anymore",
        "I want to die", "I just want to die", "I'm going to kill myself", "I want to hurt myself", "I don't want to live", "I don't want to wake up", "there is no reason to live", "life is not worth living", "I have nothing to live for",
        "I've taken a whole bottle of pills", "I took all my tablets", "I swallowed thirty pills", "I drank bleach", "I wish I was dead", "I want to end it all", "I'm suicidal", "they'd be better off dead",
    ],
    "minor": [
        "tengo 12 años", "solo tengo quince años", "soy menor", "soy menor de edad", "soy un niño", "no soy mayor de edad", "aún no tengo dieciocho años", "mi madre no sabe que estoy llamando", "que no se enteren mis padres", "mis padres no saben que compro aquí",
        "I'm 12 years old", "I am fifteen", "I'm a minor", "I'm just a kid", "I'm underage", "my mum doesn't know I'm calling", "my parents don't know that I'm buying this",
    ],
    "legal_threat": [
        "os voy a denunciar", "les voy a poner una denuncia", "os pondré una denuncia en consumo", "voy a denunciarles al Banco de España", "os denuncio", "voy a demandar a esta empresa", "nos vemos en los tribunales", "iré a juicio",
        "emprenderé acciones legales", "voy a tomar medidas legales", "os enviaré un burofax", "recibirán un burofax", "tendréis noticias de mi abogado", "hablaré con mi abogado", "mi abogado os escribirá", "mi abogado se pondrá en contacto",
        "I'll sue you", "I'm going to sue", "see you in court", "I'm taking you to court", "I'll take legal action", "I am considering legal action", "you'll hear from my lawyer", "my lawyer will be in touch", "I'm calling my lawyer",
        "I'll see you in the small claims court", "I'm filing a lawsuit against you",
    ],
}  # fmt: skip

MAYBE: dict[Doubt, list[str]] = {
    "maybe_emergency": [
        "no responde", "mi madre está en casa y su teléfono no responde", "es una emergencia, no me funciona el internet", "¿qué hago si hay un incendio?", "mi mujer me va a matar si no llega", "mi hija está ardiendo de fiebre",
        "mi padre tuvo un infarto", "necesito la policía local", "¿puedo llamar al 112 sin saldo?", "can I call 112 without credit?", "cita para cardiología por dolor en el pecho", "la chimenea echa humo", "ha habido un accidente", "me muero", "¡socorro!",
        "it's not responding", "my wife's phone is not responding", "it's an emergency, my phone doesn't work", "what do I do if there's a fire?", "my wife is going to kill me if it's late", "my father had a heart attack", "I'm dying here",
        "my dad is going to die", "I've had a heart attack",
    ],
    "maybe_self_harm": [
        "no puedo más", "ya no puedo más con esto", "quiero desaparecer", "quiero acabar con todo esto", "mi hermano se suicidó", "¿el seguro cubre el suicidio?", "prefiero morirme antes que pagar eso",
        "I can't go on", "I can't take it anymore", "I don't want to be here anymore", "I want to end it all, the contract and the TV", "does the insurance cover suicide?", "my brother committed suicide",
    ],
}  # fmt: skip
"""Both readings remain: the number is said and the talk goes on."""

HARMLESS = [
    "help", "help me", "ayuda",
    # amounts and codes
    "envía 112 euros", "quiero enviar 112 euros a Ana", "mándame 112 tornillos", "pido 112 unidades", "necesito 112 euros", "el código es 112", "mi pedido es el 48112", "envía 061 por favor", "calle Mayor 112", "un Porsche 911",
    "send 112 euros", "get 911 points", "I need 112 screws", "I want 999 of them", "my order is 48911", "send 999 pounds to Ana", "want 112 please",
    # things that fail
    "el router no responde", "la aplicación no responde", "mi móvil no reacciona", "la pantalla táctil no me responde", "no responde la página web", "no me reacciona el mando", "el ordenador no se despierta", "se me muere la batería enseguida",
    "el móvil se está muriendo", "el motor se ahoga", "se me mueren las plantas", "no responde a mis correos", "mi casero no responde", "vuestro técnico no responde al teléfono",
    "the router is not responding", "my app is not responding", "the website isn't responding", "my phone keeps dying", "the battery is going to die", "the plant is going to die", "the tent collapsed", "you're not responding to my emails",
    "the printer ink is bleeding", "I need to bleed the radiators", "this fabric can't breathe", "esta tela no respira", "el colchón no respira",
    # figures of speech
    "me muero de hambre", "me muero de sed", "me muero de risa", "me muero de calor", "me quiero morir de vergüenza", "me voy a morir de viejo esperando", "me voy a morir aquí esperando", "esto me mata", "me mata la espera", "me está matando la espalda",
    "me muero por probarlo", "casi me da un infarto al ver la factura", "me va a dar un infarto con la factura", "me estoy ahogando en facturas", "los recibos me ahogan", "las deudas me están ahogando", "se me ha disparado la factura", "se ha disparado el consumo",
    "se ha disparado la alarma", "los precios se han disparado", "me están amenazando con cortarme la línea", "no quiero hacerme daño con la sierra", "quiero matar el tiempo", "me mato a trabajar", "voy a matarme a trabajar", "quiero acabar con todo el stock",
    "es un suicidio pagar eso", "no quiero vivir de alquiler", "no quiero vivir sin internet", "me están siguiendo en Instagram", "no es una emergencia", "no es urgente, no es ninguna emergencia", "fue un error inconsciente",
    "I'm starving", "I'm dying of hunger", "I'm dying to try it", "I nearly had a heart attack when I saw the bill", "the bill gave me a heart attack", "I'm drowning in paperwork", "I'm choking on the price", "this queue is killing me",
    "my back is killing me", "I want to die of embarrassment", "I'm killing myself laughing", "I don't want to hurt myself with the saw", "I don't want to live far from the centre", "I don't want to wake up early", "you guys are on fire today",
    "are you following me?", "you keep hitting me with fees", "my wife is having a fit about the bill", "it's not an emergency", "is there no live agent chat", "I live for this",
    # goods and services
    "un juego de cuchillos", "¿tenéis cuchillos de cocina?", "una alarma de humo", "un detector de fugas de gas", "una ambulancia de juguete", "un disfraz de policía", "un extintor de fuego", "un seguro de incendio", "fuegos artificiales", "una manta para fuego",
    "Escuadrón suicida en DVD", "el informe de urgencias", "¿a qué hora cierra urgencias?", "cita para rehabilitación en ambulancia", "transporte en ambulancia para diálisis", "luz de emergencia",
    "a knife set", "me llamo Socorro", "calle del Socorro 12", "I work in labour relations", "mi hija está de parto la semana que viene", "clases de preparación al parto", "he has a knife set on his list", "a man with a knife block in his cart", "a nail gun", "hot glue gun", "is smoking allowed?", "a lot of blood tests", "un cuchillo de pan", "a smoke alarm", "a fire blanket", "is fire insurance included", "is the Fire TV Stick in stock", "are fire blankets in stock?", "house fire insurance", "a gas leak detector", "a toy ambulance", "I need a police report", "is it a choking hazard?",
    "Suicide Squad on DVD", "an emergency kit", "the ambulance costume", "a bleeding edge laptop",
    # what is long over, and what is taken every day
    "tuve un infarto el año pasado", "tuve un infarto", "he tenido un infarto hace dos años", "sufrí un ictus en 2019", "tengo antecedentes de infarto", "vengo a revisión después de un infarto", "me desmayé el mes pasado", "me he tomado las pastillas de la tensión",
    "me he tomado dos pastillas", "me sacaron mucha sangre", "la rehabilitación tras un ictus", "¿me dais hora para el infarto que tuve?", "vengo por el ictus de mi padre, del año pasado", "me operaron de un infarto", "¿qué pasa con mi cuenta si me muero?", "what happens if I die", "llamé al 112 ayer por un ruido",
    "mi padre murió y quiero cerrar su cuenta", "me han cortado la línea", "un análisis de sangre", "me tienen que sacar sangre", "se ha muerto el router", "my phone died", "I can't live without internet", "he tenido un accidente de coche el mes pasado",
    "I had a heart attack last year", "I had a stroke two years ago", "I had a heart attack", "I'm recovering from a stroke", "history of heart attack", "I fainted last month", "I have taken my pills", "I took two tablets this morning",
    "a glue gun with two nozzles", "I cut myself shaving last week", "una pistola de silicona", "un juguete con pistola", "veneno para ratas", "rat poison", "the door isn't moving freely",
    # children, and what is done for them
    "mi hijo tiene 12 años", "es para mi hija de 9 años", "mi hija, que tiene quince años, necesita cita", "busco un regalo para un niño de 8 años", "no soy menor de edad", "tengo 10 años de antigüedad", "tengo quince años cotizados", "tengo 12 años en la empresa",
    "mi madre no sabe que lo compro, es una sorpresa", "mi madre no sabe hacer esto", "mi madre no se entera de esto",
    "my son is 12 years old", "it's for my daughter, she's nine", "my kid is 12", "I'm not a minor", "I'm a child psychologist", "I'm a little girl's mother", "I'm 15 minutes away", "my mum doesn't know how to do this", "my parents don't know I'm buying it, it's a surprise",
    # reports, lawyers and courts as errands
    "quiero poner una denuncia", "¿cómo pongo una denuncia?", "quiero denunciar a mi vecino", "os quiero denunciar un ruido", "quiero denunciar un robo", "le voy a poner una denuncia a mi vecino", "necesito un abogado de oficio", "mi abogado necesita el certificado",
    "¿qué acciones legales puedo tomar?", "¿cuánto cuesta enviar un burofax?", "voy a los juzgados a por un papel", "voy a juicio el martes y necesito cambiar la cita", "tengo que hablar con mi abogado antes de firmar", "mi abogado va a recoger los papeles",
    "me han puesto una demanda", "un poder para mi abogado",
    "I want to report my neighbour", "how do I file a complaint?", "my solicitor will collect the papers", "I need a certificate for my lawyer", "which legal steps do I need to register?", "where is the small claims form?", "will Sue be there?",
    "I might sue my neighbour", "get my lawyer a copy", "I need to get my lawyer the invoice",
]  # fmt: skip

INSULTS = [
    "gilipollas", "sois unos gilipollas", "vete a la mierda", "hijo de puta", "que os den", "que te den por culo", "iros a tomar por culo", "eres una zorra", "sois unos cerdos", "sois escoria", "cerdo asqueroso", "me cago en vuestra madre", "te voy a matar",
    "fuck you", "fuck off", "you bastard", "you prick", "you're a prick", "asshole", "you a hole", "screw you", "go to hell", "piece of shit", "son of a bitch", "you retard", "you are a twat", "drop dead",
]  # fmt: skip
COARSE = [
    "eres tonto", "qué mierda de servicio", "sois unos ladrones", "sois unos inútiles", "joder", "coño", "pedazo de idiota", "cállate", "vaya payasos", "menudos chorizos", "you're useless", "this is rubbish", "shut up", "you idiots", "bunch of crooks", "you're a bunch of thieves", "you thieves", "bloody hell", "stupid machine",
]  # fmt: skip
CLEAN = [
    # pork, bristles, files, screws, needles, cones
    "lomo de cerdo", "¿tenéis carne de cerdo?", "una brocha de cerdas naturales", "un cepillo de cerdas", "un cono de tráfico", "necesito dos conos naranjas", "un pedazo de tela", "chorizo ibérico", "chorizos ibéricos", "un petardo para la verbena", "un cepillo para la escoria",
    "la basura lleva días sin recoger", "¿qué día pasa la basura?", "mierda de perro en la acera", "piel de zorra",
    "a bastard file", "I need to drill a hole", "the screw you sold me is broken", "how do I screw this in?", "a finger prick test", "a skin prick test", "rubbish bags", "when is the rubbish collected?", "a lock against thieves", "thieves are emptying my account",
    "I have a bloody nose", "a dumb phone", "a drop dead gorgeous dress",
    # what is to be given
    "quiero que le den una cita", "que les den las llaves", "que te den hora es imposible", "espero que os den el premio",
    # of oneself and of others
    "soy idiota, me equivoqué de cuenta", "qué tonta soy", "I'm an idiot, wrong account", "how stupid of me", "el cabrón del perro del vecino",
    # somebody else's words
    "un empleado me llamó gilipollas", "vuestro técnico me dijo que me callara", "me han llamado idiota en la tienda", "your clerk called me a bitch", "the driver told me to go to hell", "he called me an idiot",
]  # fmt: skip


def cases(table: dict[Danger, list[str]] | dict[Doubt, list[str]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in table.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), cases(DANGER))
def test_danger_is_not_missed(kind: Danger, text: str) -> None:
    assert danger(text) == kind


@pytest.mark.parametrize(("kind", "text"), cases(MAYBE))
def test_where_both_readings_remain(kind: Doubt, text: str) -> None:
    assert (danger(text), doubt(text)) == (None, kind)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_danger(text: str) -> None:
    assert (danger(text), doubt(text)) == (None, None)


@pytest.mark.parametrize("text", INSULTS)
def test_insults(text: str) -> None:
    assert abuse(text) == "abuse"


@pytest.mark.parametrize("text", COARSE)
def test_coarse_words(text: str) -> None:
    assert abuse(text) == "abuse_mild"


@pytest.mark.parametrize("text", CLEAN)
def test_goods_and_quotations_insult_nobody(text: str) -> None:
    assert abuse(text) is None


def test_a_number_to_call() -> None:
    assert all(
        numbered(words)
        for words in ("Llame al 112.", "puede llamar al 024 a cualquier hora", "Call 112 now", "hang up and ring 999")
    )
    assert not any(
        numbered(words) for words in ("Está a 300 metros.", "Son 112 euros.", "Call us.", "You call. It is 300 euros.")
    )
