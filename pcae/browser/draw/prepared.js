/**
 * A picture in the form that MNIST's images have, as their authors describe it (LeCun, Cortes,
 * Burges): fitted into 20×20 pixels with its proportions, grey where a pixel is partly covered, and
 * placed in 28×28 with its centre of mass in the middle. That is pixel 14 across and down, counted
 * from 0, in MNIST's own files: a digit of theirs, enlarged, comes out as it was.
 *
 * Ink is bytes, row-major: 0 where there is none, 255 where it is full.
 */

import { quantile } from "../core/numerics.js";

/** @typedef {{ left: number, top: number, width: number, height: number }} Box - in pixels. */
/** @typedef {{ values: Float32Array, width: number, height: number }} Grey */
/** @typedef {{ pixels: number[], size: number, atBorder: boolean }} Part */

/**
 * What MNIST would make of a drawing: 784 pixels in [0, 1]; where the ink's box lies and its centre
 * of mass, in pixels from the upper left corner.
 *
 * @typedef {Box & { pixels: Float32Array, centre: [across: number, down: number] }} Form
 */

const SIDE = 28;
const BOX = 20;
const MIDDLE = 14;
const CELLS = 56; // along the longer side of a picture, for what is coarse in it
const [PAPER_REACH, INK_REACH] = [9, 3]; // cells
const LEAST_CONTRAST = 30; // of 255, between paper and ink
const SURE = 0.4; // of the strongest ink
const SPECK = 2; // cells

/**
 * Ink in MNIST's form.
 *
 * @param {Uint8Array} ink - width × height.
 * @param {number} width
 * @param {number} height
 * @returns {Form | null} null where there is no ink.
 */
export function mnistForm(ink, width, height) {
  const box = bounds(ink, width, height);
  if (!box) return null;
  const scale = BOX / Math.max(box.width, box.height);
  const fitted = resample(crop(ink, width, box), box.width, box.height, scale, scale);
  const mass = centreOfMass(fitted);
  const place = (/** @type {number} */ centre, /** @type {number} */ size) =>
    Math.min(SIDE - size, Math.max(0, MIDDLE - Math.round(centre - 1e-6)));
  const left = place(mass[0], fitted.width);
  const top = place(mass[1], fitted.height);
  const pixels = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < fitted.height; y++) {
    for (let x = 0; x < fitted.width; x++) {
      const value = Math.round(fitted.values[y * fitted.width + x]); // bytes, as MNIST's are
      pixels[(top + y) * SIDE + left + x] = value / 255;
    }
  }
  const { width: across, height: down } = box;
  const centre = /** @type {[number, number]} */ ([left + mass[0] + 0.5, top + mass[1] + 0.5]);
  return { pixels, left, top, width: across * scale, height: down * scale, centre };
}

/**
 * The least box that holds all ink; null where there is none.
 *
 * @param {Uint8Array} ink
 * @param {number} width
 * @param {number} height
 * @returns {Box | null}
 */
function bounds(ink, width, height) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!ink[at]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * @param {Uint8Array} ink
 * @param {number} stride - its width.
 * @param {Box} box
 */
function crop(ink, stride, { left, top, width, height }) {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * stride + left;
    out.set(ink.subarray(from, from + width), y * width);
  }
  return out;
}

/**
 * Scale a picture so that every new pixel is the mean of what it covers.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {number} height
 * @param {number} across - scale, as `down` is.
 * @param {number} down
 * @returns {Grey}
 */
function resample(values, width, height, across, down) {
  const [turned, newWidth] = resampleRows(values, width, height, across);
  const [back, newHeight] = resampleRows(turned, height, newWidth, down);
  return { values: back, width: newWidth, height: newHeight };
}

/**
 * Scale the rows of a picture, and turn it: what was across goes down.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {number} height
 * @param {number} scale
 * @returns {[values: Float32Array, width: number]}
 */
function resampleRows(values, width, height, scale) {
  const count = Math.ceil(width * scale - 1e-6);
  const out = new Float32Array(count * height);
  for (let to = 0; to < count; to++) {
    const end = Math.min(width, (to + 1) / scale);
    for (let from = Math.floor(to / scale + 1e-9); from < end; from++) {
      const share = (Math.min(end, from + 1) - Math.max(to / scale, from)) * scale;
      for (let y = 0; y < height; y++) out[to * height + y] += share * values[y * width + from];
    }
  }
  return [out, count];
}

/**
 * Where the centre of mass lies, in pixels counted from 0: across and down.
 *
 * @param {Grey} picture
 */
function centreOfMass({ values, width, height }) {
  let [sum, across, down] = [0, 0, 0];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      sum += values[at];
      across += values[at] * x;
      down += values[at] * y;
    }
  }
  return [across / sum, down / sum];
}

/**
 * The ink of a picture, be it dark on light paper or light on dark.
 *
 * Ink is what differs most from the mean of the picture. A border of one single value is paper
 * without shadows or noise, and everything else is ink.
 *
 * @param {Uint8Array} grey - width × height, 0 for black.
 * @param {number} width
 * @param {number} height
 * @returns {{ink: Uint8Array, dark: boolean, plain: boolean} | null} whether the ink was dark, and
 *     the border of one value; null where there is hardly any contrast.
 */
export function inkOf(grey, width, height) {
  const cell = Math.max(width, height) / CELLS;
  const columns = Math.max(1, Math.round(width / cell));
  const rows = Math.max(1, Math.round(height / cell));
  const coarse = resample(grey, width, height, columns / width, rows / height).values;
  const mean = coarse.reduce((a, b) => a + b) / coarse.length;
  const dark = mean - Math.min(...coarse) > Math.max(...coarse) - mean;
  if (dark) { for (let i = 0; i < coarse.length; i++) coarse[i] = 255 - coarse[i]; }
  const light = dark ? grey.map((value) => 255 - value) : grey;
  const plain = hasPlainBorder(light, width, height);
  const paper = plain ? coarse.fill(light[0]) : paperOf(coarse, columns, rows);
  const strength = strengthOf(light, width, height, paper, columns, rows);
  let [floor, full] = [0, most(strength)];
  if (!plain) [floor, full] = leaveInk(strength, width, height, columns, rows);
  if (full - floor < LEAST_CONTRAST) return null;
  const stretched = (/** @type {number} */ value) =>
    255 * Math.min(1, Math.max(0, (value - floor) / (full - floor)));
  const ink = Uint8Array.from(strength, (value) => Math.round(stretched(value)));
  return { ink, dark, plain };
}

/**
 * @param {Uint8Array} grey
 * @param {number} width
 * @param {number} height
 */
function hasPlainBorder(grey, width, height) {
  const last = (height - 1) * width;
  for (let x = 0; x < width; x++) {
    if (grey[x] !== grey[0] || grey[last + x] !== grey[0]) return false;
  }
  for (let y = 0; y < last; y += width) {
    if (grey[y] !== grey[0] || grey[y + width - 1] !== grey[0]) return false;
  }
  return true;
}

/**
 * The paper under light ink: what remains when everything narrower than a third of the picture is
 * taken away (a morphological opening), so that shadows are paper.
 *
 * @param {Float32Array} coarse - rows × columns, as the paper is.
 * @param {number} columns
 * @param {number} rows
 */
function paperOf(coarse, columns, rows) {
  const shrunk = spread(coarse, columns, rows, PAPER_REACH, Math.min);
  return spread(shrunk, columns, rows, PAPER_REACH, Math.max);
}

/**
 * How much lighter every pixel is than its paper, of how much it could be; 0 to 255.
 *
 * @param {Uint8Array} light
 * @param {number} width
 * @param {number} height
 * @param {Float32Array} paper
 * @param {number} columns
 * @param {number} rows
 */
function strengthOf(light, width, height, paper, columns, rows) {
  const out = new Float32Array(light.length);
  for (let y = 0, at = 0; y < height; y++) {
    const v = ((y + 0.5) / height) * rows - 0.5;
    for (let x = 0; x < width; x++, at++) {
      const u = ((x + 0.5) / width) * columns - 0.5;
      const under = between(paper, columns, rows, u, v);
      out[at] = (255 * Math.max(0, light[at] - under)) / Math.max(1, 255 - under);
    }
  }
  return out;
}

/**
 * Clear what is not ink. Ink is what is nearly half as strong as the strongest, is no speck and,
 * unless everything does, does not reach the border; and what lies around it and is stronger than
 * anything elsewhere.
 *
 * @param {Float32Array} strength - changed in place.
 * @param {number} width
 * @param {number} height
 * @param {number} columns
 * @param {number} rows
 * @returns {[floor: number, full: number]} what is stronger than anything elsewhere, and how strong full ink is.
 */
function leaveInk(strength, width, height, columns, rows) {
  const cell = (/** @type {number} */ i) =>
    Math.floor((Math.floor(i / width) * rows) / height) * columns +
    Math.floor(((i % width) * columns) / width);
  const cellsOf = (/** @type {Iterable<Part>} */ parts) => {
    const cells = new Uint8Array(columns * rows);
    for (const part of parts) for (const i of part.pixels) cells[cell(i)] = 1;
    return cells;
  };
  const around = (/** @type {Uint8Array} */ cells) =>
    spread(cells, columns, rows, INK_REACH, Math.max);
  const parts = partsOf(strength, Math.max(1, SURE * most(strength)), width, height);
  const large = parts.filter((part) => part.size >= (SPECK * Math.max(width, height)) / CELLS);
  const within = large.filter((part) => !part.atBorder);
  const chosen = new Set(within.length ? within : large);
  const sure = cellsOf(chosen);
  const near = around(sure);
  const nearOthers = around(cellsOf(parts.filter((part) => !chosen.has(part))));
  let floor = 0;
  for (let i = 0; i < strength.length; i++) {
    const at = cell(i);
    if (sure[at] || (near[at] && !nearOthers[at])) continue;
    if (!nearOthers[at]) floor = Math.max(floor, strength[i]);
    strength[i] = 0;
  }
  const levels = [...chosen].flatMap((part) => part.pixels.map((i) => strength[i]));
  return [floor, quantile(levels, 0.9)];
}

/**
 * The connected parts of what is at least so strong: pixels, longer side, whether at the border.
 *
 * @param {Float32Array} strength
 * @param {number} least
 * @param {number} width
 * @param {number} height
 */
function partsOf(strength, least, width, height) {
  const seen = new Uint8Array(strength.length);
  /** @type {Part[]} */
  const parts = [];
  for (let start = 0; start < strength.length; start++) {
    if (seen[start] || strength[start] < least) continue;
    const pixels = [start];
    seen[start] = 1;
    let [left, right, top, bottom] = [width, 0, height, 0];
    for (const i of pixels) {
      const x = i % width;
      const y = (i - x) / width;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      const next = [x > 0 && i - 1, x < width - 1 && i + 1, i - width, i + width];
      for (const other of next) {
        if (other === false || seen[other] !== 0 || strength[other] < least) continue;
        seen[other] = 1;
        pixels.push(other);
      }
    }
    const atBorder = !left || !top || right === width - 1 || bottom === height - 1;
    parts.push({ pixels, size: Math.max(right - left, bottom - top) + 1, atBorder });
  }
  return parts;
}

/** @param {Float32Array} values */
function most(values) {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * The least or the most within a square around every cell.
 *
 * @param {Float32Array | Uint8Array} values
 * @param {number} columns
 * @param {number} rows
 * @param {number} reach - cells on each side.
 * @param {(a: number, b: number) => number} pick
 */
function spread(values, columns, rows, reach, pick) {
  /**
   * @param {Float32Array | Uint8Array} from
   * @param {number} count - in a line.
   * @param {number} step - from one to the next in a line.
   * @param {number} lines
   * @param {number} stride - from one line to the next.
   */
  const along = (from, count, step, lines, stride) => {
    const out = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < count; i++) {
        const last = Math.min(count - 1, i + reach);
        let value = from[line * stride + i * step];
        for (let j = Math.max(0, i - reach); j <= last; j++) {
          value = pick(value, from[line * stride + j * step]);
        }
        out[line * stride + i * step] = value;
      }
    }
    return out;
  };
  return along(along(values, columns, 1, rows, columns), rows, columns, columns, 1);
}

/**
 * The value of a grid between its cells.
 *
 * @param {Float32Array} values
 * @param {number} columns
 * @param {number} rows
 * @param {number} u - across, as `v` is down.
 * @param {number} v
 */
function between(values, columns, rows, u, v) {
  const x = Math.min(columns - 1, Math.max(0, u));
  const y = Math.min(rows - 1, Math.max(0, v));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const right = Math.min(columns - 1, left + 1);
  const bottom = Math.min(rows - 1, top + 1);
  const upper = values[top * columns + left] * (left + 1 - x) +
    values[top * columns + right] * (x - left);
  const lower = values[bottom * columns + left] * (left + 1 - x) +
    values[bottom * columns + right] * (x - left);
  return upper + (lower - upper) * (y - top);
}
