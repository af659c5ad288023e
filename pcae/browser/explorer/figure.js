/** The planes as a figure of Plotly's, for saved pictures: what is drawn, as far as it is points. */

import { BOTH } from "../core/both.js";
import { fetchPlotly } from "../core/fetched.js";
import { asMarkup } from "../core/markup.js";
import { inkOf } from "../core/pictures.js";
import { between, colorOf } from "./paint.js";

const LETTER = 7; // pixels that a letter of the legend takes, about
const LINE = 18; // pixels of a line of it
const BAR = 240; // pixels of a scale
const SHADES = 60; // of a scale
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
  const under = legend(planes, clientWidth);
  const size = { width: clientWidth, height: clientHeight + under.height };
  const margin = { .../** @type {{margin: {b: number}}} */ (figure.layout).margin };
  margin.b += under.height;
  const { annotations = [] } = /** @type {{annotations?: object[]}} */ (figure.layout);
  Object.assign(figure.layout, {
    ...size,
    margin,
    paper_bgcolor: theme.ground,
    annotations: [...annotations, ...under.notes],
    shapes: under.shapes,
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
      title: { text: asMarkup(planes.axisName(p, d)), standoff: 4 },
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
  return { ...place, text: `<b>${asMarkup(text)}</b>`, font: { size: 16 }, showarrow: false };
}

/**
 * What colours mean, below: on the page the classes are buttons.
 *
 * @param {Planes} planes
 * @param {number} width in pixels
 */
function legend({ paint: { key }, scene: { state, world, theme: { colors, type } } }, width) {
  if (key) return scale(key, width, type);
  if (state.colour !== "digit" || !world.labelled) return { height: 0, notes: [], shapes: [] };
  /** @type {string[][]} */
  const lines = [[]];
  let left = width;
  world.classes.forEach((name, label) => {
    const wide = LETTER * type * (name.length + 5);
    if (wide > left) {
      lines.push([]);
      left = width;
    }
    left -= wide;
    const dot = `<span style="color:${colors[label % colors.length]}">●</span>`;
    lines[lines.length - 1].push(`${dot} ${asMarkup(name)}`);
  });
  const text = lines.map((line) => line.join("   ")).join("<br>");
  const height = 20 + LINE * type * lines.length;
  return { height, notes: [below(text, 0.5, 12)], shapes: [] };
}

/**
 * A bar of colours with what its ends are.
 *
 * @param {import("./paint.js").Key} key
 * @param {number} width in pixels
 * @param {number} type how large letters are
 */
function scale({ name = "", stops, low, high }, width, type) {
  const half = BAR / 2 / width;
  const { length } = stops;
  const shapes = Array.from({ length: SHADES }, (_, shade) => {
    const at = ((shade + 0.5) / SHADES) * (length - 1);
    const from = Math.floor(at);
    const fillcolor = colorOf(between(inkOf(stops[from]), inkOf(stops[from + 1]), at - from));
    const [x0, x1] = [shade, shade + 1].map((edge) => 0.5 + half * (2 * edge / SHADES - 1));
    const across = { xref: "paper", x0, x1 };
    const up = { yref: "paper", yanchor: 0, ysizemode: "pixel", y0: -18, y1: -28 };
    return { type: "rect", ...across, ...up, fillcolor, line: { width: 0 } };
  });
  const room = 8 / width;
  const notes = [
    { ...below(asMarkup(low), 0.5 - half - room, 14), xanchor: "right" },
    { ...below(asMarkup(high), 0.5 + half + room, 14), xanchor: "left" },
    ...(name ? [below(`<b>${asMarkup(name)}</b>`, 0.5, 30)] : []),
  ];
  return { height: (name ? 20 : 4) + LINE * type * 2, notes, shapes };
}

/**
 * Words below the planes.
 *
 * @param {string} text
 * @param {number} x
 * @param {number} down pixels
 */
function below(text, x, down) {
  const place = { xref: "paper", yref: "paper", x, y: 0, yshift: -down, yanchor: "top" };
  return { ...place, text, showarrow: false };
}
