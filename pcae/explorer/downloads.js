/** Links under a chart of Streamlit's: the picture as PNG or SVG, and its data as CSV. */

import { addStyle, fetchPlotly } from "./fetched.js";
import { element } from "./panel.js";

addStyle("downloads.css");

/** Draw the links for the chart in the container that the data names; CSV where it says so. */
export function show({ parentElement, data }) {
  const chart = () =>
    parentElement.closest(`.st-key-${data.box}`)?.querySelector(".js-plotly-plot");
  const link = (text, title, act) => downloadLink(text, title, () => chart() && act(chart()));
  const kinds = ["png", "svg"].map((format) =>
    link(format.toUpperCase(), `The picture as ${format.toUpperCase()}`, (plot) =>
      savePicture(plot, format, data.name),
    ),
  );
  const csv = link("CSV", "The data as a table", (plot) =>
    save(asCsv(table(plot)), `${data.name}.csv`),
  );
  parentElement.replaceChildren(
    element("div", { className: "pcae-d" }, ...kinds, ...(data.csv ? [csv] : [])),
  );
}

/** Nothing outlives the element. */
export function leave() {}

/** A link that saves something. */
export function downloadLink(textContent, title, onclick) {
  return element("button", { className: "pcae-link", textContent, title, onclick });
}

/**
 * Save a plot as it stands, on the page's background.
 *
 * @param {Object} more - of its layout, where the picture has to say more than the page.
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

/** The points of a plot: a row each, with the names of its series and of its axes. */
function table(plot) {
  const titles = (name) => plot._fullLayout[name]?.title?.text ?? "";
  const axis = (id) => titles(id.replace(/^([xy])/, "$1axis"));
  const rows = [["series", "x", "y", "x_is", "y_is"]];
  for (const trace of plot._fullData) {
    const [xs, ys] = [trace.x ?? [], trace.y ?? []];
    const names = [axis(trace.xaxis ?? "x"), axis(trace.yaxis ?? "y")];
    for (let i = 0; i < ys.length; i++) rows.push([trace.name, xs[i], ys[i], ...names]);
  }
  return rows;
}

/** Rows of a table as the contents of a CSV file. */
export function asCsv(rows) {
  const text = rows.map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  return new Blob([text], { type: "text/csv" });
}

function quoted(value) {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Give a file to the visitor. */
export function save(blob, filename) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000); // the browser may still read it
}
