/** Axes, regions, tiles and ways are those of NumPy, for every kind of axis. */

import { deepStrictEqual, ok } from "node:assert/strict";
import { axisOf, between, fieldOf, regionsOf, tilesOf } from "../../../pcae/browser/core/latent.js";
import { Autoencoder } from "../../../pcae/browser/core/numerics.js";
import { assertClose, CONFIG, reference, row } from "../reference.js";

const EVERY = 7; // as reference.py has it
const CELLS = 224;
const { arrays } = await reference("plane");
const { arrays: weights } = await reference("numerics");
const GRIDS = {
  quantiles: { numbers: [2, 0], n: 5, spacing: { share: 0.9, quantiles: true } },
  steps: { numbers: [0, 1], n: 4, spacing: { share: 0.98, quantiles: false } },
  wide: { numbers: [1, 2], n: 3, spacing: { share: 1.5, quantiles: true } },
  strip: { numbers: [1], n: 6, spacing: { share: 1, quantiles: false } },
};
const labels = arrays.labels.data;
const columns = [0, 1, 2].map(column);
const means = columns.map((values) => values.reduce((a, b) => a + b, 0) / values.length);

/** @param {number} number */
function column(number) {
  return Float32Array.from(labels, (_, i) => arrays.codes.data[3 * i + number]);
}

/** Whether the reference has a cell. @param {unknown} _ @param {number} cell */
function isKept(_, cell) {
  return cell % CELLS % EVERY === 0 && Math.floor(cell / CELLS) % EVERY === 0;
}

function deep() {
  const own = Object.entries(weights).filter(([key]) => key.startsWith("deep/"));
  const network = new Autoencoder({ ...CONFIG, k: 3, hidden: [7, 5], layer_norm: true });
  network.take("decoder", Object.fromEntries(own.map(([key, of]) => [key.slice(5), of])));
  return network;
}

for (const [name, { numbers, n, spacing }] of Object.entries(GRIDS)) {
  const axes = numbers.map((number) => axisOf(columns[number], spacing));

  Deno.test(`an axis of ${name} has NumPy's ticks and places`, () => {
    assertClose(axes.flatMap((axis) => axis.ticks()), arrays[`${name}.ticks`].data);
    const codes = [[0.5, -1, 2], [99, 99, -99]];
    const places = codes.flatMap((code) => axes.map((axis, d) => axis.position(code[numbers[d]])));
    assertClose(places, arrays[`${name}.places`].data);
  });

  Deno.test(`the tiles of ${name} are those that NumPy decodes`, () => {
    const network = deep();
    const tiles = tilesOf(means, numbers, axes, n);
    assertClose(tiles.flatMap(({ middle }) => middle), arrays[`${name}.coordinates`].data);
    tiles.forEach(({ code }, i) => {
      assertClose(network.decode(code), row(arrays[`${name}.images`], i));
    });
  });

  Deno.test(`the regions of ${name} are those of NumPy`, () => {
    const places = axes.map((axis, d) => columns[numbers[d]].map((value) => axis.position(value)));
    const found = regionsOf(places, labels, 3);
    const few = found.labels.filter(isKept);
    const wanted = arrays[`${name}.regions`].data;
    ok(few.length === wanted.length);
    const differing = few.filter((label, cell) => label !== wanted[cell]).length;
    ok(differing <= 0.002 * few.length, `${differing} of ${few.length} cells differ`);
    ok(new Set(wanted).size > 2);
    const names = [...found.names].flatMap(([label, at]) => [label, ...at]);
    assertClose(names, arrays[`${name}.names`].data);
  });

  Deno.test(`the means of values about the cells of ${name} are those of NumPy`, () => {
    const places = axes.map((axis, d) => columns[numbers[d]].map((value) => axis.position(value)));
    const sums = columns[0].map((value, i) => value + columns[1][i] + columns[2][i]);
    const found = Array.from(fieldOf(places, sums).values).filter((_, cell) => isKept(0, cell));
    const wanted = [...arrays[`${name}.field`].data];
    ok(found.length === wanted.length);
    const both = wanted.map((value, cell) => [value, found[cell]]).filter(([a, b]) =>
      a + b === a + b
    );
    const nowhere = (/** @type {number[]} */ of) => of.filter(Number.isNaN).length;
    ok(both.length > 20);
    ok(Math.abs(nowhere(wanted) - nowhere(found)) <= 0.002 * wanted.length);
    const far = both.filter(([a, b]) => Math.abs(a - b) > 1e-3 * Math.max(1, Math.abs(a))).length;
    ok(far <= 0.002 * wanted.length, `${far} of ${both.length} cells differ`);
  });
}

Deno.test("a number that is the same for every digit has an axis, and a lone digit a region", () => {
  const axis = axisOf([2.5, 2.5, 2.5], { share: 0.98, quantiles: true });
  ok(axis.ticks().every(Number.isFinite));
  ok(axis.value(0.5) === 2.5);
  const { labels: cells, names } = regionsOf([[0.5], [0.5]], [0], 1);
  ok(cells[CELLS * CELLS / 2 + CELLS / 2] === 0);
  ok(cells[0] === -1);
  ok(names.size <= 1);
});

Deno.test("where classes have as many digits the first has the place, and those afar none", () => {
  const { labels: cells } = regionsOf([[0.5, 0.5, 40], [0.5, 0.5, 0.5]], [1, 0, 1], 2);
  deepStrictEqual([...new Set(cells)].sort(), [-1, 0]);
});

Deno.test("a way goes from one point to the other in equal steps", () => {
  const way = between(Float32Array.of(0, 4), Float32Array.of(2, 0), 5);
  deepStrictEqual(way.map((at) => [...at]), [[0, 4], [0.5, 3], [1, 2], [1.5, 1], [2, 0]]);
});
