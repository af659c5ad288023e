/** Codes at any moment between those that were kept. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { Frames } from "../../../pcae/browser/explorer/timeline.js";

const world = { tests: 3, k: 2 };
const codes = (/** @type {number[]} */ ...data) => ({
  data: Float32Array.from(data),
  shape: [data.length / 2, 2],
});
const whole = {
  "5": codes(4, 8, 4, 8, 4, 8),
  "0.5": codes(2, 0),
  "0": codes(0, 0, 0, 0, 0, 0),
  "1": codes(3, 3, 1, 1, 1, 1),
};

Deno.test("moments are in the order of their epochs, which are named", () => {
  const frames = new Frames(whole, world);
  equal(frames.last, 3);
  deepStrictEqual([0, 1, 1.6, 3].map((moment) => frames.name(moment)), ["0", "0.5", "1", "5"]);
  equal(new Frames({ "0.123456": codes(1, 1) }, world).name(0), "0.12");
  equal(frames.part, "");
});

Deno.test("between two moments a digit is on the straight way from one to the other", () => {
  const frames = new Frames(whole, world);
  const out = new Float32Array(3);
  frames.write(2.5, 1, out);
  deepStrictEqual([...out], [5.5, 4.5, 4.5]);
  frames.write(0, 0, out);
  deepStrictEqual([...out], [0, 0, 0]);
});

Deno.test("digits that a moment lacks go from the last moment with all to the next, by epochs", () => {
  const frames = new Frames(whole, world);
  const out = new Float32Array(3);
  frames.write(1, 0, out); // epoch 0.5, with the first digit alone: half of epoch 1
  deepStrictEqual([...out], [2, 0.5, 0.5]);
  frames.write(1.5, 0, out);
  deepStrictEqual([...out], [2.5, 0.75, 0.75]);
});

Deno.test("where no moment has all digits, the others are nowhere and that is said", () => {
  const frames = new Frames({ "0": codes(0, 0, 1, 1), "1": codes(2, 2, 3, 3) }, world);
  const out = new Float32Array(3);
  frames.write(0.5, 0, out);
  deepStrictEqual([...out.subarray(0, 2)], [1, 2]);
  ok(Number.isNaN(out[2]));
  equal(frames.part, ", first 2 digits");
});
