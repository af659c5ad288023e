/** What a state can be when a world is opened, and what of a visitor's state still fits it. */

import { PCA_AT } from "../core/both.js";

/** @import { World } from "../core/world.js" */
/** @import { Bounds, State } from "./state.js" */

const USUAL_MOST_K = 100;
const COUNTS = [1000, 2000, 5000, 10_000];

/**
 * @param {World} world
 * @param {boolean} timed - whether codes were kept during the training.
 * @returns {Bounds}
 */
export function boundsOf(world, timed) {
  const { tests, everything, k, pca } = world;
  const all = [...COUNTS.filter((n) => n < tests), tests, everything];
  return {
    tests,
    everything,
    // some of the test digits, all of them, or all there are
    counts: all.filter((n, at) => world.among(n) > world.among(all[at - 1] ?? 0)),
    k,
    mostK: Math.min(pca.count, Math.max(USUAL_MOST_K, k)),
    classes: world.classes.length,
    pictures: Boolean(world.shape),
    timed,
  };
}

/**
 * A state for these digits and this run: other digits make anew what was said of the last ones.
 *
 * @param {Readonly<State>} state
 * @param {Bounds} bounds
 * @param {{digits: string, run: string}} data - the addresses of what is opened.
 * @returns {State}
 */
export function fitted(state, { k }, { digits, run }) {
  /** @type {State} */
  let next = { ...state, moment: null, between: null, path: null };
  if (state.digits !== digits) {
    const none = { hidden: [], selected: [], pinned: [], held: 0 };
    next = { ...next, ...none, ranges: [null, null], digits };
  }
  if (state.run !== run) {
    const labels = k === 1 || state.k === 1; // up is the label, or was
    next = { ...next, ranges: [labels ? null : next.ranges[PCA_AT], null], run, k };
  }
  const [first, second] = next.axes.map((pair) => Math.max(...pair) < k);
  const usual = Math.min(1, k - 1);
  next.axes = [first ? next.axes[0] : [0, usual], second ? next.axes[1] : [0, usual]];
  next.solid &&= k === 3;
  return next;
}

/**
 * With as many digits as can be shown: as many as before, where these are the same codes.
 *
 * @param {Readonly<State>} state
 * @param {Bounds} bounds
 * @param {string | null} imported - what codes from elsewhere are called.
 * @returns {State}
 */
export function counted(state, { counts, tests }, imported) {
  const kept = counts.includes(state.count) && state.imported === imported;
  const usual = counts.findLast((n) => n <= tests) ?? counts[0];
  return { ...state, imported, count: kept ? state.count : usual };
}

/**
 * Without what this world cannot show.
 *
 * @param {Readonly<State>} state
 * @param {World} world
 * @returns {State}
 */
export function restricted(state, world) {
  const next = { ...state, k: Math.min(state.k, world.pca.count) };
  if (!world.shape) {
    const mode = state.mode === "path" ? "pan" : state.mode;
    Object.assign(next, { mode, pictures: false, manifold: false });
  }
  world.restrict(next);
  return next;
}
