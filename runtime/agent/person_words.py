"""The words by which a person is asked for, in both languages: folded, a pattern or a set for each part they play."""
# ruff: noqa: E501 - a pattern is easier to read whole

import re

from runtime.agent.words import listed

BREAK = re.compile(r"[,.;:!?¿¡…\n]+")
JOINED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), word)
    for pattern, word in (
        ("don t|do not|dont|didn t|doesn t|does not", "dont"),
        ("can t|cannot|can not|couldn t", "cant"),
        ("i d|i would|we d", "i"),
        ("seres humanos?|ser humano|human beings?|humanbeing|human bean", "human"),
        ("members? of (?:your |the )?(?:staff|team)|staff members?|team members?", "employee"),
        ("(?:one|any|some) of (?:your|the|those) (?:ladies|colleagues|people|staff|team|agents|workers|girls|guys|lads|operators|employees)", "colleague"),
        ("(?:uno|una|alguno|alguna) de (?:vosotros|vosotras|ustedes|sus companer[oa]s|tus companer[oa]s|vuestros companeros|los (?:vuestros|suyos))", "companero"),
        ("(?:atencion|servicio) (?:al|de) client[ea]s?", "callcentre"),
        ("customer (?:care|services?|support|relations)|(?:head|front|main) (?:office|desk)|front of house|call cent(?:re|er)|switchboard", "callcentre"),
        ("no one|noone|no body", "nobody"),
        ("some one|some body|sombody|sumone|sumbody", "someone"),
        ("any one|any body", "anyone"),
        ("a gent|asian|aged", "agent"),
        ("per sona|parsona|presona|persone|perzona|pesona", "persona"),
        ("a human|an human|ahuman|humane", "a human"),
        ("(?:de|en) carne y hueso|de verdad|flesh and blood|of flesh", "real"),
        ("(?:quien(?:es)?|el que|la que) (?:(?:me |lo |la |se |este |esta )*)(?:lleve|lleva|sea|mande|manda|sepa|pueda|cargo|encargue|encarga|corresponda|toque)(?: (?:de|al mando|al cargo))?", "encargado"),
        ("(?:whoever|someone|somebody|anyone|the person|the one) (?:is |that is |that s |who s |who is )?(?:in charge|responsible|runs|running|deals|handles|looks after|can help|does|actually)(?: (?:of|with))?", "manager"),
        ("inteligencia artificial|asistentes? (?:virtual\\w*|automatic\\w*|de voz)|voz (?:grabada|automatica|robotica|de robot|metalica)|sistema automatico|(?:un|este|el) (?:programa|cacharro|trasto|chisme)|maquinita|automatic[oa]s?|locucion", "robot"),
        ("answering machines?|artificial intelligence|automated (?:\\w+)|virtual (?:assistant|agent)s?|chat bots?|voice ?mail|a i|a computer|recorded (?:voice|message)s?|(?:bloody|stupid|damn) (?:thing|machine|robot|bot)", "robot"),
        ("trabajador\\w* social(?:es)?|social workers?", "asistentesocial"),
        ("hace falta|hacia falta|es necesario|hay que", "necesito"),
    )
)  # fmt: skip
"""Words that stand for one: what is written apart, said roundabout or misheard."""

_ELSEWHERE = "|".join(
    (
        # another telephone company
        (
            r"(?:cambi\w+|port\w+|llev\w+|traslad\w+|ir(?:me|se|nos)?|voy|vamos|vengo|venimos|viene|venir|estoy|esta|estan|tengo|tenemos|teneis|trabaj\w+|contrat\w+|pasar (?:mi|la|el|las|mis)|(?:quiero|queria|voy a|pienso|me gustaria) pasarme)"
            r" (?:(?!habl|convers|pasa|pase|pon|transf|esper|atend)\w+ ){0,4}?(?:a|de|desde|con|en) (?:otr[oa]s?|mi|(?:un|una|el|la|mi) (?:nuev[oa]|antigu[oa]|anterior|otr[oa])) operador\w*"
        ),
        r"(?:mi|tu|su|el) (?:(?:antigu[oa]|viej[oa]|nuev[oa]|actual|anterior) operador\w*|operador\w* (?:actual|antigu[oa]|anterior|de siempre|viej[oa]|nuev[oa]|donante))",
        r"(?:switch\w*|chang\w*|mov\w+|port\w*|tak\w+|com\w+|going|go|m|am|re|are|transfer\w*) (?:(?!talk|speak|me|us)\w+ ){0,5}?(?:to|from|with) (?:another|a different|a new|the other) operators?|(?:my|your|the) (?:old|new|current|previous|other) operator",
        # money for somebody
        r"(?:transferir(?:le)?|transferencias?|enviar(?:le)?|mandar(?:le)?|pagar(?:le)?|ingresar(?:le)?|bizum|dinero|euros?) (?:(?!habl|con|pon|pas)\w+ ){0,3}?a (?:un[oa]? |otr[oa] |alguna )?(?:persona|alguien|companer[oa]|trabajador\w*|emplead[oa]|jef[ea])",
        r"(?:(?:transfer|send|wire)(?:ring|ing)? (?:\w+ ){0,2}?(?:money|euros?|pounds?|dollars?|cash|funds)|(?:make|making|do|send) a (?:bank |money )?transfer|pay(?:ing)?) (?:to )?(?:an? |another |some )?(?:person|someone|somebody|colleague|employee|worker|boss|manager)",
        # an appointment with somebody, and somebody who comes
        r"(?:citas?|huecos?|reunion|visita|hora(?= con)) (?:previa |presencial |urgente |comercial |libre )?(?:con|para (?:hablar|ver|tratar|estar)(?:lo)?(?: con)?) (?:\w+ )?(?:alguien|persona|gestor\w*|asesor\w*|funcionari[oa]|agente|emplead[oa]|encargad[oa]|director\w*|responsable)",
        r"(?:appointment|meeting|slot|visit) (?:(?:at|in) the (?:bank|branch|office) )?(?:with|to (?:talk|speak|see|meet)(?: to| with)?) (?:\w+ )?(?:someone|somebody|person|advis[eo]r|agent|manager|clerk|director|human)",
        r"(?<!llame )(?<!llamen )(?:alguien|una persona|someone|somebody) (?:(?!llam|call|ring|phone|habl|speak|talk)\w+ ){0,6}?(?:(?:en|a) (?:su |mi )?(?:casa|domicilio)|(?:at|to) (?:my )?(?:home|house))",
        r"(?:a|al) tecnico (?:a )?otro dia|como se llama (?:tu|su|vuestr[oa]|el|la) \w+|(?:by|from|de|por) (?:some |unas? )?(?:people|personas?|someone|somebody|alguien) (?:saying|claiming|pretending|who said|diciendo|que decian?|haciendose)",
    )
)
NOT_ASKED = re.compile(
    rf"\b(?:{_ELSEWHERE})\b|"
    r"\b(?:eres|es usted|sois|seras|are you|you are|you re|u r|is this|esto es|es esto) (?:\w+ ){0,2}?"
    r"(?:persona|human[oa]?|alguien|operador\w*|agente|person|operator|agent|someone|somebody|real)(?: (?:real|de verdad|human[oa]))?\b"
    r"|\b(?:am i|i am|are we) (?:\w+ )?(?:talking|speaking|chatting) (?:to|with) (?:a |an )?(?:\w+ )?(?:person|human|someone|agent)\b"
    r"|^(?:ya )?(?:estoy hablando|hablo) con (?:un |una )?\w+\b|\bcon quien (?:hablo|estoy hablando)\b"
    r"|\b(?:persona|alguien|nadie|human[oa]?|person|human|someone|anyone) (?:real )?(?:detras|behind)\b"
    r"|^(?!.*\bno\b).*\b(?:ayer|anteayer|antes|esta manana|la semana pasada|el otro dia) (?:\w+ )?hable con \w+ \w+"
    r"|\bya hable con \w+ \w+"
    r"|\b(?:he|habia|hemos|ha) (?:ya )?hablado (?:ya )?con \w+ \w+|\bhable con (?:\w+ )?\w+ (?:y|que) me \w+"
    r"|\b(?:spoke|spoken|talked) (?:to|with) (?:\w+ )?\w+ (?:\w+ )?(?:yesterday|earlier|last|before|and (?:he|she|they))\b"
    r"|\b(?:i|we) (?:was|were|have been|ve been|had been) (?:already )?(?:speaking|talking) (?:to|with) (?:\w+ )?\w+"
    r"|\b(?:someone|somebody) (?:has |had |have )?(?:already )?(?:called|rang|phoned|told|helped)\b"
    r"|\b(?:a que|desde que|hasta que|what|which) (?:hora|horas|time|hours|days)\b.*$|\bhorarios?\b.*$|\bopening hours\b.*$"
)
"""Speaks of people without asking for one: whether this is a person, who called yesterday, when people are there,
another telephone company, money for somebody, an appointment with somebody, somebody who comes."""

SOMEBODY = re.compile(
    r"personas?|personal|humanos?|humanas?|alguien|agentes?|operador\w*|operari[oa]s?|emplead[oa]s?|dependient[ea]s?"
    r"|encargad[oa]s?|responsables?|gestor\w*|companer[oa]s?|jef[ea]s?|trabajador\w*|asesor\w*|asersor|supervisor\w*|teleoperador\w*"
    r"|director\w*|recepcionistas?|secretari[oa]s?|administrativ[oa]s?|funcionari[oa]s?|representantes?|coordinador\w*"
    r"|persons?|parson|humans?|agents?|operators?|operater|someone|somebody|representatives?|reps?|advis[oe]rs?|colleagues?"
    r"|supervisors?|boss|managers?|workers?|employees?|clerks?|receptionists?|attendants?|callcentre"
)
"""Alone, or wanted, these ask for a person."""
ANYBODY = re.compile(
    r"gente|anyone|anybody|people|staff|assistants?|associates?|consultants?|specialists?|especialistas?|tecnic[oa]s?|comercial(?:es)?"
    r"|senor(?:a|ita|ito)?|chic[oa]|guy|lady|bloke|whoever|quien|quienes|recepcion|reception|centralita|oficina|mostrador|departamento"
    r"|department|office|shop|store|tienda|team|equipo|expert[oa]?s?|enfermer[oa]|nurse|medic[oa]|doctor\w*|vendedor\w*"
)
"""These too after «hablar con», "put me through to"."""
NOBODY = re.compile(r"nadie|nobody|none|ningun[oa]?")
REAL = re.compile(
    r"real(?:es)?|human[oa]?s?|actual|live|living|proper|genuine|verdader[oa]|autentic[oa]|viv[oa]|breathing"
)
MACHINE = re.compile(r"maquinas?|robots?|robotica?|bots?|chatbots?|ordenador(?:es)?|contestador(?:es)?|grabacion(?:es)?|ia|machines?|computers?"
                      r"|recordings?|ai|software|automatas?|siri|alexa|computadoras?|maquinitas?")  # fmt: skip
ARTICLE = frozenset(
    listed(
        "un una uno el la los las otro otra otros otras algun alguna alguno mi tu su sus tus vuestro vuestra vuestros este esta ese esa"
    " cualquier cualquiera buen ser verdadero verdadera autentico autentica algo mismo misma propio de del equipo nuevo nueva"
    " a an the some any another one your this that other different nice normal physical store shop branch customer sales support call"
    " centre center duty senior helpful of in s single local real human actual live living proper genuine qualified trained competent"
    " female male spanish english speaking friendly more vivo viva unas unos"
    )
)  # fmt: skip
LINK = frozenset(listed("con to with by through on a al onto over k kon"))
TALK = re.compile(
    r"h?ablar(?:le|lo|se|les)?|hable|hablen|hablemos|hablo|hablando|ablo|conversar|charlar|comentar(?:lo)?|tratar(?:lo)?|consultar(?:lo)?|contactar"
    r"|comunicacion|contacto|entenderme|aclararme|explicar(?:se)?lo|explicarle|contar(?:se)?lo|solucionar(?:lo)?|resolver(?:lo)?|gestionar(?:lo)?"
    r"|discutir(?:lo)?|hacerlo|dialogar|verlo|seguir|llamada"
    r"|speak|talk|talking|speaking|chat|chatting|deal|discuss|converse|communicate|word|conversation|tlak|takl|speek|contact|touch|liaise"
)
PASS = re.compile(
    r"(?:pasa|pase|pon|ponga|conecta|conecte|comunica|comunique|transfiere|transfiera|deriva|derive|dirige|dirija|redirige|remite|da|de"
    r"|lleva|manda|enlaza|ponga|pong|mete)(?:me|nos)|pas[ae]|pasas|pasais|pasen|pasad|pone|pones|poneis|ponga|pongan|pongas|ponerse|conectas?|comunicas?"
    r"|comunicais|transfieres?|deriv[ae]s?|desvi[ae]s?|(?:pasar|poner|conectar|comunicar|transferir|derivar|desviar|redirigir)(?:me|nos|se)?"
    r"|ponedme|pasadme|dame|deme|put|puts|putting|patch|transfer|transferred|connect|connected|connecting|redirect|redirected|forward|hand|pass|passed|escalate|divert|route|got"
)
ATTEND = re.compile(
    r"atiend\w+|atender\w*|atendid[oa]|atenci?on|ayud[ea]\w*|ayudar\w*|contest[ea]\w*|contestar\w*|respond[ae]\w*|responder\w*|escuch[ea]\w*|escuchar\w*"
    r"|explique\w*|explicar\w*|solucione\w*|solucionar\w*|resuelv\w+|resolver\w*|llamen?|llamar(?:me|nos)?|llame|llama|hable\w*|hablar\w*|entiend\w+|entender\w*"
    r"|coja\w*|coger\w*|coge|descuelgue\w*|descolgar|encargue\w*|gestione\w*|oriente\w*|aclare\w*|pong[ao]|ponerse|venga|venir|salga|mire|sepa|ocupe|ocuparse|lleve"
    r"|help\w*|assist|assisted|answer\w*|listen\w*|serve[ds]?|attend\w*|talk\w*|speak\w*|call|ring|lend|echar\w*|eche\w*|devuelv\w+|devolver\w*|phone|handle[ds]?|understand\w*|explain\w*|deal\w*|dealt"
    r"|chat|sort|advise|pick|take over|look"
)
FILL = frozenset(
    listed(
        "me nos ya ahora mismo por favor usted hoy directamente aqui alli ahi mejor solo puede puedes podria podrias podeis pueden se telefono al que"
    " inmediatamente porfa anda venga conmigo te le lo rapido pronto urgentemente please just now then right away straight immediately us for"
    " um uh er eh em pues and have get que sea to directly simply really actually instead rather it be possible quickly i la llamada"
    " my this call only through over on across along hablar hablarlo with con a"
    )
)  # fmt: skip
WANT = re.compile(
    r"quiero|kiero|quisiera|queria|querria|necesito|necesitaria|necesitamos|queremos|prefiero|preferiria|exijo|solicito|pido|deseo|busco|reclamo|deme|dame"
    r"|denme|dadme|pongame|ponme|traeme|mandame|mandenme|buscame|busqueme|avisa|avise|avisad|avisame|llama|llame|llamad|gustaria|insist|insisto|mejor|das|da|buscas"
    r"|get|give|gimme|want|wanna|need|prefer|like|fetch|demand|request|requesting|require|find|have|rather|bring|wish|page|asking|ask|looking|having|let|call|requiero|deseo"
)
MODAL = frozenset(listed("can could would will may might should puede puedes podria podeis pueden podrian do does is"))
TRIGGER = frozenset(
    listed(
        "que quien cual para puede pueda podria sepa who that whom to can could might may i we will knows would with con please poder"
    )
)
PAST = frozenset(listed("ha han has habia had was were dijo vendio vino fue llamo hizo"))
BETWEEN = (
    TRIGGER
    | FILL
    | frozenset(
        listed("here there else me mas real human humano humana de verdad la el cual quien a lo english spanish")
    )
)
NEGATIVE = frozenset(listed("no not dont nunca never sin without ni tampoco nor avoid wont isn isnt"))
FED_UP = re.compile(
    r"no|not|dont|cant|wont|never|nunca|odio|detesto|hart[oa]s?|cansad[oa]s?|paso|dej[ae]\w*|niego|soporto|aguanto|basta|vez|lugar|lugar|perder|perdiendo"
    r"|hate|hating|stop|tired|sick|fed|refuse|more|stand|instead|enough|rather|done|without|waste|wasting|avoid|point|dislike|nada|ni|sin|aburrid[oa]|menos|prefer"
)
REFUSAL = frozenset(
    listed(
        "quiero queria quisiera necesito deseo pretendo que tener vayas vaya a me nos want wanted need to have wish care like feel think i you going"
        " be having needing bother necesidad de debo debe falta"
    )
)
"""Words between a «no» and what is refused."""
ORDER = re.compile(
    r"pas(?:es|e|en|eis)|pong\w+|conect(?:es|e)|comuni\w+que\w*|transfier\w+|deriv(?:es|e)|llam(?:es|e)|atiend[ae]\w*"
)
ERRANDS = re.compile(
    r"recoj\w*|recog\w*|recib\w*|firm\w+|mont\w+|instal\w+|repar\w+|arregl\w+|autoriz\w+|compr\w+|acompan\w+|cuid\w+|limpi\w+"
    r"|collect\w*|pick|receive\w*|sign\w*|install\w*|deliver\w*|come|repair\w*|fix\w*|mount\w*|assembl\w*|accept\w*|fetch\w*|clean\w*|accompany|bought|sold|see|look|check|visit|mirar|ver|revisar|comprobar"
)
"""What another person is to do for the customer."""
NOT_PEOPLE = re.compile(
    r"asistentesocial|tarjeta|bizum|siguiente|wifi|router|red|cable|internet|eso|esto|mas|menos|lo|la|los|las|el|envio|entrega|next|network|card|english|spanish|ingles|espanol"
    r"|castellano|my|mi|marido|mujer|madre|padre|banco|husband|wife|mother|father|bank|you|usted|ustedes|vosotros|contigo|la pared|red|prisa|urgencia|claridad"
    r"|respecto|relacion|calma|the|a|an|un|una|de|me|que|date|account|cuenta|it|them|that|otro|otra|your|tu"
)
SOFT = ARTICLE | frozenset(
    listed(
        "hola buenas buenos dias tardes noches oye oiga mira mire perdon perdona perdone por favor porfa porfavor eh em esto pues bueno ver ya gracias venga"
    " si no vale que y pero mejor ahora mismo inmediatamente directamente anda necesito quiero con a al dije digo he dicho otra vez real solo es mmm"
    " disculpe disculpa aqui ahi ok okay hi hello hey good morning afternoon evening please pls um uh uhm erm er well yes yeah so just now right sorry thanks thank you look"
    " listen i said to with immediately again want need but oh god straight away not get me puede ser alo diga queria decir jolin joder hombre"
    )
)  # fmt: skip
FIXED = re.compile(
    r"\b(?:cojan?|coged|coge|descuelgue|descolgad|cogedme|cogerme|contestad) (?:\w+ )?(?:el )?(?:telefono|llamada)\b|\bpick up the (?:phone|call)\b|\bcome to the phone\b"
    r"|\bque (?:me )?(?:llamen|llameis|llame alguien)(?! (?:\w+ ){0,3}?(?:antes|cuando|si|al|para))\b"
    r"|\b(?:call|ring|phone) me back\b(?! (?:\w+ )?(?:when|if|before|after))|\bcallback\b"
    r"|\b(?:trato|atencion|contacto|asistencia|soporte|ayuda) (?:\w+ )?(?:human[oa]|personal|personalizad[oa])\b"
    r"|\bhuman (?:help|assistance|support|contact|touch|interaction|voice|agent|operator)\b|\breal (?:help|voice)\b"
    r"|\bcon quien (?:puedo|podria|tengo que|hay que|debo) hablar\b|\bwho (?:can|could|do|should) i (?:speak|talk)\b"
    r"|\b(?:escala|escalar|escale|escalad) (?:esto|mi|el|la|a)\b|\bescalate\b|\b(?:put|patch|get) (?:me|us) (?:\w+ )?(?:through|threw|true)\b"
    r"|\btransfer me(?: (?:please|now|over|already))*$|\b(?:pasa|pase|transfiere|transfiera)(?:me)? (?:la|mi|esta) llamada\b"
    r"|\bme (?:atiende|ayuda|contesta|coge|escucha|responde) nadie\b|\bnadie (?:me|nos) (?:atiende|contesta|coge|ayuda|escucha|responde|hace|entiende|puede)\b|\b(?:nobody|none) (?:is )?(?:answers|answering|helps|helping|listens|picks|there)\b"
    r"|\b(?:pasame|paseme|transfiereme|transfierame|comunicame|comuniqueme)(?: (?:ya|ahora|por favor|mismo))*$"
    r"|\b(?:who can|quien (?:me )?(?:puede|podria)) (?:\w+ )?(?:help|ayudar|atender)(?: me| us)?(?: there| here| please| por favor| ahi| alli)*$"
    r"|\b(?:no|not) (?:more )?(?:robots|bots|machines|maquinas|chatbots)\b(?= |$)"
)
NO_PEOPLE = re.compile(
    r"\b(?:no (?:hay|trabajan|quedan)|are there no|there are no|no hay) (?:personas|people|humanos|humans|seres)(?= |$)"
    r"|\b(?:trabaja|hay|queda) (?:ahi )?(?:ninguna persona|ningun (?:human|emplead)\w+)|\bany (?:humans?|persons?|people) (?:work|there)"
)
"""A question whether people work there at all."""
DESK = re.compile(
    r"\b(?:telefono|numero|correo|email|direccion|donde|abre|cierra|web|number|e mail|where|open|close|address|hours)\b"
)
FREE = frozenset(listed("available disponible disponibles libre free around instead"))
HERE = frozenset(
    listed(
        "ahi alli aqui mas real there here else available disponible libre al otro lado telefono en la tienda oficina clinica humano humana human around please por favor detras at all vivo atendiendo working on duty o que free"
    )
)
APPLIANCE = frozenset(
    listed("vacuum cleaner hoover lawn mower aspirador aspiradora de cortacesped screen desk chair coser")
)
ASKS_AFTER = SOFT | frozenset(listed("acaso entonces is isn t hay so then really de there"))
GIVING = frozenset(listed("give fetch find bring da das"))
"""These want somebody only for the customer: "get me somebody", not "give somebody a card"."""
PLACES = frozenset(
    listed("recepcion reception centralita oficina mostrador departamento department office shop store tienda")
)
"""One speaks to these, but they are not who helps."""
