/** What a link holds of a page's widgets. */

import { deepStrictEqual } from "node:assert/strict";
import { asText, readHeld, within, writeHeld } from "../../../pcae/browser/site/held.js";

/** @type {Record<string, import("../../../pcae/browser/site/held.js").Widget>} */
const widgets = {
  which: ["First", ["Worst", "Best"]],
  how_many: ["10", within(1, 40)],
  differences: [asText(false), [asText(true)]],
};

Deno.test("what a link holds is shown, and what it does not is as usual", () => {
  const { values, wrong } = readHeld({ which: "Best", differences: "True" }, widgets);
  deepStrictEqual(values, { which: "Best", how_many: "10", differences: "True" });
  deepStrictEqual(wrong, []);
  deepStrictEqual(writeHeld(values, widgets), { which: "Best", differences: "True" });
});

Deno.test("what cannot be is named, and as usual", () => {
  for (const how_many of ["0", "41", "7.5", "1e1", "", "007"]) {
    const { values, wrong } = readHeld({ which: "toString", how_many }, widgets);
    deepStrictEqual(values, { which: "First", how_many: "10", differences: "False" });
    deepStrictEqual(wrong, ["which", "how_many"]);
  }
  deepStrictEqual(readHeld({ constructor: "x" }, widgets).wrong, ["unknown parts"]);
});
