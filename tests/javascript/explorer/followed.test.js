/** What of an explorer is drawn anew where it follows another. */

import { deepStrictEqual } from "node:assert/strict";
import { changed } from "../../../pcae/browser/explorer/followed.js";
import { readLink } from "../../../pcae/browser/explorer/link.js";
import { usual } from "../../../pcae/browser/explorer/state.js";
import { aWorld } from "./world.js";

/** @import { Shown } from "../../../pcae/browser/explorer/state.js" */

const world = aWorld();
/** @type {Shown} */
const shown = { world, whole: [[[-9, 9], [-8, 8]], [[-7, 7], [-6, 6]]], moments: true };

Deno.test("only what is another is changed, and neither the moment nor what is pointed at", () => {
  const state = { ...usual(world), pinned: [3, 1], held: 7, moment: 2 };
  const { state: wanted } = readLink("pins=3,1&k=3&hide=4&at=9&moment=1", shown);
  deepStrictEqual(changed(state, wanted), { k: 3, hidden: [4] });
});

Deno.test("what another says no more goes back to the usual", () => {
  /** @type {[[number, number], [number, number]]} */
  const near = [[0, 1], [0, 1]];
  const state = { ...usual(world), pinned: [3], pictures: true, ranges: [near, near] };
  const { state: wanted } = readLink("", shown);
  deepStrictEqual(changed(/** @type {any} */ (state), wanted), {
    pinned: [],
    pictures: false,
    ranges: [null, null],
  });
});
