/** The controls of a site's pages: they tell what a visitor chooses, and only that. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { bring, within } from "./page.js";
import {
  button,
  number,
  segmented,
  select,
  slider,
  toggle,
} from "../../../pcae/browser/site/widgets.js";

/** @type {unknown[]} */
let told = [];
const tell = (/** @type {unknown} */ value) => told.push(value);

Deno.test("what is set is shown and not told; what is chosen is both", () => {
  told = [];
  const which = segmented("Which", [["a", "A"], ["b", "B"]], "a", tell);
  which.set("b");
  equal(which.value, "b");
  const [first, second] = within(which.root).filter((part) => part.value);
  deepStrictEqual([first.checked, second.checked], [false, true]);
  second.checked = false;
  bring(first, { checked: true });
  const list = select("List", [["a", "A"], ["b", "B"]], "b", tell);
  equal(list.value, "b");
  list.set("a");
  bring(within(list.root).find((part) => part.value === "a" && part.children.length), {
    value: "b",
  });
  const on = toggle("On", true, tell);
  equal(on.value, true);
  bring(within(on.root)[1], { checked: false });
  deepStrictEqual(told, ["a", "b", false]);
});

Deno.test("a number stays within its limits, and what is none changes nothing", () => {
  told = [];
  const many = number("How many", 1, 40, 10, tell);
  const box = within(many.root).find((part) => part.value === "10");
  for (const value of ["99", "", "many", "-3", "1", "7.4"]) bring(box, { value });
  deepStrictEqual(told, [40, 1, 7]);
  deepStrictEqual([many.value, box.value], [7, "7"]);
});

Deno.test("a slider says its value in words while it moves", () => {
  told = [];
  const part = slider("Part", 0, 100, 98, tell, (value) => `middle ${value}%`);
  const [, , said, box] = within(part.root);
  equal(said.textContent, "middle 98%");
  bring(box, { value: "50" }, "input");
  equal(said.textContent, "middle 50%");
  deepStrictEqual([told, part.value], [[50], 50]);
});

Deno.test("a button is pressed", () => {
  told = [];
  const more = button("More", () => tell("pressed"));
  bring(more.root, {}, "click");
  more.set("Less");
  deepStrictEqual([told, more.value], [["pressed"], "Less"]);
});
