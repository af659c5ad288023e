/** The picture of a plane's tiles on what its ground shows; as `pcae/figures/plane.py` paints it. */

import { element } from "../core/element.js";
import { contextOf } from "../core/pictures.js";
import { rising } from "../core/scale.js";
import { darkClasses } from "../core/theme.js";

/** @import { Regions } from "../core/latent.js" */
/** @import { Decoded, Shades } from "./plane.js" */

/**
 * What lies under the tiles: red, green and blue of every cell, the lowest row first.
 *
 * @typedef {{ colors: number[][], rows: number, columns: number }} Ground
 */

export const GROUND = "#14181f"; // on a light page too, with the dark theme's colours
export const INK = "#ffffff";
const PIXELS = 560; // across the picture, about
const TINT = 0.5; // how much of its colour the ground has under pictures
const [PLAIN, WHITE] = [GROUND, INK].map(rgb);

/**
 * The colours of the classes' regions.
 *
 * @param {Regions} regions
 * @param {number} classes - 0 without colours.
 * @returns {Ground}
 */
export function tinted({ labels, rows, columns }, classes) {
  const tints = darkClasses(classes).map(rgb).map((color) => mixed(PLAIN, color, TINT));
  return { colors: Array.from(labels, (label) => tints[label] ?? PLAIN), rows, columns };
}

/**
 * The colours of values.
 *
 * @param {Shades} shades
 * @param {boolean} under - whether pictures lie on them.
 * @returns {Ground}
 */
export function shaded({ values, rows, columns, low, high }, under) {
  const stops = rising(true).map(rgb);
  const last = stops.length - 1;
  const colors = Array.from(values, (value) => {
    if (Number.isNaN(value)) return PLAIN;
    const at = last * Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
    const from = Math.min(Math.floor(at), last - 1);
    return mixed(PLAIN, mixed(stops[from], stops[from + 1], at - from), under ? TINT : 1);
  });
  return { colors, rows, columns };
}

/** @param {number[]} from @param {number[]} to @param {number} share */
function mixed(from, to, share) {
  return from.map((value, c) => value + share * (to[c] - value));
}

/**
 * The tiles' picture as a PNG in a data URI.
 *
 * @param {Decoded} plane
 * @param {[rows: number, columns: number] | null} shape
 * @param {Ground} ground
 */
export function pictureOf(plane, shape, ground) {
  const { pixels, width, height } = painted(plane, shape, ground);
  const canvas = element("canvas", { width, height });
  contextOf(canvas).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.toDataURL("image/png");
}

/**
 * Its pixels: red, green, blue and opacity, from the top.
 *
 * @param {Decoded} plane
 * @param {[rows: number, columns: number] | null} shape - null where tiles are no pictures.
 * @param {Ground} ground
 */
export function painted({ images, n }, shape, ground) {
  const [down, across] = shape ?? [1, 1];
  const rows = images.length / n;
  const scale = Math.max(1, Math.round(PIXELS / (n * Math.max(down, across))));
  const [width, height] = [n * across * scale, rows * down * scale];
  const pixels = new Uint8ClampedArray(4 * width * height);
  const along = (/** @type {(x: number) => number} */ of) =>
    Int32Array.from({ length: width }, (_, x) => of(x));
  const cell = along((x) => cellOf(x, width, ground.columns));
  const tile = along((x) => Math.floor(x / (across * scale)));
  const column = along((x) => Math.floor(x / scale) % across);
  for (let y = 0, at = 0; y < height; y++) {
    const cells = (ground.rows - 1 - cellOf(y, height, ground.rows)) * ground.columns;
    const first = (rows - 1 - Math.floor(y / (down * scale))) * n;
    const line = Math.floor(y / scale) % down * across;
    for (let x = 0; x < width; x++, at += 4) {
      const under = ground.colors[cells + cell[x]];
      const value = shape ? images[first + tile[x]]?.[line + column[x]] ?? 0 : 0;
      const share = value > 0 ? Math.min(1, value) : 0;
      pixels[at] = under[0] + share * (WHITE[0] - under[0]);
      pixels[at + 1] = under[1] + share * (WHITE[1] - under[1]);
      pixels[at + 2] = under[2] + share * (WHITE[2] - under[2]);
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
