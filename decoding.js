/** What the decoders make of a point of a plane, and of the way from one to another. */

import { CODE_AT, PCA_AT } from "../core/both.js";

/** @import { World } from "../core/world.js" */
/** @import { Path, Place, State } from "./state.js" */

/**
 * Whether decoding a point of a plane needs more numbers than its two.
 *
 * @param {World} world
 * @param {Pick<State, "k">} state
 * @param {number} p
 */
export function hasOthers(world, { k }, p) {
  return world.k > 1 && (p === PCA_AT ? k : world.k) > 2;
}

/**
 * The scores or the code of a point of a plane; what it leaves open is the held digit's.
 *
 * @param {World} world
 * @param {Pick<State, "k" | "axes" | "held">} state
 * @param {Place} at
 */
export function full(world, state, { p, x, y }) {
  const [across, up] = state.axes[p];
  const most = Math.max(state.k, across + 1, up + 1);
  let values = new Float32Array(p === CODE_AT ? world.k : most);
  if (hasOthers(world, state, p)) {
    const { held } = state;
    if (p === CODE_AT) values = world.code(held);
    else values = world.pca.transform(world.image(held), values.length);
  }
  values[across] = x;
  if (world.k > 1) values[up] = y;
  return values;
}

/**
 * What a plane's own decoder makes of a point.
 *
 * @param {World} world
 * @param {Pick<State, "k" | "axes" | "held">} state
 * @param {Place} at
 */
export function decodeAlone(world, state, at) {
  const values = full(world, state, at);
  return at.p === PCA_AT ? world.pca.inverse(values) : world.network.decode(values);
}

/**
 * What both make of a point, and where that is in both planes.
 *
 * @param {World} world
 * @param {Pick<State, "k" | "axes" | "held">} state
 * @param {Place} at
 */
export function decode(world, state, at) {
  const axes = state.axes[1 - at.p];
  const values = full(world, state, at);
  const k = Math.max(state.k, ...axes.map((axis) => axis + 1));
  const inPca = at.p === PCA_AT;
  const shown = inPca ? world.showScores(values) : world.showCode(values, k);
  const found = "code" in shown ? shown.code : shown.scores;
  const twin = world.k > 1 ? axes.map((axis) => found[axis]) : null;
  const here = [at.x, at.y];
  return { pca: shown.pca, network: shown.network, places: inPca ? [here, twin] : [twin, here] };
}

/**
 * What both make of the straight way from one point to another, each in its own plane.
 *
 * @param {World} world
 * @param {Pick<State, "k" | "axes" | "held">} state
 * @param {Pick<Path, "from" | "to">} path
 * @returns {(t: number) => {pca: Float32Array, network: Float32Array}} at a share of the way.
 */
export function morph(world, state, { from, to }) {
  const ends = [from, to].map((at) => {
    const values = full(world, state, at);
    const image = decodeAlone(world, state, at);
    if (at.p === PCA_AT) return { scores: values, code: world.network.encode(image) };
    return { scores: world.pca.transform(image, state.k), code: values };
  });
  /** @param {"scores" | "code"} name @param {number} t */
  const mix = (name, t) => ends[0][name].map((v, j) => v + t * (ends[1][name][j] - v));
  return (t) => ({
    pca: world.pca.inverse(mix("scores", t)),
    network: world.network.decode(mix("code", t)),
  });
}

/**
 * The share of the way at a time: to the end and back, again and again.
 *
 * @param {number} ms - since the start.
 * @param {number} there - how many ms the way takes.
 */
export function toAndFro(ms, there) {
  const t = (Math.max(0, ms) / there) % 2;
  return t < 1 ? t : 2 - t;
}
