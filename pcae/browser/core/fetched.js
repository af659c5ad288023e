/** What scripts fetch beside data: Plotly and style sheets, each once a page. */

import { element } from "./element.js";

/** @type {Promise<typeof globalThis.Plotly> | undefined} */
let plotly;

/** Plotly, fetched when it is first asked for. */
export function fetchPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = element("script", { src: new URL("../plotly.min.js", import.meta.url).href });
    const sentence = "Plotly could not be fetched: reload the page.";
    script.addEventListener("load", () => resolve(globalThis.Plotly));
    script.addEventListener("error", () => reject(new Error(sentence)));
    document.head.append(script);
  });
  return plotly;
}

/**
 * Add one of our style sheets to the page; fulfilled when it is there.
 *
 * @param {string} name - from the scripts' folder.
 */
export function addStyle(name) {
  const link = element("link", {
    rel: "stylesheet",
    href: new URL(`../${name}`, import.meta.url).href,
  });
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
}
