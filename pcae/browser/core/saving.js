/** Links that save something: a plot as a picture, rows as a table. */

import { element } from "./element.js";
import { addStyle, fetchPlotly } from "./fetched.js";
import { themeOf } from "./theme.js";

/** @import { Figure } from "../types.d.ts" */

addStyle("core/saving.css");

/**
 * A link that saves something.
 *
 * @param {string} textContent
 * @param {string} title
 * @param {() => void} onclick
 */
export function downloadLink(textContent, title, onclick) {
  return element("button", { className: "pcae-link", textContent, title, onclick });
}

/**
 * Save a figure of Plotly's as it is on the page, on the page's background.
 *
 * @param {HTMLElement} shown - what it is of, as large and in the same look.
 * @param {Figure} figure
 * @param {"png" | "svg"} format
 * @param {string} filename - without its ending.
 */
export async function savePicture(shown, { data, layout }, format, filename) {
  const Plotly = await fetchPlotly();
  const { ground } = themeOf(shown);
  const { width, height } = shown.getBoundingClientRect();
  const scale = format === "png" ? 2 : 1;
  await Plotly.downloadImage(
    { data, layout: { ...layout, paper_bgcolor: ground } },
    { format, width, height, filename, scale },
  );
}

/**
 * Give a file to the visitor.
 *
 * @param {Blob} blob
 * @param {string} filename
 */
export function save(blob, filename) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000); // the browser may still read it
}
