/** What a link says before its "#", as the app's links do. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { readPlace, writePlace } from "../../../pcae/browser/site/place.js";

/** @import { SiteManifest } from "../../../pcae/browser/types.d.ts" */

const networks = [
  { key: "000000000005", settings: {}, dataset: "mnist" },
  { key: "000000000025", settings: { epochs: "25" }, dataset: "mnist" },
  { key: "00000000000b", settings: { hidden: "1000, 500, 250", k: "30" }, dataset: "mnist" },
];
const manifest = /** @type {SiteManifest} */ (/** @type {unknown} */ ({
  networks,
  first: "000000000025",
  labels: { hidden: "Hidden widths", k: "k", epochs: "Epochs", seed: "Seed" },
  datasets: { mnist: { tests: 100 } },
}));
const ofRun = { ofRun: true, explore: false };

/** @param {string} search */
function read(search) {
  const { network, wrong, ...place } = readPlace(search, manifest);
  return { ...place, key: network.key, wrong };
}

Deno.test("nothing asks for the first network", () => {
  const { key, wrong, query } = read("");
  deepStrictEqual([key, wrong, query], ["000000000025", [], {}]);
});

Deno.test("a network is found by its key and by its settings", () => {
  for (
    const search of [
      "?run=00000000000b&hidden=1000%2C+500%2C+250&k=30",
      "?run=00000000000b&hidden=1000,+500,+250&k=30&embed=true&embed_options=x",
      "?hidden=1000, 500, 250&k=30",
      "?run=00000000000b", // a lesson's step names no settings
    ]
  ) {
    const { key, wrong, query } = read(search);
    deepStrictEqual([key, wrong, query], ["00000000000b", [], {}]);
  }
  equal(read("?run=000000000005").key, "000000000005"); // it has no settings but the usual
});

Deno.test("what cannot be used is named, and the usual shown", () => {
  /** @type {[string, string[]][]} */
  const cases = [
    ["?run=0123456789ab", ["run (not in this site)"]],
    ["?run=0123456789ab&seed=3", ["run (not in this site)"]],
    ["?seed=7", ["settings"]],
    ["?run=000000000025&epochs=26", ["settings"]],
    ["?hide=draw&lesson=tour&step=2&projector=3", ["hide", "lesson", "step", "projector"]],
    ["?pinned=1,x", ["pinned"]],
    ["?pinned=", ["pinned"]],
    ["?pinned=" + Array.from({ length: 13 }, (_, i) => i), ["pinned"]],
    ["?compare=epochs%3D25|seed%3D9", ["compare"]],
  ];
  for (const [search, expected] of cases) {
    const { key, wrong } = read(search);
    deepStrictEqual([key, wrong], ["000000000025", expected], search);
  }
  const some = read("?selected=3,60000");
  deepStrictEqual([some.selected, some.wrong], [[3], ["selected"]]); // a training digit
});

Deno.test("what is said is what is read again", () => {
  const place = {
    network: manifest.networks[2],
    query: { which: "Selected in Explore", pca_k_30: "12" },
    selected: [3, 5],
    pinned: [7],
    compared: ["000000000005", "00000000000b"],
    projector: true,
  };
  const search = writePlace(place, manifest, ofRun);
  deepStrictEqual(readPlace(search, manifest), { ...place, wrong: [] });
  const expected = "?run=00000000000b&hidden=1000,+500,+250&k=30&which=Selected+in+Explore";
  equal(search.startsWith(expected), true, search);
  equal(writePlace(place, manifest, { ofRun: true, explore: true }).includes("pinned"), false);
  const plain = { ...place, query: {}, selected: [], compared: [], projector: false };
  equal(writePlace(plain, manifest, { ofRun: false, explore: false }), "");
});
