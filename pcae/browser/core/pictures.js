/** Digits on canvases: single ones, strips of them, and many over or behind the points. */

import { fullOf } from "./numerics.js";

/** @import { Values } from "../types.d.ts" */

/** @typedef {[rows: number, columns: number]} Shape - of a digit. */
/** @typedef {HTMLCanvasElement & { shape: Shape }} DigitCanvas */
/** @typedef {{ i: number, x: number, y: number }} Placed - a digit, and where on the screen. */

/** @type {Shape} */
const MNIST = [28, 28];
const LONGER = 28; // pixels of the screen, of a picture among the points

/**
 * What a canvas is drawn on with.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @throws {Error} where the browser has none left to give.
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("The browser cannot draw another picture: reload the page.");
  return context;
}

/**
 * A canvas of `columns` × `rows` digits.
 *
 * @param {Shape} shape
 * @param {number} size - the longer side of each on the screen; 0: as the style sheet says.
 * @param {number} columns
 * @param {number} rows
 * @param {number} gap - between them, in their pixels.
 */
export function digitCanvas(shape = MNIST, size = 0, columns = 1, rows = 1, gap = 0) {
  const canvas = Object.assign(document.createElement("canvas"), { shape });
  canvas.className = "pcae-x-digit";
  contextOf(canvas); // so that nothing else takes it
  fitDigits(canvas, shape, columns, rows, gap);
  if (size) {
    const scale = size / Math.max(...shape);
    canvas.style.width = `${canvas.width * scale}px`;
    canvas.style.height = `${canvas.height * scale}px`;
  }
  return canvas;
}

/**
 * Let a canvas hold digits of this shape.
 *
 * @param {DigitCanvas} canvas
 * @param {Shape} shape
 * @param {number} columns
 * @param {number} rows
 * @param {number} gap
 */
export function fitDigits(canvas, shape, columns = 1, rows = 1, gap = 0) {
  canvas.shape = shape;
  canvas.width = columns * (shape[1] + gap) - gap;
  canvas.height = rows * (shape[0] + gap) - gap;
}

/**
 * The size of a picture on the screen whose longer side is given.
 *
 * @param {Shape} shape
 * @returns {Shape}
 */
export function scaled(shape, longer = LONGER) {
  const scale = (/** @type {number} */ side) =>
    Math.max(1, Math.round((side * longer) / Math.max(...shape)));
  return [scale(shape[0]), scale(shape[1])];
}

/**
 * Draw pixels in [0, 1], white on black, at a place of a canvas; null draws nothing.
 *
 * @param {DigitCanvas} canvas
 * @param {Values | null | undefined} pixels
 * @param {number} column
 * @param {number} row
 * @param {number} gap
 */
export function drawDigit(canvas, pixels, column = 0, row = 0, gap = 0) {
  const [rows, columns] = canvas.shape;
  const [x, y] = [column * (columns + gap), row * (rows + gap)];
  const context = contextOf(canvas);
  if (!pixels) return context.clearRect(x, y, columns, rows);
  const picture = context.createImageData(columns, rows);
  const out = picture.data;
  for (let p = 0, at = 0; p < rows * columns; p++, at += 4) {
    out[at] = out[at + 1] = out[at + 2] = 255 * Math.min(1, Math.max(0, pixels[p]));
    out[at + 3] = 255;
  }
  context.putImageData(picture, x, y);
}

/**
 * A canvas that covers an area and is as sharp as the screen.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width - on the screen, as the height is.
 * @param {number} height
 */
export function fitCanvas(canvas, width, height) {
  const ratio = Math.max(1, Math.round(globalThis.devicePixelRatio || 1));
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  return ratio;
}

/**
 * Which of many points have room for a picture, so that no two overlap; the first come first.
 *
 * @param {Iterable<number>} order - the points to try.
 * @param {(i: number) => [number, number] | null} place - on the screen, null where it is not there.
 * @param {number} size - of a picture, in screen pixels.
 * @returns {Placed[]}
 */
export function spread(order, place, size) {
  /** @type {Map<number, Placed>} */
  const cells = new Map();
  const kept = [];
  for (const i of order) {
    const at = place(i);
    if (!at) continue;
    const column = Math.floor(at[0] / size);
    const row = Math.floor(at[1] / size);
    if (isFree(cells, column, row, at, size)) {
      const point = { i, x: at[0], y: at[1] };
      cells.set(row * 10_000 + column, point);
      kept.push(point);
    }
  }
  return kept;
}

/**
 * @param {Map<number, Placed>} cells
 * @param {number} column
 * @param {number} row
 * @param {[number, number]} at
 * @param {number} size
 */
function isFree(cells, column, row, [x, y], size) {
  for (let r = row - 1; r <= row + 1; r++) {
    for (let c = column - 1; c <= column + 1; c++) {
      const other = cells.get(r * 10_000 + c);
      if (other && Math.abs(other.x - x) < size && Math.abs(other.y - y) < size) return false;
    }
  }
  return true;
}

/**
 * Draw digits, given as bytes or floats, in the ink of their class, centred at their points.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {Placed[]} points
 * @param {{ images: Values, shape: Shape | null }} world - of pictures.
 * @param {(i: number) => number} inkOf - a pixel's low 24 bits.
 */
export function drawPictures(canvas, width, height, points, { images, shape }, inkOf) {
  if (!shape) return;
  const [rows, columns] = shape;
  const [high, wide] = scaled(shape);
  const full = fullOf(images);
  const ratio = fitCanvas(canvas, width, height);
  const context = contextOf(canvas);
  const picture = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(picture.data.buffer);
  const across = canvas.width;
  const down = canvas.height;
  for (const { i, x, y } of points) {
    const ink = inkOf(i);
    const left = Math.round((x - wide / 2) * ratio);
    const top = Math.round((y - high / 2) * ratio);
    for (let r = 0; r < high * ratio; r++) {
      const line = top + r;
      if (line < 0 || line >= down) continue;
      const from = (i * rows + Math.floor((r * rows) / (high * ratio))) * columns;
      for (let c = 0; c < wide * ratio; c++) {
        const column = left + c;
        const at = from + Math.floor((c * columns) / (wide * ratio));
        const value = full === 255 ? images[at] : Math.round(255 * images[at]);
        if (value && column >= 0 && column < across) {
          out[line * across + column] = (value << 24) | ink;
        }
      }
    }
  }
  context.putImageData(picture, 0, 0);
}

const HEX = /^#[0-9a-f]{6}$/i;
/** @type {Map<string, number>} by colour */
const inks = new Map();

/**
 * A colour such as "#3f90da" or "rgb(1, 2, 3)" as the low 24 bits of a pixel.
 *
 * @param {string} color
 */
export function inkOf(color) {
  let ink = inks.get(color);
  if (ink === undefined && HEX.test(color)) { // what is read back may be a bit off
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    inks.set(color, ink = (b << 16) | (g << 8) | r);
  } else if (ink === undefined) {
    const context = contextOf(document.createElement("canvas"), { willReadFrequently: true });
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    ink = (b << 16) | (g << 8) | r;
    inks.set(color, ink);
  }
  return ink;
}

/**
 * Draw pixels in [0, 1] as faint ink of one colour on nothing; they fill the canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Values} pixels
 * @param {number} ink - the low 24 bits of a pixel.
 */
export function drawInk(canvas, pixels, ink) {
  const context = contextOf(canvas);
  const picture = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(picture.data.buffer);
  for (let p = 0; p < out.length; p++) {
    out[p] = ((150 * Math.min(1, Math.max(0, pixels[p]))) << 24) | ink;
  }
  context.putImageData(picture, 0, 0);
}
