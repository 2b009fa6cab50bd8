"""The words of danger, threat and insult in both languages, folded; and what only sounds like them."""
# ruff: noqa: E501 - a pattern is easier to read whole

import re


def _any(*patterns: str) -> re.Pattern[str]:
    """Whole words that one of `patterns` matches."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


PEOPLE = _any(
    r"padre|madre|papa|mama|hij[oa]s?|nin[oa]s?|bebe|crio|cria|abuel[oa]|herman[oa]|marido|mujer|espos[oa]|novi[oa]|pareja|senor(?:a|es)?|hombre|chic[oa]|vecin[oa]"
    r"|persona|alguien|client[ea]|companer[oa]|paciente|amig[oa]|ti[oa]|suegr[oa]|cunad[oa]|anciano|anciana|niet[oa]|embarazada",
    r"he|she|dad|mum|mom|father|mother|son|daughter|baby|child|children|kid|boy|girl|toddler|husband|wife|partner|brother|sister|gran|granny|grand\w+|man|woman|lady|guy"
    r"|someone|somebody|person|customer|patient|colleague|friend|neighbour|neighbor|uncle|aunt|nan",
)
"""Somebody who may be the one in danger, where a thing is named too."""

_THING = (
    r"(?:movil(?:es)?|telefonos?|iphone|router|modem|wifi|wi fi|internet|fibra|linea|deco|decodificador|television|televisor|tele|tv|pantalla|ordenador|portatil|tablet|app|aplicacion"
    r"|web|pagina|impresora|mando|aparato|maquina|lavadora|secadora|lavavajillas|nevera|frigorifico|horno|placa|vitroceramica|caldera|termo|taladro|sierra|motosierra|atornillador|desbrozadora"
    r"|cortacesped|robot|aspiradora?|consola|tarjeta|cajero|datafono|bateria|boton|teclado|raton|termostato|grifo|motor|coche|moto|bomba|sistema|servidor|programa|chat|formulario|sensor|alarma"
    r"|timbre|camara|bluetooth|cargador|sim|planta|plantas|cesped|tienda|vendedor|empresa|casero|casera|ayuntamiento|banco|proveedor|operador|repartidor|tecnico|carburador|tactil|altavoz|reloj"
    r"|phone|mobile|broadband|line|telly|screen|computer|laptop|website|site|page|printer|remote|machine|washer|dishwasher|fridge|freezer|oven|hob|boiler|drill|saw|chainsaw|mower|vacuum|hoover"
    r"|console|card|atm|terminal|battery|button|keyboard|mouse|thermostat|tap|engine|car|pump|system|server|form|alarm|bell|doorbell|camera|charger|plant|plants|lawn|shop|store|seller|company"
    r"|bank|branch|clinic|council|courier|technician|plumber|landlord|speaker|watch|chatbot|link|account)"
)
_OF = (
    r"(?:(?:la|el|tanta|tanto|pura|puro|sheer|pure|the) )?(?:hambre|risa|sed|frio|calor|sueno|verguenza|asco|aburrimiento|ganas|envidia|pena|curiosidad|cansancio|nervios|gusto|amor|impaciencia|viej[oa]"
    r"|hunger|thirst|boredom|embarrassment|shame|curiosity|laughter|laughing|cold|heat|old age|envy)"
)
_AILMENT = r"(?:infarto|ictus|derrame cerebral|ataque al corazon|paro cardiaco|parada cardiaca|heart attack|stroke|seizure|cardiac arrest|sobredosis|overdose)"
_LONG_AGO = (
    r"(?:hace (?:\w+ ){1,2}?(?:dias|semanas?|mes(?:es)?|anos?)|(?:el ano|el mes|la semana) pasad[oa]|el otro dia|ayer|anteayer|en (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|verano|(?:el )?(?:19|20)\d\d)|de (?:pequen|nin)[oa]"
    r"|(?:\w+ ){1,3}?(?:days|weeks?|months?|years?) (?:ago|back)|last (?:week|month|year|summer|winter|spring|autumn)|yesterday|in (?:january|february|march|april|may|june|july|august|september|october|november|december|(?:19|20)\d\d)|as a (?:child|kid|baby))"
)

HARMLESS = _any(
    # figures of speech
    rf"(?:morir|morirme|morirse|muero|muere|muerto|muerta|muriendo|murio|muriendome|die|dying|died|dead) (?:de|of|from) {_OF}",
    r"(?:die|dying|died) laughing",
    r"muer[eo] por (?!favor)\w+|dying (?:to|for)",
    r"(?:voy|vamos|podria|acabare|puedo|going|gonna) (?:a |to )?(?:morir|morirme|die) (?:\w+ ){0,3}?(?:esperando|waiting|in this queue|en esta cola|on hold)",
    r"matar(?:me|se|nos) a (?!pastillas|golpes|tiros|cuchilladas)\w+r|(?:matar|matando|pasar) el (?:tiempo|rato)|killing time|kill(?:ing)? (?:some )?time",
    r"(?:kill|killing|hurt|hurting) myself (?:laughing|trying|working|carrying|lifting|with work|to (?:get|carry|lift|reach))",
    r"acabar con todo (?:el|la|los|las) \w+",
    rf"casi (?:me|le|nos) (?:da|dio|dan|ha dado|mata\w*) (?:un |a )?{_AILMENT}|me (?:va a dar|da|dara) un infarto (?:al|con|cuando|si) (?:\w+ )?(?:ver|veo|abrir|leer|la factura|el precio|los precios|el recibo|estos precios|pagar)",
    rf"(?:nearly|almost) (?:had|got|gave me) a {_AILMENT}|(?:gave|give|gives|giving) me (?:a|such a) heart attack|having a fit (?:about|over|because)",
    r"no (?:puedo|podia) (?:ni )?respirar de (?:la )?risa|can ?t breathe (?:from|for) laughing",
    r"(?:ahogando|asfixiando|ahoga|asfixia)(?:me)? (?:en|con|de|entre) (?:\w+ )?(?:deudas?|trabajo|papeles?|papeleo|facturas?|recibos?|pagos?|hipoteca|cuotas?|gastos|calor|intereses)"
    r"|(?:deudas?|facturas?|hipoteca|cuotas?|recibos?|intereses) (?:\w+ ){0,2}?(?:me|nos) (?:esta |estan )?(?:ahogan|ahoga|asfixian?|ahogando|asfixiando)",
    r"(?:drowning|suffocating) (?:in|under|with) (?:\w+ )?(?:debts?|bills|work|paper\w*|emails?|messages|forms)|choking on (?:the|that|this) (?:price|bill|cost)",
    r"(?:me|nos) (?:esta|estan) (?:pegando|siguiendo) (?:\w+ )?(?:el sol|la etiqueta|en (?:instagram|twitter|facebook|tiktok|redes))|following me (?:on|through) \w+|(?:are|do) you (?:\w+ )?following me|hitting me (?:with|for)",
    r"amenazando con (?:\w+ )?(?:cort\w+|embarg\w+|cobr\w+|denunci\w+|demand\w+|meterme en|subir\w*|multa\w*|un juicio|una multa)",
    r"(?:se|me|le|nos) (?:me |le |nos )?(?:ha|han) disparado (?:\w+ ){0,2}?(?:precios?|facturas?|consumo|gastos?|alarmas?|recibos?|cuotas?|interes(?:es)?|luz|tarifas?|costes?|diferencial|plomos|automatico|limitador|fusible)|(?:precios?|facturas?|consumo|gastos?|recibos?|cuotas?|tarifas?|alarma|diferencial|automatico) (?:\w+ ){0,2}?(?:se|me) (?:me )?(?:ha|han) disparado",
    r"sobredosis de (?:azucar|trabajo|informacion|cafe|publicidad|mensajes)|(?:caramelo|regalo|manzana|herencia|cebo) envenenad[oa]",
    r"(?:sales|prices|you|you guys|the team|we|re) (?:are )?on fire(?= (?:today|this|lately|with)|$)|bleeding (?:edge|heart|money|obvious)|bleed(?:ing)? (?:the |my |a |our )?(?:radiators?|brakes?)|(?:ink|colou?rs?|dye|paint) (?:\w+ )?(?:is |are |s )?bleeding",
    r"unconscious bias|(?:forma|manera|error|gesto|acto|modo) inconsciente",
    # not that
    r"no es (?:\w+ )?(?:una |ninguna )?(?:emergencia|urgencia)|(?:not|isn t) (?:an |a )?(?:real )?emergency|no (?:hay|tengo|sale|salia) (?:ni )?(?:fuego|humo|llamas)|no ambulance|sin (?:ser )?(?:una )?emergencia",
    r"no (?:quiero|querria|quisiera|vaya a|voy a) hacerme (?:mas )?dano|para no hacerme dano|(?:dont|don t|do not|not|without|avoid|never) (?:want to |going to )?(?:hurt|hurting|harm|harming) myself",
    r"no quiero vivir (?:en|con|aqui|alli|cerca|ahi|lejos|fuera|de alquiler|sin (?:internet|fibra|wifi|movil|telefono|luz|aire|calefaccion|ascensor))",
    r"(?:don t|dont|do not) want to live (?:in|with|there|near|far|on|next|without (?:internet|wifi|a phone|broadband))|(?:don t|dont|do not) want to wake up (?:early|late|at|so|the|my|tired|in|with|for)",
    r"(?:tirarme|tirar) (?:por|al|a la) (?:el |la )?(?:tobogan|tirolina|pista|rampa|sofa|piscina|cesped|cama)",
    # goods
    r"ambulancias? (?:de juguete|teledirigid\w+|lego|playmobil|de madera)|(?:toy|lego|playmobil|model) (?:ambulance|police|fire)\w*|(?:ambulance|police|fire) (?:toys?|costumes?|playsets?|sets?|lego)|(?:disfraz|disfraces|coche|coches|juguete|juguetes|gorra) (?:de )?(?:la )?(?:policia|bomberos?|ambulancia)",
    r"(?:en|con|servicio de|transporte en) (?:una )?ambulancia|ambulancia (?:programada|para (?:la|mi|una) (?:cita|rehabilitacion|dialisis|consulta|prueba))",
    r"(?:detector|detectores|sensor|sensores|alarma|alarmas|spray|extintor|extintores|seguro|puerta|manta) (?:\w+ ){0,2}?(?:fugas?|escapes?|humos?|gas|incendios?|fuego)|tubo de escape",
    r"gas leak (?:detector|alarm|sensor|spray|test)\w*|(?:house|kitchen|home|shop)? ?fire (?:alarm|extinguisher|blanket|door|exit|place|escape|pit|guard|wood|sale|tv|stick|tablet|insurance|safety|resistant|retardant|proof|lighter|starter|hydrant|drill|hd|cube|regulations|certificate)s?",
    r"choking hazards?|police (?:report|certificate|record|check|clearance|number|station)s?|fuegos artificiales",
    r"(?:tela|tejido|ropa|zapatos?|zapatillas?|botas?|chaqueta|colchon|material|plastico|piel|calzado|impermeable|almohada|madera|pintura|fabric|material|mattress|shoes?|jacket|boots?|pillow|foam) (?:\w+ ){0,3}?(?:no respiran?|not breath(?:e|ing)|can t breathe|isn t breathing|cannot breathe|doesn t breathe|don t breathe)",
    r"emergency (?:light|exit|button|kit|door|number|lamp|contact|fund|appointment|stop|plumber|locksmith|electrician|dentist)\w*|(?:luz|luces|salida|boton|numero|contacto|telefono|llamadas?|kit|fondo) de emergencias?",
    r"escuadron suicida|suicide squad|(?:es|seria|es casi) un suicidio (?:\w+ )?(?:financiero|economico|comercial|pagar|comprar)|(?:career|financial|commercial) suicide",
    # not now
    rf"(?:tuve|tuvo|tuvimos|sufri|sufrio|pase|paso|habia tenido|habia sufrido|he tenido|ha tenido|he sufrido|ha sufrido|had|suffered|have had|has had) (?:ya )?(?:un|una|a|an|dos|two) (?:\w+ )?{_AILMENT}s? (?:\w+ ){{0,3}}?{_LONG_AGO}",
    rf"{_LONG_AGO} (?:\w+ ){{0,3}}?(?:tuve|tuvo|sufri|sufrio|me dio|le dio|had|suffered) (?:un|una|a|an) (?:\w+ )?{_AILMENT}",
    rf"(?:tuve|sufri|me dio|habia tenido|i had|i suffered) (?:ya )?(?:un|una|a|an) (?:\w+ )?{_AILMENT}(?!s? (?:ahora|hoy|anoche|esta|hace|just|now|today|this|a (?:minute|moment)|an hour))",
    rf"(?:antecedentes?|riesgo|historial|prevencion|prevenir|despues|recuperacion|rehabilitacion|secuelas|revision|seguro|history|risk|prevention|recovery|recovering|after|since|tras|desde) (?:de |del |of |from |for |against )?(?:un |una |el |la |mi |su |a |an |my |his |her )?{_AILMENT}",
    rf"(?:me desmaye|se desmayo|me he desmayado|se ha desmayado|i fainted|he fainted|she fainted|fainted|passed out|collapsed|dolor en el pecho|chest pains?|me he caido) (?:\w+ ){{0,3}}?{_LONG_AGO}",
    rf"{_AILMENT} (?:\w+ )?(?:que|de|that) (?:\w+ ){{0,4}}?(?:tuve|tuvo|tuvimos|sufri|sufrio|del ano|had|last)|(?:operad\w+|operaron|opero|ingresad\w+|ingresaron|recuperad\w+|recuperando\w*|treated|operated) (?:de|por|for) (?:un |una |a )?{_AILMENT}",
    r"(?:si|cuando|if|when) (?:yo )?(?:me muero|me muera|muera|i die)",
    rf"(?:llame|llamado|llamo|llamamos|called) (?:\w+ ){{0,2}}?(?:al )?(?:112|061|911|999) {_LONG_AGO}",
    r"(?:sac\w+|extra\w+|don\w+) (?:\w+ )?mucha sangre",
    r"no (?:me |nos )?(?:responde|reacciona|contesta)n? (?:al|a (?:mi|mis|los|las|la|el|nuestr\w+)) (?:telefono|movil|llamadas?|mensajes?|correos?|emails?|whatsapps?|timbre|reclamacion\w*|quejas?|solicitud\w*)|not responding to (?:my|the|our|any|his|her) (?:calls?|messages?|e ?mails?|texts?|complaints?|letters?|requests?)",
)
"""Figures of speech, denials, goods and what is long over: blanked before danger is looked for."""

THINGS = _any(
    rf"{_THING} (?:(?!y |and )\w+ ){{0,4}}?(?:no |not |isn t |aren t |stopped |won t |doesn t )(?:me |se |nos )?(?:responde|reacciona|despierta|contesta|respira|responding|wake up|react)n?",
    rf"no (?:me |nos |se )?(?:responde|reacciona|despierta|respira|contesta)n? (?:ni )?(?:a |bien )?(?:el |la |mi |los |las |nada el |nada la )?{_THING}",
    rf"(?:no|not) responding (?:\w+ )?{_THING}",
    rf"{_THING} (?:\w+ ){{0,4}}?(?:se (?:me )?(?:muere|ahoga|asfixia|esta muriendo|esta ahogando)n?|esta muriendo|muriendose|is dying|dies|going to die|about to die|s dying)",
    rf"se (?:me )?(?:muere|muere|ahoga|esta muriendo|esta ahogando|estan muriendo) (?:el |la |mi |los |las )?{_THING}",
    rf"(?:{_THING}|shelf|shelves|tent|wardrobe|bed|chair|table|bookcase|price|prices|line|roof|ceiling|estanteria) (?:\w+ ){{0,3}}?collapsed|collapsed (?:\w+ )?(?:{_THING}|shelf|box|cardboard|boxes)",
)
"""A thing fails in the words of a body. Where somebody is named besides, both may be meant."""

DOUBTFUL = _any(
    # if and when, and what is only called so
    rf"(?:una emergencia|an emergency|emergency)(?=(?: \w+){{0,8}} {_THING}\b)",
    r"(?:si|cuando|por si|en caso de que|if|when|in case) (?:\w+ ){0,3}?(?:hay|hubiera|huele|se muere|muere|there s|there is|is|smell) (?:un |una |a |an |any |of )?(?:fuego|incendio|humo|gas|fire|smoke|emergencia|emergency|titular)?",
    r"(?:me|nos) (?:va|van) a matar (?:si|cuando|como|por|porque)|(?:going to|gonna) kill me (?:if|when|for|because|over)",
    r"(?:im|i m|i am) (?:going to|gonna) die (?:if|before)",
    r"(?:esta|estoy) ardiendo (?:de|en) fiebre|(?:cafe|agua|sopa|comida|frente|plato|sarten) (?:\w+ )?estan? ardiendo",
    r"acabar con todo esto|end it all (?:with|the|and (?:get|have|cancel|leave))|(?:i m|i am) dying here",
    r"(?:necesit\w+|need|quiero|want) (?:a |the )?(?:la )?(?:policia local|local police)|necesit\w+ (?:el |un )?informe de urgencias",
    r"se suicido|suicido|(?:committed|commit) suicide|seguro (?:\w+ ){0,4}?suicidio|suicide (?:\w+ ){0,2}?(?:cover\w*|insur\w*|policy|clause)|(?:insurance|policy|cover\w*) (?:\w+ ){0,4}?suicide",
    r"(?:cuanto cuesta|se puede|puedo|podria|como|can i|could i|how much|how do i|does|sin saldo) (?:\w+ ){0,3}?(?:llam\w+|marc\w+|call|dial)(?: \w+){0,3}? (?:112|061|911|999)",
    r"(?:cita|hora|consulta|revision|volante|appointment|check up) (?:\w+ ){0,5}?(?:dolor(?:es)? en el pecho|chest pains?|pain in my chest)",
    r"(?:horno|chimenea|barbacoa|vela|estufa|incienso|plancha|sarten|cigarro|tubo) (?:\w+ ){0,3}?(?:echa|sale|echando|saliendo) humo",
    r"prefiero morir(?:me)? (?:antes )?(?:que|a) \w+",
    rf"(?:tuvo|sufrio|le dio|(?<!\bs )(?<!has )had|he suffered|she suffered) (?:ya )?(?:un|una|a|an) (?:\w+ )?{_AILMENT}(?! (?:ahora|hoy|hace|just|now|today))",
)
"""Both readings remain: the number is given, and what was asked is answered too."""

SELF_HARM = _any(
    r"suicid\w+",
    r"(?:quiero|voy a|pienso|pensando en|ganas de|he pensado en|prefiero|querria|quisiera|deseo|podria|intentado|intentare|me gustaria) (?:\w+ )?"
    r"(?:matarme|morirme|morir|suicidarme|quitarme la vida|quitarme de en medio|tirarme (?:por|al|a las)|cortarme las venas|hacerme dano|no despertar|acabar con mi vida|acabar con todo)",
    r"me (?:quiero|voy a|quisiera) (?:\w+ )?(?:matar|morir|suicidar|quitar la vida|tirar (?:por|al tren|a las vias)|cortar las venas|hacer dano)",
    r"no quiero (?:seguir )?(?:vivir|viviendo)|no (?:quiero|deseo) (?:estar|seguir) (?:viv[oa]|en este mundo)|no (?:merece|vale) la pena (?:seguir )?vivir",
    r"no tengo (?:ganas|motivos|razones) (?:de|para) (?:seguir )?(?:vivir|viviendo)|(?:estaria(?:n|is)? mejor|mejor estaria) (?:muert[oa]|sin mi)|quitarse la vida|autolesi\w+",
    r"me he (?:tomado|tragado|metido) (?:\w+ ){0,2}?(?:botes?|cajas?|frascos?|blister|monton|punado|todas|muchas|demasiadas|veinte|treinta|cuarenta|cincuenta|[1-9]\d) (?:\w+ ){0,3}?(?:pastillas|comprimidos|somniferos|tranquilizantes)"
    r"|me he (?:tomado|tragado|bebido) (?:\w+ ){0,3}?(?:veneno|lejia|matarratas|salfuman)|me he tragado (?:\w+ ){0,3}?pastillas",
    r"(?:kill|killing|harm|harming|hurting) myself|(?:want|going|gonna|like|thinking about|need) (?:to )?hurt myself|(?:end|ending|take|taking) my (?:own )?life",
    r"(?:want|wanna|wish|like|ready) (?:\w+ )?(?:to )?(?:die|be dead)(?! tonight if)|wish i (?:was|were) dead|(?:better off|rather be) dead",
    r"(?:he|she|friend|son|daughter|brother|sister|mother|father|husband|wife|dad|mum|mom) (?:\w+ ){0,5}?(?:wants? to die|(?:wants? to|going to|trying to|will) kill (?:him|her)self)|(?:quiere|va a|intenta|dice que se va a|amenaza con) (?:suicidarse|matarse|quitarse la vida|morirse)|(?:hij[oa]|herman[oa]|amig[oa]|padre|madre|marido|mujer|pareja|novi[oa]) (?:\w+ ){0,3}?(?:se va a|se quiere) (?:matar|suicidar)",
    r"dejar de (?:vivir|existir)|(?:voy a|quiero|a punto de|pienso) (?:saltar|tirarme) (?:de|del|desde|por) (?:el |la |un |una )?(?:puente|balcon|ventana|azotea|tejado|terraza)|puente (?:\w+ ){0,3}?(?:saltar|tirarme)|prefiero estar muert[oa]|ojala me (?:muriera|muera|muriese)",
    r"jump (?:off|from|out of) (?:the |a |my )?(?:bridge|roof|balcony|window|building)|can t live (?:any ?more|like this)",
    r"me corto (?:los brazos|las venas|las munecas)|(?:cut|cutting) my wrists|(?:been|keep) cutting myself(?! (?:with|on|shaving|while|cooking|opening))|cut myself on purpose|he (?:tomado|bebido|tragado) (?:\w+ ){0,2}?(?:lejia|veneno|matarratas)",
    r"(?:don t|do not|dont) want to (?:live|be alive|wake up|go on living)|(?:no|any) (?:reason|point|will|wish) (?:in |to |for |left to |left for )?(?:live|living)|nothing (?:left )?to live for|(?:not|isn t|ain t) worth living|self harm\w*|end it all|slit my wrists",
    r"i (?:have |ve |just |have just |ve just )?(?:taken|took|swallowed) (?:\w+ ){0,2}?(?:bottles?|boxes|box|packets?|handful|lots?|all|too many|so many|loads|twenty|thirty|forty|fifty|[1-9]\d) (?:\w+ ){0,3}?(?:pills|tablets|paracetamol)"
    r"|i (?:have |ve |just |have just |ve just )?swallowed (?:\w+ ){0,4}?(?:pills|tablets|bleach|poison)|i (?:have |ve |just )?(?:taken|took|drank|drunk) (?:\w+ ){0,2}?(?:poison|bleach)",
)
MAYBE_SELF_HARM = _any(
    r"(?:ya )?no puedo mas|no puedo con mi vida|pienso (?:mucho )?en la muerte|no aguanto mas (?:esta vida|vivir|asi)|no quiero (?:seguir asi|estar aqui mas)|quiero desaparecer|(?:mi|la) vida no (?:tiene sentido|vale nada)|me quiero matar|me voy a matar",
    r"i can t (?:go on|take it any ?more|do this any ?more)|(?:don t|dont|do not) want to be here any ?more|want to disappear|no point any ?more|life (?:has no|is) (?:point|meaning(?:less)?|pointless)|i want to (?:kill|harm) myself",
)

EMERGENCY = _any(
    # a call for help: a number counts only as one that is to be called
    r"(?:llam\w+|avis\w+|marc\w+) (?:\w+ ){0,2}?(?:al|a el) (?:112|061|085|091|062)(?! \d)|(?:necesit\w+|quiero) (?:hablar con )?el (?:112|061)(?! \d)",
    r"(?:llam\w+|avis\w+) (?:\w+ ){0,2}?(?:ambulancia|emergencias|urgencias|bomberos|una uvi)|(?:necesit\w+|mand\w+|envi\w+|pid\w+|que venga|que vengan|venga|vengan) (?:\w+ )?(?:una |los |a los |unos )?(?:ambulancia|bomberos|emergencias|uvi)",
    r"necesit\w+ (?:(?:ir|acudir|que me lleven|que lo lleven|que la lleven|que venga|que vengan) )?(?:a |de |las )?urgencias|(?:llam\w+|avis\w+|necesito) (?:a )?(?:la )?(?:policia|guardia civil)|una ambulancia",
    r"(?:call|calling|dial|ring|phone) (?:for |me |us )?(?:the )?(?:911|999|112)(?! \d)|(?:call|need|send|get|want|calling) (?:me |us |for |someone )?(?:an |the |a )?(?:ambulance|paramedics?|emergency services|fire brigade|fire department|firefighters|police)",
    # a body
    r"no (?:\w+ )?(?:puede|puedo|pueden|logra|consigue) respirar|no respira|(?:me|se) (?:\w+ )?(?:estoy|esta|estan) (?:ahogando|asfixiando|atragantando|muriendo|desangrando)|(?:se|me) (?:ahogo|ahoga|asfixio|asfixia|desangro|desangra|muere)|atragantad[oa]",
    r"(?:da|dan|dado|dando|dar|tiene|tengo|teniendo|tenido|tuvo|sufre|sufriendo|sufrido|sufrio|es|sea|parece|con|hay|dio) un (?:infarto|ictus|derrame cerebral|ataque al corazon|paro cardiaco)|^(?:(?:ayuda|socorro|rapido|corran|por|favor|un) )*(?:infarto|ictus)(?: ayuda| rapido| socorro| por favor)*$|parada cardiaca",
    r"(?:perdido|perdio|perdiendo) el conocimiento|inconsciente|no (?:\w+ )?reacciona|no se despierta|se ha desmayado|me he desmayado|se desmayo|se ha desplomado|(?:esta|con|tiene|tengo|teniendo|dan|da|dando) (?:\w+ )?convulsion\w*|convulsiona\w*|convulsiones",
    r"(?:padre|madre|papa|mama|marido|mujer|hij[oa]|nin[oa]|bebe|abuel[oa]|herman[oa]|senora?|hombre|pareja|novi[oa]|paciente|amig[oa]|persona|chic[oa]) (?:\w+ ){0,5}?no (?:me )?responde",
    r"(?:esta|estoy) sangrando|sangra(?:ndo)? (?:mucho|muchisimo)|mucha sangre",
    r"(?:dolor|opresion|presion|pinchazo) (?:\w+ )?(?:en el|de) pecho|me duele (?:mucho |muchisimo )?el pecho|(?:me|se|le) (?:he|ha|han) (?:electrocutado|atropellado|apunalado)|(?:me|le|nos) (?:ha|han) disparado|se ha disparado en|sobredosis|envenenad[oa]",
    r"se ha (?:tragado|bebido|comido) (?:\w+ ){0,4}?(?:pastillas?|lejia|pilas?|detergente|veneno|monedas?|matarratas|medicamentos?)",
    r"(?:can t|cannot|can not|cant|isn t|is not|not|stopped|struggling to|barely) breath(?:e|ing)|choking|drowning|suffocating|heart attack|cardiac arrest|having a (?:stroke|seizure|fit)|had a stroke",
    r"unconscious|passed out|has fainted|fainted|collapsed|convulsing|(?:won t|will not|can t) wake (?:him |her |them |my \w+ )?up|won t wake up|(?:isn t|is not|not) waking up",
    r"(?:he|she|dad|mum|mom|father|mother|son|daughter|baby|child|kid|boy|girl|husband|wife|partner|brother|sister|man|woman|lady|someone|somebody|person|friend|patient) (?:\w+ ){0,4}?(?:not|isn t|stopped|is un) ?respon(?:ding|sive|d)",
    r"bleed(?:s|ing) (?:\w+ )?(?:badly|heavily|a lot|to death|out)|(?:he|she|i|they|child|son|daughter|man|woman|husband|wife|and)(?: is| s| am| m)? bleeding",
    r"(?:pain|tightness|pressure) (?:\w+ )?(?:in|across) (?:my|his|her|the) chest|(?:severe|bad|sharp|have|having|with) chest pains?|(?:my|his|her) chest (?:\w+ )?hurts|overdos\w+|electrocuted|(?:i m|i am) dying|(?:i m|i am|im) (?:going to|gonna) die",
    r"(?:has |have |had |just |he |she |baby |son |daughter |child |dog )(?:swallowed|drunk|drank|eaten) (?:\w+ ){0,4}?(?:pills|tablets|bleach|poison|batter(?:y|ies)|detergent|coin|coins|medicine)",
    r"(?:padre|madre|papa|mama|marido|mujer|hij[oa]|nin[oa]|bebe|abuel[oa]|herman[oa]|senora?|hombre|persona|amig[oa]) (?:\w+ ){0,7}?(?:no se mueve|esta (?:morad[oa]|azul))|no (?:para|deja) de sangrar|(?:no tiene|sin) pulso|(?:se me|se le) ha parado el corazon|(?:dedos|mano|tijeras) en el enchufe|(?:he|ha) roto aguas|(?:de|esta de|estoy de) parto(?! (?:hace|programado|en|la semana|el mes|dentro))",
    r"(?:he|she|dad|mum|mom|gran\w*|father|mother|son|daughter|baby|child|husband|wife|man|woman|person|and) (?:\w+ ){0,5}?(?:isn t|is not|not) moving|(?:blood|bleeding) (?:won t|will not|doesn t|isn t|is not) stop\w*|(?:no|hasn t a|without a) pulse|(?:baby|he|she|son|daughter|child)(?: s| is) (?:turning |going )?(?:blue|purple)|(?:been|got|was) (?:stabbed|shot)|waters? (?:has |have |just )?broken?|in labou?r(?! (?:relations|law|disputes?|office|market|costs))|me duele (?:\w+ )?el brazo izquierdo",
    r"(?:quedado|quedando|queda) sin (?:aire|respiracion)|(?:hay|tenemos) (?:un |una |varios |varias |unos )?(?:herid[oa]s?|atropello|explosion)|sangra(?:ndo)? (?:por|de) (?:la|el|una)|(?:se me|se le) (?:\w+ )?(?:hincha|cierra|hinchando|cerrando) (?:la )?(?:garganta|lengua|cara)",
    r"(?:se me|se le) (?:ha )?(?:duerme|paraliza|dormido|paralizado) (?:\w+ ){0,2}?(?:cuerpo|cara)|se ha tomado (?:\w+ ){0,4}?(?:caja|bote|frasco|todas|blister)",
    r"(?:someone|somebody|people|man|woman|child|boy|girl|he|she)(?: is| s| are| has been)? (?:badly |seriously )?(?:hurt|injured)|(?:a lot of|lots of|so much) blood(?! tests?| pressure| work)|(?:throat|tongue|face) is (?:swelling|drooping|closing)|(?:lost|losing) consciousness|(?:having|has|have) contractions|the baby is coming",
    # fire and gas
    r"(?:hay|tengo|tenemos|se ha declarado|es) (?:un )?(?:fuego|incendio|llamas)|se ha incendiado|explosion de gas|ha (?:explotado|reventado) (?:la|una|el|un) (?:bombona|bateria|caldera|olla|tuberia de gas)|arde (?:el|la|todo|mi|un|una)|(?:salen?|saltan?|soltando|suelta) (?:\w+ )?chispas|se (?:\w+ )?(?:esta quemando|ha prendido|prendio|esta incendiando|han prendido)|estan? ardiendo|salen? (?:\w+ )?(?:llamas|fuego|humo)|echa(?:ndo)? (?:fuego|humo|chispas|llamas)|(?:huele|olor) (?:\w+ )?a gas|(?:fuga|escape) de gas|hay (?:mucho )?humo",
    r"(?:there s|there is|it s|is|are|house|kitchen|shop) (?:a |on )?fire|(?:on|caught|catching|caught on) fire|(?:smell|smells|smelling|leaking|leak of) (?:of |like )?gas|gas leak|(?:flames|smoke) (?:is |are )?(?:coming|everywhere|pouring)",
    # violence, and what is called an emergency
    r"me (?:esta|estan|quiere|quieren) (?:\w+ )?(?:pegando|pegar|atacando|amenazando|agrediendo|siguiendo|violando|violar)|me (?:quiere|quieren) (?:\w+ )?matar|(?:me|nos) (?:va|van) a matar|es una emergencia|(?:tengo|tenemos|hay) una emergencia",
    r"(?:hay|entrado|entra|viene) (?:\w+ ){0,3}?(?:armad[oa]s?|con (?:una pistola|un cuchillo|una navaja|un arma))|(?:nos|me) (?:estan|esta) (?:atracando|apuntando)|nos estan robando|estan (?:atracando|robando) en (?:la|el)|(?:marido|novio|pareja|padre|ex|hijo|mujer) (?:\w+ )?(?:me|nos) (?:pega|maltrata|amenaza|viola)",
    r"(?:with|has|pointing|got) (?:a |the )?gun|being robbed|robbing (?:us|me|the)|(?:husband|boyfriend|partner|ex|father|dad|son|wife) (?:\w+ )?(?:hits|beats|rapes|threatens) (?:me|us)",
    r"(?:me|la|lo|le|nos) (?:han|ha|estan|esta) (?:violado|violando)|amenazad[oa] de muerte|(?:hay|ha entrado|han entrado|tengo) (?:un |unos )?ladron(?:es)? (?:en|dentro)|(?:hombre|tio|tipo|chico|alguien|mujer|senor|chaval|individuo) (?:\w+ ){0,2}?con un (?:cuchillo|arma|machete)|(?:hombre|tio|tipo|chico|alguien|mujer|senor) (?:\w+ ){0,2}?con una (?:navaja|pistola)",
    r"breaking into my|(?:there s|there is|got) (?:a |an )?(?:burglar|intruder)|(?:he|she|man|someone|somebody|they) (?:has|have|s got|has got|with) (?:a |an )?(?:knife|weapon)(?! (?:set|block|sharpener|rack|sets))|(?:been|was) raped|(?:bottle|cylinder|battery|boiler) (?:has |just |has just )?exploded|an explosion|(?:toaster|oven|boiler|plug|socket|battery|phone|router|machine|heater) is smoking",
    r"(?:attacking|hitting|stabbed|shot|raping|strangling|following) me|(?:going to|gonna|wants to|trying to) kill me|(?:this is|it s|is it|have) (?:an |a |real )*emergency",
)
MAYBE_EMERGENCY = _any(
    r"no (?:me )?responden?|inconscientes?|desmayad[oa]|convulsi\w+|ictus|infarto|urgencia vital|me muero|se quema|(?<!soy )(?<!llamo )(?<!es )(?<!del )(?<!de )(?<!la )(?:socorro|auxilio)|(?:ha habido|hemos tenido|hubo) un accidente",
    r"not responding|there (?:s been|has been|was) an accident|unresponsive|faint(?:ing)?|(?:is|are|s) (?:going to|gonna) die|life or death",
)

_AGE_ES = "siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|[7-9]|1[0-7]"
_AGE_EN = "seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|[7-9]|1[0-7]"
NOT_MINOR = _any(
    r"no soy (?:ya )?(?:menor(?: de edad)?|un nino|una nina|un crio|una cria)|ya no soy (?:menor|un nino|una nina)|soy (?:\w+ )?menor que",
    rf"tengo (?:{_AGE_ES}) anos (?:de |con |como |pagad|cotizad|pagando|siendo|viviendo|trabaj|aqui|menos|mas |en (?:la|esta|este|el|vuestra|su|mi) |esper)\w*",
    r"(?:dice|dijo|pone|contesta|preguntan?) (?:que )?tengo|cuando tengo|como si tuviera",
    r"(?:i m|i am) (?:a |only |just |still )*(?:minor|kid|child|little (?:boy|girl)) (?:s|carer|care|minder|psycholog\w*|therapist|doctor|shareholder|holder|specialist|at heart|support|protection)",
    r"(?:mi madre|mi padre|mi mama|mi papa|mis padres|my mum|my mom|my dad|my mother|my father|my parents)(?=(?: \w+){0,14} (?:sorpresa|regalo|cumpleanos|aniversario|surprise|present|gift|birthday|anniversary)\b)",
    r"(?:sorpresa|regalo|cumpleanos|aniversario|surprise|present|gift|birthday|anniversary)(?: \w+){0,10} (?:mi madre|mi padre|mi mama|mi papa|mis padres|my mum|my mom|my dad|my mother|my father|my parents)",
)
"""The same words of somebody grown up: for how long, of whom, as a surprise."""
MINOR = _any(
    rf"(?:soy|aun soy|todavia soy) (?:\w+ )?(?:menor(?: de edad)?|un nino|una nina|un crio|una cria)|tengo (?:{_AGE_ES}) anos|no soy mayor de edad|no tengo (?:los )?(?:dieciocho|18)(?: anos)?",
    r"(?:mis padres|mi madre|mi padre|mi mama|mi papa) no (?:lo saben?|saben? (?:\w+ )?que (?:\w+ ){0,2}?(?:llamo|llamando|hablo|hablando|compro|comprando)|se (?:puede|pueden|tiene que) enterar)|que no se enteren? (?:mis padres|mi madre|mi padre|mi mama|mi papa)",
    rf"(?:i m|i am) (?:a |only |just |still )*(?:minor|underage|under age|under eighteen|under 18|kid|child|little (?:boy|girl))|(?:i m|i am) (?:only |just )?(?:{_AGE_EN})(?: years? old| yo)?(?= and (?!a )|$)|(?:i m|i am) (?:only |just )?(?:{_AGE_EN}) years? old",
    r"(?:my mum|my mom|my dad|my parents|my mother|my father) (?:don t|doesn t|do not|does not) know (?!how)(?:\w+ ){0,3}?(?:calling|ringing|buying|talking|doing this)",
)

_OTHERS = r"(?:un|una|unos|unas|mi|mis|el|los|alguien|un tal|mi ex)"
NO_THREAT = _any(
    rf"(?:denuncio|denunciar|denunciare|demandar|demandare|(?:denuncia|demanda|querella) (?:a|contra|por|de)) (?:que |ruidos? |(?:a |contra )?{_OTHERS} )(?!empresa|tienda|compania|banco|clinica|ayuntamiento)\w+",
    r"(?:voy|vamos|ire) a (?:ir a )?(?:los juzgados|juicio|los tribunales) (?:el|este|esta|manana|hoy|a por|a recoger|para|como)|(?:en|antes de) (?:el )?juicio",
    r"(?:antes|despues) de (?:\w+ )?hablar(?:lo)? con mi abogad[oa]|hablar(?:lo)? con mi abogad[oa] (?:antes|primero)|mi abogad[oa] (?:va a|ya esta) (?:recog\w+|pas\w+|necesit\w+|ven\w+|firm\w+|traer\w*|autorizad[oa]|registrad[oa])",
    r"(?:acciones|medidas) (?:legales|judiciales) (?:contra|frente a) (?:mi|mis|un|una|los|el) (?:vecin\w+|casero|ex|inquilin\w+|padre|herman\w+|arrendador)",
    r"(?:sue|suing|press charges against|legal action against|lawsuit against|(?:to|in) court) (?:my|him|her|them|someone|the neighbou?rs?|a neighbou?r|another)|sue (?:be|call|come|is|see|have|in|from|to|at|and)",
    r"my (?:lawyer|solicitor|attorney)s? (?:will|is going to|are going to|is already) (?:need|collect|pick|bring|sign|want|require|send|come|attend|register)\w*|(?:call|contact|get|speak to) my (?:lawyer|solicitor|attorney)s? (?:the|a|an|s|his|her|some|copies|first|before)",
)
"""Reports of other people, and errands at a court or with a lawyer."""
LEGAL_THREAT = _any(
    r"(?:os|les|le|te|la|los) (?:\w+ ){0,3}?(?:denuncio|denunciare|denunciar|demando|demandare|demandar|llevare (?:a juicio|a los tribunales)|meto una (?:denuncia|demanda)|pondre una (?:denuncia|demanda|querella)|poner una (?:denuncia|demanda|querella)|pongo una (?:denuncia|demanda))",
    r"(?:voy a|pienso|vamos a) (?:denunciar|demandar)(?:os|les|te|le)|denunciaros|demandaros|demandarles|denunciarles|denunciare a|(?:demandar|denunciar) a (?:la|esta|vuestra|su) (?:empresa|tienda|compania|clinica)",
    r"(?:nos vemos|nos veremos|acabaremos|hablaremos|terminaremos) en (?:los tribunales|el juzgado|los juzgados|el juicio|un juicio)|(?:ire|voy|vamos|iremos) a (?:ir a )?(?:juicio|los tribunales|los juzgados|la via judicial)",
    r"(?:tomar|tomare|tomaremos|emprender\w*|iniciar\w*|iniciaremos|adoptar\w*|ejercer\w*|habra|voy a|vamos a|con) (?:\w+ ){0,2}?(?:acciones|medidas) (?:legales|judiciales)",
    r"(?:os|les|le|te) (?:\w+ ){0,3}?(?:enviare|mandare|enviar|mandar|envio|mando|llegara|pondre|interpondre) (?:\w+ )?(?:burofax|querella)|(?:recibireis|recibiran|tendreis|tendran) (?:\w+ )?(?:burofax|querella)",
    r"(?:tendreis|tendran|recibireis|recibiran|tendras|tendra) (?:noticias|una carta|noticia) de (?:mi|nuestro) abogad[oa]|(?:hablar\w*|vereis|veran|entenderse|entender\w*) con mi abogad[oa]|mi abogad[oa] (?:os|les|se pondra|va a|ya esta)|(?:llamar|avisar|acudir) a mi abogad[oa]",
    r"(?:i ll|i will|going to|gonna|will|shall|i m|we ll|we are|could|might) (?:\w+ )?(?:sue|suing|take you to court|press charges)|sue (?:you|your|the company|this company)|see (?:you|y all) in court|tak(?:e|ing) (?:you|this company|this) to (?:court|the courts|trial)",
    r"(?:will|ll|going to|gonna|be|take|taking|face|facing|expect|threat\w*|start\w*|pursu\w*|consider\w*|initiat\w*|seek\w*|begin\w*) (?:\w+ )?legal (?:action|proceedings|steps)",
    r"(?:hear|hearing|letter) from my (?:lawyer|solicitor|attorney)s?|my (?:lawyer|solicitor|attorney)s? (?:will|is going|are going|has been|is already)|(?:call|calling|contact|contacting|speak to|talk to|get|involve|involving|instruct) my (?:lawyer|solicitor|attorney)",
    r"(?:see|take|taking|going|go|meet) (?:\w+ ){0,3}?small claims|(?:file|filing|start|starting|bring|bringing|expect|face|facing|prepare for) (?:a |the )?lawsuit|lawsuit against (?:you|your|this|the (?:company|shop|store|bank|council|clinic))",
)

NOT_ABUSE = _any(
    # somebody else's words
    r"(?:me|nos|le|les) (?:ha |han |has )?(?:llam\w+|dij\w+|dicho|insult\w+|grit\w+|solt\w+) (?:\w+ ){0,2}?(?:gilipollas|subnormal|cabron\w*|hij[oa]s? de (?:\w+ )?put[ao]|idiota|imbecil|tont[oa]|estupid[oa]|inutil|zorra|que (?:me|te|le|nos) \w+ a la mierda|a la mierda|callate|que me calle)",
    r"(?:called|calling|told|telling|said to) (?:me|us|my \w+) (?:to |a |an |i was |that i was )?(?:\w+ )?(?:go to hell|fuck off|shut up|bitch|bastard|idiot|stupid|moron|piece of shit|asshole|arsehole|cunt|fool|pathetic|useless|dumb|retard|prick)",
    r"(?:el|la|los) (?:cabron\w*|gilipollas|subnormal) (?:del|de) \w+|(?:soy|i m|i am) (?:\w+ ){0,2}?(?:idiota|tont[oa]|estupid[oa]|imbecil|inutil|burr[oa]|torpe|idiot|stupid|dumb|useless|fool)|(?:idiota|tont[oa]|estupid[oa]|imbecil|inutil|burr[oa]|torpe) (?:soy|de mi|yo)|(?:stupid|silly|dumb) of me|fool s gold",
    # goods
    r"(?:the|a|an|each|every|this|that|which|what|wood|metal|one|any|of) screws? you|(?:how|where|do|can|to|i|we|should|could|must|which way) (?:\w+ ){0,3}?screw (?:this|you)|screw this (?:in|into|on|onto|to|together|down|shelf|bracket|hook|thing|one)\w*",
    r"bastard (?:files?|sword|cut)|drop dead gorgeous|(?:finger|skin|needle|pin) pricks?|prick tests?|bitch(?:es)? (?:dog|puppy|kennel)|(?:pastor|labrador|perra) bitch",
    r"bloody (?:mary|nose|stools?|urine|discharge|diarrh\w+|cough|phlegm|mucus|vomit|wound|bandage|beetroot)|dumb (?:phone|tv|terminal|bell|waiter)s?|crap table|idiot s guide",
    r"rubbish (?:bins?|bags?|collection|lorry|truck|dump|tip|chute|skip|bin)|(?:the|of|our|my|their|collect\w*|empty|garden|household|bulky|about|put|take|throw|recycl\w*|dump\w*|with|for|any|in) rubbish",
    r"(?:against|from|by|the|some|two|three|any|car|bike|stop|deter) thieves|thieves (?:are|have|stole|broke|took|got|came|were|emptied)|chorizos? (?:iberic\w+|criollos?|picante\w*|de \w+|para)|basura (?:\w+ ){0,4}?(?:recog\w+|pasa|contenedor\w*|lleva|dia|dias|horario)|(?:la|de|una|nuestra|esa|hay) basura",
    r"conos? de (?:trafico|helado|senalizacion|obra|seguridad|papel)|(?:un|el|los|unos|\d+|dos|tres|diez) conos?|cono (?:naranja|reflectante|adaptador|morse)|mierda de (?:perros?|gatos?|palomas?)|pedazo de (?!idiota|imbecil|animal|inutil|mierda|burro|tont|alcornoque|cabron|gilipollas|subnormal)\w+",
    r"que (?:os|te|le|les) den (?!por |a todos|morcilla)\w+|(?:para|quiero|espero|necesito|pido|hasta) que (?:os|te|le|les) den",
)
"""Words that are quoted, said of oneself or of others, and goods and errands that are called so."""
ABUSE = _any(
    r"hij[oa]s? de (?:la gran )?put[ao]|hijoput\w+|hijueput\w*|put[ao]s? (?:maquina|robot|mierda|asco)|(?:vete|iros|idos|vayanse|vayase|vete tu) (?:ya )?(?:a la mierda|a tomar por (?:el )?(?:culo|saco)|a cagar|al carajo|al infierno)",
    r"que (?:os|te|le|les) (?:jodan|follen)(?: por \w+| a todos)?|que (?:os|te|le|les) den (?:por (?:el )?(?:culo|saco)|a todos|morcilla)|que (?:os|te|le|les) den$|gilipollas|subnormal(?:es)?|cabron(?:a|es|azo)?|malnacid[oa]s?|cerd[oa]s? asqueros\w+|maric\w+ de mierda|retrasad[oa] (?:mental|de mierda)",
    r"(?:eres|sois|son|es usted|so|vaya|menud[oa]s?|pedazo de|panda de|put[oa]s?) (?:un |una |unos |unas )?(?:\w+ )?(?:cerd[oa]s?|zorras?|escoria|mamon(?:a|es)?)|^(?:\w+ )?(?:zorra|escoria|cerd[oa]|mamon(?:a|es)?)$",
    r"me cago en (?:tu|vuestr|tus|vosotros|ti|su)\w*|comeme la \w+|chupame\w* \w+|te (?:voy a )?(?:mato|matar|reventar|revento|parto la cara|partir la cara)|hijo de perra|muerete|soplapollas|come ?mierda",
    r"fuck (?:you|off|yourself|this company|your)|fuckin?g? (?:idiots?|morons?|useless|robot|machine|bot|stupid)|ass ?holes?|arseholes?|motherfuck\w+|son of a bitch|bitch|bastards?|cunts?|wankers?|dickheads?|piece of shit|pieces of shit",
    r"(?:you|yous|such|bloody|fucking|absolute|utter|stupid|bunch of|(?:re|are) (?:all )?a|(?:re|are)) (?:\w+ )?(?:pricks?|retards?|twats?|a hole)|^(?:prick|twat|retard|a hole)s?$|go to hell|suck my \w+|scumbags?|screw you|drop dead|i ll kill you|kill yourself|eat shit",
)
MILD = _any(
    r"(?:eres|sois|que|menud[oa]s?|vaya|puto|seras) (?:\w+ )?(?:tont[oa]s?|inutil(?:es)?|estupid[oa]s?|idiotas?|imbecil(?:es)?|burr[oa]s?|lerd[oa]s?|payas[oa]s?|ladrones|chorizos?|sinverguenzas?|asco|mierda|basura|torpes?|cretin[oa]s?|memos?)",
    r"tont[oa] del (?:bote|culo)|idiotas?|imbecil(?:es)?|estupid[oa]s?|inutil(?:es)?|mierda de \w+|callate|cierra el pico|cierra la boca|pedazo de \w+|joder|cono|hostia|mierda|capull[oa]s?|lerd[oa]",
    r"stupid|idiots?|idiotic|morons?|useless|dumb|shut up|rubbish|crap|crappy|pathetic|damn you|bloody \w+|shit|bullshit|fuck|fucking|screw this|jerks?|imbeciles?|fools?|you suck|this sucks|crooks?|thieves|losers?",
)
