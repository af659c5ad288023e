/** What Compare tells of networks is what Python tells of them. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { curvesOf, differ, rowsOf, shortNames } from "../../../pcae/browser/site/sides.js";
import { assertClose, reference } from "../reference.js";

const { about } = await reference("sides");
/** @type {Record<string, any>} */
const cases = JSON.parse(about.cases);
/** @type {Record<string, string>} */
const LABELS = {
  dataset: "Data set",
  k: "Bottleneck width k",
  layer_norm: "Layer norm",
  loss: "Loss",
  epochs: "Epochs",
  seed: "Seed",
};

for (const [name, { networks, sides, names, rows, curves }] of Object.entries(cases)) {
  Deno.test(`of ${name} the names and the rows are Python’s`, () => {
    deepStrictEqual(
      shortNames(networks.map((/** @type {{ title: string }} */ { title }) => title)),
      names,
    );
    const flat = rows.map((/** @type {[string, string[]]} */ [of, values]) => [of, ...values]);
    deepStrictEqual(rowsOf(networks, sides, LABELS), flat);
  });

  Deno.test(`of ${name} the curves are Python’s`, () => {
    const found = /** @type {any} */ (curvesOf(networks, sides, names));
    deepStrictEqual(found.data, curves.data);
    const { annotations = [], shapes = [], yaxis, ...layout } = found.layout;
    const { annotations: wanted = [], shapes: lines = [], yaxis: up, ...rest } = curves.layout;
    deepStrictEqual(layout, rest);
    deepStrictEqual(shapes, lines);
    assertClose(yaxis.range, up.range);
    deepStrictEqual({ ...yaxis, range: null }, { ...up, range: null });
    const flat = (/** @type {any[]} */ notes) => notes.map((note) => ({ ...note, y: null }));
    deepStrictEqual(flat(annotations), flat(wanted));
    const heights = (/** @type {any[]} */ notes) => notes.map((note) => note.y);
    assertClose(heights(annotations), heights(wanted));
  });
}

Deno.test("the cases differ as they should", () => {
  equal(cases.near.curves.layout.annotations.length, 3);
  equal(cases.apart.curves.layout.annotations, undefined);
  equal(cases.nine.curves.layout.showlegend, false);
  equal(cases.one.curves.data.length, 2);
  equal(differ(cases.apart.networks, "dataset"), true);
  equal(differ(cases.two.networks, "dataset"), false);
});
