/** Latent plane's link says what is not usual, in the app's words, and reads only that. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { anyPair, inWords, queryOf, readState } from "../../../pcae/browser/site/latent_state.js";

/** @type {import("../../../pcae/browser/site/latent_state.js").Bounds} */
const BOUNDS = { k: 3, digest: "abc", tests: 1000, pair: [17, 400], colours: [] };
const USUAL = readState({}, BOUNDS).state;

Deno.test("what is usual needs no words", () => {
  deepStrictEqual(queryOf(USUAL, BOUNDS), {});
  deepStrictEqual([USUAL.across, USUAL.up, USUAL.pair], [1, 2, [17, 400]]);
});

Deno.test("a link of the app's is read, and written as it was", () => {
  const query = {
    tiles: "30",
    share: "2.0",
    quantiles: "False",
    regions: "False",
    across_3: "2",
    up_3: "3",
    digit_a_abc: "0",
    digit_b_abc: "999",
  };
  const { state, wrong } = readState(query, BOUNDS);
  deepStrictEqual(wrong, []);
  deepStrictEqual(state, {
    tiles: 30,
    share: 2,
    quantiles: false,
    colour: "",
    across: 2,
    up: 3,
    pair: [0, 999],
  });
  deepStrictEqual(queryOf(state, BOUNDS), query);
});

Deno.test("where across is the second number, up is the first if nothing else is said", () => {
  const { state } = readState({ across_3: "2" }, BOUNDS);
  deepStrictEqual([state.across, state.up], [2, 1]);
  deepStrictEqual(queryOf(state, BOUNDS), { across_3: "2" });
});

Deno.test("what cannot be is named, and the usual is shown", () => {
  const query = {
    tiles: "31",
    share: "0.7",
    quantiles: "no",
    across_3: "4",
    up_3: "1",
    digit_a_abc: "1000",
    digit_b_abc: "-1",
    color: "red",
  };
  const { state, wrong } = readState(query, BOUNDS);
  deepStrictEqual(state, USUAL);
  deepStrictEqual(new Set(wrong), new Set([...Object.keys(query).slice(0, 7), "unknown parts"]));
});

Deno.test("of one or two numbers there is no choice of axes", () => {
  const { state, wrong } = readState({ across_2: "2" }, { ...BOUNDS, k: 2 });
  deepStrictEqual([state.across, state.up, wrong], [1, 2, ["unknown parts"]]);
});

Deno.test("where values are measured, the colour is one of them, the first by itself", () => {
  /** @type {[string, string][]} */
  const colours = [["target", "price"], ["column-1", "width"], ["column-2", "<b>"]];
  const bounds = { ...BOUNDS, colours };
  const { state } = readState({}, bounds);
  deepStrictEqual([state.colour, queryOf(state, bounds)], ["target", {}]);
  const query = { colour_by_abc: "column-2" };
  const found = readState(query, bounds);
  deepStrictEqual([found.state.colour, found.wrong], ["column-2", []]);
  deepStrictEqual(queryOf(found.state, bounds), query);
  for (const [name, text] of [["colour_by_abc", "column-3"], ["regions", "False"]]) {
    const { state: { colour }, wrong } = readState({ [name]: text }, bounds);
    deepStrictEqual([colour, wrong.length], ["target", 1]);
  }
});

Deno.test("parts of the plane have words", () => {
  deepStrictEqual([0.5, 1, 1.5].map(inWords), ["middle 50%", "all of it", "1.5 times as wide"]);
});

Deno.test("another pair is of two classes, where there are two", () => {
  const labels = Uint8Array.from({ length: 50 }, (_, i) => (i < 45 ? 0 : 1));
  for (let n = 0; n < 20; n++) {
    const [a, b] = anyPair(labels);
    ok(labels[a] !== labels[b]);
  }
  equal(anyPair(new Uint8Array(1)).length, 2);
});
