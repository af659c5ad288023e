/**
 * Many dots on a canvas, blended into its pixels: tens of thousands in a few milliseconds, with or
 * without WebGL.
 */

import { contextOf, fitCanvas } from "./pictures.js";

const STEPS = 4; // places of a dot's middle within a pixel, across and down
const FINE = 4; // samples of a pixel at a dot's edge, across and down

/** @import { Values } from "../types.d.ts" */
/** @typedef {{ left: number, top: number, width: number, height: number }} Box in pixels */
/** @typedef {[low: number, high: number]} Range */
/**
 * @typedef {Object} Some dots that look alike, but for their colour
 * @property {ArrayLike<number>} order indices of the points, the last drawn on top
 * @property {number} radius in pixels of the screen
 * @property {number} opacity
 * @property {(i: number) => number} inkOf a pixel's low 24 bits
 */
/** @typedef {{ size: number, alphas: Float32Array }} Stamp a dot's pixels, row-major */

/** @type {Map<string, Stamp[]>} by radius: of every place within a pixel */
const stamps = new Map();

export class Dots {
  constructor(/** @type {HTMLCanvasElement} */ canvas) {
    this.canvas = canvas;
    contextOf(canvas); // so that nothing else takes it
    this.picture = new ImageData(1, 1);
  }

  /**
   * Draw groups of dots in a plane, one group over the other.
   *
   * @param {Box} box of the canvas on the screen
   * @param {[across: Range, up: Range]} ranges what its edges are
   * @param {Values[]} at across and up, by point; NaN is nowhere
   * @param {Some[]} groups
   */
  draw(box, ranges, [xs, ys], groups) {
    const { canvas } = this;
    const ratio = fitCanvas(canvas, Math.round(box.width), Math.round(box.height));
    if (this.picture.width !== canvas.width || this.picture.height !== canvas.height) {
      this.picture = new ImageData(canvas.width, canvas.height);
    } else this.picture.data.fill(0);
    const [[left, right], [bottom, top]] = ranges;
    const across = canvas.width / (right - left);
    const down = canvas.height / (top - bottom);
    for (const { order, radius, opacity, inkOf } of groups) {
      const dot = stampsOf(radius * ratio);
      for (let at = 0; at < order.length; at++) {
        const i = order[at];
        this.blend(dot, (xs[i] - left) * across, (top - ys[i]) * down, inkOf(i), opacity);
      }
    }
    contextOf(canvas).putImageData(this.picture, 0, 0);
  }

  /**
   * @param {Stamp[]} dot
   * @param {number} x of its middle, in the canvas's pixels
   * @param {number} y
   * @param {number} ink
   * @param {number} opacity
   */
  blend(dot, x, y, ink, opacity) {
    const { width, height, data } = this.picture;
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (!(column >= 0 && column < width && row >= 0 && row < height)) return;
    const { size, alphas } =
      dot[Math.floor((y - row) * STEPS) * STEPS + Math.floor((x - column) * STEPS)];
    const half = (size - 1) / 2;
    const red = ink & 255;
    const green = (ink >> 8) & 255;
    const blue = ink >> 16;
    const left = Math.max(0, half - column);
    const right = Math.min(size, width + half - column);
    const bottom = Math.min(size, height + half - row);
    for (let r = Math.max(0, half - row); r < bottom; r++) {
      let at = 4 * ((row + r - half) * width + column + left - half);
      for (let c = left; c < right; c++, at += 4) {
        const alpha = alphas[r * size + c] * opacity;
        if (!alpha) continue;
        const there = data[at + 3];
        const under = there * (1 - alpha) / 255;
        const share = alpha / (alpha + under);
        data[at] += share * (red - data[at]);
        data[at + 1] += share * (green - data[at + 1]);
        data[at + 2] += share * (blue - data[at + 2]);
        data[at + 3] = 255 * (alpha + under);
      }
    }
  }
}

/** @param {number} radius in the canvas's pixels */
function stampsOf(radius) {
  const key = radius.toFixed(2);
  let found = stamps.get(key);
  if (!found) {
    const places = Array.from({ length: STEPS * STEPS }, (_, place) => [
      (place % STEPS + 0.5) / STEPS,
      (Math.floor(place / STEPS) + 0.5) / STEPS,
    ]);
    found = places.map(([x, y]) => stamp(radius, x, y));
    stamps.set(key, found);
  }
  return found;
}

/**
 * The pixels of a dot, how much of each is in it.
 *
 * @param {number} radius
 * @param {number} x of its middle, from the left edge of the middle pixel
 * @param {number} y
 * @returns {Stamp}
 */
function stamp(radius, x, y) {
  const half = Math.ceil(radius);
  const size = 2 * half + 1;
  const alphas = Float32Array.from({ length: size * size }, (_, pixel) => {
    const [column, row] = [pixel % size - half, Math.floor(pixel / size) - half];
    let inside = 0;
    for (let s = 0; s < FINE * FINE; s++) {
      const dx = column + (s % FINE + 0.5) / FINE - x;
      const dy = row + (Math.floor(s / FINE) + 0.5) / FINE - y;
      if (dx * dx + dy * dy <= radius * radius) inside += 1;
    }
    return inside / (FINE * FINE);
  });
  return { size, alphas };
}
