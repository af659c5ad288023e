/** Which digits Reconstructions shows: what its address says, and the digits that are meant. */

/** @import { SiteNetwork } from "../types.d.ts" */

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
 * @property {string[]} compare - the keys of other networks.
 */

/**
 * What a link of the page can say.
 *
 * @typedef {Object} Bounds
 * @property {number} classes - how many there are to tell apart.
 * @property {number} mostK
 * @property {SiteNetwork} network - the open one.
 * @property {SiteNetwork[]} others - of the same data.
 */

export const [MOST, DRAWS] = [40, 1000];
const WHICH = ["First", "One per class", "Random", "Worst", "Best"];
/** The sign by which a gain comes first. @type {Record<string, number>} */
export const GAINS = { "Autoencoder gains": 1, "PCA gains": -1 };
/** @type {Record<string, "selected" | "pinned">} */
export const FROM_EXPLORE = { "Selected in Explore": "selected", "Pinned in Explore": "pinned" };
export const ALL = [...WHICH, ...Object.keys(GAINS), ...Object.keys(FROM_EXPLORE)];

/**
 * What an address says, and the names of what it says in vain.
 *
 * @param {Record<string, string>} query
 * @param {Bounds} bounds
 * @returns {{ state: State, wrong: string[] }}
 */
export function readState(query, { classes, mostK, network, others }) {
  const { k } = network.config;
  /** @type {string[]} */
  const wrong = [];
  /** @type {<Value>(name: string, usual: Value, read: (text: string) => Value | undefined) => Value} */
  const value = (name, usual, read) => {
    const text = query[name];
    if (text === undefined) return usual;
    const found = read(text);
    if (found === undefined) wrong.push(name);
    return found ?? usual;
  };
  const within = (/** @type {number} */ least, /** @type {number} */ end) => {
    return (/** @type {string} */ text) => {
      const number = Number(text);
      return /^\d+$/.test(text) && number >= least && number < end ? number : undefined;
    };
  };
  const state = {
    which: value("which", ALL[0], (text) => ALL.find((name) => name === text)),
    label: value("class", /** @type {number | null} */ (null), within(0, classes)),
    n: value("how_many", 10, within(1, MOST + 1)),
    k: value(`pca_k_${k}`, k, within(1, mostK + 1)),
    differences: value("differences", false, (text) => text === "True" || undefined),
    draw: value("draw", 0, within(1, DRAWS)),
    compare: /** @type {string[]} */ ([]),
  };
  for (const text of query.compare?.split("|") ?? []) {
    const wanted = canonical(new URLSearchParams(text));
    const found = [network, ...others].find((of) => canonical(of.settings) === wanted);
    if (!found) wrong.push("compare (not on this site)");
    else if (found !== network) state.compare.push(found.key);
  }
  return { state, wrong };
}

/**
 * What an address says of a state: what is not usual.
 *
 * @param {State} state
 * @param {Bounds} bounds
 */
export function queryOf(state, { network, others }) {
  const { k } = network.config;
  /** @type {Record<string, string>} */
  const query = {};
  if (state.which !== ALL[0]) query.which = state.which;
  if (state.label !== null) query.class = String(state.label);
  if (state.n !== 10) query.how_many = String(state.n);
  if (state.k !== k) query[`pca_k_${k}`] = String(state.k);
  if (state.differences) query.differences = "True";
  if (state.draw) query.draw = String(state.draw);
  const networks = others.filter((of) => state.compare.includes(of.key));
  const texts = networks.map((of) => String(new URLSearchParams(of.settings)));
  if (texts.length) query.compare = texts.join("|");
  return query;
}

/** Settings as a text that is the same for the same. @param {URLSearchParams | Record<string, string>} settings */
function canonical(settings) {
  return JSON.stringify([...new URLSearchParams(settings)].sort());
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
  const draw = () => { // mulberry32 by T. Ettinger
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let last = found.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [found[last], found[other]] = [found[other], found[last]];
  }
  return found;
}
