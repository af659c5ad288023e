/**
 * Digits with noise, and what both methods make of them: the noise is that of
 * `pcae/methods/noise.py`, to 1e-5.
 */

import { mixed, STEP } from "./mulberry.js";
import { meanSquaredError } from "./numerics.js";

/** @import { Values } from "../types.d.ts" */
/** @import { Part } from "./parts.js" */
/** @import { Shown } from "./told.js" */
/** @import { World } from "./world.js" */
/** @typedef {keyof typeof NOISES} Noise */

/** What is done to a digit, as the form on Train calls it. */
export const NOISES = { none: "none", masking: "masking 0.3", gaussian: "Gaussian 0.3" };
const MASKED = 0.3;
const DEVIATION = 0.3;

/**
 * A digit (p) with noise.
 *
 * @param {Exclude<Noise, "none">} kind
 * @param {Values} image
 * @param {number} number - among those of its split.
 */
export function noisy(kind, image, number) {
  const { length } = image;
  const before = number * (length + length % 2);
  const draw = (/** @type {number} */ at) =>
    (mixed(Math.imul(before + at + 1, STEP)) >>> 8) / 2 ** 24;
  if (kind === "masking") return Float32Array.from(image, (v, p) => draw(p) < MASKED ? 0 : v);
  const found = Float32Array.from(image);
  for (let p = 0; p < length; p += 2) { // two at once (Box & Muller 1958)
    const far = DEVIATION * Math.sqrt(-2 * Math.log(1 - draw(p)));
    const turn = 2 * Math.PI * draw(p + 1);
    found[p] += far * Math.cos(turn);
    if (p + 1 < length) found[p + 1] += far * Math.sin(turn);
  }
  return found;
}

/**
 * What has to be here for a digit's pictures with this noise.
 *
 * @param {World} world
 * @param {number} i
 * @param {Noise} noise
 * @returns {Part[]}
 */
export function partsWith(world, i, noise) {
  const parts = world.partsOf(i);
  return noise === "none" || !world.network ? parts : [...parts, "encoder"];
}

/**
 * What both make of a digit that they see with noise, measured against it without; the rest as
 * `World.show` says.
 *
 * @param {World} world
 * @param {number} i
 * @param {number} k
 * @param {Noise} noise
 * @returns {Shown}
 */
export function showWith(world, i, k, noise) {
  if (noise === "none") return world.show(i, k);
  const original = world.image(i);
  const codes = world.ordered ? { codes: world.kept(k) } : {};
  if (!original) return { noise, ...codes };
  const seen = noisy(noise, original, world.numberOf(i));
  const pca = world.has("pca") ? world.pca.inverse(world.pca.transform(seen, k)) : undefined;
  const network = world.has("encoder") && world.has("decoder")
    ? world.trained.decode(world.cut(world.trained.encode(seen), k))
    : undefined;
  return {
    noise,
    ...codes,
    original,
    noisy: seen,
    pca,
    network,
    noisyError: meanSquaredError(original, seen),
    pcaError: pca && meanSquaredError(original, pca),
    networkError: network && meanSquaredError(original, network),
  };
}
