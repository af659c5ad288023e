/**
 * The figure of a decoded plane: a picture of all tiles, its axes, and what lies over it; as
 * `pcae/figures/plane.py` makes it, which says more of each.
 */

import { asMarkup, shortened } from "../core/markup.js";
import { rising } from "../core/scale.js";
import { darkClasses } from "../core/theme.js";
import { GROUND, INK } from "./tiles.js";

/** @import { Figure } from "../types.d.ts" */
/** @import { Axis, Field, Regions } from "../core/latent.js" */

const SAYS = "font-size:.8em;font-weight:400;color:var(--pcae-muted)";
const FEW = 20; // classes, that are all named
const LETTER = 0.016; // of a plane, that a letter is wide
const LINE = 0.05; // of a plane, that a name is high

/**
 * A plane decoded on a grid, as far as it is decoded.
 *
 * @typedef {Object} Decoded
 * @property {number[]} numbers which of the k the axes are
 * @property {number} n tiles along each axis
 * @property {Axis[]} axes
 * @property {number[][]} middles of every tile, the lowest row first
 * @property {(Float32Array | undefined)[]} images of every tile; undefined where it is not decoded
 * @property {Regions} regions
 */

/**
 * What a method and its plane are called.
 *
 * @typedef {{ title: string, color: string, says: string, kind: string }} Names
 */

/**
 * Values that the ground of a plane shows, in the colours from low to high: what they are called,
 * and one a cell, NaN where there is none.
 *
 * @typedef {{ name: string, low: number, high: number } & Field} Shades
 */

/**
 * The tiles of a plane, or of one axis, white on the colours of the classes' regions.
 *
 * @param {Names} names
 * @param {Decoded} plane
 * @param {[rows: number, columns: number] | null} shape - of a tile; null where it is no picture.
 * @param {string[]} classes - those whose regions are shown; none without.
 * @param {Float32Array[]} way - codes from digit A to digit B, drawn over it.
 * @param {string} source - the picture.
 * @param {Shades | null} shades - shown in the regions' place.
 * @returns {Figure}
 */
export function decodedPlane(
  { title, color, says, kind },
  plane,
  shape,
  classes,
  way,
  source,
  shades = null,
) {
  const { axes, n, numbers, regions } = plane;
  const flat = axes.length === 1; // then the names stand above the tiles, and the way below
  const [x, y] = [0, 1].map((d) => way.map((code) => axes[d]?.position(code[numbers[d]]) ?? 0));
  const named = numbers.map((number) => `${kind} ${number + 1}`);
  const labels = classes.length && !shades ? roomy(regions, classes) : [];
  const edges = darkClasses(classes.length);
  const marks = labels.map(({ label, name, at: [across, up = 1] }) => ({
    ...mark(name, across, up, GROUND, INK, edges[label]),
    ...flat ? { yanchor: "bottom" } : {},
  }));
  const last = way.length - 1;
  const ends = [mark("A", x[0], y[0], INK, GROUND), mark("B", x[last], y[last], INK, GROUND)];
  const still = { fixedrange: true, constrain: "domain" };
  const [high, wide] = shape ?? [1, 1];
  const ratio = (flat ? high / n : high) / wide;
  const key = shades ? [keyOf(shades)] : [];
  const r = shades ? 90 : flat ? 24 : 8;
  const square = { scaleanchor: "x", scaleratio: ratio, constraintoward: "top" };
  const up = flat ? { visible: false, range: [0, 1] } : ticked(axes[1], named[1]);
  return {
    data: [pointed(plane, named), ...line(x, y, !flat), ...key],
    layout: {
      title: { text: `${title} <span style='${SAYS}'>${says}</span>`, font: { color } },
      margin: flat ? { l: 24, r, t: 52, b: 8 } : { l: 58, r, t: 32, b: 48 },
      showlegend: false,
      hovermode: "closest",
      hoverdistance: -1,
      images: [{
        xref: "x",
        yref: "y",
        x: 0,
        y: 1,
        sizex: 1,
        sizey: 1,
        sizing: "stretch",
        layer: "below",
        source,
      }],
      annotations: [...marks, ...ends],
      xaxis: { ...ticked(axes[0], named[0]), ...still },
      yaxis: { ...up, ...still, ...square },
    },
  };
}

/**
 * Classes, their names and where these stand; of many those that lie over no larger one's.
 *
 * @param {Regions} regions
 * @param {string[]} classes
 */
function roomy({ names, labels }, classes) {
  const named = [...names].map(([label, at]) => ({ label, name: classes[label], at }));
  if (named.length <= FEW) return named;
  const sizes = classes.map(() => 0);
  for (const label of labels) if (label >= 0) sizes[label] += 1;
  /** @type {typeof named} */
  const kept = [];
  for (const { label, name, at } of named.sort((a, b) => sizes[b.label] - sizes[a.label])) {
    const short = shortened(name);
    const over = kept.some((other) =>
      Math.abs(at[0] - other.at[0]) < LETTER * (short.length + other.name.length + 4) / 2 &&
      (at.length === 1 || Math.abs(at[1] - other.at[1]) < LINE)
    );
    if (!over) kept.push({ label, name: short, at });
  }
  return kept;
}

/**
 * What is said where the pointer is: the place of a tile.
 *
 * @param {Decoded} plane
 * @param {string[]} names
 */
function pointed({ middles, n }, names) {
  const rows = middles.length / n;
  const said = names.map((name, d) => `${name}: %{customdata[${d}]:.3~g}`);
  return {
    type: "scatter",
    mode: "none",
    x: middles.map((_, tile) => (tile % n + 0.5) / n),
    y: middles.map((_, tile) => (Math.floor(tile / n) + 0.5) / rows),
    customdata: middles,
    hovertemplate: `${said.join("<br>")}<extra></extra>`,
  };
}

/**
 * The way from digit to digit, dark on a light edge.
 *
 * @param {number[]} x
 * @param {number[]} y
 * @param {boolean} cliponaxis
 */
function line(x, y, cliponaxis) {
  const shared = { type: "scatter", x, y, hoverinfo: "skip", cliponaxis };
  const marker = { color: INK, size: 7, line: { color: GROUND, width: 1.5 } };
  return [
    { ...shared, mode: "lines", line: { color: GROUND, width: 6 } },
    { ...shared, mode: "lines+markers", line: { color: INK, width: 2.5 }, marker },
  ];
}

/**
 * A bar that says what the colours mean: beside the plane, of a trace without points.
 *
 * @param {Shades} shades
 */
function keyOf({ name, low, high }) {
  const stops = rising(true);
  const colorbar = {
    thickness: 10,
    len: 0.8,
    x: 1.01,
    y: 1,
    yanchor: "top",
    xpad: 0,
    outlinewidth: 0,
    title: { text: asMarkup(name), side: "right" },
  };
  const colorscale = stops.map((color, at) => [at / (stops.length - 1), color]);
  const scale = { cmin: low, cmax: high, showscale: true, colorscale, colorbar };
  const marker = { color: [low], ...scale };
  return { type: "scatter", mode: "markers", x: [null], y: [null], hoverinfo: "skip", marker };
}

/**
 * A word on a plate.
 *
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} bgcolor
 * @param {string} color
 * @param {string} bordercolor
 */
function mark(text, x, y, bgcolor, color, bordercolor = GROUND) {
  const font = { color, size: 13 };
  const plate = { bgcolor, bordercolor, borderwidth: 2, borderpad: 2 };
  return { text: `<b>${asMarkup(text)}</b>`, x, y, showarrow: false, font, ...plate };
}

/**
 * @param {Axis} axis
 * @param {string} title
 */
function ticked(axis, title) {
  const values = axis.ticks();
  return {
    title: { text: title, standoff: 4 },
    range: [0, 1],
    tickvals: values.map((value) => axis.position(value)),
    ticktext: values.map((value) => general(value).replaceAll("-", "−")),
    ticks: "outside",
    showgrid: false,
    zeroline: false,
    ticklabeloverflow: "allow",
    automargin: false, // so that both planes are as large
  };
}

/** A number with six digits, as Python's format "g" writes it. @param {number} value */
export function general(value) {
  const [digits, power] = value.toExponential(5).split("e");
  if (Number(power) >= -4 && Number(power) < 6) return String(Number(value.toPrecision(6)));
  return `${Number(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
