/** The numbers are those of NumPy, for every activation, output and layer norm. */

import { deepStrictEqual, equal, throws } from "node:assert/strict";
import {
  Autoencoder,
  fullOf,
  meanSquaredError,
  PCA,
  quantile,
  readSafetensors,
} from "../../../pcae/browser/core/numerics.js";
import { assertClose, CONFIG, packed, reference, row } from "../reference.js";

const { arrays } = await reference("numerics");
const { arrays: digits } = await reference("digits");
const IMAGES = Array.from({ length: 4 }, (_, i) => row(digits.images, i).map((v) => v / 255));
/** @type {(...of: [import("../../../pcae/browser/types.d.ts").RunConfig, import("../../../pcae/browser/types.d.ts").Tensors]) => Autoencoder} */
const trained = (config, weights) => {
  const model = new Autoencoder(config);
  model.take("encoder", weights);
  model.take("decoder", weights);
  return model;
};
const pca = new PCA(arrays.mean.data, arrays.components.data);

/** @type {import("../../../pcae/browser/types.d.ts").Activation[]} */
const ACTIVATIONS = ["elu", "relu", "gelu", "tanh", "sigmoid"];
/** @type {("sigmoid" | "linear")[]} */
const OUTPUTS = ["sigmoid", "linear"];
for (const activation of ACTIVATIONS) {
  for (const layer_norm of [false, true]) {
    const name = `${activation}.${layer_norm ? "norm" : "plain"}`;
    for (const output of OUTPUTS) {
      Deno.test(`a network of ${name} with ${output} output agrees with NumPy`, () => {
        const model = trained({ ...CONFIG, activation, layer_norm, output }, arrays);
        IMAGES.forEach((image, i) => {
          const code = row(arrays[`${name}.codes`], i);
          assertClose(model.encode(image), code);
          assertClose(model.decode(code), row(arrays[`${name}.${output}`], i));
        });
      });
    }
  }
}

for (const [name, hidden] of Object.entries({ shallow: [], deep: [7, 5] })) {
  Deno.test(`a ${name} network agrees with NumPy`, () => {
    const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${name}/`));
    const weights = Object.fromEntries(own.map(([key, of]) => [key.slice(name.length + 1), of]));
    const model = trained({ ...CONFIG, k: 3, hidden, layer_norm: true }, weights);
    IMAGES.forEach((image, i) => {
      const code = model.encode(image);
      assertClose(code, row(arrays[`${name}.codes`], i));
      assertClose(model.decode(code), row(arrays[`${name}.images`], i));
    });
  });
}

Deno.test("codes and images are written where it is asked for", () => {
  const model = trained(CONFIG, arrays);
  const [code, image] = [new Float32Array(2), new Float32Array(12)];
  equal(model.encode(IMAGES[0], code), code);
  equal(model.decode(code, image), image);
  assertClose(code, model.encode(IMAGES[0]));
});

Deno.test("weights that lack a layer are an error that names it", () => {
  const { "decoder.1.bias": _, ...few } = arrays;
  throws(() => trained(CONFIG, few), /the weights lack decoder\.1$/);
});

Deno.test("PCA agrees with NumPy, one image at a time and a column of many", () => {
  equal(pca.count, 12);
  IMAGES.forEach((image, i) => {
    const scores = row(arrays.scores, i);
    assertClose(pca.transform(image, 12), scores);
    assertClose(pca.inverse(scores.subarray(0, 3)), row(arrays.reduced, i));
    assertClose(pca.errors(image), row(arrays.errors, i));
  });
  const four = digits.images.data.subarray(0, 4 * 12);
  const [, width] = arrays.scores.shape;
  for (const component of [0, 5, 11]) {
    const scores = arrays.scores.data.filter((_, at) => at % width === component);
    assertClose(pca.column(four, component), scores);
    assertClose(pca.column(Float32Array.from(four, (v) => v / 255), component), scores);
  }
  assertClose(pca.spread(four), arrays.spread.data);
  assertClose(pca.spread(Float32Array.from(four, (v) => v / 255)), arrays.spread.data);
});

Deno.test("few components leave an error that more would take", () => {
  const few = new PCA(arrays.mean.data, arrays.components.data.subarray(0, 2 * 12));
  equal(few.count, 2);
  assertClose(few.errors(IMAGES[0]), row(arrays.errors, 0).subarray(0, 3));
});

Deno.test("rounding leaves no error below nothing", () => {
  const whole = new PCA(Float32Array.of(0), Float32Array.of(1.0000001));
  deepStrictEqual(Array.from(whole.errors(Float32Array.of(1))), [1, 0]);
});

Deno.test("16-bit floats are read as they are", () => {
  assertClose(arrays.halves.data, arrays["halves.whole"].data, 0);
  equal(Object.is(arrays.halves.data[1], -0), true);
  const file = packed({ a: { dtype: "F16", shape: [2], bytes: [0x01, 0x7e, 0x00, 0x80] } });
  const { data } = readSafetensors(file).arrays.a;
  deepStrictEqual(Array.from(data), [NaN, -0]);
});

Deno.test("safetensors are read with their shapes and what is said of them", () => {
  const file = packed({
    "a b": { dtype: "U8", shape: [2, 1], bytes: [7, 8] },
    i: { dtype: "I32", shape: [1], bytes: [255, 255, 255, 255] },
    none: { dtype: "F32", shape: [0, 3], bytes: [] },
  }, { words: "ä" });
  const { arrays: read, about } = readSafetensors(file);
  deepStrictEqual(about, { words: "ä" });
  deepStrictEqual(read["a b"], { data: Uint8Array.of(7, 8), shape: [2, 1] });
  deepStrictEqual(read.i, { data: Int32Array.of(-1), shape: [1] });
  deepStrictEqual(read.none, { data: new Float32Array(), shape: [0, 3] });
});

Deno.test("what is no whole file of ours is an error", () => {
  const whole = packed({ a: { dtype: "U8", shape: [4], bytes: [1, 2, 3, 4] } });
  throws(() => readSafetensors(whole.slice(0, -1)), /^Error: a is cut short$/);
  throws(() => readSafetensors(whole.slice(0, 20)));
  throws(() => readSafetensors(new ArrayBuffer(0)));
  const strange = packed({ a: { dtype: "F64", shape: [0], bytes: [] } });
  throws(() => readSafetensors(strange), /^Error: a is of the type F64$/);
});

Deno.test("the mean squared error is over the pixels", () => {
  equal(meanSquaredError(Float32Array.of(0, 1, 2, 3), Float32Array.of(0, 3, 2, 1)), 2);
});

Deno.test("a quantile is of the finite values", () => {
  equal(quantile([5, 1, 4, 2, 3], 0), 1);
  equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
  equal(quantile([5, 1, 4, 2, 3], 1), 5);
  equal(quantile([10, 9, NaN, Infinity], 0.6), 10);
  equal(quantile([], 0.5), 0);
});

Deno.test("bytes are full at 255, floats at 1", () => {
  equal(fullOf(new Uint8Array()), 255);
  equal(fullOf(new Float32Array()), 1);
});
