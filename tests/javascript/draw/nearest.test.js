/** Neighbours that are found in the browser. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { nearest, nearestTests } from "../../../pcae/browser/draw/nearest.js";

/** @import { World } from "../../../pcae/browser/core/world.js" */

Deno.test("the nearest come first, by the distance in all numbers", () => {
  const across = Float32Array.from({ length: 20 }, (_, i) => i);
  const up = Float32Array.from({ length: 20 }, (_, i) => i === 5 ? 100 : 0);
  const { indices, distances } = nearest([across, up], Float32Array.of(5, 0));
  deepStrictEqual(indices, [4, 6, 3, 7, 2, 8, 1, 9]);
  deepStrictEqual(distances, [1, 1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("what is needed of the images is fetched, and no more", async () => {
  /** @type {string[]} */
  const wanted = [];
  const column = Float32Array.from({ length: 30 }, (_, i) => i);
  const world = /** @type {World} */ (/** @type {unknown} */ ({
    k: 2,
    inputs: 3,
    labels: Uint8Array.from(column, (i) => i % 10),
    needed: ["everything"],
    column: (/** @type {string} */ kind) => kind === "pca" ? column : column.toReversed(),
    pieceOf: (/** @type {number} */ i) => `test/${Math.floor(i / 10)}`,
    want: (/** @type {string[]} */ ...parts) => Promise.resolve(wanted.push(...parts)),
    image: (/** @type {number} */ i) => Float32Array.of(i, i, i),
  }));
  const found = await nearestTests(world, Float32Array.of(0, 0), Float32Array.of(0, 0));
  deepStrictEqual(wanted, ["test/0", "test/2"]);
  deepStrictEqual([...found["scores.indices"].data], [0, 1, 2, 3, 4, 5, 6, 7]);
  deepStrictEqual([...found["code.indices"].data], [29, 28, 27, 26, 25, 24, 23, 22]);
  deepStrictEqual([...found["code.labels"].data].slice(0, 3), [9, 8, 7]);
  deepStrictEqual([...found["code.images"].data].slice(0, 6), [29, 29, 29, 28, 28, 28]);
  equal(found["scores.distances"].data[1], Math.fround(Math.SQRT2));
});
