/** Links under a chart of Streamlit's: the picture as PNG or SVG, and its data as CSV. */

import { element } from "../core/element.js";
import { asCsv } from "../core/csv.js";
import { downloadLink, save, savePicture } from "../core/saving.js";

/** @import { AxisName, ChartData, Component, GraphDiv } from "../types.d.ts" */

/**
 * Draw the links for the chart in the container that the data names; CSV where it says so.
 *
 * @param {Component<ChartData>} component
 */
export function show({ parentElement, data }) {
  /** @type {(text: string, title: string, act: (plot: GraphDiv) => void) => HTMLElement} */
  const link = (text, title, act) =>
    downloadLink(text, title, () => {
      const box = parentElement.closest(`.st-key-${data.box}`);
      /** @type {GraphDiv | null | undefined} */
      const plot = box?.querySelector(".js-plotly-plot");
      if (plot) act(plot);
    });
  const kinds = /** @type {const} */ (["png", "svg"]).map((format) =>
    link(
      format.toUpperCase(),
      `The picture as ${format.toUpperCase()}`,
      (plot) => savePicture(plot, format, data.name),
    )
  );
  const csv = link(
    "CSV",
    "The data as a table",
    (plot) => save(asCsv(table(plot)), `${data.name}.csv`),
  );
  parentElement.replaceChildren(
    element("div", { className: "pcae-d" }, ...kinds, ...(data.csv ? [csv] : [])),
  );
}

/** Nothing outlives the element. */
export function leave() {}

/**
 * The points of a plot: a row each, with the names of its series and of its axes.
 *
 * @param {GraphDiv} plot
 */
function table(plot) {
  const axis = (/** @type {string} */ id) => {
    const name = /** @type {AxisName} */ (id.replace(/^([xy])/, "$1axis"));
    return plot._fullLayout[name]?.title?.text ?? "";
  };
  /** @type {unknown[][]} */
  const rows = [["series", "x", "y", "x_is", "y_is"]];
  for (const trace of plot._fullData) {
    const [xs, ys] = [trace.x ?? [], trace.y ?? []];
    const names = [axis(trace.xaxis ?? "x"), axis(trace.yaxis ?? "y")];
    for (let i = 0; i < ys.length; i++) rows.push([trace.name, xs[i], ys[i], ...names]);
  }
  return rows;
}
