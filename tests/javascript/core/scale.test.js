/** Colours of values and what is said of their ends. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { inWords, rising, saidOf } from "../../../pcae/browser/core/scale.js";

Deno.test("a scale is between what nearly all values are, and says what lies beyond", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => i / 100);
  values[0] = -500;
  deepStrictEqual(saidOf(values).words, ["≤ 0.1", "≥ 9.89"]);
  deepStrictEqual(saidOf(Float32Array.of(2, 2, 2)).words, ["2", "2"]);
  deepStrictEqual(saidOf(Float32Array.of(1, 4)).words, ["1", "4"]);
});

Deno.test("values are as exact as their span asks for", () => {
  equal(inWords(1013.256, 50), "1,013.3");
  equal(inWords(-0.00012345, 0.001), "−0.00012");
  equal(inWords(2e10, 1e10), "2.00e+10");
});

Deno.test("in both themes high values are those that stand out most", () => {
  equal(rising(false).at(-1), "#440154");
  equal(rising(true).at(-1), "#fde725");
});
