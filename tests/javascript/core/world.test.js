/** What is known and said of a data set under PCA and a run. */

import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { meanSquaredError } from "../../../pcae/browser/core/numerics.js";
import { fetchArrays, World } from "../../../pcae/browser/core/world.js";
import { assertClose, CONFIG, packed, reference, row } from "../reference.js";

const { arrays } = await reference("numerics");
const digits = await reference("digits");
const codes = { data: new Float32Array(44 * 2), shape: [44, 2] };
codes.data.set(arrays["elu.plain.codes"].data);
const run = {
  arrays: { ...arrays, codes, errors: { data: new Float32Array(44), shape: [44] } },
  about: { config: JSON.stringify(CONFIG) },
};
const pca = { arrays, about: {} };
const world = new World(digits, pca, run);

Deno.test("the digits are as the server packs them", () => {
  deepStrictEqual(world.classes, ["ant", "bee", "cow"]);
  deepStrictEqual([world.tests, world.everything, world.size, world.k], [4, 44, 44, 2]);
  deepStrictEqual(world.shape, [3, 4]);
  assertClose(world.image(3), row(digits.arrays.images, 3).map((value) => value / 255));
});

Deno.test("a digit is called by its part, its number and its class", () => {
  equal(world.name(3), "test digit 3".replace("digit", world.noun));
  equal(world.name(4), `training ${world.noun} 0`);
  equal(world.name(12_349), `training ${world.noun} 12,345`);
  const label = digits.arrays.labels.data[1];
  equal(world.nameWithClass(1), `${world.classes[label]}, test ${world.noun} 1`);
  const about = { ...digits.about, classes: '["all"]' };
  equal(new World({ ...digits, about }, pca, run).nameWithClass(1), `test ${world.noun} 1`);
});

Deno.test("both planes have the coordinates of every digit", () => {
  for (const axis of [0, 1]) {
    const scores = world.coordinates("pca", [0, 1])[axis];
    const code = world.coordinates("code", [0, 1])[axis];
    equal(scores.length, 44);
    for (let i = 0; i < 4; i++) {
      assertClose([scores[i]], [row(arrays.scores, i)[axis]]);
      equal(code[i], row(codes, i)[axis]);
    }
  }
  deepStrictEqual(world.coordinates("code", [1, 0])[0], world.coordinates("code", [0, 1])[1]);
});

Deno.test("of one number alone, up is the label, apart from each other", () => {
  const one = { ...codes, data: codes.data.subarray(0, 44), shape: [44, 1] };
  const config = JSON.stringify({ ...CONFIG, k: 1 });
  const flat = new World(digits, pca, { arrays: { ...run.arrays, codes: one }, about: { config } });
  const [across, up] = flat.coordinates("code", [0, 1]);
  deepStrictEqual(across, one.data);
  const { data: labels } = digits.arrays.labels;
  up.forEach((value, i) => ok(Math.abs(value - labels[i]) <= 0.3001));
  equal(new Set(up).size, 44);
});

Deno.test("PCA's errors of all digits are those of each", () => {
  for (const k of [3, 0, 12]) {
    const errors = world.pcaErrors(k);
    for (let i = 0; i < 4; i++) assertClose([errors[i]], [row(arrays.errors, i)[k]]);
  }
});

Deno.test("what both make of a digit has the errors that are said of it", () => {
  const shown = world.show(1, 3);
  assertClose(shown.pca, row(arrays.reduced, 1));
  assertClose(shown.network ?? [], row(arrays["elu.plain.sigmoid"], 1));
  equal(shown.pcaError, meanSquaredError(shown.original, shown.pca));
  const errors = row(arrays.errors, 1);
  const { networkError = NaN, passes = NaN } = shown;
  equal(passes, errors.findIndex((error) => error <= networkError));
  const told = world.told(shown);
  equal(told.captions.pca, `PCA: error ${shown.pcaError.toFixed(4)}`);
  equal(told.passes, `For this ${world.noun} PCA passes the autoencoder at k = ${passes}.`);
  equal(
    told.errors,
    `PCA ${shown.pcaError.toFixed(4)}, autoencoder ${shown.networkError?.toFixed(4)}`,
  );
});

Deno.test("where PCA never passes, it is said of as many components as there are", () => {
  const shown = { ...world.show(0, 2), passes: -1 };
  equal(world.told(shown).passes, `PCA never comes as near to this ${world.noun}.`);
  const data = arrays.components.data.subarray(0, 5 * 12);
  const few = { arrays: { ...arrays, components: { data, shape: [5, 12] } }, about: {} };
  equal(
    new World(digits, few, run).told(shown).passes,
    `PCA with k up to 5 does not come as near to this ${world.noun}.`,
  );
});

Deno.test("a point of one plane has its place in the other", () => {
  const [scores, code] = [row(arrays.scores, 2).subarray(0, 2), world.code(2)];
  const byScores = world.showScores(scores);
  assertClose(byScores.pca, world.pca.inverse(scores));
  assertClose(byScores.code, world.trained.encode(byScores.pca));
  const byCode = world.showCode(code, 2);
  assertClose(byCode.network, row(arrays["elu.plain.sigmoid"], 2));
  assertClose(byCode.scores, world.pca.transform(byCode.network, 2));
});

Deno.test("codes without a network say so", () => {
  const bare = new World(digits, pca, run);
  bare.network = undefined;
  throws(() => bare.trained, /^Error: The other codes have no decoder\.$/);
});

// ---------------------------------------------------------------------- what is fetched

const answer = packed({ a: { dtype: "U8", shape: [1], bytes: [7] } });
Object.assign(globalThis, { document: { baseURI: "https://pcae.example/app/" } });

/**
 * Let a server answer while something is tried.
 *
 * @param {(address: URL, signal: AbortSignal) => Response | Promise<Response>} serve
 * @param {() => Promise<void>} act
 */
async function served(serve, act) {
  const before = globalThis.fetch;
  const asking = (/** @type {unknown} */ address, /** @type {RequestInit} */ init) =>
    Promise.resolve(serve(new URL(String(address)), init.signal ?? new AbortController().signal));
  Object.assign(globalThis, { fetch: asking });
  try {
    await act();
  } finally {
    globalThis.fetch = before;
  }
}

Deno.test("arrays are asked for once, relative to the app", () => {
  /** @type {string[]} */
  const asked = [];
  const serve = (/** @type {URL} */ address) => {
    asked.push(address.href);
    return new Response(answer);
  };
  return served(serve, async () => {
    const { signal } = new AbortController();
    const both = [fetchArrays("explorer/once", signal), fetchArrays("explorer/once", signal)];
    const [one, other] = await Promise.all(both);
    equal(one, other);
    equal(one.arrays.a.data[0], 7);
    deepStrictEqual(asked, ["https://pcae.example/app/explorer/once"]);
  });
});

Deno.test("what failed is asked for again, and said as the server says it", () => {
  let turn = 0;
  const serve = () => turn++ ? new Response(answer) : new Response("It is gone.", { status: 404 });
  return served(serve, async () => {
    const { signal } = new AbortController();
    await rejects(fetchArrays("explorer/again", signal), /^Error: It is gone\.$/);
    equal((await fetchArrays("explorer/again", signal)).arrays.a.data[0], 7);
  });
});

Deno.test("a server that is silent is a sentence", () => {
  const serve = () => Promise.reject(new TypeError("refused"));
  return served(serve, async () => {
    const { signal } = new AbortController();
    await rejects(fetchArrays("explorer/silent", signal), /The server does not answer/);
  });
});

Deno.test("fetching ends when the last of all who wait has ended", () => {
  /** @type {AbortSignal[]} */
  const signals = [];
  /** @type {(address: URL, signal: AbortSignal) => Promise<Response>} */
  const serve = (_, signal) => {
    signals.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", reject));
  };
  return served(serve, async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const waiting = [one, other].map(({ signal }) => fetchArrays("explorer/slow", signal));
    one.abort();
    equal(signals[0].aborted, false);
    other.abort();
    equal(signals[0].aborted, true);
    for (const wait of waiting) await rejects(wait);
  });
});
