/** Names as Plotly's markup, and back. */

import { equal } from "node:assert/strict";
import { asMarkup, fromMarkup } from "../../../pcae/browser/core/markup.js";

Deno.test("names are text in figures as Python makes it, and themselves in a table", () => {
  for (const name of ["<=50K & <b>", "$x$ %{y}", "var(--pcae-none)", "&lt;", "Käse (2)"]) {
    equal(fromMarkup(asMarkup(name)), name);
  }
  equal(asMarkup("<=50K & $x$ %{y} var(--a)"), "&#60;=50K &#38; &#36;x&#36; &#37;{y} var&#40;--a)");
});
