/** The planes as a figure of Plotly's, for saved pictures: what is drawn, as far as it is points. */

import { BOTH } from "../core/both.js";
import { fetchPlotly } from "../core/fetched.js";
import { colorOf } from "./paint.js";

const VECTORS = 10_000; // dots of a plane, up to which each is a shape of its own

/** @import { Side } from "../core/both.js" */
/** @import { Planes } from "./planes.js" */

/**
 * Save both planes as they stand.
 *
 * @param {Planes} planes
 * @param {"png" | "svg"} format
 */
export async function savePlanes(planes, format) {
  const plotly = await fetchPlotly();
  const { solid, plot, scene: { state, theme } } = planes;
  const figure = state.solid
    ? { data: solid.plot.data, layout: { ...solid.plot.layout } }
    : { data: dots(planes), layout: layout(planes) };
  const { clientWidth, clientHeight } = state.solid ? solid.plot : plot;
  const below = legend(planes);
  const size = { width: clientWidth, height: clientHeight + below.height };
  const margin = { .../** @type {{margin: {b: number}}} */ (figure.layout).margin };
  margin.b += below.height;
  const { annotations = [] } = /** @type {{annotations?: object[]}} */ (figure.layout);
  Object.assign(figure.layout, {
    ...size,
    margin,
    paper_bgcolor: theme.ground,
    annotations: [...annotations, ...below.notes],
  });
  const scale = format === "png" ? 2 : 1;
  await plotly.downloadImage(figure, { format, ...size, filename: "explorer", scale });
}

/** The dots of both planes, a trace each group. @param {Planes} planes */
function dots(planes) {
  return BOTH.flatMap((p) => {
    const [across, up] = planes.axes[p];
    const groups = planes.groups(p, { width: across.length, height: up.length });
    return groups.map(({ order, radius, opacity, inkOf }) => ({
      type: order.length > VECTORS ? "scattergl" : "scatter",
      mode: "markers",
      x: Array.from(order, (i) => planes.at[p][0][i]),
      y: Array.from(order, (i) => planes.at[p][1][i]),
      xaxis: p ? "x2" : "x",
      yaxis: p ? "y2" : "y",
      marker: { size: 2 * radius, opacity, color: Array.from(order, (i) => colorOf(inkOf(i))) },
    }));
  });
}

/** @param {Planes} planes */
function layout(planes) {
  const { plot, axes, scene: { theme: { text, lines, font, type, ground } } } = planes;
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  const axis = (/** @type {Side} */ p, /** @type {Side} */ d) => {
    const { offset, length, range } = axes[p][d];
    const of = d ? height : width;
    const from = d ? height - offset - length : offset;
    return {
      domain: [from / of, (from + length) / of],
      range: [...range],
      title: { text: planes.axisName(p, d), standoff: 4 },
      anchor: `${d ? "x" : "y"}${p ? 2 : ""}`,
      zeroline: false,
      gridcolor: lines,
      ticks: "",
    };
  };
  return {
    margin: { l: 0, r: 0, t: 0, b: 0 },
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, size: 12 * type, family: font },
    showlegend: false,
    xaxis: axis(0, 0),
    yaxis: axis(0, 1),
    xaxis2: axis(1, 0),
    yaxis2: axis(1, 1),
    annotations: BOTH.flatMap((p) => {
      const [{ offset, length }, { offset: top }] = axes[p];
      const title = note(planes.title(p), [(offset + length / 2) / width, 1 - top / height]);
      const numerals = planes.middles(p).map(({ name, at: [x, y] }) => ({
        ...note(name, [x / width, 1 - y / height]),
        bgcolor: `${ground}99`, // so that dots shine through
        yanchor: "middle",
      }));
      return [...numerals, { ...title, yanchor: "bottom", font: { size: 15 * type } }];
    }),
  };
}

/** @param {string} text @param {number[]} at shares of the picture, from its lower left corner */
function note(text, [x, y]) {
  const place = { x, y, xref: "paper", yref: "paper", xanchor: "center" };
  return { ...place, text: `<b>${asText(text)}</b>`, font: { size: 16 }, showarrow: false };
}

/** The classes' colours as a line below: on the page they are buttons. @param {Planes} planes */
function legend({ scene: { state, world, theme: { colors } } }) {
  if (state.colour !== "digit" || !world.labelled) return { height: 0, notes: [] };
  const parts = world.classes.map(
    (name, label) =>
      `<span style="color:${colors[label % colors.length]}">●</span> ${asText(name)}`,
  );
  const note = {
    text: parts.join("   "),
    xref: "paper",
    yref: "paper",
    x: 0.5,
    y: 0,
    yshift: -12,
    yanchor: "top",
    showarrow: false,
  };
  return { height: 36, notes: [note] };
}

/** Plotly's markup for a text. @param {string} text */
function asText(text) {
  return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
