// Every word of the screen that is not the counter's own. No name of a shop, no fact.

export const LANGUAGES = ["es", "en"];

const TABLE = {
  hello: ["Hola.", "Hello."],
  lead: ["Pregunte lo que necesite: hablando, tocando o escribiendo.", "Ask for what you need: speak, touch or type."],
  begin: ["Toque para empezar", "Touch to start"],
  connecting: ["Un momento…", "One moment…"],
  visit: ["Su visita", "Your visit"],
  idle: ["Bienvenido", "Welcome"],
  listening: ["Le escucho", "I’m listening"],
  reading: ["Dígame", "How can I help?"],
  thinking: ["Un momento…", "One moment…"],
  speaking: ["Le respondo", "Answering"],
  microphone: ["Micrófono", "Microphone"],
  volume: ["Volumen", "Volume"],
  conversation: ["Conversación", "Conversation"],
  choices: ["Opciones", "Options"],
  type: ["Escriba aquí", "Type here"],
  keys: ["Teclado", "Keyboard"],
  send: ["Enviar", "Send"],
  person: ["Hablar con una persona", "Talk to a person"],
  leave: ["Terminar", "Finish"],
  you: ["Usted", "You"],
  still: ["¿Sigue ahí?", "Are you still there?"],
  stillMore: ["La pantalla se borrará en {n} s.", "The screen will be cleared in {n} s."],
  stay: ["Sí, sigo aquí", "Yes, I’m here"],
  thanks: ["Gracias. Hasta pronto.", "Thank you. See you soon."],
  cleared: ["Su conversación se ha borrado de la pantalla.", "Your conversation has been cleared from the screen."],
  busyTitle: ["Un momento, por favor.", "One moment, please."],
  busy: ["Estamos atendiendo a otras personas. Inténtelo dentro de un minuto.", "We are serving others. Please try again in a minute."],
  stopping: ["Volvemos enseguida.", "We’ll be right back."],
  noMicrophone: ["Sin micrófono: toque o escriba, y lea aquí la respuesta.", "No microphone: touch or type, and read the answer here."],
  lost: ["Se ha cortado la conexión. Volvemos enseguida…", "The connection was lost. We’ll be right back…"],
  again: ["Ya estamos aquí. Empezamos de nuevo.", "We’re back. Let’s start again."],
  space: ["Espacio", "Space"],
  erase: ["Borrar", "Delete"],
  shift: ["Mayúsculas", "Shift"],
};

/** The word for `key` in `language`, with `{n}` filled in. */
export function word(key, language, n = "") {
  const words = TABLE[key];
  return words ? words[LANGUAGES.indexOf(language)].replace("{n}", n) : "";
}

/** Fill in every element that names its word. */
export function fill(root, language) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word, language);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label, language));
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder, language);
}
