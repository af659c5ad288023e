/** Planes are coloured by what the data has: classes, a target, columns; and it is said which. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { coloursOf, meaningOf, shadesOf } from "../../../pcae/browser/site/plane_colour.js";
import { tableOf } from "../../../pcae/browser/site/tiles_table.js";

const TABLE = {
  inputs: 2,
  shape: null,
  tableColumns: ["width", "=tilt"],
  limits: Float32Array.of(0, -10, 1, 10),
};
const MEASURES = new Map([["target", "price"], ["column-1", "width"], ["column-2", "=tilt"]]);
const PLANE = /** @type {any} */ ({
  numbers: [1, 0],
  n: 2,
  middles: [[0, 0], [1, 0], [0, 1], [1, 1]],
  images: [Float32Array.of(0, 0.5), Float32Array.of(1, 2), undefined, Float32Array.of(0, -1)],
});

/** @param {object} of */
const dataset = (of) => /** @type {any} */ ({ shape: null, target: "", columns: [], ...of });
const world = /** @type {any} */ ({
  ...TABLE,
  measures: MEASURES,
  measured: (/** @type {string} */ of) =>
    of === "column-1" ? null : Float32Array.from([5, 7, 9, 11]),
});

Deno.test("classes have no choice, a target has nothing beside it, a table its columns", () => {
  deepStrictEqual(coloursOf(dataset({ shape: [8, 8] })), []);
  deepStrictEqual(
    coloursOf(dataset({ shape: [8, 8], target: "age" })),
    [["target", "age"], ["", "nothing"]],
  );
  deepStrictEqual(
    coloursOf(dataset({ columns: ["a", "b"], target: "price" })),
    [["target", "price"], ["column-1", "a"], ["column-2", "b"]],
  );
});

Deno.test("it is said what the colours mean", () => {
  const colours = [...MEASURES].map(([of, name]) => /** @type {[string, string]} */ ([of, name]));
  const said = ["class", "target", "column-2", ""].map((of) => meaningOf(of, colours, "row"));
  deepStrictEqual(said, [
    "Colour: the class with most test rows there. Black: no rows.",
    "Colour: the mean price of the test rows there. Black: no rows.",
    "Colour: the =tilt that each method makes of that place, in the units of the data.",
    "",
  ]);
});

Deno.test("a column's colours are of what is decoded, in its units, a target's of the rows", () => {
  const places = [[0.5, 0.5, 0.5, 99], [0.5, 0.5, 0.5, 0.5]];
  equal(shadesOf(world, "class", PLANE, places), null);
  equal(shadesOf(world, "column-1", PLANE, places), null); // not here yet
  const column = shadesOf(world, "column-2", PLANE, places);
  deepStrictEqual(column, {
    name: "=tilt",
    low: 5,
    high: 11,
    values: [0, 30, NaN, -30],
    rows: 2,
    columns: 2,
  });
  const target = shadesOf(world, "target", PLANE, places);
  const found = Array.from(target?.values ?? []).filter((value) => !Number.isNaN(value));
  equal(Math.round(found.reduce((a, b) => a + b, 0) / found.length), 7);
});

Deno.test("a table's tiles are saved in its units, by the names of its columns", () => {
  deepStrictEqual(tableOf(TABLE, [{ name: "PCA", plane: PLANE }]).slice(0, 3), [
    ["method", "number 2", "number 1", "width", "=tilt"],
    ["PCA", 0, 0, "0.0000", "0.0000"],
    ["PCA", 1, 0, "1.0000", "30.0000"],
  ]);
});
