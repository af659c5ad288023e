/** Arrays from the server: asked for again where the network fails, and kept for the next page. */

import { readSafetensors } from "./numerics.js";

/** @import { Answer } from "../types.d.ts" */
/** @typedef {{ arrays: Promise<Answer>, waiting: number, forget: () => void }} Kept */

const KEPT = 12; // answers
const AGAIN_MS = [500, 2000]; // before the second try, and before the third
const SILENT = "The server does not answer: see whether it still runs, then reload the page.";
/** @type {Map<string, Kept>} */
const answers = new Map();

const GONE = "A file of this page is not where it was: reload the page.";

/** What a further try may help with: the server is silent, or busy. */
export class Unreached extends Error {}

/**
 * The arrays at an address, kept for the next page that asks.
 *
 * @param {string} address
 * @param {AbortSignal} signal - when all who wait for the answer have ended, it is fetched no more.
 */
export function fetchArrays(address, signal) {
  const kept = answers.get(address) ?? asked(address);
  answers.delete(address);
  answers.set(address, kept); // the latest last
  const [oldest] = answers.keys();
  if (answers.size > KEPT) answers.delete(oldest);
  kept.waiting += 1;
  signal.addEventListener("abort", () => {
    if (--kept.waiting === 0) kept.forget();
  });
  return kept.arrays;
}

/**
 * An answer that is to come, how many wait for it, and how to wait no more.
 *
 * @param {string} address
 */
function asked(address) {
  const ending = new AbortController();
  const arrays = fetchPatiently(address, ending.signal);
  const forget = () => {
    if (answers.get(address) === kept) answers.delete(address);
    ending.abort();
  };
  /** @type {Kept} */
  const kept = { arrays, waiting: 0, forget };
  arrays.then(
    () => (kept.forget = () => {}),
    () => kept.forget(),
  );
  return kept;
}

/**
 * The arrays at an address; where the network fails, after up to three tries.
 *
 * @param {string} address
 * @param {AbortSignal} signal
 */
export async function fetchPatiently(address, signal) {
  for (const wait of AGAIN_MS) {
    try {
      return await fetchNow(address, signal);
    } catch (problem) {
      if (signal.aborted || !(problem instanceof Unreached)) throw problem;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return fetchNow(address, signal);
}

/**
 * The arrays at an address, as they are now; no more once the signal aborts.
 *
 * @param {string} address
 * @param {AbortSignal} signal
 */
export async function fetchNow(address, signal) {
  const answer = await fetchAnswer(address, signal);
  return readSafetensors(await unpacked(await answer.arrayBuffer().catch(silent)));
}

/**
 * What is kept as JSON at an address.
 *
 * @param {string} address
 * @param {AbortSignal} signal
 */
export async function fetchJson(address, signal) {
  const answer = await fetchAnswer(address, signal);
  return await answer.json();
}

/**
 * @param {string} address
 * @param {AbortSignal} signal
 */
async function fetchAnswer(address, signal) {
  const answer = await fetch(new URL(address, document.baseURI), { signal }).catch(silent);
  if (answer.status === 503) throw new Unreached(await answer.text());
  if (answer.ok) return answer;
  const words = await answer.text(); // a server of plain files answers with a page of its own
  throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? words : GONE);
}

/** @returns {never} */
function silent() {
  throw new Unreached(SILENT);
}

/**
 * Bytes without their gzip, if they have one: servers of plain files send them as they are.
 *
 * @param {ArrayBuffer} bytes
 */
async function unpacked(bytes) {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first !== 0x1f || second !== 0x8b) return bytes;
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(plain).arrayBuffer();
}
