/** What the address of Reconstructions says, and which digits are meant. */

import { deepStrictEqual, equal, notDeepStrictEqual } from "node:assert/strict";
import { ALL, choose, digitsOf, queryOf, readState } from "../../../pcae/browser/site/choosing.js";

const BOUNDS = { classes: 10, k: 2, mostK: 100 };
const USUAL = { which: "First", label: null, n: 10, k: 2, differences: false, draw: 0 };
const KNOWN = {
  labels: [1, 0, 1, 2, 0, 1],
  classes: 3,
  errors: [0.3, 0.1, 0.2, 0.1, 0.6, 0.5],
  byPca: [0.5, 0.5, 0.5, 0.05, 0.5, 0.5],
  explored: { selected: [5, 3, 99], pinned: [] },
};
/** @param {string} which @param {object} [more] */
const chosen = (which, more) => choose({ ...USUAL, which, n: 3, ...more }, KNOWN);

Deno.test("what is usual is not in the address, and all else comes back from it", () => {
  deepStrictEqual(readState({}, BOUNDS), { state: USUAL, wrong: [] });
  deepStrictEqual(queryOf(USUAL, BOUNDS), {});
  const query = {
    which: "PCA gains",
    class: "3",
    how_many: "40",
    pca_k_2: "9",
    differences: "True",
    draw: "7",
  };
  const { state, wrong } = readState(query, BOUNDS);
  deepStrictEqual(wrong, []);
  deepStrictEqual(state, {
    which: "PCA gains",
    label: 3,
    n: 40,
    k: 9,
    differences: true,
    draw: 7,
  });
  deepStrictEqual(queryOf(state, BOUNDS), query);
});

Deno.test("what cannot be is named, and the usual is shown", () => {
  const query = { which: "Nicest", class: "10", how_many: "41", pca_k_2: "101", draw: "-1" };
  const { state, wrong } = readState(query, BOUNDS);
  deepStrictEqual(state, USUAL);
  deepStrictEqual(wrong, Object.keys(query));
  deepStrictEqual(readState({ class: "0" }, { ...BOUNDS, classes: 0 }).wrong, ["class"]);
});

Deno.test("the k beside another network is let be", () => {
  deepStrictEqual(readState({ pca_k_30: "9" }, BOUNDS), { state: USUAL, wrong: [] });
});

Deno.test("digits are the first, the best or worst, of one class or of all", () => {
  deepStrictEqual(chosen("First"), [0, 1, 2]);
  deepStrictEqual(chosen("First", { label: 1 }), [0, 2, 5]);
  deepStrictEqual(chosen("Best"), [1, 3, 2]);
  deepStrictEqual(chosen("Worst"), [4, 5, 0]);
  deepStrictEqual(chosen("Worst", { label: 0, n: 1 }), [4]);
  deepStrictEqual(chosen("Autoencoder gains"), [1, 2, 0]);
  deepStrictEqual(chosen("PCA gains"), [4, 3, 5]);
});

Deno.test("one per class is the first of each, however many are asked for", () => {
  deepStrictEqual(chosen("One per class", { n: 1 }), [0, 1, 3]);
  deepStrictEqual(chosen("One per class", { label: 2 }), [3]);
});

Deno.test("digits of Explore come in its order, without those that are not there", () => {
  deepStrictEqual(chosen("Selected in Explore"), [5, 3]);
  deepStrictEqual(chosen("Selected in Explore", { label: 2 }), [3]);
  deepStrictEqual(chosen("Pinned in Explore"), []);
});

Deno.test("a draw is always the same, another one differs, and all digits have their turn", () => {
  const labels = new Uint8Array(1000);
  const draw = (/** @type {number} */ draw, n = 40) =>
    choose({ ...USUAL, which: "Random", n, draw }, { ...KNOWN, labels });
  deepStrictEqual(draw(3), draw(3));
  notDeepStrictEqual(draw(3), draw(4));
  equal(new Set(draw(3, 1000)).size, 1000);
  const mean = draw(3).reduce((sum, i) => sum + i, 0) / 40;
  equal(mean > 300 && mean < 700, true);
});

Deno.test("there is a digit for every choice that the page offers", () => {
  for (const which of ALL.filter((name) => !name.endsWith("Explore"))) {
    equal(chosen(which).length, 3, which);
  }
});

Deno.test("directions are shown at what is pinned, else at one of some classes", () => {
  const world = { tests: 6, labels: KNOWN.labels };
  deepStrictEqual(digitsOf(world, []), [1, 0, 3]);
  deepStrictEqual(digitsOf(world, [5, 4, 6, 3, 2, 1]), [5, 4, 3, 2]);
  deepStrictEqual(digitsOf(world, [6]), [1, 0, 3]);
});
