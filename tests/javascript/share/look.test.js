/** The page's look for figures. */

import { deepStrictEqual, equal, throws } from "node:assert/strict";
import { inLook } from "../../../pcae/browser/share/look.js";

const theme = {
  colors: ["#000001", "#000002"],
  networks: ["#000003", "#000004"],
  pca: "#000005",
  autoencoder: "#000006",
  text: "#000007",
  lines: "#000008",
  muted: "#000009",
  ground: "#ffffff",
  font: "serif",
  type: 2,
  dark: false,
};

Deno.test("colours of the theme take the place of their names, also within words", () => {
  const named = {
    data: [{ line: { color: "var(--pcae-pca)" }, x: [1, 2], text: ["", "var(--pcae-class-1)"] }],
    layout: { title: "<b style='color:var(--pcae-network-3)'>a</b>" },
  };
  const { data, layout } = inLook(named, theme);
  deepStrictEqual(data, [{ line: { color: "#000005" }, x: [1, 2], text: ["", "#000002"] }]);
  equal(layout.title, "<b style='color:#000004'>a</b>"); // the second comes again after the last
  equal(named.data[0].line.color, "var(--pcae-pca)");
  throws(() => inLook({ data: [{ color: "var(--pcae-none)" }], layout: {} }, theme), /colour none/);
});

Deno.test("a projector has larger letters and the room for them", () => {
  const note = { text: "PCA", font: { color: "#123456", size: 13 } };
  const { layout } = inLook({ data: [], layout: { margin: { l: 8 }, annotations: [note] } }, theme);
  deepStrictEqual(layout.margin, { l: 16 });
  deepStrictEqual(layout.annotations, [{ ...note, font: { color: "#123456", size: 26 } }]);
});
