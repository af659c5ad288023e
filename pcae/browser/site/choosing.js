/**
 * Which digits Reconstructions shows: what its address says, and the digits that are meant; and those
 * of Components.
 */

import { mixed, STEP } from "../core/mulberry.js";
import { asText, readHeld, within, writeHeld } from "./held.js";

/** @import { Widget } from "./held.js" */

/**
 * What the page's controls show.
 *
 * @typedef {Object} State
 * @property {string} which
 * @property {number | null} label - a class; null for all.
 * @property {number} n
 * @property {number} k - of PCA.
 * @property {boolean} differences
 * @property {number} draw - which of the random draws.
 */

/**
 * What the controls can show.
 *
 * @typedef {Object} Bounds
 * @property {number} classes - how many there are to tell apart.
 * @property {number} k - of the network.
 * @property {number} mostK
 */

const [LABELS, MOST_DIGITS] = [[0, 1, 2, 7], 4]; // of Components
export const [MOST, DRAWS] = [40, 1000];
const WHICH = ["First", "One per class", "Random", "Worst", "Best"];
/** The sign by which a gain comes first. @type {Record<string, number>} */
export const GAINS = { "Autoencoder gains": 1, "PCA gains": -1 };
export const BY_ERROR = ["Worst", "Best", ...Object.keys(GAINS)];
/** @type {Record<string, "selected" | "pinned">} */
const FROM_EXPLORE = { "Selected in Explore": "selected", "Pinned in Explore": "pinned" };
export const ALL = [...WHICH, ...Object.keys(GAINS), ...Object.keys(FROM_EXPLORE)];

/**
 * @param {Bounds} bounds
 * @returns {Record<string, Widget>}
 */
function widgets({ classes, k, mostK }) {
  return {
    which: [ALL[0], ALL],
    class: ["", classes ? within(0, classes - 1) : []],
    how_many: ["10", within(1, MOST)],
    [`pca_k_${k}`]: [String(k), within(1, mostK)],
    differences: [asText(false), [asText(true)]],
    draw: ["0", within(1, DRAWS - 1)],
  };
}

/**
 * What an address says, and the names of what it says in vain; a k beside a network of another is
 * let be.
 *
 * @param {Record<string, string>} query
 * @param {Bounds} bounds
 * @returns {{ state: State, wrong: string[] }}
 */
export function readState(query, bounds) {
  const name = `pca_k_${bounds.k}`;
  const ours = Object.entries(query).filter(([of]) => of === name || !/^pca_k_\d+$/.test(of));
  const { values, wrong } = readHeld(Object.fromEntries(ours), widgets(bounds));
  const state = {
    which: values.which,
    label: values.class ? Number(values.class) : null,
    n: Number(values.how_many),
    k: Number(values[name]),
    differences: values.differences === asText(true),
    draw: Number(values.draw),
  };
  return { state, wrong };
}

/**
 * What an address says of a state: what is not usual.
 *
 * @param {State} state
 * @param {Bounds} bounds
 */
export function queryOf({ which, label, n, k, differences, draw }, bounds) {
  const values = {
    which,
    class: String(label ?? ""),
    how_many: String(n),
    [`pca_k_${bounds.k}`]: String(k),
    differences: asText(differences),
    draw: String(draw),
  };
  return writeHeld(values, widgets(bounds));
}

/**
 * What is known of the test digits for a choice among them.
 *
 * @typedef {Object} Known
 * @property {ArrayLike<number>} labels
 * @property {number} classes
 * @property {ArrayLike<number>} errors - the network's, a digit each.
 * @property {ArrayLike<number>} [byPca] - PCA's; for gains.
 * @property {Record<"selected" | "pinned", number[]>} explored
 */

/**
 * Indices of at most n test digits, of one class or of all.
 *
 * @param {State} state
 * @param {Known} known
 */
export function choose({ which, label, n, draw }, { labels, classes, errors, byPca, explored }) {
  const there = [...Array(labels.length).keys()].filter((i) =>
    label === null || labels[i] === label
  );
  if (which === "First") return there.slice(0, n);
  if (which === "Random") return shuffled(there, draw).slice(0, n);
  if (which === "One per class") {
    const firsts = [...Array(classes).keys()].map((of) => there.find((i) => labels[i] === of));
    return firsts.filter((i) => i !== undefined).sort((a, b) => a - b);
  }
  if (which in FROM_EXPLORE) {
    const kept = new Set(there);
    return explored[FROM_EXPLORE[which]].filter((i) => kept.has(i)).slice(0, n);
  }
  const sign = GAINS[which];
  const value = (/** @type {number} */ i) =>
    sign ? sign * (errors[i] - (byPca?.[i] ?? 0)) : errors[i];
  const order = there.sort((a, b) => value(a) - value(b));
  return which === "Worst" ? order.reverse().slice(0, n) : order.slice(0, n);
}

/**
 * The same numbers in an order of chance: for a seed always the same, which is not NumPy's.
 *
 * @param {number[]} numbers
 * @param {number} seed
 */
function shuffled(numbers, seed) {
  const found = numbers.slice();
  let state = seed;
  const draw = () => {
    state = (state + STEP) | 0;
    return mixed(state) / 2 ** 32;
  };
  for (let last = found.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [found[last], found[other]] = [found[other], found[last]];
  }
  return found;
}

/**
 * The test digits at whose codes to look: those pinned in Explore, else one of some classes.
 *
 * @param {{ tests: number, labels: ArrayLike<number> }} world
 * @param {number[]} pinned
 */
export function digitsOf({ tests, labels }, pinned) {
  const known = pinned.filter((i) => i < tests);
  const firsts = LABELS.map((label) => Array.from(labels).indexOf(label)).filter((i) => i >= 0);
  return (known.length ? known : firsts).slice(0, MOST_DIGITS);
}
