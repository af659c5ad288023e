/** A table is what was put into it, whatever its texts hold. */

import { equal } from "node:assert/strict";
import { asCsv } from "../../../pcae/browser/core/csv.js";

Deno.test("texts with commas, quotes and lines are quoted, others are not", async () => {
  const rows = [["series", "x"], ['Seed, "5"', 1.5], ["two\nlines", -0.25], ["a\rb", 1e-7]];
  const text = 'series,x\n"Seed, ""5""",1.5\n"two\nlines",-0.25\na\rb,1e-7\n';
  equal(await asCsv(rows).text(), text);
});

Deno.test("what is missing is empty, 0 is not", async () => {
  equal(await asCsv([[null, undefined, 0, "", false]]).text(), ",,0,,false\n");
});

Deno.test("what a spreadsheet would compute is text; numbers are numbers", async () => {
  const rows = [["=1+1", "+a", "-b", "@c", "<=50K"], [-1.5, "-1e-3", "+2", "-", "−3"]];
  equal(await asCsv(rows).text(), "'=1+1,'+a,'-b,'@c,<=50K\n-1.5,-1e-3,+2,'-,−3\n");
});

Deno.test("it says what it is", () => {
  equal(asCsv([]).type, "text/csv");
});
