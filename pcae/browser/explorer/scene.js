/** What the explorer's views share: the store, what is shown, and how the page looks. */

import { inkOf } from "../core/pictures.js";

/** @typedef {import("../core/living.js").Life} Life */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./state.js").World} World */
/** @typedef {import("../types.d.ts").Plotly} Plotly */
/**
 * @typedef {Object} Theme the page's colours and font
 * @property {string} text
 * @property {string} lines
 * @property {string} font
 * @property {number} type times as large as usual, for a projector
 * @property {string[]} colors of classes
 * @property {number[]} inks the same for pixels
 * @property {number} textInk
 */

const SETTLE_MS = 120; // after the last of many changes

export class Scene {
  /**
   * @param {Store} store
   * @param {Life} life
   * @param {World} world
   * @param {Plotly} plotly
   * @param {HTMLElement} root
   */
  constructor(store, life, world, plotly, root) {
    this.store = store;
    this.life = life;
    this.world = world;
    this.plotly = plotly;
    this.root = root;
    this.theme = themeOf(root);
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  get state() {
    return this.store.get();
  }

  set(/** @type {Partial<State>} */ change) {
    this.store.set(change);
  }

  /** Whether the codes are those of a moment of the timeline. */
  get timed() {
    return this.state.moment !== null;
  }

  /** How many digits there are of those that are wanted. */
  get n() {
    return Math.min(this.state.count, this.world.size);
  }

  /** Act once changes have settled, once for all of a name. */
  settled(/** @type {string} */ name, /** @type {() => void} */ act) {
    this.life.later(name, SETTLE_MS, act);
  }
}

/** @param {Element} root @returns {Theme} */
export function themeOf(root) {
  const computed = getComputedStyle(root);
  const of = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  const text = of("--st-text-color");
  const colors = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi) ?? [];
  return {
    text,
    lines: of("--st-border-color-light"),
    font: computed.fontFamily,
    type: Number(of("--pcae-type")) || 1,
    colors,
    inks: colors.map(inkOf),
    textInk: inkOf(text),
  };
}
