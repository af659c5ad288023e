/** The test images nearest to a drawing, found in the browser: as a server finds training images. */

import { COUNT } from "./neighbours.js";

/** @import { Tensors, Values } from "../types.d.ts" */
/** @import { Kind, World } from "../core/world.js" */

const IN_POINTS = 2; // scores and numbers of a code

/**
 * The nearest by their scores and by their codes, nearest first; what is needed of the images is
 * fetched.
 *
 * @param {World} world
 * @param {Values} scores (k)
 * @param {Values} code (k)
 * @returns {Promise<Tensors>}
 */
export async function nearestTests(world, scores, code) {
  if (world.k > IN_POINTS) await world.want(...world.needed);
  const found = {
    scores: nearest(columns(world, "pca"), scores),
    code: nearest(columns(world, "code"), code),
  };
  const all = Object.values(found).flatMap(({ indices }) => indices);
  await world.want(...new Set(all.map((i) => world.pieceOf(i))));
  return Object.assign(
    {},
    ...Object.entries(found).map(([name, { indices, distances }]) => {
      const images = new Float32Array(indices.length * world.inputs);
      indices.forEach((i, at) => images.set(world.image(i) ?? [], at * world.inputs));
      const labels = Uint8Array.from(indices, (i) => world.labels[i]);
      const count = indices.length;
      return {
        [`${name}.indices`]: { data: Int32Array.from(indices), shape: [count] },
        [`${name}.distances`]: { data: Float32Array.from(distances), shape: [count] },
        [`${name}.images`]: { data: images, shape: [count, world.inputs] },
        [`${name}.labels`]: { data: labels, shape: [count] },
      };
    }),
  );
}

/**
 * @param {World} world
 * @param {Kind} kind
 */
function columns(world, kind) {
  return Array.from({ length: world.k }, (_, axis) => world.column(kind, axis));
}

/**
 * The rows nearest to a place, and how far they are.
 *
 * @param {Float32Array[]} columns of n numbers each
 * @param {Values} place
 */
export function nearest(columns, place) {
  const squares = new Float64Array(columns[0].length);
  columns.forEach((values, axis) => {
    for (let i = 0; i < squares.length; i++) squares[i] += (values[i] - place[axis]) ** 2;
  });
  const order = Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b] || a - b);
  const indices = order.slice(0, COUNT);
  return { indices, distances: indices.map((i) => Math.sqrt(squares[i])) };
}
