/** Limits of small planes. */

import { deepStrictEqual } from "node:assert/strict";
import { limits } from "../../../pcae/browser/share/plane.js";

Deno.test("the limits hold every frame, and what is no number moves none", () => {
  const frames = [Float32Array.of(0, 5, 10, 5), Float32Array.of(-90, NaN, 3, Infinity)];
  deepStrictEqual(limits(frames, 0), [-94, 14]);
  deepStrictEqual(limits(frames, 1), [4, 6]);
  deepStrictEqual(limits([Float32Array.of(NaN, NaN)], 0), [0, 1]);
});
