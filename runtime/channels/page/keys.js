// Keys on the device's own touch screen, for a kiosk without a keyboard.

import { word } from "./words.js";

const ROWS = {
  es: ["1234567890", "qwertyuiop", "asdfghjklñ", "⇧zxcvbnm⌫", "áéíóú ¿?.,"],
  en: ["1234567890", "qwertyuiop", "asdfghjkl'", "⇧zxcvbnm⌫", "@-/ !?.,"],
};
const NAMES = { "⇧": "shift", "⌫": "erase", " ": "space" };

export class Keys {
  /** `typed()` is called after each change of `field`. */
  constructor(root, field) {
    this.root = root;
    this.field = field;
    this.upper = false;
    root.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    root.addEventListener("click", ({ target }) => {
      const key = target.closest("button")?.dataset.key;
      if (key) this.press(key);
    });
  }

  show(language) {
    this.language = language;
    this.root.replaceChildren(
      ...ROWS[language].map((row) => {
        const line = document.createElement("div");
        line.append(...Array.from(row, (key) => this.button(key)));
        return line;
      }),
    );
  }

  button(key) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = key;
    button.tabIndex = -1;
    const name = NAMES[key];
    button.textContent = name === "space" ? word("space", this.language) : this.upper ? key.toUpperCase() : key;
    if (name) {
      button.classList.add(name);
      button.setAttribute("aria-label", word(name, this.language));
    }
    if (name === "shift") button.setAttribute("aria-pressed", String(this.upper));
    return button;
  }

  press(key) {
    const { field } = this;
    if (key === "⇧") {
      this.upper = !this.upper;
      this.show(this.language);
      return;
    }
    const start = field.selectionStart ?? field.value.length;
    const end = field.selectionEnd ?? start;
    if (key === "⌫") field.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
    else if (field.value.length < field.maxLength) field.setRangeText(this.upper ? key.toUpperCase() : key, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (this.upper && key !== "⌫") {
      this.upper = false;
      this.show(this.language);
    }
  }
}
