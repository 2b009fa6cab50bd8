// The conversation on the screen: what was said by both sides, and what can be chosen now.

import { word } from "./words.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Talk {
  /** `chosen(id, title)`: a choice was touched. */
  constructor({ log, turns, choices, aloud, chosen }) {
    Object.assign(this, { log, turns, choices, aloud, chosen });
    this.language = "es";
    this.wipe();
  }

  wipe() {
    this.turns.replaceChildren();
    this.choices.replaceChildren();
    this.aloud.replaceChildren();
    this.counter = null; // the block that the counter's captions go to
    this.customer = null;
    this.last = ""; // what the counter said
  }

  /** A message of the counter, whole: shown at once, in a lighter ink until it is said. */
  shown({ message, turn }) {
    this.counter = { turn, text: message.text, ...this.block("counter") };
    this.last = message.text;
    this.counter.rest.textContent = message.text;
    this.counter.item.classList.toggle("short", message.text.length < 60);
    if (message.detail) {
      const detail = document.createElement("p");
      detail.className = "detail";
      detail.textContent = message.detail;
      this.counter.item.append(detail);
    }
    if (message.choices.length || turn !== this.choicesOf) this.offer(message.choices, turn);
    this.say(message.detail ? `${message.text} ${message.detail}` : message.text);
    this.scroll();
  }

  caption({ who, text, turn, final }) {
    if (who === "customer") this.heard(text, turn, final);
    else this.spoken(text, turn, final);
    this.scroll();
  }

  spoken(text, turn, final) {
    if (this.counter?.turn !== turn) this.counter = { turn, text: "", ...this.block("counter") };
    const { counter } = this;
    const end = endOf(text, counter.text);
    counter.said.textContent = end < 0 ? text : counter.text.slice(0, end);
    counter.rest.textContent = end < 0 ? "" : counter.text.slice(end);
    if (!final) return;
    counter.item.classList.remove("partial");
    if (!counter.text) this.say(text);
    this.counter = null;
  }

  heard(text, turn, final) {
    if (this.customer?.turn !== turn) this.customer = { turn, ...this.block("customer") };
    this.customer.said.textContent = text;
    if (!final) return;
    this.customer.item.classList.remove("partial");
    this.customer = null;
    this.choices.replaceChildren();
    this.say(`${word("you", this.language)}: ${text}`);
  }

  offer(choices, turn) {
    this.choicesOf = turn;
    this.choices.replaceChildren(
      ...choices.map(({ id, title }) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.id = id;
        button.lang = this.language;
        button.textContent = title;
        button.addEventListener("click", () => {
          for (const other of this.choices.children) other.disabled = true;
          button.classList.add("chosen");
          this.chosen(id, title);
        });
        return button;
      }),
    );
  }

  block(who) {
    this.turns.querySelector(".latest")?.classList.remove("latest");
    const item = document.createElement("li");
    item.className = `${who} partial latest`;
    item.lang = this.language;
    const name = document.createElement("span");
    name.className = who === "customer" ? "who" : "unseen";
    name.textContent = who === "customer" ? word("you", this.language) : "";
    const words = document.createElement("p");
    const said = document.createElement("span");
    const rest = document.createElement("span");
    rest.className = "rest";
    words.append(said, rest);
    item.append(name, words);
    this.turns.append(item);
    while (this.turns.children.length > 60) this.turns.firstChild.remove();
    return { item, said, rest };
  }

  /** For those who hear the screen: each thing once, when it is whole. */
  say(text) {
    const line = document.createElement("p");
    line.lang = this.language;
    line.textContent = text;
    this.aloud.append(line);
    while (this.aloud.children.length > 6) this.aloud.firstChild.remove();
  }

  scroll() {
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: still.matches ? "auto" : "smooth" });
  }
}

/** How far into `whole` the words of `part` go, spaces aside; -1 if `whole` doesn't begin with them. */
export function endOf(part, whole) {
  let at = 0;
  for (const letter of part) {
    if (/\s/.test(letter)) continue;
    while (at < whole.length && /\s/.test(whole[at])) at++;
    if (!whole.startsWith(letter, at)) return -1;
    at += letter.length;
  }
  return at;
}
