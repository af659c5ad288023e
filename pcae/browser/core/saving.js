/** Links that save something: a plot as a picture, rows as a table. */

import { element } from "./element.js";
import { addStyle, fetchPlotly } from "./fetched.js";

/** @import { GraphDiv } from "../types.d.ts" */

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
 * Save a plot as it stands, on the page's background.
 *
 * @param {GraphDiv} plot
 * @param {"png" | "svg"} format
 * @param {string} filename - without its ending.
 * @param {object} more - of its layout, where the picture has to say more than the page.
 */
export async function savePicture(plot, format, filename, more = {}) {
  const Plotly = await fetchPlotly();
  const background = getComputedStyle(plot).getPropertyValue("--st-background-color").trim();
  const { width, height } = plot.getBoundingClientRect();
  const layout = {
    ...plot.layout,
    paper_bgcolor: background,
    updatemenus: [],
    sliders: [],
    ...more,
  };
  const scale = format === "png" ? 2 : 1;
  await Plotly.downloadImage(
    { data: plot.data, layout },
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
