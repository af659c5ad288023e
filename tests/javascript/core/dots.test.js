/** Dots, blended into a canvas's pixels. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { Dots } from "../../../pcae/browser/core/dots.js";

class Picture {
  constructor(/** @type {number} */ width, /** @type {number} */ height) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
Object.assign(globalThis, { ImageData: Picture });

/** Dots on a canvas that keeps nothing but its size. */
function dots() {
  const context = { putImageData() {} };
  const canvas = { width: 0, height: 0, style: {}, getContext: () => context };
  return new Dots(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (canvas)));
}

/** Draw points of a plane of 20 by 10 pixels, from 0 to 1 both ways. */
function drawn(/** @type {number[][]} */ points, some = {}) {
  const made = dots();
  const at = [0, 1].map((d) => Float32Array.from(points, (point) => point[d]));
  const order = points.map((_, i) => i);
  const group = { order, radius: 2, opacity: 1, inkOf: () => 0x0000ff, ...some };
  made.draw({ left: 0, top: 0, width: 20, height: 10 }, [[0, 1], [0, 1]], at, [group]);
  const pixel = (/** @type {number} */ x, /** @type {number} */ y) =>
    Array.from(made.picture.data.slice(4 * (20 * y + x), 4 * (20 * y + x) + 4));
  const alphas = made.picture.data.filter((_, place) => place % 4 === 3);
  return { pixel, area: alphas.reduce((sum, alpha) => sum + alpha / 255, 0) };
}

Deno.test("a dot is a disc of its radius, wherever it is within a pixel", () => {
  for (const point of [[0.5, 0.5], [0.513, 0.52], [0.537, 0.57]]) {
    const { pixel, area } = drawn([point]);
    ok(Math.abs(area - 4 * Math.PI) < 0.5, `${area}`);
    deepStrictEqual(pixel(10, 4), [255, 0, 0, 255]);
  }
});

Deno.test("what lies beyond the edges or nowhere is not drawn, and edges cut", () => {
  equal(drawn([[1.2, 0.5], [0.5, -3], [NaN, 0.5], [0.5, NaN]]).area, 0);
  const { area } = drawn([[0, 0.5]]);
  ok(area > 5 && area < 9, `${area}`);
});

Deno.test("dots that lie over each other blend as a canvas does it", () => {
  const inkOf = (/** @type {number} */ i) => i ? 0xff0000 : 0x0000ff;
  const { pixel } = drawn([[0.5, 0.5], [0.5, 0.5]], { opacity: 0.5, inkOf });
  const [red, green, blue, alpha] = pixel(10, 4);
  equal(green, 0);
  ok(Math.abs(alpha - 191) <= 1 && Math.abs(blue - 170) <= 2 && Math.abs(red - 85) <= 2);
});
