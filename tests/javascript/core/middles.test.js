/** Names at the middles of classes. */

import { deepStrictEqual } from "node:assert/strict";
import { roomy } from "../../../pcae/browser/core/middles.js";

/** Names of classes at one height, so far apart. @param {number} count @param {number} step */
function marks(count, step) {
  return Array.from({ length: count }, (_, label) => {
    return { label, name: String(label), at: /** @type {[number, number]} */ ([step * label, 0]) };
  });
}

/** Labels of which each class has one more than the last. @param {number} count */
function growing(count) {
  return Array.from({ length: count }, (_, label) => Array(label + 1).fill(label)).flat();
}

Deno.test("of many classes the names that have room are written, the largest first", () => {
  const labels = growing(30);
  const order = [...labels.keys()];
  deepStrictEqual(roomy(marks(30, 40), order, labels, 16).length, 30);
  const names = roomy(marks(30, 20), order, labels, 16).map(({ label }) => label);
  deepStrictEqual(names.slice(0, 3), [29, 27, 25]);
});

Deno.test("the names of few classes all stand", () => {
  const labels = growing(20);
  deepStrictEqual(roomy(marks(20, 0), [...labels.keys()], labels, 16).length, 20);
});
