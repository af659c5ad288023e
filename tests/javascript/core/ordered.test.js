/** Ordered codes reconstruct with their first numbers, as NumPy has it; what is said of them. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { meanSquaredError } from "../../../pcae/browser/core/numerics.js";
import { first, keptOf } from "../../../pcae/browser/core/ordered.js";
import { assertClose, CONFIG, reference, row } from "../reference.js";
import { under } from "../under.js";

const { arrays } = await reference("numerics");

Deno.test("a code is cut to its first numbers as NumPy cuts it, and stays as it is", () => {
  const codes = arrays["deep.codes"];
  for (const kept of [1, 2]) {
    for (let i = 0; i < 4; i++) {
      deepStrictEqual(first(row(codes, i), kept), row(arrays[`deep.first${kept}`], i));
    }
  }
  const code = row(codes, 0);
  deepStrictEqual(first(code, 3), code);
  first(code, 1);
  deepStrictEqual(code, row(codes, 0));
});

Deno.test("k takes codes of a network whose codes are ordered, and of no other", () => {
  const config = { ...CONFIG, k: 3 };
  deepStrictEqual([1, 2, 3, 9].map((k) => keptOf({ ...config, code_order: "nested" }, k)), [
    1,
    2,
    3,
    3,
  ]);
  for (const other of [{}, { code_order: /** @type {const} */ ("none") }]) {
    deepStrictEqual([1, 3, 9].map((k) => keptOf({ ...config, ...other }, k)), [3, 3, 3]);
  }
});

for (const name of /** @type {const} */ (["shallow", "deep"])) {
  Deno.test(`a ${name} network reconstructs with its first codes as NumPy does`, () => {
    const world = under(name);
    for (let i = 0; i < 4; i++) {
      for (const k of [1, 2]) {
        const { network, codes } = world.show(i, k);
        assertClose(network ?? [], row(arrays[`${name}.first${k}.images`], i));
        equal(codes, k);
      }
      for (const k of [3, 9]) {
        const { network, codes, networkError, passes } = world.show(i, k);
        assertClose(network ?? [], row(arrays[`${name}.images`], i));
        deepStrictEqual([codes, networkError, passes], [3, 0.25, 7]);
      }
    }
  });
}

Deno.test("of fewer codes the error is that of the picture, and PCA's k that of this error", () => {
  const world = under("deep");
  for (let i = 0; i < 4; i++) {
    const { original = [], network = [], networkError = NaN, passes } = world.show(i, 2);
    const error = meanSquaredError(Float32Array.from(original), Float32Array.from(network));
    equal(networkError, error);
    const byPca = Array.from({ length: 13 }, (_, k) => world.show(i, k).pcaError ?? NaN);
    equal(passes, byPca.findIndex((of) => of <= error));
  }
});

Deno.test("it is said with how many codes, and nothing of what is not known", () => {
  const world = under("deep");
  const shown = world.show(0, 1);
  const [pca, network] = [shown.pcaError, shown.networkError].map((error) => error?.toFixed(4));
  const { captions, errors, passes } = world.told(shown);
  equal(captions.network, `Autoencoder, 1 code: ${network}`);
  equal(errors, `PCA ${pca}, autoencoder with 1 code ${network}`);
  ok(/^(PCA passes this 1 code at k = \d+|Even .* as near as this 1 code)\.$/.test(passes), passes);
  equal(world.told({ passes: 12, codes: 2 }).passes, "PCA passes these 2 codes at k = 12.");
  world.album.there.clear();
  const unknown = world.told(world.show(0, 2));
  equal(unknown.captions.network, "Autoencoder, 2 codes");
  deepStrictEqual([unknown.passes, unknown.errors], ["", "still coming"]);
  equal(world.told(world.show(0, 3)).errors, "autoencoder with 3 codes 0.2500");
});

Deno.test("a point of PCA's plane is copied with as many codes as it has scores", () => {
  const world = under("deep");
  const scores = row(arrays.scores, 1).subarray(0, 2);
  const { pca, network, code } = world.showScores(scores);
  assertClose(code, world.trained.encode(pca));
  assertClose(network ?? [], world.trained.decode(Float32Array.of(code[0], code[1], 0)));
});

Deno.test("a network whose codes are in no order is shown with all of them", () => {
  const world = under("deep", {});
  for (const k of [1, 3]) {
    const { network, networkError, passes, ...rest } = world.show(2, k);
    assertClose(network ?? [], row(arrays["deep.images"], 2));
    deepStrictEqual([networkError, passes, "codes" in rest], [0.25, 7, false]);
  }
  equal(world.told(world.show(2, 1)).captions.network, "Autoencoder: error 0.2500");
});
