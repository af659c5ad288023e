/** What is known and said of a data set under PCA and a run, as its parts come. */

import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { meanSquaredError } from "../../../pcae/browser/core/numerics.js";
import { World } from "../../../pcae/browser/core/world.js";
import { assertClose, CONFIG, reference, row } from "../reference.js";

/** @import { Album } from "../../../pcae/browser/core/digits.js" */
/** @import { Piece } from "../../../pcae/browser/core/parts.js" */
/** @import { Answer, Tensor } from "../../../pcae/browser/types.d.ts" */

const { arrays } = await reference("numerics");
const digits = await reference("digits");
const { images, labels } = digits.arrays;
const all = (
  /** @type {Tensor} */ first,
  width = first.shape[1],
  data = new Float32Array(44 * width),
) => {
  for (let i = 0; i < 4; i++) data.set(row(first, i).subarray(0, width), i * width);
  return { data, shape: [44, width] };
};
const codes = all(arrays["elu.plain.codes"]);
const passes = Int32Array.from({ length: 44 }, (_, i) => i ? i : -1);
const points = {
  arrays: {
    labels,
    codes,
    scores: all(arrays.scores, 2),
    errors: { data: Float32Array.from(passes, (value) => value / 100), shape: [44] },
    passes: { data: passes, shape: [44] },
  },
  about: { ...digits.about, config: JSON.stringify(CONFIG) },
};

/** The points alone, or other ones. @param {Answer} of */
function bare(of = points) {
  /** @type {Album} */
  const album = { images: new Uint8Array(), there: new Set() };
  return new World(of, album);
}

/** Have pieces of the images come. @param {World} world @param {Piece[]} pieces */
function give(world, pieces = world.pieces) {
  for (const piece of pieces) {
    const [split, number] = piece.split("/");
    const [first, size, last] = split === "test" ? [0, 3, 4] : [4, 15, 44];
    const start = first + Number(number) * size;
    const data = images.data.slice(start * 12, Math.min(start + size, last) * 12);
    const shape = [data.length / 12, 12];
    world.take(piece, { arrays: { images: { data, shape } }, about: {} });
  }
}

/** Everything. @param {Answer} of */
function whole(of = points) {
  const world = bare(of);
  for (const part of /** @type {const} */ (["pca", "decoder", "encoder"])) {
    world.take(part, { arrays, about: {} });
  }
  give(world);
  return world;
}

const world = whole();

Deno.test("the digits are as the server packs them", () => {
  deepStrictEqual(world.classes, ["ant", "bee", "cow"]);
  deepStrictEqual([world.tests, world.everything, world.size, world.k], [4, 44, 44, 2]);
  deepStrictEqual(world.shape, [3, 4]);
  assertClose(world.image(3) ?? [], row(digits.arrays.images, 3).map((value) => value / 255));
});

Deno.test("a digit is called by its part, its number and its class", () => {
  equal(world.name(3), "test digit 3".replace("digit", world.noun));
  equal(world.name(4), `training ${world.noun} 0`);
  equal(world.name(12_349), `training ${world.noun} 12,345`);
  const label = digits.arrays.labels.data[1];
  equal(world.nameWithClass(1), `${world.classes[label]}, test ${world.noun} 1`);
  const about = { ...points.about, classes: '["all"]' };
  equal(bare({ ...points, about }).nameWithClass(1), `test ${world.noun} 1`);
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
  const about = { ...points.about, config };
  const flat = bare({ arrays: { ...points.arrays, codes: one }, about });
  const [across, up] = flat.coordinates("code", [0, 1]);
  deepStrictEqual(across, one.data);
  up.forEach((value, i) => ok(Math.abs(value - labels.data[i]) <= 0.3001));
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
  assertClose(shown.pca ?? [], row(arrays.reduced, 1));
  assertClose(shown.network ?? [], row(arrays["elu.plain.sigmoid"], 1));
  const { original = [], pca = [], pcaError = NaN } = shown;
  equal(pcaError, meanSquaredError(Float32Array.from(original), Float32Array.from(pca)));
  equal(shown.networkError, points.arrays.errors.data[1]);
  const told = world.told(shown);
  equal(told.captions.pca, `PCA: error ${pcaError.toFixed(4)}`);
  equal(told.passes, `For this ${world.noun} PCA passes the autoencoder at k = 1.`);
  equal(
    told.errors,
    `PCA ${pcaError.toFixed(4)}, autoencoder ${shown.networkError?.toFixed(4)}`,
  );
});

Deno.test("where PCA never passes, that is said", () => {
  equal(world.told(world.show(0, 2)).passes, `PCA never comes as near to this ${world.noun}.`);
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
  const without = bare();
  without.network = undefined;
  throws(() => without.trained, /^Error: The other codes have no decoder\.$/);
});

Deno.test("the points alone have both planes, and what is said of the network's errors", () => {
  const first = bare();
  for (const kind of /** @type {const} */ (["pca", "code"])) {
    deepStrictEqual(first.coordinates(kind, [0, 1]), world.coordinates(kind, [0, 1]));
  }
  const shown = first.show(1, 2);
  deepStrictEqual([shown.original, shown.pca, shown.network], [undefined, undefined, undefined]);
  equal(first.told(shown).errors, "autoencoder 0.0100");
  equal(first.told(shown).captions.pca, "PCA");
  ok(first.column("pca", 2).every(Number.isNaN));
  ok(first.pcaErrors(2).every(Number.isNaN));
  equal(first.whole, false);
});

Deno.test("a digit is shown as its own parts come", () => {
  const some = bare();
  deepStrictEqual(some.partsOf(3), ["test/1", "decoder", "pca"]);
  deepStrictEqual(some.partsOf(19), ["train/1", "decoder", "pca"]);
  give(some, ["train/1"]);
  equal(some.image(18), undefined);
  deepStrictEqual(some.image(19), world.image(19));
  give(some, ["test/1"]);
  deepStrictEqual(some.image(3), world.image(3));
  some.take("decoder", { arrays, about: {} });
  const { original, pca, network } = some.show(3, 2);
  deepStrictEqual([original, pca, network], [world.image(3), undefined, world.show(3, 2).network]);
  some.take("pca", { arrays, about: {} });
  deepStrictEqual(some.show(3, 2), world.show(3, 2));
  give(some);
  equal(some.whole, true);
  deepStrictEqual(some.pcaErrors(2), world.pcaErrors(2));
});

Deno.test("a score beyond the points' is computed of the images", () => {
  const third = world.column("pca", 2);
  for (let i = 0; i < 4; i++) assertClose([third[i]], [row(arrays.scores, i)[2]]);
});

Deno.test("the decoder brings the numbers of a wide code that no plane shows at first", () => {
  const config = JSON.stringify({ ...CONFIG, k: 3, hidden: [7, 5], layer_norm: true });
  const some = bare({ ...points, about: { ...points.about, config } });
  ok(some.column("code", 2).every(Number.isNaN));
  const own = Object.entries(arrays).filter(([key]) => key.startsWith("deep/"));
  const weights = Object.fromEntries(own.map(([key, of]) => [key.slice(5), of]));
  some.take("decoder", { arrays: { ...weights, codes: all(arrays["deep.codes"]) }, about: {} });
  for (let i = 0; i < 4; i++) {
    assertClose(some.code(i), row(arrays["deep.codes"], i));
    equal(some.column("code", 2)[i], row(arrays["deep.codes"], i)[2]);
  }
});

Deno.test("a point is shown by its own method before the other's parts are here", () => {
  const some = bare();
  some.take("pca", { arrays, about: {} });
  const scores = Float32Array.of(1, 2);
  const byScores = some.showScores(scores);
  deepStrictEqual(byScores.pca, world.showScores(scores).pca);
  equal(byScores.network, undefined);
  ok(byScores.code.every(Number.isNaN));
  throws(() => bare().pca, /not here yet/);
  throws(() => bare().trained.decode(scores), /not here yet/);
});
