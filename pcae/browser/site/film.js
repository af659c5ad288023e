/** The way from digit A to digit B as rows of pictures: in the pixels, and by each method. */

import { between } from "../core/latent.js";
import { panel } from "./rows.js";

/** @import { World } from "../core/world.js" */
/** @import { Row } from "./rows.js" */

export const STEPS = 11;
const PICTURE = 92; // pixels

/**
 * @typedef {Object} Way of a method
 * @property {string} title
 * @property {string} kind
 * @property {Float32Array[]} codes
 * @property {(code: Float32Array) => Float32Array} decode
 */

/**
 * The rows, once all of it is here; null before.
 *
 * @param {World} world - of pictures.
 * @param {[a: number, b: number]} pair
 * @param {Way[]} ways
 */
export function film(world, pair, ways) {
  const { k, inputs, shape, labelled, classes, labels } = world;
  const [a, b] = pair.map((i) => world.image(i));
  if (!a || !b || !shape) return null;
  /** @type {Row[]} */
  const rows = [
    { title: "Pixels", images: between(a, b, STEPS), subtitle: `all ${inputs}` },
    ...ways.map(({ title, kind, codes, decode }) => ({
      title,
      images: codes.map(decode),
      subtitle: `${k} ${kind}${k > 1 ? "s" : ""}`,
    })),
  ];
  const ends = pair.map((i, d) => "AB"[d] + (labelled ? `: ${classes[labels[i]]}` : ""));
  const shares = Array.from(
    { length: STEPS - 2 },
    (_, step) => `${Math.round(100 * (step + 1) / (STEPS - 1))}%`,
  );
  return panel(rows, PICTURE, shape, [ends[0], ...shares, ends[1]]);
}

/** What the film shows. @param {string} noun */
export function wayOf(noun) {
  return `Equal steps on the straight line from ${noun} A to ${noun} B, which the planes show too. ` +
    `In the pixels one ${noun} fades while the other appears. PCA is linear: its row fades just so ` +
    "from one reconstruction to the other. The autoencoder draws at every step, as well as it " +
    `can, a ${noun} of a class that lies on the way.`;
}
