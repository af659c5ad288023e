/** PCA's errors at images and at pixels are those of NumPy, for every k. */

import { equal } from "node:assert/strict";
import { Leftover } from "../../../pcae/browser/core/leftover.js";
import { PCA } from "../../../pcae/browser/core/numerics.js";
import { assertClose, reference, row } from "../reference.js";

const { arrays } = await reference("numerics");
const { pixels } = (await reference("directions")).arrays;
const { images } = (await reference("digits")).arrays;
const pca = new PCA(arrays.mean.data, arrays.components.data);
const bytes = images.data.slice(0, 4 * 12);

for (const of of [bytes, Float32Array.from(bytes, (value) => value / 255)]) {
  Deno.test(`errors are those of NumPy, of ${of.constructor.name}`, () => {
    const left = new Leftover(pca, of);
    for (let k = 0; k <= 12; k++) {
      equal(left.count, k);
      const found = left.of(k);
      assertClose(found.images, [0, 1, 2, 3].map((i) => row(arrays.errors, i)[k]));
      assertClose(found.pixels, row(pixels, k));
      if (k < 12) left.take();
    }
    assertClose(left.of(3).pixels, row(pixels, 3));
  });
}
