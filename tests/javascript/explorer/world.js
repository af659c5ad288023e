/** A world as far as the state and its link ask of it: MNIST under a network of two codes. */

/** @import { World } from "../../../pcae/browser/core/world.js" */

/**
 * @param {Object} [other] - what is another.
 * @returns {World}
 */
export function aWorld(other = {}) {
  const world = {
    tests: 10_000,
    everything: 70_000,
    size: 10_000,
    k: 2,
    classes: Array.from({ length: 10 }, (_, label) => String(label)),
    components: 100,
    measures: new Map(),
    among: (/** @type {number} */ n) => n,
    ...other,
  };
  return /** @type {World} */ (/** @type {unknown} */ (world));
}
