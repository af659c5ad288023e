/** What the explorer's views share: the store, what is shown, and how the page looks. */

import { element } from "../core/element.js";
import { inkOf } from "../core/pictures.js";
import { themeOf } from "../core/theme.js";

/** @import { Life } from "../core/living.js" */
/** @import { World } from "../core/world.js" */
/** @import { State } from "./state.js" */
/** @import { Store } from "./store.js" */
const SETTLE_MS = 120; // after the last of many changes

export class Scene {
  /**
   * @param {Store} store
   * @param {Life} life
   * @param {World} world
   * @param {HTMLElement} root
   */
  constructor(store, life, world, root) {
    this.store = store;
    this.life = life;
    this.world = world;
    this.root = root;
    /** What the pointer and the keyboard are over. */
    this.stage = element("div", { className: "pcae-x-stage", role: "application", tabIndex: 0 });
    this.theme = this.look();
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** How the page looks now, and its colours for pixels. */
  look() {
    const theme = themeOf(this.root, this.world.classes.length);
    return { ...theme, inks: theme.colors.map(inkOf), textInk: inkOf(theme.text) };
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
