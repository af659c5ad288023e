/** Pictures among the points keep their form, and none lies over another. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { scaled, spread } from "../../../pcae/browser/core/pictures.js";

Deno.test("a picture's longer side is as long as asked for, and no side is nothing", () => {
  deepStrictEqual(scaled([28, 28]), [28, 28]);
  deepStrictEqual(scaled([8, 8], 14), [14, 14]);
  deepStrictEqual(scaled([9, 7], 18), [18, 14]);
  deepStrictEqual(scaled([1, 64], 20), [1, 20]);
});

Deno.test("of pictures that would overlap the first is kept", () => {
  /** @type {([number, number] | null)[]} */
  const places = [[5, 5], [14, 5], [15, 5], null, [5, 15], [-6, 5]];
  const place = (/** @type {number} */ i) => places[i];
  const kept = spread([0, 1, 2, 3, 4, 5], place, 10);
  deepStrictEqual(kept, [{ i: 0, x: 5, y: 5 }, { i: 2, x: 15, y: 5 }, { i: 4, x: 5, y: 15 }, {
    i: 5,
    x: -6,
    y: 5,
  }]);
  deepStrictEqual(spread([1, 0], place, 10).map(({ i }) => i), [1]);
});

Deno.test("no two of a thousand pictures overlap, and none more has room", () => {
  const at = (/** @type {number} */ i) => (i * 2654435761 % 4096) / 8;
  /** @type {(i: number) => [number, number]} */
  const place = (i) => [at(i), at(i + 5000)];
  const kept = spread(Array(1000).keys(), place, 28);
  /** @type {(a: number[], b: number[]) => boolean} */
  const overlap = (a, b) => Math.abs(a[0] - b[0]) < 28 && Math.abs(a[1] - b[1]) < 28;
  for (let i = 0; i < 1000; i++) {
    const over = kept.filter(({ x, y }) => overlap(place(i), [x, y]));
    if (kept.some((point) => point.i === i)) equal(over.length, 1);
    else ok(over.length > 0);
  }
});
