/** What is to be seen in a plane, in words. */

import { equal, match } from "node:assert/strict";
import { summary } from "../../../pcae/browser/explorer/summary.js";

/** Digits in clouds: [x, y, label] of each cloud's middle. */
function clouds(/** @type {number[][]} */ middles) {
  const places = middles.flatMap(([x, y, label], cloud) =>
    Array.from({ length: 100 }, (_, i) => [
      x + Math.sin(7 * i + cloud),
      y + Math.cos(11 * i + 2 * cloud),
      label,
    ])
  );
  const column = (/** @type {number} */ d) => Float32Array.from(places, (place) => place[d]);
  const classes = ["zero", "one", "two", "three"];
  return summary([...places.keys()], [column(0), column(1)], column(2), classes);
}

Deno.test("each class has its place, and those that mix are named", () => {
  const words = clouds([[-10, 0, 0], [0, 10, 1], [10, -10, 2], [10, -10, 3]]);
  match(words, /^zero: left, apart; one: top, apart; two: bottom right; three: bottom right\. /);
  match(words, /Lying over each other: two and three\.$/);
});

Deno.test("classes that are hidden are not told of", () => {
  equal(
    clouds([[-10, -9, 0], [10, 9, 2]]),
    "zero: bottom left, apart; two: top right, apart. No two lie over each other.",
  );
});

Deno.test("of a few digits nothing is said", () => {
  equal(summary([0, 1], [[0, 1], [0, 1]], [0, 0], ["zero"]), "");
});
