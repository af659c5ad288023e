/** What is said to those who hear the page, and warnings to everybody, for a while. */

import { element } from "../core/element.js";

const NOTE_MS = 4000;
const SAY_MS = 300;

export class Voice {
  /** @param {import("../core/living.js").Life} life */
  constructor(life) {
    this.life = life;
    const polite = { className: "pcae-x-spoken", role: "status", ariaLive: "polite" };
    this.spoken = element("div", polite);
    this.note = element("span", { className: "pcae-x-note" });
  }

  /** Say something to those who hear the page. @param {string} text */
  say(text) {
    this.life.later("say", SAY_MS, () => {
      this.spoken.textContent = text;
    });
  }

  /** Say what was wrong, to everybody, for a while. @param {string} text */
  warn(text) {
    this.say(text);
    this.note.textContent = text;
    this.life.later("note", NOTE_MS, () => {
      this.note.textContent = "";
    });
  }
}
