/** What PCA leaves of the open network's digits, taken between frames and kept for the next page. */

import { Leftover } from "../core/leftover.js";

/** @import { World } from "../core/world.js" */
/** @import { Addresses } from "../types.d.ts" */

const SLICE_MS = 12; // of a frame; the rest of it is the page's

/** @type {{ name: string, left: Leftover } | undefined} */
let kept;

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
