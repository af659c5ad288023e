/**
 * The figure of a decoded plane: a picture of all tiles, its axes, and what lies over it; as
 * `pcae/figures/plane.py` makes it, which says more of each.
 */

import { element } from "../core/element.js";
import { asMarkup, shortened } from "../core/markup.js";
import { contextOf } from "../core/pictures.js";
import { darkClasses } from "../core/theme.js";

/** @import { Figure } from "../types.d.ts" */
/** @import { Axis, Regions } from "../core/latent.js" */

const PIXELS = 560; // across the picture, about
const GROUND = "#14181f"; // on a light page too, with the dark theme's colours
const INK = "#ffffff";
const SAYS = "font-size:.8em;font-weight:400;color:var(--pcae-muted)";
const FEW = 20; // classes, that are all named
const LETTER = 0.016; // of a plane, that a letter is wide
const LINE = 0.05; // of a plane, that a name is high
const TINT = 0.5; // how much of a class's colour its region has

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
 * The tiles of a plane, or of one axis, white on the colours of the classes' regions.
 *
 * @param {Names} names
 * @param {Decoded} plane
 * @param {[rows: number, columns: number]} shape - of a tile.
 * @param {string[]} classes
 * @param {Float32Array[]} way - codes from digit A to digit B, drawn over it.
 * @param {string} source - the picture.
 * @param {boolean} tinted - whether the regions are shown.
 * @returns {Figure}
 */
export function decodedPlane(
  { title, color, says, kind },
  plane,
  shape,
  classes,
  way,
  source,
  tinted,
) {
  const { axes, n, numbers, regions } = plane;
  const flat = axes.length === 1; // then the names stand above the tiles, and the way below
  const [x, y] = [0, 1].map((d) => way.map((code) => axes[d]?.position(code[numbers[d]]) ?? 0));
  const named = numbers.map((number) => `${kind} ${number + 1}`);
  const labels = tinted ? roomy(regions, classes) : [];
  const edges = darkClasses(classes.length);
  const marks = labels.map(({ label, name, at: [across, up = 1] }) => ({
    ...mark(name, across, up, GROUND, INK, edges[label]),
    ...flat ? { yanchor: "bottom" } : {},
  }));
  const last = way.length - 1;
  const ends = [mark("A", x[0], y[0], INK, GROUND), mark("B", x[last], y[last], INK, GROUND)];
  const still = { fixedrange: true, constrain: "domain" };
  const ratio = (flat ? shape[0] / n : shape[0]) / shape[1];
  const square = { scaleanchor: "x", scaleratio: ratio, constraintoward: "top" };
  const up = flat ? { visible: false, range: [0, 1] } : ticked(axes[1], named[1]);
  return {
    data: [pointed(plane, named), ...line(x, y, !flat)],
    layout: {
      title: { text: `${title} <span style='${SAYS}'>${says}</span>`, font: { color } },
      margin: flat ? { l: 24, r: 24, t: 52, b: 8 } : { l: 58, r: 8, t: 32, b: 48 },
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

/**
 * The tiles' picture as a PNG in a data URI, on the colours of the classes' regions.
 *
 * @param {Decoded} plane
 * @param {[rows: number, columns: number]} shape
 * @param {number} classes - 0 without tints.
 */
export function pictureOf(plane, shape, classes) {
  const { pixels, width, height } = painted(plane, shape, classes);
  const canvas = element("canvas", { width, height });
  contextOf(canvas).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.toDataURL("image/png");
}

/**
 * Its pixels: red, green, blue and opacity, from the top.
 *
 * @param {Decoded} plane
 * @param {[rows: number, columns: number]} shape
 * @param {number} classes
 */
export function painted({ images, n, regions }, [down, across], classes) {
  const rows = images.length / n;
  const scale = Math.max(1, Math.round(PIXELS / (n * Math.max(down, across))));
  const [width, height] = [n * across * scale, rows * down * scale];
  const pixels = new Uint8ClampedArray(4 * width * height);
  const [plain, ink] = [GROUND, INK].map(rgb);
  const tinted = darkClasses(classes).map(rgb).map((color) =>
    color.map((value, c) => (1 - TINT) * plain[c] + TINT * value)
  );
  const along = (/** @type {(x: number) => number} */ of) =>
    Int32Array.from({ length: width }, (_, x) => of(x));
  const cell = along((x) => cellOf(x, width, regions.columns));
  const tile = along((x) => Math.floor(x / (across * scale)));
  const column = along((x) => Math.floor(x / scale) % across);
  for (let y = 0, at = 0; y < height; y++) {
    const cells = (regions.rows - 1 - cellOf(y, height, regions.rows)) * regions.columns;
    const first = (rows - 1 - Math.floor(y / (down * scale))) * n;
    const line = Math.floor(y / scale) % down * across;
    for (let x = 0; x < width; x++, at += 4) {
      const ground = tinted[regions.labels[cells + cell[x]]] ?? plain;
      const value = images[first + tile[x]]?.[line + column[x]] ?? 0;
      const share = value > 0 ? Math.min(1, value) : 0;
      pixels[at] = ground[0] + share * (ink[0] - ground[0]);
      pixels[at + 1] = ground[1] + share * (ink[1] - ground[1]);
      pixels[at + 2] = ground[2] + share * (ink[2] - ground[2]);
      pixels[at + 3] = 255;
    }
  }
  return { pixels, width, height };
}

/**
 * Which cell a pixel is in.
 *
 * @param {number} pixel
 * @param {number} pixels
 * @param {number} cells
 */
function cellOf(pixel, pixels, cells) {
  return Math.floor(pixel * cells / pixels);
}

/** @param {string} color */
function rgb(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
