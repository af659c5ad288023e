/** What Plotly draws of the two planes: points, colours and axes, in two dimensions or three. */

import { AXIS_NAMES, BOTH, CODE_AT, KINDS, OPACITY, TITLES } from "../core/both.js";
import { quantile } from "../core/numerics.js";

const GREY = "rgba(128,136,148,0.35)";
const MANY = 20_000; // digits, from which on they are drawn smaller
const ERRORS = { name: "Viridis", stops: ["#440154", "#31688e", "#35b779", "#fde725"] };

/** @import { Side } from "../core/both.js" */
/** @import { Scene } from "./scene.js" */
/**
 * @typedef {Object} Paint how the points of each plane are coloured
 * @property {ArrayLike<number>[]} values by plane
 * @property {string | [number, string][]} colorscale
 * @property {number} cmin
 * @property {number} cmax
 * @property {Key} [key] what the colours of errors mean
 */
/** @typedef {{stops: string[], low: string, high: string}} Key */

/** @param {Scene} scene @returns {Paint} */
export function paint({ state, world, theme: { colors } }) {
  if (state.colour === "digit") {
    const n = world.classes.length;
    /** @type {[number, string][]} */
    const colorscale = colors.slice(0, n).flatMap((c, i) => [[i / n, c], [(i + 1) / n, c]]);
    return { values: [world.labels, world.labels], colorscale, cmin: -0.5, cmax: n - 0.5 };
  }
  const pca = world.pcaErrors(state.k);
  const network = world.errors ?? []; // there is one, or no choice of colours
  if (state.colour === "error") {
    const cmax = Math.max(quantile(pca, 0.98), quantile(network, 0.98));
    const key = { stops: ERRORS.stops, low: "error 0", high: cmax.toFixed(3) };
    return { values: [pca, network], colorscale: ERRORS.name, cmin: 0, cmax, key };
  }
  // positive where the autoencoder is better; PCA's and the autoencoder's colour on every page
  const gain = Float32Array.from(pca, (error, i) => error - network[i]);
  const most = quantile(gain.map(Math.abs), 0.95);
  const stops = [colors[6], "rgb(160,164,170)", colors[0]];
  /** @type {[number, string][]} */
  const colorscale = stops.map((color, i) => [i / 2, color]);
  const key = { stops, low: "PCA", high: "autoencoder" };
  return { values: [gain, gain], colorscale, cmin: -most, cmax: most, key };
}

/**
 * Both planes.
 *
 * @param {Scene} scene
 * @param {Int32Array} shown indices of digits
 * @param {Float32Array[][]} at the digits' places by plane, across and up
 */
export function flat(scene, shown, at) {
  const { state, timed } = scene;
  const paints = paint(scene);
  const selected = new Set(state.selected);
  const places = Array.from(shown.keys()).filter((place) => selected.has(shown[place]));
  const pick = (/** @type {ArrayLike<number>} */ values) =>
    Float32Array.from(shown, (i) => values[i]);
  const data = BOTH.map((p) => ({
    type: "scattergl",
    mode: "markers",
    hoverinfo: "none",
    x: pick(at[p][0]),
    y: pick(at[p][1]),
    xaxis: p ? "x2" : "x",
    yaxis: p ? "y2" : "y",
    visible: !(timed && p === CODE_AT), // the timeline draws them
    marker: {
      size: shown.length > MANY ? 3 : 5,
      opacity: state.pictures ? 0.12 : OPACITY,
      color: pick(paints.values[p]),
      colorscale: paints.colorscale,
      cmin: paints.cmin,
      cmax: paints.cmax,
    },
    selectedpoints: selected.size ? places : undefined,
    selected: { marker: { opacity: state.pictures ? 0.3 : 0.95 } },
    unselected: { marker: { color: GREY, opacity: 0.35 } },
  }));
  return { data, layout: layout(scene) };
}

/** @param {Scene} scene */
function layout({ state, world, theme: { text, lines, font, type } }) {
  const shared = { zeroline: false, gridcolor: lines, ticks: "" };
  /** @param {Side} p @param {Side} d */
  const axis = (p, d) => ({
    ...shared,
    title: {
      text: world.k === 1 && d ? "label" : `${AXIS_NAMES[p]} ${state.axes[p][d] + 1}`,
      standoff: d ? 4 : 6,
    },
    range: [...state.ranges[p]?.[d] ?? []],
  });
  return {
    margin: { l: 44 * type, r: 8, t: 30 * type, b: 40 * type },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, size: 13 * type, family: font },
    showlegend: false,
    hovermode: false,
    clickmode: "none",
    dragmode: state.mode === "path" ? false : state.mode,
    selections: [],
    newselection: { line: { color: text, width: 1.5 } },
    annotations: TITLES.map((title, p) => ({
      text: `<b>${p === CODE_AT && world.title ? asText(world.title) : title}</b>`,
      font: { size: 15 * type },
      x: p ? 0.765 : 0.235,
      y: 1,
      xref: "paper",
      yref: "paper",
      xanchor: "center",
      yanchor: "bottom",
      showarrow: false,
    })),
    xaxis: { ...axis(0, 0), domain: [0, 0.47], anchor: "y" },
    yaxis: { ...axis(0, 1), anchor: "x" },
    xaxis2: { ...axis(1, 0), domain: [0.53, 1], anchor: "y2" },
    yaxis2: { ...axis(1, 1), anchor: "x2" },
  };
}

/** Both in three dimensions. @param {Scene} scene @param {Int32Array} shown */
export function solid(scene, shown) {
  const { world, theme: { text, font, type }, state: { cameras } } = scene;
  const paints = paint(scene);
  const pick = (/** @type {ArrayLike<number>} */ values) => Array.from(shown, (i) => values[i]);
  /** @param {(d: string, j: number) => [string, unknown]} of */
  const each = (of) => Object.fromEntries(["x", "y", "z"].map(of));
  const data = BOTH.map((p) => ({
    type: "scatter3d",
    mode: "markers",
    hoverinfo: "none",
    showlegend: false,
    scene: p ? "scene2" : "scene",
    ...each((d, j) => [d, pick(world.column(KINDS[p], j))]),
    marker: {
      size: 2.5,
      opacity: 0.8,
      color: pick(paints.values[p]),
      colorscale: paints.colorscale,
      cmin: paints.cmin,
      cmax: paints.cmax,
    },
  }));
  const of = (/** @type {Side} */ p) => ({
    domain: { x: p ? [0.5, 1] : [0, 0.5], y: [0, 1] },
    ...(cameras[p] && { camera: cameras[p] }),
    ...each((d, j) => {
      const title = { text: `${AXIS_NAMES[p]} ${j + 1}` };
      return [`${d}axis`, { title, gridcolor: GREY, color: text, showspikes: false }];
    }),
  });
  const layout = {
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, size: 12 * type, family: font },
    scene: of(0),
    scene2: of(1),
    uirevision: "keep",
  };
  return { data, layout };
}

/** Plotly's markup for a text. @param {string} text */
function asText(text) {
  return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
