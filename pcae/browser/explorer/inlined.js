/**
 * What `fetched.js` is in a page that is one file: Plotly and the data lie in the page itself, each
 * in an element with its size, packed as `pcae/takehome/onefile.py` says.
 */

import { element } from "../core/element.js";

const FIRST = 35; // of the characters that stand for 0 to 90
const LEFT_OUT = 60; // among them: "<"
const BITS = 13; // in two characters

/** @type {Promise<import("../types.d.ts").Plotly> | undefined} */
let plotly;

/** Plotly, unpacked when it is first asked for. */
export function fetchPlotly() {
  plotly ??= unpacked(document.getElementById("plotly"))
    .text()
    .then((textContent) => {
      document.head.append(element("script", { textContent }));
      return globalThis.Plotly;
    });
  return plotly;
}

/** The page has the style sheets. */
export function addStyle() {}

/** Where the data are, as `pcae.server.routes.addresses` says it of the server's. */
export async function addresses() {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll("script[data-size]:not(#plotly)");
  const found = [...parts].map(async (part) => {
    const address = URL.createObjectURL(await unpacked(part).blob());
    return [part.id, `${address}#`]; // what is added to it changes nothing
  });
  return Object.fromEntries(await Promise.all(found));
}

/** What an element holds, which it gives away. @param {HTMLElement | null} part */
function unpacked(part) {
  if (!part) throw new Error("A part of this page is missing: save it again.");
  const bytes = new Uint8Array(Number(part.dataset.size));
  const text = part.textContent ?? "";
  part.remove();
  const digit = (/** @type {number} */ at) => {
    const code = text.charCodeAt(at);
    return code - FIRST - (code > LEFT_OUT ? 1 : 0);
  };
  let [bits, count, end] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 2) {
    bits = (bits << BITS) | (91 * digit(at) + digit(at + 1));
    for (count += BITS; count >= 8; count -= 8) bytes[end++] = bits >> (count - 8);
    bits &= (1 << count) - 1;
  }
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain);
}
