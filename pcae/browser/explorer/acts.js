/** What a visitor does that takes more than to set a value. */

import { hiddenFor, toggled } from "../core/hiding.js";
import { MOST_PINS } from "./state.js";

/** @import { Scene } from "./scene.js" */
/** @import { Voice } from "./voice.js" */

export class Acts {
  /** @type {number[]} before the last click at a class */
  #hiddenBefore = [];

  /**
   * @param {Scene} scene
   * @param {import("./inspection.js").Inspection} inspection
   * @param {Voice} voice
   */
  constructor(scene, inspection, voice) {
    this.scene = scene;
    this.inspection = inspection;
    this.voice = voice;
  }

  /** Hide or show a class; or, by a second click, show it alone, or all again. */
  toggle(/** @type {number} */ label, alone = false) {
    const { state: { hidden }, world } = this.scene;
    if (alone) {
      const others = [...world.classes.keys()].filter((other) => other !== label);
      this.scene.set({ hidden: hiddenFor(label, others, this.#hiddenBefore) });
      return;
    }
    this.#hiddenBefore = hidden;
    this.scene.set({ hidden: toggled(hidden, label) });
  }

  /** Hide these classes, and no others. @param {number[]} hidden */
  hide(hidden) {
    this.scene.set({ hidden });
  }

  /**
   * Select digits, in both planes and for the other pages.
   *
   * @param {number[]} indices ascending
   * @param {boolean} more beside those that are selected
   */
  select(indices, more = false) {
    const all = more ? [...this.scene.state.selected, ...indices] : indices;
    const selected = [...new Set(all)].sort((a, b) => a - b);
    const n = selected.length;
    if (!n && !this.scene.state.selected.length) return;
    this.scene.set({ selected });
    this.voice.say(n ? `${n} ${this.scene.world.noun}s are selected.` : "Nothing is selected.");
  }

  /** Keep a digit in the tray, or take it out. @param {number} i */
  pin(i) {
    const { pinned } = this.scene.state;
    const without = pinned.filter((other) => other !== i);
    if (without.length === pinned.length && pinned.length >= MOST_PINS) {
      const digits = `${this.scene.world.noun}s`;
      this.voice.warn(`There are ${MOST_PINS} ${digits} in the tray: take one out first.`);
    } else this.scene.set({ pinned: without.length < pinned.length ? without : [...pinned, i] });
  }

  /** Inspect the digit of a number. @param {string} text */
  find(text) {
    const { world, n } = this.scene;
    const i = Number(text);
    if (text === "") return;
    if (!Number.isInteger(i) || i < 0 || i >= n) {
      this.voice.warn(`There are ${world.noun}s 0 to ${(n - 1).toLocaleString("en")}.`);
    } else if (!world.knows(i)) this.voice.warn(`There is no code of ${world.name(i)}.`);
    else {
      this.inspection.point(i);
      this.scene.stage.focus({ preventScroll: true });
    }
  }
}
