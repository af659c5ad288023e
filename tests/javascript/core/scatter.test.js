/** A plane's edges and the numbers at its axes. */

import { deepStrictEqual, ok } from "node:assert/strict";
import { range, ticks } from "../../../pcae/browser/core/scatter.js";

Deno.test("numbers at an axis are round, within it, and about six", () => {
  deepStrictEqual(ticks([-3, 3]), [-3, -2, -1, 0, 1, 2, 3]);
  deepStrictEqual(ticks([0, 10]), [0, 2, 4, 6, 8, 10]);
  deepStrictEqual(ticks([101, 109]), [102, 104, 106, 108]);
  for (const length of [0.0013, 0.7, 1, 5.9, 44, 1e6]) {
    const found = ticks([-length / 3, length]);
    ok(found.length >= 3 && found.length <= 9, `${found.length} for ${length}`);
    ok(found.every((value) => value >= -length / 3 && value <= length));
  }
});

Deno.test("a few that lie far out do not stretch the plane", () => {
  const values = Float32Array.from({ length: 2000 }, (_, i) => i / 2000);
  values[7] = 1000;
  values[8] = NaN;
  const [low, high] = range(values);
  ok(low > -0.07 && low < 0 && high > 1 && high < 1.07);
});

Deno.test("equal values have room on both sides", () => {
  deepStrictEqual(range(Float32Array.of(2, 2, 2)), [1, 3]);
});
