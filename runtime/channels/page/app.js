// The kiosk's page: from the touch that starts a visit to the wiped screen after it.

import { Keys } from "./keys.js";
import { Link } from "./link.js";
import { Orb } from "./orb.js";
import { Sound } from "./sound.js";
import { Talk } from "./talk.js";
import { fill, word } from "./words.js";

const WARNING_SECONDS = 15;
const ENDED_SECONDS = 7;
const NOTICE_SECONDS = 8;
const ENDINGS = { busy: ["busyTitle", "busy"], stopping: ["stopping", ""], internal: ["stopping", ""] };

const $ = (id) => document.getElementById(id);
const screens = { start: ["start"], visit: ["stage", "talk"], ended: ["ended"] };

let config = null; // the device's wishes for this screen
let language = "es";
let screen = "start";
let audio = "none"; // whose sound this visit uses
let greeted = false; // this connection has said hello
let alone = 0; // seconds without a sign of life
let noticeTimer = 0;
let endedTimer = 0;
let pinned = ""; // the key of a notice that stays until it is over

const orb = new Orb($("orb"));
const keys = new Keys($("keys"), $("say"));
const talk = new Talk({
  log: $("log"),
  turns: $("turns"),
  choices: $("choices"),
  aloud: $("aloud"),
  chosen: (id, title) => tell("Touched", { id, title }),
});
const sound = new Sound({
  heard: (at, pcm) => greeted && audio === "browser" && link.send("Mic", { at, pcm }),
  played: (samples, epoch) => greeted && audio === "browser" && link.send("Played", { samples, epoch }),
  level: (side, value) => orb.level(side, value),
  waiting: () => link.waiting,
});
const link = new Link({ message: told, lost });

// What the device says

function told(message) {
  switch (message.type) {
    case "Config": return configured(message);
    case "Status": return status(message);
    case "Caption":
      lively();
      return talk.caption(message);
    case "Shown":
      lively();
      return talk.shown(message);
    case "Notice": return notice(message.text);
    case "Voice": return sound.play(message.pcm);
    case "Hush": return sound.hush(message.epoch);
    case "Level": return orb.level("microphone", message.level);
    case "Bye": return ended(message.cause);
    default: console.warn("unknown message", message.type);
  }
}

function configured(wishes) {
  const first = config === null;
  if (!first && wishes.build !== config.build && screen !== "visit") {
    location.reload(); // the device was updated: so is its screen
    return;
  }
  config = wishes;
  document.title = $("name").textContent = config.name;
  $("keys-toggle").hidden = !config.keyboard;
  if (config.keyboard) $("say").inputMode = "none";
  if (first) speak(config.language);
  ready(true);
  if (pinned === "lost") unpin();
  if (screen === "visit") {
    hello();
    notice(word("again", language));
  }
}

function lost() {
  greeted = false;
  ready(false);
  sound.hush(0);
  if (screen === "visit") {
    talk.wipe();
    show("thinking");
    pin("lost");
  }
}

function status({ state, language: spoken }) {
  if (spoken !== language) speak(spoken);
  if (state === "thinking" || state === "speaking") lively();
  show(state);
}

/** Put the state on the screen: word, indicator, colours. */
function show(state) {
  document.body.dataset.state = state;
  const silent = state === "listening" && audio === "none";
  $("state").textContent = word(silent ? "reading" : state, language);
  orb.show(state);
}

// What the customer does

async function begin() {
  if (!link.ready || config === null || screen === "visit") return;
  go("visit");
  show("idle");
  orb.start();
  const wanted = config.audio;
  audio = wanted === "browser" ? ((await sound.open()) ? "browser" : "none") : wanted;
  $("sound").hidden = orb.deaf = audio === "none";
  if (screen !== "visit") return sound.close(); // left while the browser asked about the microphone
  hello();
  if (wanted === "browser" && audio === "none") {
    notice(word("noMicrophone", language));
    $("say").focus();
  }
}

function hello() {
  if (!link.ready) return;
  sound.begin();
  link.send("Hello", { language, audio });
  greeted = true;
  show("thinking");
}

/** Send something of the customer's, if the conversation stands. */
function tell(type, fields) {
  lively();
  if (greeted) link.send(type, fields);
}

function leave() {
  tell("Leave");
  ended("customer");
}

function ended(cause) {
  if (screen !== "visit") return;
  greeted = false;
  sound.close();
  orb.stop();
  const [title, more] = ENDINGS[cause] ?? ["thanks", "cleared"];
  $("thanks").textContent = word(title, language);
  $("thanks-more").textContent = (cause === "goodbye" && talk.last) || word(more, language);
  wipe();
  go("ended");
  link.renew();
  endedTimer = setTimeout(home, ENDED_SECONDS * 1000);
}

function home() {
  clearTimeout(endedTimer);
  wipe();
  if (config) speak(config.language);
  go("start");
}

/** Nothing of this customer stays on the screen. */
function wipe() {
  talk.wipe();
  $("say").value = "";
  $("volume").value = 100;
  sound.volume(1);
  microphone(true);
  keyboard(false);
  unpin();
  if ($("idle").open) $("idle").close();
}

// The screen

function go(name) {
  screen = name;
  alone = 0;
  document.body.dataset.screen = name;
  for (const [key, parts] of Object.entries(screens)) for (const part of parts) $(part).hidden = key !== name;
}

function speak(chosen) {
  language = talk.language = chosen;
  document.documentElement.lang = chosen;
  fill(document, chosen);
  keys.show(chosen);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
  const other = chosen === "es" ? "en" : "es";
  $("begin-other").textContent = word("begin", other);
  $("begin-other").lang = other;
  ready(link.ready && config !== null);
  if (screen === "visit") show(document.body.dataset.state);
  if (pinned) notice(word(pinned, language), true);
}

/** Whether a visit can begin now. */
function ready(yes) {
  $("begin").setAttribute("aria-disabled", String(!yes));
  $("begin").querySelector("[data-word]").textContent = word(yes ? "begin" : "connecting", language);
  $("begin-other").hidden = !yes;
  for (const part of document.querySelectorAll("#talk button, #talk input")) part.disabled = screen === "visit" && !yes;
}

function notice(text, stays = false) {
  clearTimeout(noticeTimer);
  $("notice").textContent = text;
  if (!stays) noticeTimer = setTimeout(() => ($("notice").textContent = ""), NOTICE_SECONDS * 1000);
}

function pin(key) {
  pinned = key;
  notice(word(key, language), true);
}

function unpin() {
  pinned = "";
  $("notice").textContent = "";
}

function keyboard(open) {
  $("keys").hidden = !open;
  $("keys-toggle").setAttribute("aria-expanded", String(open));
  if (open) talk.scroll();
}

function microphone(on) {
  sound.microphone(on);
  $("microphone").setAttribute("aria-pressed", String(on));
  $("microphone").querySelector("use").setAttribute("href", on ? "#i-mic" : "#i-mic-off");
}

function device() {
  const on = $("microphone").getAttribute("aria-pressed") === "true";
  if (audio === "device") tell("Volume", { level: $("volume").value / 100, microphone: on });
}

// Somebody is there, or isn't

function lively() {
  alone = 0;
}

function tick() {
  if (screen !== "visit" || !config) return;
  alone += 1;
  const left = Math.ceil(config.idle_seconds + Math.min(WARNING_SECONDS, config.idle_seconds) - alone);
  if (alone < config.idle_seconds) {
    if ($("idle").open) $("idle").close();
    return;
  }
  if (left <= 0) return leave();
  $("idle-more").textContent = word("stillMore", language, String(left));
  if (!$("idle").open) $("idle").showModal();
}

// Wiring

$("begin").addEventListener("click", begin);
$("ended").addEventListener("click", home);
$("leave").addEventListener("click", leave);
$("go").addEventListener("click", leave);
$("stay").addEventListener("click", () => $("idle").close());
$("person").addEventListener("click", () => tell("Touched", { id: "person", title: word("person", language) }));
$("microphone").addEventListener("click", () => {
  microphone($("microphone").getAttribute("aria-pressed") !== "true");
  device();
});
$("volume").addEventListener("input", () => {
  sound.volume($("volume").value / 100);
  device();
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("say").value.trim();
  if (!text) return $("say").focus();
  tell("Typed", { text });
  $("say").value = "";
  if ($("keys").hidden === false) keyboard(false);
});
$("keys-toggle").addEventListener("click", () => {
  keyboard($("keys").hidden);
  $("say").focus();
});
$("say").addEventListener("click", (event) => {
  if (config?.keyboard && event.pointerType === "touch") keyboard(true);
});
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.language);
    if (screen === "visit") tell("Switched", { language });
  });
}
for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, lively, { passive: true });
document.addEventListener("contextmenu", (event) => event.preventDefault());
setInterval(tick, 1000);
speak(language);
