/** Pictures read back by browsers that flip lowest bits. */

import { deepStrictEqual } from "node:assert/strict";
import { greyOf } from "../../../pcae/browser/core/readback.js";

/** Pixels of red, green, blue. @param {number[][]} pixels */
function rgba(pixels) {
  return Uint8ClampedArray.from(pixels.flatMap((of) => [...of, 255]));
}

/** Nine pixels of one colour but for the middle one. @param {number[]} one @param {number[]} other */
function nine(one, other) {
  return rgba(Array.from({ length: 9 }, (_, i) => i === 4 ? other : one));
}

Deno.test("a flipped channel of a grey pixel does not count, be it on an edge", () => {
  const edge = [[0, 0, 0], [90, 91, 90], [255, 255, 254], [1, 0, 0], [91, 91, 90], [254, 255, 255]];
  deepStrictEqual([...greyOf(rgba(edge), 3)], [0, 90, 255, 0, 91, 255]);
});

Deno.test("a pixel that is one level off is as those around it, also of a coloured picture", () => {
  deepStrictEqual(new Set(greyOf(nine([0, 0, 0], [1, 1, 0]), 3)), new Set([0]));
  deepStrictEqual(new Set(greyOf(nine([250, 240, 180], [250, 241, 180]), 3)), new Set([236]));
});

Deno.test("what was drawn stays, however faint", () => {
  const faint = greyOf(rgba([[0, 0, 0], [1, 1, 1], [1, 1, 1], [0, 0, 0], [2, 2, 2], [0, 0, 0]]), 3);
  deepStrictEqual([...faint], [0, 1, 1, 0, 2, 0]);
});
