/** The state as the text after "#", and back. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { NOISES } from "../../../pcae/browser/core/noise.js";
import { readLink, writeLink } from "../../../pcae/browser/explorer/link.js";
import { COLOURS, MODES, usual } from "../../../pcae/browser/explorer/state.js";
import { aWorld } from "./world.js";

/** @import { Shown, State } from "../../../pcae/browser/explorer/state.js" */
/** @import { Camera } from "../../../pcae/browser/types.d.ts" */

const world = aWorld();
/** @type {Shown} */
const shown = { world, whole: [[[-9, 9], [-8, 8]], [[-7, 7], [-6, 6]]], moments: true };
const solid = { ...shown, world: aWorld({ k: 3 }) };
/** @type {Camera} */
const above = { eye: { x: 0, y: 0, z: 2 }, center: { x: 0, y: 0.25, z: 0 } };

/** @param {Partial<State>} change */
function written(change, of = shown) {
  return writeLink({ ...usual(of.world), ...change }, of);
}

/** @type {[Partial<State>, string, Shown?][]} */
const SAID = [
  [{}, ""],
  [{ count: 1000 }, "digits=1000"],
  [{ k: 9 }, "k=9"],
  [{ noise: "masking" }, "noise=masking"],
  [{ axes: [[0, 2], [1, 0]], k: 3 }, "k=3&axes=1,3,2,1"],
  [{ ranges: shown.whole }, ""],
  [{ ranges: [null, [[0.5, 1], [-6, 6]]] }, "zoom=-9,9,-8,8,0.5,1,-6,6"],
  [{ ranges: [[[1 / 3, 2], [0, 1]], null] }, "zoom=0.3333333,2,0,1,-7,7,-6,6"],
  [{ colour: "better" }, "colour=better"],
  [{ mode: "lasso" }, "drag=lasso"],
  [{ hidden: [0, 9] }, "hide=0,9"],
  [{ pictures: true, manifold: true }, "show=pictures,manifold"],
  [{ selected: [0, 1, 27, 800] }, "selected=AAZbdS"],
  [{ pinned: [3, 1] }, "pins=3,1"],
  [{ held: 12 }, "at=12"],
  [{ moment: 1.23456 }, "moment=1.235"],
  [{ solid: true }, "show=solid", solid],
  [
    { solid: true, cameras: [above, null] },
    "show=solid&camera=0,0,2,0,0.25,0,1.25,1.25,1.25,0,0,0",
    solid,
  ],
  [{ cameras: [above, null] }, "", solid],
];

Deno.test("what is usual is left out, all else is said", () => {
  for (const [change, text, of] of SAID) equal(written(change, of), text);
});

Deno.test("what is said is read as it was", () => {
  for (const [change, text, of = shown] of SAID) {
    const { state, wrong } = readLink(text, of);
    deepStrictEqual(wrong, []);
    equal(writeLink(state, of), text);
    if (!text || "ranges" in change || "cameras" in change || "moment" in change) continue;
    deepStrictEqual(state, { ...usual(of.world), ...change });
  }
});

Deno.test("any state comes back", () => {
  const random = randoms(7);
  /** @param {number} most @param {number} below */
  const indices = (most, below) => {
    const many = Array.from({ length: Math.floor(random() * most) }, () => random() * below);
    return [...new Set(many.map(Math.floor))].sort((a, b) => a - b);
  };
  const one = (/** @type {string[]} */ of) => of[Math.floor(random() * of.length)];
  for (let time = 0; time < 300; time++) {
    const state = {
      ...usual(world),
      k: 1 + Math.floor(random() * 100),
      noise: /** @type {State["noise"]} */ (one(Object.keys(NOISES))),
      colour: /** @type {State["colour"]} */ (one(Object.keys(COLOURS))),
      mode: /** @type {State["mode"]} */ (one(Object.keys(MODES))),
      hidden: indices(5, 10),
      pictures: random() < 0.5,
      manifold: random() < 0.5,
      selected: indices(500, 10_000),
      pinned: indices(13, 10_000).slice(0, 12),
      held: Math.floor(random() * 10_000),
    };
    deepStrictEqual(readLink(writeLink(state, shown), shown), { state, wrong: [] });
  }
});

Deno.test("a selection too long for a link is left out", () => {
  const far = Array.from({ length: 800 }, (_, i) => 12 * i);
  ok(written({ selected: far }).startsWith("selected="));
  equal(written({ selected: far.flatMap((i) => [i, i + 5]) }), "");
});

Deno.test("training digits are known where they are shown", () => {
  deepStrictEqual(readLink("digits=70000&pins=69999&at=69999", shown).wrong, []);
  deepStrictEqual(readLink("pins=69999&at=10000", shown).wrong, ["pins", "at"]);
});

Deno.test("what cannot be is named and left as usual", () => {
  const bad = {
    digits: ["0", "1001", "x", "", "1e4000"],
    k: ["0", "101", "-1", "2.5", "9".repeat(400), ""],
    noise: ["loud", "constructor", ""],
    axes: ["1,2", "0,1,1,2", "1,2,1,3", "1,2,1,2,1", "a,b,c,d"],
    zoom: ["1,2,3", "2,1,0,1,0,1,0,1", "0,1,0,1,0,1,0,Infinity", "0,1,0,1,0,1,0,1,0", "NaN"],
    colour: ["constructor", "Error", ""],
    drag: ["toString", "zoom"],
    hide: ["10", "-1", "1,2,3,4,5,6,7,8,9,0,1", "x"],
    show: ["solid", "pictures,x", "constructor", ""],
    selected: ["zzzzzzA", "a", "A-", "ZZZZ zA"],
    pins: ["10000", "1,2,3,4,5,6,7,8,9,10,11,12,13", "", "0x10"],
    at: ["10000", "-1", "1 "],
    camera: ["1,2,3", "0,0,0,0,0,0,1,1,1,0,0,0", `${"1,".repeat(11)}1e9`],
    moment: ["-1", "1e3", "x", "Infinity"],
  };
  for (const [name, texts] of Object.entries(bad)) {
    for (const text of texts) {
      const { state, wrong } = readLink(`${name}=${encodeURIComponent(text)}`, shown);
      deepStrictEqual([text, wrong], [text, [name]]);
      deepStrictEqual(state, usual(world));
    }
  }
  deepStrictEqual(readLink("what=1&constructor=2&k=5", shown).wrong, ["unknown parts"]);
  equal(readLink("what=1&k=5", shown).state.k, 5);
  deepStrictEqual(readLink("moment=1", { ...shown, moments: false }).wrong, ["moment"]);
});

/** Numbers in [0, 1), the same for a seed (mulberry32). @param {number} seed */
function randoms(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
