/** The axes of the two planes: where they lie on the stage, and how they are drawn there. */

import { contextOf, fitCanvas } from "../core/pictures.js";
import { ticks, words } from "../core/scatter.js";

const MARGIN = { left: 46, right: 8, top: 26, bottom: 38 };
const A_TICK = [70, 42]; // pixels there are for one, at least, across and up

/** @import { Box } from "../core/dots.js" */
/** @import { Theme } from "../core/theme.js" */
/** @import { Pair } from "./state.js" */
/**
 * @typedef {Object} Axis
 * @property {number} offset of its low pixel edge, from the stage's left or top
 * @property {number} length in pixels
 * @property {Pair} range right also while it is dragged
 */
/** @typedef {[across: Axis, up: Axis]} Axes of a plane */

/**
 * Where both planes lie on a stage: beside each other or, where that leaves more room, under each
 * other.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} type how large letters are, of their usual size
 * @returns {[Box, Box]}
 */
export function boxes(width, height, type) {
  const stacked = Math.min(width, height / 2) > Math.min(width / 2, height);
  const [wide, high] = stacked ? [width, height / 2] : [width / 2, height];
  const { left, right, top, bottom } = MARGIN;
  const box = (/** @type {number} */ p) => ({
    left: Math.round((stacked ? 0 : p * wide) + left * type),
    top: Math.round((stacked ? p * high : 0) + top * type),
    width: Math.max(1, Math.round(wide - left * type - right)),
    height: Math.max(1, Math.round(high - (top + bottom) * type)),
  });
  return [box(0), box(1)];
}

/**
 * Draw the axes of planes, with names and a title each.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pair} size of the stage
 * @param {Axes[]} planes
 * @param {{ title: string, names: Pair | [string, string] }[]} said
 * @param {Theme} theme
 */
export function drawAxes(canvas, [width, height], planes, said, { text, lines, font, type }) {
  const ratio = fitCanvas(canvas, width, height);
  const context = contextOf(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  planes.forEach(([across, up], p) => {
    const [left, top] = [across.offset, up.offset];
    const [right, bottom] = [left + across.length, top + up.length];
    const letters = (/** @type {number} */ size, weight = "") =>
      `${weight} ${Math.round(size * type)}px ${font}`;
    context.strokeStyle = lines;
    context.fillStyle = text;
    context.font = letters(12);
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.beginPath();
    for (const value of ticks(across.range, across.length / A_TICK[0])) {
      const x = Math.round(left + share(across.range, value) * across.length) + 0.5;
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.fillText(words(value), x, bottom + 14 * type);
    }
    context.textAlign = "right";
    for (const value of ticks(up.range, up.length / A_TICK[1])) {
      const y = Math.round(bottom - share(up.range, value) * up.length) + 0.5;
      context.moveTo(left, y);
      context.lineTo(right, y);
      context.fillText(words(value), left - 5, y + 4 * type);
    }
    context.stroke();
    context.textAlign = "center";
    context.font = letters(13);
    const { title, names } = said[p];
    context.fillText(String(names[0]), (left + right) / 2, bottom + 31 * type);
    context.save();
    context.translate(left - 33 * type, (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(String(names[1]), 0, 0);
    context.restore();
    context.font = letters(15, "600");
    context.fillText(title, (left + right) / 2, top - 9 * type, across.length);
  });
}

/** @param {Pair} range @param {number} value */
function share([low, high], value) {
  return (value - low) / (high - low);
}

/** A plane's axes before it is drawn. @returns {Axes} */
export function axesOf() {
  return [{ offset: 0, length: 1, range: [0, 1] }, { offset: 0, length: 1, range: [0, 1] }];
}

/**
 * Limits that hold the first n values, with a little air.
 *
 * @param {ArrayLike<number>} values
 * @param {number} n
 * @returns {Pair}
 */
export function limits(values, n) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const air = 0.04 * (high - low) || 1;
  return [low - air, high + air];
}
