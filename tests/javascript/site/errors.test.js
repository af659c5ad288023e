/** Means by class, what an error is worth, and the bars of it. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { bars, equivalentK, errorByClass, mean } from "../../../pcae/browser/site/errors.js";
import { reference } from "../reference.js";

const { about } = await reference("directions");
const WORLD = { labels: [0, 1, 0], classes: ["ant", "bee", "cow"] };

Deno.test("errors are averaged within classes; one without digits has no number", () => {
  deepStrictEqual(errorByClass([1, 5, 3], WORLD), [2, 5, NaN]);
  equal(mean(Float32Array.of(1, 5, 3)), 3);
});

Deno.test("an error is worth as many components, linear between whole numbers", () => {
  const falling = [8, 4, 2, 2, 0];
  deepStrictEqual([9, 8, 6, 4, 3, 1, 0].map((of) => equivalentK(of, falling)), [
    0,
    0,
    0.5,
    1,
    1.5,
    3.5,
    4,
  ]);
  equal(equivalentK(0.5, [8, 4, 1]), 2);
});

for (const [i, wanted] of JSON.parse(about.bars).entries()) {
  Deno.test(`the bars of ${["a network", "two"][i]} are Python's`, () => {
    /** @type {[string, number[]][]} */
    const errors = ["P", "A", "B"].map((name, n) => [name, [n + 0.5, n + 0.25, NaN]]);
    deepStrictEqual(bars(WORLD.classes, errors.slice(0, 2 + i)), wanted);
  });
}
