/** The store of what a visitor has set, and what is usual of it. */

import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { differs, Store } from "../../../pcae/browser/explorer/store.js";
import { hiddenFor, toggled } from "../../../pcae/browser/core/hiding.js";
import { counts, fresh, restricted } from "../../../pcae/browser/explorer/state.js";
import { aWorld } from "./world.js";

/** @import { State } from "../../../pcae/browser/explorer/state.js" */

Deno.test("a change is told once, with what was before, in the order of those who listen", () => {
  const store = new Store(fresh());
  /** @type {[string, number, number][]} */
  const heard = [];
  for (const name of ["first", "second"]) {
    store.subscribe((now, before) => heard.push([name, now.k, before.k]));
  }
  store.set({ k: 7, held: 3 });
  deepStrictEqual(heard, [["first", 7, 2], ["second", 7, 2]]);
  equal(store.get().held, 3);
});

Deno.test("what changes nothing is not told", () => {
  const store = new Store(fresh());
  store.subscribe(() => ok(false));
  store.set({});
  store.set({ k: 2, colour: "digit" });
});

Deno.test("who left is not told, also where one leaves while all are told", () => {
  const store = new Store(fresh());
  /** @type {string[]} */
  const heard = [];
  const leave = store.subscribe(() => {
    heard.push("once");
    leave();
  });
  store.subscribe(() => heard.push("each time"));
  store.set({ k: 3 });
  store.set({ k: 4 });
  deepStrictEqual(heard, ["once", "each time", "each time"]);
});

Deno.test("what a listener sets is told to all after what came before", () => {
  const store = new Store(fresh());
  /** @type {[string, number, number][]} */
  const heard = [];
  store.subscribe((now) => store.set({ held: now.k }));
  store.subscribe((now, before) =>
    heard.push(["k", before.k, now.k], ["held", before.held, now.held])
  );
  store.set({ k: 5 });
  equal(store.get().held, 5);
  deepStrictEqual(heard, [["k", 2, 5], ["held", 0, 0], ["k", 5, 5], ["held", 0, 5]]);
});

Deno.test("a listener that fails keeps nobody from what is set later", () => {
  const store = new Store(fresh());
  /** @type {number[]} */
  const heard = [];
  const leave = store.subscribe(() => {
    throw new Error("it cannot draw");
  });
  store.subscribe(({ k }) => heard.push(k));
  throws(() => store.set({ k: 5 }));
  leave();
  store.set({ k: 6 });
  deepStrictEqual(heard, [6]);
});

Deno.test("another state that is put is told to nobody", () => {
  const store = new Store(fresh());
  store.subscribe(() => ok(false));
  store.put({ ...fresh(), k: 30 });
  equal(store.get().k, 30);
});

Deno.test("a state survives JSON", () => {
  /** @type {State} */
  const state = {
    ...fresh(),
    ranges: [[[-1, 2.5], [0, 1]], null],
    cameras: [{ eye: { x: 1, y: 2, z: 3 }, center: { x: 0, y: 0, z: 0 } }, null],
    hidden: [0, 9],
    moment: 1.5,
  };
  deepStrictEqual(JSON.parse(JSON.stringify(state)), state);
});

Deno.test("only what is asked for is compared", () => {
  const [now, before] = [{ ...fresh(), k: 3 }, fresh()];
  ok(!differs(now, { ...before, axes: now.axes }, ["axes", "colour"]));
  ok(differs(now, before, ["colour", "k"]));
});

Deno.test("a click hides a class or shows it, in the order of the classes", () => {
  deepStrictEqual(toggled([], 7), [7]);
  deepStrictEqual(toggled([7], 3), [3, 7]);
  deepStrictEqual(toggled([3, 7], 3), [7]);
});

Deno.test("a second click shows a class alone, and once it is alone all again", () => {
  deepStrictEqual(hiddenFor(1, [0, 2], []), [0, 2]);
  deepStrictEqual(hiddenFor(2, [0, 1], [1]), [0, 1]);
  deepStrictEqual(hiddenFor(1, [0, 2], [0, 2]), []);
  deepStrictEqual(hiddenFor(1, [0, 2], [0, 1, 2]), [0, 2]);
});

Deno.test("round numbers of digits can be shown, all test digits, and all", () => {
  deepStrictEqual(counts(aWorld()), [1000, 2000, 5000, 10_000, 70_000]);
  deepStrictEqual(counts(aWorld({ tests: 1200, everything: 6000 })), [1000, 1200, 6000]);
  deepStrictEqual(counts(aWorld({ tests: 30, everything: 30 })), [30]);
});

Deno.test("a number of digits that shows no more than the one before it is left out", () => {
  const among = (/** @type {number} */ n) => Math.min(n, 1500);
  deepStrictEqual(counts(aWorld({ among })), [1000, 2000]);
});

Deno.test("what cannot be shown is let go", () => {
  const mode = /** @type {const} */ ("path");
  const state = { ...fresh(), held: 7, pictures: true, manifold: true, mode };
  const knows = (/** @type {number} */ i) => i > 4;
  const all = { shape: [28, 28], network: {}, labels: new Uint8Array(9), knows };
  deepStrictEqual(restricted(state, aWorld(all)), state);
  for (const held of [3, 12_000]) equal(restricted({ ...state, held }, aWorld(all)).held, 5);
  const row = restricted(state, aWorld({ ...all, shape: null }));
  deepStrictEqual(row, { ...state, pictures: false, manifold: false, mode: "pan" });
  const bare = aWorld({ ...all, network: undefined });
  const points = restricted({ ...state, colour: "better" }, bare);
  deepStrictEqual(points, { ...state, manifold: false, mode: "pan", colour: "digit" });
});
