/** The figure of a decoded plane is Python's, and its picture shows tiles on their regions. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { axisOf, between, regionsOf, tilesOf } from "../../../pcae/browser/core/latent.js";
import { decodedPlane, general } from "../../../pcae/browser/site/plane.js";
import { painted, shaded, tinted } from "../../../pcae/browser/site/tiles.js";
import { assertClose, reference } from "../reference.js";

/** @import { Shades } from "../../../pcae/browser/site/plane.js" */
/** @import { Spacing } from "../../../pcae/browser/core/latent.js" */

const { arrays, about } = await reference("plane");
const labels = arrays.labels.data;
const columns = [0, 1, 2].map(column);
const CLASSES = ["ant", "bee", "cow"];
const SHADES = {
  name: "< 5 %",
  low: -3,
  high: 4.5,
  values: [-9, -3, NaN, 4.5],
  rows: 2,
  columns: 2,
};
const NAMES = { title: "The net", color: "red", says: "says", kind: "code" };

/** @param {number} number */
function column(number) {
  return Float32Array.from(labels, (_, i) => arrays.codes.data[3 * i + number]);
}

/**
 * A plane of the reference's codes, which is not decoded.
 *
 * @param {number[]} numbers
 * @param {number} n
 * @param {Spacing} spacing
 */
function planeOf(numbers, n, spacing) {
  const axes = numbers.map((number) => axisOf(columns[number], spacing));
  const places = axes.map((axis, d) => columns[numbers[d]].map((value) => axis.position(value)));
  const middles = tilesOf([0, 0, 0], numbers, axes, n).map(({ middle }) => middle);
  const images = middles.map(() => new Float32Array(12));
  return { numbers, n, axes, middles, images, regions: regionsOf(places, labels, 3) };
}

/**
 * Compare what JSON has, numbers to 1e-5.
 *
 * @param {unknown} found
 * @param {unknown} wanted
 * @param {string} where
 */
function assertAlike(found, wanted, where) {
  if (typeof wanted === "number" && typeof found === "number") assertClose([found], [wanted]);
  else if (typeof wanted !== "object" || wanted === null) equal(found, wanted, where);
  else {
    const [a, b] = [new Map(Object.entries(found ?? {})), Object.entries(wanted)];
    deepStrictEqual([...a.keys()].sort(), b.map(([name]) => name).sort(), where);
    for (const [name, part] of b) assertAlike(a.get(name), part, `${where}.${name}`);
  }
}

/** @type {[string, number[], number, Spacing][]} */
const PLANES = [
  ["quantiles", [2, 0], 5, { share: 0.9, quantiles: true }],
  ["steps", [0, 1], 4, { share: 0.98, quantiles: false }],
  ["wide", [1, 2], 3, { share: 1.5, quantiles: true }],
  ["strip", [1], 6, { share: 1, quantiles: false }],
];
/** @type {[string, [number, number] | null, Shades | null][]} */
const KINDS = [["", [3, 4], null], [" of a table", null, SHADES]];
const CASES = PLANES.flatMap((plane) => KINDS.map((kind) => /** @type {const} */ ([plane, kind])));
for (const [[of, ...grid], [kind, shape, shades]] of CASES) {
  const name = of + kind;
  Deno.test(`the figure of ${name} is Python's`, () => {
    const ends = [0, 9].map((i) => Float32Array.from(columns, (values) => values[i]));
    const way = between(ends[0], ends[1], 5);
    const plane = planeOf(...grid);
    const figure = decodedPlane(NAMES, plane, shape, CLASSES, way, "data:", shades);
    const { data: [{ customdata, ...pointed }, ...line], layout: { images, ...layout } } =
      /** @type {any} */ (figure);
    const [{ source, ...image }] = images;
    deepStrictEqual([customdata, source], [plane.middles, "data:"]);
    const found = { data: [pointed, ...line], layout: { ...layout, images: [image] } };
    assertAlike(found, JSON.parse(about.figures)[name], name);
  });
}

Deno.test("without tints no class is named and the ground is plain", () => {
  const plane = planeOf([0, 1], 4, { share: 1, quantiles: true });
  const way = [new Float32Array(3), new Float32Array(3)];
  const { layout } = decodedPlane(NAMES, plane, [3, 4], [], way, "data:");
  equal(layout.annotations?.length, 2);
  const { pixels } = painted(plane, [3, 4], tinted(plane.regions, 0));
  equal(new Set(new Uint32Array(pixels.buffer)).size, 1);
});

Deno.test("tiles are white on the colour of the class that is there, the lowest row last", () => {
  const plane = planeOf([0, 1], 4, { share: 1, quantiles: true });
  plane.images[1].fill(1); // the second of the lowest row
  const { pixels, width, height } = painted(plane, [3, 4], tinted(plane.regions, 3));
  const scale = width / 16;
  ok(Number.isInteger(scale) && height === 12 * scale);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [
    ...pixels.slice(4 * (y * width + x), 4 * (y * width + x) + 4),
  ];
  deepStrictEqual(at(4 * scale, height - 1), [255, 255, 255, 255]);
  deepStrictEqual(at(8 * scale - 1, height - 3 * scale), [255, 255, 255, 255]);
  ok(at(8 * scale, height - 1)[0] < 200);
  const { labels: cells, rows, columns: across } = plane.regions;
  const grounds = new Map();
  for (const [x, y] of [[0.1, 0.1], [0.5, 0.1], [0.9, 0.5], [0.3, 0.9], [0.7, 0.7]]) {
    const label = cells[(rows - 1 - Math.floor(y * rows)) * across + Math.floor(x * across)];
    const color = String(at(Math.floor(x * width), Math.floor(y * height)));
    if (grounds.has(label)) equal(color, grounds.get(label));
    grounds.set(label, color);
  }
  ok(grounds.size > 1);
  equal(new Set(grounds.values()).size, grounds.size);
});

Deno.test("values are colours from the lowest to the highest, the lowest row last", () => {
  const plane = planeOf([0, 1], 4, { share: 1, quantiles: true });
  const { pixels, width, height } = painted(plane, null, shaded(SHADES, false));
  equal(width, height);
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    "#" + [...pixels.slice(4 * (y * width + x)).slice(0, 3)]
      .map((value) => value.toString(16).padStart(2, "0")).join("");
  const [left, right] = [0, width - 1];
  const [low, high, ground] = ["#414487", "#fde725", "#14181f"];
  deepStrictEqual([at(left, right), at(right, right)], [low, low]);
  deepStrictEqual([at(left, 0), at(right, 0)], [ground, high]);
  const { pixels: under } = painted(plane, [3, 4], shaded(SHADES, true));
  ok(!under.slice(0, 3).includes(0) && under.at(-2) !== pixels.at(-2));
});

Deno.test("numbers are written as Python writes them", () => {
  const written = [0, -2.5, 0.1 + 0.2, 1e6, 2e-5, 999_999, 1e-4].map(general);
  deepStrictEqual(written, ["0", "-2.5", "0.3", "1e+06", "2e-05", "999999", "0.0001"]);
});
