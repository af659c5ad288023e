/**
 * What PCA leaves of the open network's digits, and what networks leave of them with the first of
 * their ordered codes, taken between frames; the former is kept for the next page.
 */

import { Leftover } from "../core/leftover.js";
import { fullOf } from "../core/numerics.js";

/** @import { World } from "../core/world.js" */
/** @import { Addresses } from "../types.d.ts" */
/** @typedef {{ images: ArrayLike<number>, pixels: ArrayLike<number> }} Errors of each, and at each */

const SLICE_MS = 12; // of a frame; the rest of it is the page's

/** @type {{ name: string, left: Leftover } | undefined} */
let kept;
/** By how many codes. @type {WeakMap<World, Map<number, Errors>>} */
const ofFewer = new WeakMap();

/**
 * What PCA leaves of a world's digits, whose images and components have to be here.
 *
 * @param {World} world
 * @param {Addresses} addresses
 */
export function leftoverOf(world, { digits, pca }) {
  const name = `${digits} ${pca}`;
  if (kept?.name !== name) kept = { name, left: new Leftover(world.pca, world.images) };
  return kept.left;
}

/**
 * Take components until there are k, a few a frame; whether that was not given up.
 *
 * @param {Leftover} left
 * @param {number} k
 * @param {() => boolean} over - whether to give up.
 */
export async function takeUpTo(left, k, over) {
  let begun = performance.now();
  while (left.count < k && !over()) {
    left.take();
    if (performance.now() - begun < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve)); // frames stop in a tab that is not seen
    begun = performance.now();
  }
  return !over();
}

/**
 * A network's errors over all test digits with the k codes that are asked for, once they are known.
 *
 * @param {World} world
 * @param {number} k
 * @returns {Errors | undefined}
 */
export function errorsKnown(world, k) {
  const { errors: images = [], pixels = [] } = world;
  return world.kept(k) === world.k ? { images, pixels } : ofFewer.get(world)?.get(world.kept(k));
}

/**
 * The same, decoded a few a frame from the images and the decoder, where they are not known; nothing
 * if that was given up.
 *
 * @param {World} world
 * @param {number} k
 * @param {() => boolean} over - whether to give up.
 * @returns {Promise<Errors | undefined>}
 */
export async function takeErrors(world, k, over) {
  const known = errorsKnown(world, k);
  if (known) return known;
  await world.want("decoder", ...world.pieces);
  const { images, inputs, tests, trained } = world;
  const full = fullOf(images);
  const found = { images: new Float64Array(tests), pixels: new Float64Array(inputs) };
  const picture = new Float32Array(inputs);
  let begun = performance.now();
  for (let i = 0; i < tests; i++) {
    trained.decode(world.cut(world.code(i), k), picture);
    for (let p = 0, at = i * inputs; p < inputs; p++, at++) {
      const square = (images[at] / full - picture[p]) ** 2;
      found.images[i] += square / inputs;
      found.pixels[p] += square / tests;
    }
    if (performance.now() - begun < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (over()) return undefined;
    begun = performance.now();
  }
  const all = ofFewer.get(world) ?? new Map();
  ofFewer.set(world, all.set(world.kept(k), found));
  return found;
}
