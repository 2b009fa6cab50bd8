"""What must never wait for an understanding: an emergency, self-harm, a minor, a legal threat, abuse.

Rules on folded text, in both languages whatever is being spoken. Each leads to the pack's own words, the phrase
"guard.<kind>", and to a person; mild abuse does at the second time. Only what the customer says is looked at: a name,
a document or the result of a tool never gets here.
"""
# ruff: noqa: E501 - a pattern is easier to read whole

import re
from typing import Literal

from runtime.agent.words import fold

Danger = Literal["emergency", "self_harm", "minor", "legal_threat", "abuse", "abuse_mild"]

DANGERS: tuple[Danger, ...] = ("emergency", "self_harm", "minor", "legal_threat", "abuse", "abuse_mild")
"""Each has its phrase in every pack."""
NUMBERED: tuple[Danger, ...] = ("emergency", "self_harm")
"""Their words give a telephone number to call, before anything else."""

_SELF_HARM = re.compile(
    r"\bsuicid\w+|\b(?:quiero|voy a|pienso|pensando en|ganas de|he pensado en|prefiero|querria|quisiera|deseo|podria|intentado|me gustaria) (?:\w+ )?"
    r"(?:matarme|morirme|morir|suicidarme|quitarme la vida|quitarme de en medio|tirarme (?:por|al|a las)|cortarme las venas|hacerme dano|no despertar|acabar con mi vida|acabar con todo)\b"
    r"|\bme (?:quiero|voy a|quisiera) (?:\w+ )?(?:matar|morir|suicidar|quitar la vida|tirar (?:por|al tren|a las vias)|cortar las venas|hacer dano)\b(?! de (?:hambre|risa|sed|frio|calor|sueno))"
    r"|\bno quiero (?:seguir )?(?:vivir|viviendo)\b(?! (?:en|con|aqui|alli|cerca|ahi))|\bno (?:quiero|deseo) (?:estar|seguir) (?:viv[oa]|en este mundo)\b|\bno (?:merece|vale) la pena (?:seguir )?vivir\b"
    r"|\bno tengo (?:ganas|motivos|razones) (?:de|para) vivir\b|\b(?:estaria(?:n|is)? mejor|mejor estaria) (?:muert[oa]|sin mi)\b|\bme he (?:tomado|tragado) (?:\w+ ){0,4}?(?:pastillas|veneno|lejia)\b"
    r"|\bquitarse la vida\b|\bautolesi\w+"
    r"|\b(?:kill|killing|harm|harming|hurting) myself\b|\b(?:want|going|gonna|like|thinking about|need) (?:to )?hurt myself\b|\b(?:end|ending|take|taking) my (?:own )?life\b|\b(?:want|wanna|wish|like|going|ready) (?:\w+ )?(?:to )?(?:die|be dead)\b(?! (?:of|laughing))"
    r"|\bwish i (?:was|were) dead\b|\b(?:better off|rather be) dead\b|\b(?:don t|do not|dont) want to (?:live|be alive|be here any ?more|wake up|go on living)\b(?! (?:in|with|there|near))"
    r"|\b(?:no|nothing|not worth) (?:\w+ )?(?:reason |point )?(?:in |to )?liv(?:e|ing)(?: for)?\b(?! room)|\bself harm\w*|\bend it all\b|\bslit my wrists\b|\b(?:taken|swallowed) (?:\w+ ){0,4}?(?:pills|tablets|bleach|poison)\b"
)  # fmt: skip

_EMERGENCY = re.compile(
    r"\b(?:llam\w+|avis\w+|necesit\w+|mand\w+|envi\w+|pid\w+|que venga|venga) (?:\w+ ){0,2}?(?:ambulancia|emergencias|urgencias|bomberos|112|061|una uvi)\b"
    r"|\b(?:llam\w+|avis\w+|necesito) (?:a )?(?:la )?(?:policia|guardia civil)\b|\buna ambulancia\b"
    r"|\bno (?:\w+ )?(?:puede|puedo|pueden|logra|consigue) respirar\b|\bno respira\b|\b(?:me|se) (?:estoy|esta|estan) (?:ahogando|asfixiando|atragantando|muriendo|desangrando)\b|\bse (?:ahoga|asfixia|desangra|muere)\b|\batragantad[oa]\b"
    r"|\b(?:un|dando un|le da un|tenido un|es un) (?:infarto|ictus|derrame cerebral|ataque al corazon|paro cardiaco)\b|\bparada cardiaca\b"
    r"|\b(?:perdido el conocimiento|perdio el conocimiento|inconsciente|no reacciona|no se despierta|se ha desmayado|me he desmayado|se desmayo|convulsion\w*)\b|\b(?:esta|estoy) (?:sangrando|inconsciente)\b|\bsangra(?:ndo)? (?:mucho|muchisimo)|\bmucha sangre\b"
    r"|\b(?:dolor|opresion|presion|pinchazo) (?:\w+ )?(?:en el|de) pecho\b|\bme duele (?:mucho )?el pecho\b"
    r"|\b(?:hay|tengo|tenemos|se ha declarado) (?:un )?(?:fuego|incendio)\b|\bse (?:esta quemando|ha prendido|prendio|esta incendiando)\b|\bestan? ardiendo\b|\bsalen? (?:llamas|fuego|humo)\b|\b(?:huele|olor) (?:\w+ )?a gas\b|\b(?:fuga|escape) de gas\b|\bhay (?:mucho )?humo\b(?! (?:negro|blanco))"
    r"|\bme (?:esta|estan|quiere|quieren) (?:\w+ )?(?:pegando|pegar|atacando|matar|amenazando|agrediendo|siguiendo|violando|violar)\b|\b(?:me|nos) va a matar\b|\bes una emergencia\b|\b(?:tengo|tenemos|hay) una emergencia\b|\bse ha electrocutado\b|\b(?:me|le|se) (?:ha|han) (?:atropellado|apunalado|disparado)\b|\bsobredosis\b|\benvenenad[oa]\b"
    r"|\b(?:call|need|send|get|want|calling) (?:me |us |for |someone )?(?:an |the |a )?(?:ambulance|paramedics?|emergency services|fire brigade|fire department|firefighters|police|911|999|112)\b"
    r"|\b(?:can t|cannot|can not|cant|isn t|is not|not|stopped) breath(?:e|ing)\b|\bchoking\b|\b(?:drowning|suffocating)\b(?! in (?:debt|bills|work|paper))|\b(?:heart attack|cardiac arrest)\b|\bhaving a (?:stroke|seizure|fit)\b|\b(?:unconscious|passed out|not responding|has fainted|fainted|collapsed|convulsing|won t wake up)\b"
    r"|\bbleed(?:s|ing) (?:\w+ )?(?:badly|heavily|a lot|to death|out)\b|\b(?:he|she|i|they|child|son|daughter|man|woman|husband|wife|and)(?: is| s| am| m)? bleeding\b|\b(?:pain|tightness|pressure) (?:\w+ )?(?:in|across) (?:my|his|her|the) chest\b|\b(?:severe|bad|sharp|have|having|with) chest pains?\b|\bmy chest hurts\b"
    r"|\b(?:there s|there is|it s|is|are|house|kitchen|shop) (?:a |on )?fire\b(?! (?:alarm|extinguish\w*|door|exit|place|escape|pit|guard|wood|sale))|\b(?:on|caught|catching|caught on) fire\b|\b(?:smell|smells|smelling|leaking|leak of) (?:of |like )?gas\b|\bgas leak\b|\b(?:flames|smoke) (?:is |are )?(?:coming|everywhere)\b"
    r"|\b(?:attacking|hitting|stabbed|shot|raping|strangling|following) me\b|\b(?:going to|gonna|wants to|trying to) kill me\b|\b(?:this is|it s|is it|have) (?:an |a |real )*emergency\b(?! (?:light|exit|button|kit|door|call|number|lamp|contact|fund|appointment|stop)\w*)|\bi m dying\b(?! (?:to|for|of))|\boverdos\w+|\belectrocuted\b"
)  # fmt: skip

_AGE_ES = "siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|[7-9]|1[0-7]"
_AGE_EN = "seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|[7-9]|1[0-7]"
_MINOR = re.compile(
    rf"\b(?:soy|aun soy|todavia soy) (?:\w+ )?(?:menor(?: de edad)?|un nino|una nina|un crio|una cria)\b(?! que)|(?<!\w)(?:yo )?(?:solo |es que |que )?tengo (?:{_AGE_ES}) anos\b(?! (?:de |con|como|pagando|siendo|viviendo|aqui|trabaj))"
    r"|\bno soy mayor de edad\b|\b(?:mis padres|mi madre|mi padre|mi mama|mi papa) no (?:saben?|se entera\w*) (?:\w+ ){0,3}?(?:llamo|llamando|hablo|compro|esto)\b"
    rf"|\b(?:i m|i am) (?:a |only |just |still )*(?:minor|underage|under age|under eighteen|under 18|kid|child|little (?:boy|girl))\b(?! (?:carer|care|minder|ren)\w*)|\b(?:i m|i am) (?:only |just )?(?:{_AGE_EN})(?: years? old| yo)?(?: and|$)|\b(?:i m|i am) (?:only |just )?(?:{_AGE_EN}) years? old\b"
    r"|\b(?:my mum|my mom|my dad|my parents|my mother|my father) (?:don t|doesn t|do not|does not) know (?:\w+ ){0,3}?(?:calling|ringing|buying|talking|doing this)\b"
)  # fmt: skip

_LEGAL_THREAT = re.compile(
    r"\b(?:os|les|le|te|la|los) (?:\w+ ){0,3}?(?:denuncio|denunciare|denunciar|demando|demandare|demandar|llevare (?:a juicio|a los tribunales)|meto una (?:denuncia|demanda)|pondre una (?:denuncia|demanda|querella)|voy a poner una (?:denuncia|demanda|querella)|pongo una (?:denuncia|demanda))\b"
    r"|\b(?:voy a|pienso|vamos a) (?:denunciar|demandar)(?:os|les|te|le)\b|\b(?:denunciaros|demandaros|demandarles|denunciarles|denunciare a|demandar a (?:la|esta|vuestra|su) (?:empresa|tienda|compania|clinica))\b"
    r"|\b(?:nos vemos|nos veremos|acabaremos|hablaremos|terminaremos) en (?:los tribunales|el juzgado|los juzgados|el juicio|un juicio)\b|\b(?:acciones|medidas) (?:legales|judiciales)\b|\b(?:ire|voy|vamos|iremos) a (?:ir a )?(?:juicio|los tribunales|los juzgados|la via judicial)\b|\bburofax\b|\bquerella\b"
    r"|\b(?:tendreis|tendran|recibireis|recibiran|tendras|tendra) (?:noticias|una carta|noticia) de (?:mi|nuestro) abogad[oa]\b|\b(?:hablar\w*|vereis|veran|entenderse|entender\w*) con mi abogad[oa]\b|\bmi abogad[oa] (?:os|les|se pondra|va a|ya esta)\b|\b(?:llamar|avisar|acudir) a mi abogad[oa]\b"
    r"|\b(?:i ll|i will|going to|gonna|will|shall|i m|we ll|we are|could|might) (?:\w+ )?(?:sue|suing|take you to court|press charges)\b|\bsue (?:you|your|the company|this company)\b|\bsee (?:you|y all) in court\b|\btak(?:e|ing) (?:you|this company|this) to (?:court|the courts|trial)\b|\blegal (?:action|proceedings|steps)\b"
    r"|\b(?:hear|hearing|letter) from my (?:lawyer|solicitor|attorney)s?\b|\bmy (?:lawyer|solicitor|attorney)s? (?:will|is going|are going|has been|is already)\b|\b(?:call|calling|contact|contacting|speak to|get|involve|involving|instruct) my (?:lawyer|solicitor|attorney)\b|\bsmall claims\b|\blawsuit\b"
)  # fmt: skip

_ABUSE = re.compile(
    r"\b(?:hij[oa]s? de (?:la gran )?put[ao]|hijoput\w+|hijueput\w*|put[ao]s? (?:maquina|robot|mierda|asco)|(?:vete|iros|idos|vayanse|vayase|vete tu) (?:ya )?(?:a la mierda|a tomar por (?:el )?(?:culo|saco)|a cagar|al carajo|al infierno)"
    r"|que (?:os|te|le|les) (?:den|jodan|follen)(?: por \w+| a todos)?|gilipollas|subnormal(?:es)?|cabron(?:a|es|azo)?|malnacid[oa]s?|mamon(?:a|es)?|cerd[oa]s? (?:asqueros\w+)?|zorra|maric\w+ de mierda|retrasad[oa] (?:mental|de mierda)"
    r"|me cago en (?:tu|vuestr|tus|vosotros|ti|su)\w*|comeme la \w+|chupame\w* \w+|te (?:voy a )?(?:mato|matar|reventar|revento|parto la cara)|hijo de perra|muerete|soplapollas|come ?mierda|escoria)\b"
    r"|\b(?:fuck (?:you|off|yourself|this company|your)|fuckin?g? (?:idiots?|morons?|useless|robot|machine|bot|stupid)|asshole|arsehole|a ?hole|motherfuck\w+|son of a bitch|bitch|bastards?|cunts?|wankers?|dickheads?|piece of shit|pieces of shit|go to hell|suck my \w+|scumbags?|twats?|pricks?|screw you|retards?|drop dead|i ll kill you|kill yourself|eat shit)\b"
)  # fmt: skip
_MILD = re.compile(
    r"\b(?:(?:eres|sois|que|menud[oa]|vaya|puto|seras) (?:\w+ )?(?:tont[oa]s?|inutil(?:es)?|estupid[oa]s?|idiotas?|imbecil(?:es)?|burr[oa]s?|lerd[oa]s?|payas[oa]s?|ladrones|chorizos?|sinverguenzas?|asco|mierda|basura|torpes?|cretin[oa]s?|memos?)"
    r"|tont[oa] del (?:bote|culo)|idiotas?|imbecil(?:es)?|estupid[oa]s?|inutil(?:es)?|mierda de \w+|callate|cierra el pico|cierra la boca|pedazo de \w+|joder|cono|hostia|mierda|capull[oa]s?|petard[oa]|lerd[oa])\b"
    r"|\b(?:stupid|idiots?|idiotic|morons?|useless|dumb|shut up|rubbish|crap|crappy|pathetic|damn you|bloody \w+|shit|bullshit|fuck|fucking|screw this|jerks?|imbeciles?|fools?|you suck|this sucks|crooks?|thieves|losers?)\b"
)  # fmt: skip


def numbered(words: str) -> bool:
    """Whether `words` give a telephone number for help, in digits."""
    return bool(re.search(r"\b\d{3}\b", words))


def danger(text: str) -> Danger | None:
    """What comes before anything else that was said: the worst of it, or None."""
    folded = fold(text)
    if _SELF_HARM.search(folded):
        return "self_harm"
    if _EMERGENCY.search(folded):
        return "emergency"
    if _MINOR.search(folded):
        return "minor"
    return "legal_threat" if _LEGAL_THREAT.search(folded) else None


def abuse(text: str) -> Danger | None:
    """An insult thrown at us, which ends the talk, or a coarse word, which doesn't."""
    folded = fold(text)
    if _ABUSE.search(folded):
        return "abuse"
    return "abuse_mild" if _MILD.search(folded) else None
