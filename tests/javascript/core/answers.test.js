/** Arrays that are fetched: once, again where the network fails, and no more when nobody waits. */

import { deepStrictEqual, equal, rejects } from "node:assert/strict";
import { fetchArrays, fetchJson } from "../../../pcae/browser/core/answers.js";
import { answer, served } from "../serving.js";

Deno.test("arrays are asked for once, relative to the app", () => {
  /** @type {string[]} */
  const asked = [];
  const serve = (/** @type {URL} */ address) => {
    asked.push(address.href);
    return new Response(answer);
  };
  return served(serve, async () => {
    const { signal } = new AbortController();
    const both = [fetchArrays("explorer/once", signal), fetchArrays("explorer/once", signal)];
    const [one, other] = await Promise.all(both);
    equal(one, other);
    equal(one.arrays.a.data[0], 7);
    deepStrictEqual(asked, ["https://pcae.example/app/explorer/once"]);
  });
});

Deno.test("what failed is asked for again, and said as the server says it", () => {
  let turn = 0;
  const serve = () => turn++ ? new Response(answer) : new Response("It is gone.", { status: 404 });
  return served(serve, async () => {
    const { signal } = new AbortController();
    await rejects(fetchArrays("explorer/again", signal), /^Error: It is gone\.$/);
    equal((await fetchArrays("explorer/again", signal)).arrays.a.data[0], 7);
  });
});

Deno.test("a server that goes on being silent is a sentence, after three tries", () => {
  let tries = 0;
  const serve = () => {
    tries += 1;
    return Promise.reject(new TypeError("refused"));
  };
  return served(serve, async () => {
    const { signal } = new AbortController();
    await rejects(fetchArrays("explorer/silent", signal), /The server does not answer/);
    equal(tries, 3);
  });
});

Deno.test("what the network or a busy server fails once is fetched by itself", () => {
  const first = [
    () => Promise.reject(new TypeError("reset")),
    () => new Response("", { status: 503 }),
  ];
  const serve = () => (first.shift() ?? (() => new Response(answer)))();
  return served(serve, async () => {
    const { signal } = new AbortController();
    equal((await fetchArrays("explorer/once more", signal)).arrays.a.data[0], 7);
  });
});

Deno.test("fetching ends when the last of all who wait has ended", () => {
  /** @type {AbortSignal[]} */
  const signals = [];
  /** @type {(address: URL, signal: AbortSignal) => Promise<Response>} */
  const serve = (_, signal) => {
    signals.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", reject));
  };
  return served(serve, async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const waiting = [one, other].map(({ signal }) => fetchArrays("explorer/slow", signal));
    one.abort();
    equal(signals[0].aborted, false);
    other.abort();
    equal(signals[0].aborted, true);
    for (const wait of waiting) await rejects(wait);
  });
});

Deno.test("JSON is read, and the page of a server that lacks a file is a sentence", () => {
  const page = { status: 404, headers: { "Content-Type": "text/html" } };
  const serve = (/** @type {URL} */ { pathname }) =>
    pathname.endsWith("there.json")
      ? new Response('{"a": [1]}')
      : new Response("<html>Not found</html>", page);
  return served(serve, async () => {
    const { signal } = new AbortController();
    deepStrictEqual(await fetchJson("figures/there.json", signal), { a: [1] });
    await rejects(fetchJson("figures/gone.json", signal), /^Error: A file of this page is not/);
    await rejects(fetchArrays("digits/gone", signal), /^Error: A file of this page is not/);
  });
});
