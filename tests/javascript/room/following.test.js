/** Where a page that follows goes. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { Following, posted } from "../../../pcae/browser/room/following.js";

/** @import { Lead, Shown } from "../../../pcae/browser/types.d.ts" */

/** @param {string} page @param {Record<string, string>} query @returns {Shown} */
const at = (page, query = {}) => ({ page, query, hash: "", pointer: null });
/** @param {string} page @returns {Lead} */
const leads = (page, query = "", hash = "") => ({ page, query, hash, by: "tab" });

/** What a step asks for, without the request's name. @param {any} step */
const go = (step) => step.go.split(" ")[1];

Deno.test("a page that is elsewhere goes there once", () => {
  const following = new Following();
  const lead = leads("draw", "run=a&k=2");
  equal(go(following.step(at("explore"), lead, null, 0)), "draw?run=a&k=2");
  equal(following.step(at("explore"), lead, null, 1000), null);
  equal(following.isWaiting(), true);
  following.giveUp();
  equal(go(following.step(at("explore"), lead, null, 6000)), "draw?run=a&k=2");
  following.arrived(at("draw", { k: "2", run: "a" }), following.last.name);
  equal(following.isWaiting(), false);
  equal(following.step(at("draw", { k: "2", run: "a" }), lead, null, 7000), null);
});

Deno.test("where an address leads to another one, it is not asked for again", () => {
  const following = new Following();
  const lead = leads("draw", "run=gone");
  following.step(at("glossary"), lead, null, 0);
  following.arrived(at("data"), "of another request");
  equal(following.isWaiting(), true);
  following.arrived(at("draw", { run: "here" }), following.last.name);
  equal(following.step(at("draw", { run: "here" }), lead, null, 9000), null);
  equal(go(following.step(at("glossary"), lead, null, 9000)), "draw?run=gone");
  equal(go(following.step(at("draw", { run: "here" }), leads("data"), null, 9000)), "data?");
});

Deno.test("in the explorer only what it shows is another", () => {
  const following = new Following();
  const own = at("explore", { run: "a" });
  deepStrictEqual(following.step(own, leads("explore", "run=a", "zoom=1"), null, 0), {
    show: "zoom=1",
  });
  equal(following.isThere(own, leads("explore", "run=b")), false);
});

Deno.test("the digit that is pointed at goes into the address, and a screen keeps its type", () => {
  const following = new Following();
  const own = at("glossary", { projector: "1" });
  equal(
    go(following.step(own, leads("explore", "run=a", "k=3"), { i: 7 }, 0)),
    "explore?run=a&projector=1#k=3&at=7",
  );
  equal(
    following.isThere(at("explore", { run: "a", projector: "1" }), leads("explore", "run=a")),
    true,
  );
  equal(posted({ run: "a", projector: "1", hidden: "1, 2", embed: "true" }), "hidden=1%2C+2&run=a");
});
