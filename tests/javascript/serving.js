/** A server for a test: what `fetch` finds. */

import { packed } from "./reference.js";

/** An array of one 7. */
export const answer = packed({ a: { dtype: "U8", shape: [1], bytes: [7] } });
Object.assign(globalThis, { document: { baseURI: "https://pcae.example/app/" } });

/**
 * Let a server answer while something is tried.
 *
 * @param {(address: URL, signal: AbortSignal) => Response | Promise<Response>} serve
 * @param {() => Promise<void>} act
 */
export async function served(serve, act) {
  const before = globalThis.fetch;
  const asking = (/** @type {unknown} */ address, /** @type {RequestInit} */ init) =>
    Promise.resolve(serve(new URL(String(address)), init.signal ?? new AbortController().signal));
  Object.assign(globalThis, { fetch: asking });
  try {
    await act();
  } finally {
    globalThis.fetch = before;
  }
}
