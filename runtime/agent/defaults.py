"""Words for what is the same in every trade. A pack that says them its own way is heard instead."""

from collections.abc import Mapping

from runtime.agent import Language

DEFAULTS: Mapping[Language, Mapping[str, list[str]]] = {
    "es": {
        "error.tool": [
            "Ahora mismo no consigo acceder a esos datos, y no he cambiado nada. ¿Lo intento otra vez?",
            "Sigo sin poder acceder, y no he cambiado nada. ¿Pruebo una vez más?",
        ],
        "error.tool.timeout": [
            "El sistema tarda demasiado en contestar, y no he cambiado nada. ¿Lo intento otra vez?",
            "Sigue sin contestar, y no he cambiado nada. ¿Pruebo una vez más?",
        ],
        "error.tool.unsure": [
            "Se ha cortado a medias y no sé si ha llegado a hacerse. Para no repetirlo, le paso con una persona."
        ],
        "error.tool.refused": [
            "El sistema no lo admite tal como lo tengo, y no he cambiado nada. ¿Lo intento otra vez?",
            "Sigue sin admitirlo, y no he cambiado nada. ¿Pruebo una vez más?",
        ],
        "person": ["Una persona"],
        "hold": ["Sin prisa: aquí espero."],
        "no_more_options": ["No hay más."],
        "same_options": ["Es lo que hay."],
        "undo": ["Deshacer"],
        "undo_nothing": ["En esta conversación no he cambiado nada, así que no hay nada que deshacer."],
        "undo_cannot": ["Eso ya está hecho y yo no puedo deshacerlo, pero quizá una persona sí. ¿Le paso con ella?"],
        "brief_unsure": ["Algo se quedó a medias: compruebe si llegó a hacerse."],
    },
    "en": {
        "error.tool": [
            "I can't get at those details right now, and I have changed nothing. Shall I try again?",
            "I still can't get through, and nothing is changed. Shall I try once more?",
        ],
        "error.tool.timeout": [
            "The system is taking too long to answer, and I have changed nothing. Shall I try again?",
            "It still doesn't answer, and nothing is changed. Shall I try once more?",
        ],
        "error.tool.unsure": [
            "It broke off halfway, and I don't know whether it was done. So as not to repeat it, I'm getting a person."
        ],
        "error.tool.refused": [
            "The system doesn't accept it as I have it, and I have changed nothing. Shall I try again?",
            "It still doesn't accept it, and nothing is changed. Shall I try once more?",
        ],
        "person": ["A person"],
        "hold": ["Take your time, I'll wait."],
        "no_more_options": ["There are no more."],
        "same_options": ["This is what there is."],
        "undo": ["Undo"],
        "undo_nothing": ["I haven't changed anything in this conversation, so there is nothing to undo."],
        "undo_cannot": ["That is done, and I can't undo it, but a person may be able to. Shall I put you through?"],
        "brief_unsure": ["Something broke off halfway: check whether it was done."],
    },
}
