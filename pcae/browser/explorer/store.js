/** One store of what a visitor has set: whatever shows some of it hears of every change. */

/** @typedef {import("./state.js").State} State */
/** @typedef {(now: State, before: State) => void} Listener */

export class Store {
  #state;
  /** @type {Set<Listener>} */
  #listeners = new Set();

  /** @param {State} state */
  constructor(state) {
    this.#state = state;
  }

  get() {
    return this.#state;
  }

  /** Change some of it, and tell those who listen, in the order in which they came; once. */
  set(/** @type {Partial<State>} */ change) {
    const before = this.#state;
    const now = { ...before, ...change };
    if (!differs(now, before, /** @type {(keyof State)[]} */ (Object.keys(change)))) return;
    this.#state = now;
    for (const listener of [...this.#listeners]) listener(now, before);
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
