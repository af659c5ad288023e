/** The digits of the reference files under its networks of three codes. */

import { World } from "../../pcae/browser/core/world.js";
import { CONFIG, reference, row } from "./reference.js";

/** @import { RunConfig } from "../../pcae/browser/types.d.ts" */

const { arrays } = await reference("numerics");
const digits = await reference("digits");
const HIDDEN = { shallow: [], deep: [7, 5] };
/** @param {ArrayLike<number>} of @param {number} width */
const padded = (of, width) => {
  const data = new Float32Array(44 * width);
  data.set(Array.from(of));
  return { data, shape: [44, width] };
};

/**
 * The 44 digits under a network of three codes; the test digits' images are here.
 *
 * @param {keyof typeof HIDDEN} name
 * @param {Partial<RunConfig>} other
 */
export function under(name, other = { code_order: "nested" }) {
  const config = { ...CONFIG, hidden: HIDDEN[name], k: 3, layer_norm: true, ...other };
  const about = { ...digits.about, config: JSON.stringify(config) };
  const scores = Array.from({ length: 4 }, (_, i) => [...row(arrays.scores, i).subarray(0, 2)]);
  const points = {
    labels: digits.arrays.labels,
    codes: padded(arrays[`${name}.codes`].data, 3),
    scores: padded(scores.flat(), 2),
    errors: { data: new Float32Array(44).fill(0.25), shape: [44] },
    passes: { data: new Int32Array(44).fill(7), shape: [44] },
  };
  const world = new World({ arrays: points, about }, {
    images: new Uint8Array(),
    there: new Set(),
  });
  const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${name}/`));
  const weights = Object.fromEntries(own.map(([key, of]) => [key.slice(name.length + 1), of]));
  world.take("pca", { arrays, about: {} });
  for (const part of /** @type {const} */ (["decoder", "encoder"])) {
    world.take(part, { arrays: weights, about: {} });
  }
  const { data } = digits.arrays.images;
  for (const [piece, from, to] of /** @type {const} */ ([["test/0", 0, 3], ["test/1", 3, 4]])) {
    const images = { data: data.slice(from * 12, to * 12), shape: [to - from, 12] };
    world.take(piece, { arrays: { images }, about: {} });
  }
  return world;
}
