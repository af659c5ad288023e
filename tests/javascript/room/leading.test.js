/** What a page posts while it leads. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { Leading } from "../../../pcae/browser/room/leading.js";

/** @param {string} hash */
const at = (hash, page = "explore") => ({ page, query: { k: "2" }, hash, pointer: { i: 1 } });

/** A server that takes a while, and what it was posted. */
function server(status = 200) {
  /** @type {any[]} */
  const taken = [];
  const post = async (/** @type {object} */ message) => {
    taken.push(message);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return new Response("{}", { status });
  };
  return { taken, post };
}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("of many changes the last is posted, one message at a time", async () => {
  const { taken, post } = server();
  const leading = new Leading("tab", post, () => {});
  leading.begin(at("a"), true);
  for (const hash of ["b", "c", "d"]) leading.tell(at(hash));
  await wait(200);
  leading.end();
  deepStrictEqual(taken.map(({ hash, begins }) => [hash, begins]), [["a", true], ["d", undefined]]);
  equal(taken[0].by, "tab");
  equal(taken[0].query, "k=2");
});

Deno.test("what the explorer shows is posted of its page alone, and the teacher's page is not", async () => {
  const { taken, post } = server();
  const leading = new Leading("tab", post, () => {});
  leading.tell(at("a", "teacher"));
  leading.tell(at("a", "draw"));
  await wait(100);
  leading.end();
  deepStrictEqual(taken.map(({ page, hash, pointer }) => [page, hash, pointer]), [[
    "draw",
    "",
    null,
  ]]);
});

Deno.test("where another leads, this one hears of it", async () => {
  let lost = 0;
  const leading = new Leading("tab", server(409).post, () => lost++);
  leading.tell(at("a"));
  await wait(100);
  leading.end();
  equal(lost, 1);
});
