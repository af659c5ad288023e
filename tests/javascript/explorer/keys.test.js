/** Digits' keys and the classes that are called so. */

import { equal, match } from "node:assert/strict";
import { keysOf, labelOf } from "../../../pcae/browser/explorer/keys.js";

const NATURAL = Array.from({ length: 12 }, (_, n) => String(n));

Deno.test("a digit's key is for the class that is called so, wherever it stands", () => {
  equal(labelOf("2", NATURAL), 2);
  equal(labelOf("2", ["0", "1", "10", "11", "2"]), 4);
  equal(labelOf("7", ["1", "2"]), -1);
  equal(labelOf("1", ["ant", "bee"]), 1);
});

Deno.test("the help says what the keys do", () => {
  match(keysOf(NATURAL), /, 0 to 9 hide the class of that name, f finds/);
  match(keysOf(["ant", "bee", "cow"]), /, 0 to 2 hide the classes by their places, f finds/);
  match(keysOf([]), /describes both planes, f finds/);
});
