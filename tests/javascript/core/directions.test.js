/** Directions and angles are those of NumPy, for every form of network. */

import { equal } from "node:assert/strict";
import { jacobian, largestAngle } from "../../../pcae/browser/core/directions.js";
import { Autoencoder } from "../../../pcae/browser/core/numerics.js";
import { assertClose, CONFIG, reference, row } from "../reference.js";

/** @import { RunConfig, Tensor, Tensors } from "../../../pcae/browser/types.d.ts" */

const { arrays } = await reference("directions");
const { arrays: numerics } = await reference("numerics");
const { arrays: digits } = await reference("digits");
const image = row(digits.images, 0).map((v) => v / 255);
/** @param {Tensor} of @param {number} [count] */
const rows = (of, count = of.shape[0]) => Array.from({ length: count }, (_, i) => row(of, i));
const angle = (/** @type {string} */ name) => arrays[`${name}.angle`].data[0];

/** @param {RunConfig} config @param {Tensors} weights */
function jacobianOf(config, weights) {
  const model = new Autoencoder(config);
  model.take("encoder", weights);
  model.take("decoder", weights);
  if (!model.decoder) throw new Error("there is no decoder");
  return jacobian(model.decoder, model.encode(image));
}

for (const activation of /** @type {const} */ (["elu", "relu", "gelu", "tanh", "sigmoid"])) {
  for (const layer_norm of [false, true]) {
    for (const output of /** @type {const} */ (["sigmoid", "linear"])) {
      const name = `${activation}.${layer_norm ? "norm" : "plain"}.${output}`;
      Deno.test(`the directions of a network of ${name} agree with NumPy`, () => {
        const found = jacobianOf({ ...CONFIG, activation, layer_norm, output }, numerics);
        rows(arrays[name]).forEach((wanted, i) => assertClose(found[i], wanted));
        const wanted = arrays[`${name}.angle`]?.data ?? [90]; // it has lost a direction
        assertClose([largestAngle(found, rows(numerics.components, 2))], wanted, 1e-4);
      });
    }
  }
}

Deno.test("those of a deep network do, too", () => {
  const own = Object.entries(numerics).filter(([key]) => key.startsWith("deep/"));
  const weights = Object.fromEntries(own.map(([key, of]) => [key.slice(5), of]));
  const config = { ...CONFIG, k: 3, hidden: [7, 5], layer_norm: true };
  const found = jacobianOf(config, weights);
  rows(arrays.deep).forEach((wanted, i) => assertClose(found[i], wanted));
  assertClose([largestAngle(found, rows(numerics.components, 3))], [angle("deep")], 1e-4);
});

Deno.test("small angles and those of lines are as exact as large ones of planes", () => {
  const turned = rows(arrays.turned);
  assertClose([largestAngle(turned, rows(numerics.components, 3))], [angle("turned")], 1e-6);
  assertClose([largestAngle(turned.slice(0, 1), [image])], [angle("one")], 1e-4);
});

Deno.test("a plane is not turned from itself, and one that lacks a direction is turned by all", () => {
  const plane = [[1, 0, 0], [0, 1, 0]];
  equal(largestAngle(plane, [[1, 1, 0], [1, -1, 0]]) < 1e-6, true);
  equal(largestAngle(plane, [[1, 0, 0], [2, 0, 0]]), 90);
  equal(largestAngle([[1, 0, 0], [0, 0, 0]], plane), 90);
});
