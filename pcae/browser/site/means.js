/** The digits' mean codes and scores, at which the numbers are held that a plane does not show. */

import { fullOf } from "../core/numerics.js";

/** @import { World } from "../core/world.js" */

/** @param {ArrayLike<number>} values */
export function mean(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The digits' mean scores on k components: of more than those that come with the points, the scores
 * of their mean image.
 *
 * @param {World} world
 * @param {number} k
 */
export function meansOf(world, k) {
  if (k <= 2) {
    return Float64Array.from({ length: k }, (_, number) => mean(world.column("pca", number)));
  }
  const { images, inputs } = world;
  const sums = new Float64Array(inputs);
  for (let at = 0; at < images.length; at++) sums[at % inputs] += images[at];
  const full = fullOf(images) * (images.length / inputs);
  return world.pca.transform(Float32Array.from(sums, (sum) => sum / full), k);
}
