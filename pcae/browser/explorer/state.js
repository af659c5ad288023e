/**
 * What a visitor has set: one store of plain values, which the address, the views and the next page
 * read. Whatever shows some of it subscribes; a control sets.
 */

export const MODES = { pan: "Move", select: "Box", lasso: "Lasso", path: "Path" };
export const COLOURS = { digit: "class", error: "error", better: "better of the two" };
/** What is shown or not, each a word of the address. */
export const TOGGLES = /** @type {const} */ (["pictures", "manifold", "solid"]);
/** Indices of digits that Python hears of, for the other pages. */
export const CHOSEN = /** @type {const} */ (["selected", "pinned"]);
export const MOST_PINS = 12;
const USUAL_MOST_K = 100;
const COUNTS = [1000, 2000, 5000, 10_000];
export const MOST_TESTS = 10_000; // digits, before it is known how many there are

/** @typedef {import("../core/world.js").World} World */
/** @typedef {[number, number]} Pair */
/** @typedef {{x: number, y: number, z: number}} Place3 */
/** @typedef {{eye: Place3, center: Place3, up?: Place3}} Camera of Plotly's */
/**
 * @typedef {Object} State plain values, so that it can be written as JSON
 * @property {number} count how many digits
 * @property {number} k of PCA's pictures
 * @property {[Pair, Pair]} axes by plane: the numbers across and up, from 0
 * @property {[[Pair, Pair] | null, [Pair, Pair] | null]} ranges by plane, across and up; null before
 *     the plane is drawn: the whole of it
 * @property {[Camera | null, Camera | null]} cameras by plane; null for Plotly's own
 * @property {keyof typeof COLOURS} colour
 * @property {keyof typeof MODES} mode what dragging does
 * @property {number[]} hidden labels, ascending
 * @property {boolean} pictures in the place of dots
 * @property {boolean} manifold the planes decoded behind the digits
 * @property {boolean} solid in three dimensions
 * @property {number[]} selected ascending indices
 * @property {number[]} pinned
 * @property {number} held the digit that was inspected last
 * @property {number | null} moment of the timeline, in its frames; null for its end
 */

/** What is set before anything is. @returns {State} */
export function fresh() {
  return {
    count: MOST_TESTS,
    k: 2,
    axes: [[0, 1], [0, 1]],
    ranges: [null, null],
    cameras: [null, null],
    colour: "digit",
    mode: "pan",
    hidden: [],
    pictures: false,
    manifold: false,
    solid: false,
    selected: [],
    pinned: [],
    held: 0,
    moment: null,
  };
}

/** What is usual for a world. @param {World} world @returns {State} */
export function usual(world) {
  return { ...fresh(), count: world.tests, k: world.k, axes: [firstAxes(world), firstAxes(world)] };
}

/** @param {World} world @returns {Pair} */
export function firstAxes(world) {
  return [0, Math.min(1, world.k - 1)];
}

/** The largest k of PCA's pictures. @param {World} world */
export function mostK({ k, pca }) {
  return Math.min(pca.count, Math.max(USUAL_MOST_K, k));
}

/**
 * How many digits can be shown: some of the test digits, all of them, or all there are.
 *
 * @param {World} world
 */
export function counts(world) {
  const { tests, everything } = world;
  const all = [...COUNTS.filter((n) => n < tests), tests, everything];
  return all.filter((n, at) => world.among(n) > world.among(all[at - 1] ?? 0));
}

/**
 * A state with what cannot be shown of a world let go.
 *
 * @param {State} state
 * @param {World} world
 * @returns {State}
 */
export function restricted(state, world) {
  const { held, count, mode, pictures, manifold, colour } = state;
  const drawn = Boolean(world.shape && world.network); // points between the digits
  return {
    ...state,
    held: held < count && world.knows(held)
      ? held
      : world.labels.findIndex((_, i) => world.knows(i)),
    mode: mode === "path" && !drawn ? "pan" : mode,
    pictures: pictures && Boolean(world.shape),
    manifold: manifold && drawn,
    colour: world.network ? colour : "digit",
  };
}

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

/**
 * The classes that are hidden once one was clicked: it is hidden or shown; after a double click it is
 * shown alone, or all are where it was alone already.
 *
 * @param {number[]} hidden
 * @param {number} label
 * @param {number[]} others all other labels, for a double click
 * @param {number[]} first what was hidden before the first click of the two
 */
export function hiddenAfter(hidden, label, others = [], first = []) {
  if (others.length) {
    const alone = !first.includes(label) && others.every((other) => first.includes(other));
    return alone ? [] : others;
  }
  const without = hidden.filter((other) => other !== label);
  return without.length < hidden.length ? without : [...hidden, label].sort((a, b) => a - b);
}
