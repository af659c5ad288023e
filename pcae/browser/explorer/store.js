/** One store of what a visitor has set: whatever shows some of it hears of every change. */

/** @import { State } from "./state.js" */
/** @typedef {(now: State, before: State) => void} Listener */

export class Store {
  #state;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {[now: State, before: State][]} */
  #untold = [];

  /** @param {State} state */
  constructor(state) {
    this.#state = state;
  }

  get() {
    return this.#state;
  }

  /**
   * Change some of it, and tell those who listen, in the order in which they came.
   *
   * What one of them sets is told once all have heard of what came before.
   *
   * @param {Partial<State>} change
   */
  set(change) {
    const before = this.#state;
    const now = { ...before, ...change };
    if (!differs(now, before, /** @type {(keyof State)[]} */ (Object.keys(change)))) return;
    this.#state = now;
    this.#untold.push([now, before]);
    if (this.#untold.length > 1) return; // those who are telling go on with it
    try {
      for (let told = 0; told < this.#untold.length; told++) {
        for (const listener of [...this.#listeners]) listener(...this.#untold[told]);
      }
    } finally {
      this.#untold = [];
    }
  }

  /** Begin with another state. Nobody is told: all is drawn anew. @param {State} state */
  put(state) {
    this.#state = state;
  }

  /** Be told of every change, until the function that this returns is called. */
  subscribe(/** @type {Listener} */ listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * Whether one of these is another than before.
 *
 * @param {State} now
 * @param {State} before
 * @param {readonly (keyof State)[]} names
 */
export function differs(now, before, names) {
  return names.some((name) => now[name] !== before[name]);
}
