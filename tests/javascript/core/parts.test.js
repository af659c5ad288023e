/** The order in which parts come: what is wanted first, the rest while nothing is. */

import { deepStrictEqual, equal, rejects } from "node:assert/strict";
import { Parts } from "../../../pcae/browser/core/parts.js";
import { answer, served } from "../serving.js";

/** @import { Part } from "../../../pcae/browser/core/parts.js" */

/** Parts that take what comes, and who hears of it. */
function taking() {
  /** @type {Part[]} */
  const taken = [];
  const taker = {
    has: (/** @type {Part} */ part) => taken.includes(part),
    take: (/** @type {Part} */ part) => void taken.push(part),
  };
  const ending = new AbortController();
  const id = crypto.randomUUID(); // answers are kept
  const parts = new Parts((part) => `explorer/${id}/${part}`, ending.signal, taker);
  return { parts, taken, ending };
}

/** A server that answers when it is told to. */
function slow() {
  /** @type {{ part: string, answer: () => void }[]} */
  const asked = [];
  const serve = (
    /** @type {URL} */ { pathname },
  ) => /** @type {Promise<Response>} */ (new Promise((resolve) => {
    const part = pathname.split("/").slice(4).join("/");
    asked.push({ part, answer: () => resolve(new Response(answer)) });
  }));
  return { asked, serve };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("what is wanted comes before what nobody waits for", () => {
  const { asked, serve } = slow();
  return served(serve, async () => {
    const { parts, taken, ending } = taking();
    parts.load(["test/0", "test/1", "test/2", "test/3"]);
    deepStrictEqual(asked.map(({ part }) => part), ["test/0", "test/1"]);
    const wanted = parts.want(["test/3"]);
    equal(asked[2].part, "test/3");
    asked[0].answer();
    await turn();
    equal(asked.length, 3); // the rest waits
    asked[1].answer();
    asked[2].answer();
    await wanted;
    await turn();
    equal(asked[3].part, "test/2");
    asked[3].answer();
    await turn();
    deepStrictEqual([...taken].sort(), ["test/0", "test/1", "test/2", "test/3"]);
    equal(asked.length, 4);
    ending.abort();
  });
});

Deno.test("two who want a part wait for one answer, and what is here is not asked for", () => {
  const { asked, serve } = slow();
  return served(serve, async () => {
    const { parts } = taking();
    const both = [parts.want(["pca"]), parts.want(["pca"])];
    asked[0].answer();
    await Promise.all(both);
    await parts.want(["pca"]);
    equal(asked.length, 1);
  });
});

Deno.test("what cannot be had is said, until something comes", () => {
  const serve = (/** @type {URL} */ { pathname }) =>
    pathname.endsWith("pca") ? new Response(answer) : new Response("It is gone.", { status: 404 });
  return served(serve, async () => {
    const { parts } = taking();
    let changes = 0;
    parts.changed = () => changes += 1;
    await rejects(parts.want(["decoder"]), /^Error: It is gone\.$/);
    deepStrictEqual([parts.problem, changes], ["It is gone.", 1]);
    await parts.want(["pca"]);
    deepStrictEqual([parts.problem, changes], ["", 2]);
  });
});

Deno.test("nothing more is fetched once it has ended", () => {
  const { asked, serve } = slow();
  return served(serve, async () => {
    const { parts, ending } = taking();
    parts.load(["test/0", "test/1", "test/2"]);
    ending.abort();
    for (const { answer } of asked) answer();
    await turn();
    equal(asked.length, 2);
  });
});
