/** Digits on canvases: single ones, strips of them, and many over or behind the points. */

import { PIXELS } from "./numerics.js";

const SIDE = 28;

/** A canvas of `columns` × `rows` digits, drawn `size` wide each, or as the style sheet says. */
export function digitCanvas(size = 0, columns = 1, rows = 1, gap = 0) {
  const canvas = document.createElement("canvas");
  canvas.width = columns * (SIDE + gap) - gap;
  canvas.height = rows * (SIDE + gap) - gap;
  if (size) {
    canvas.style.width = `${(canvas.width / SIDE) * size}px`;
    canvas.style.height = `${(canvas.height / SIDE) * size}px`;
  }
  canvas.className = "pcae-x-digit";
  return canvas;
}

/** Draw pixels in [0, 1] (784), white on black, at a place of a canvas; null draws nothing. */
export function drawDigit(canvas, pixels, x = 0, y = 0) {
  const context = canvas.getContext("2d");
  if (!pixels) return context.clearRect(x, y, SIDE, SIDE);
  const picture = context.createImageData(SIDE, SIDE);
  const out = picture.data;
  for (let p = 0, at = 0; p < PIXELS; p++, at += 4) {
    out[at] = out[at + 1] = out[at + 2] = 255 * Math.min(1, Math.max(0, pixels[p]));
    out[at + 3] = 255;
  }
  context.putImageData(picture, x, y);
}

/** A canvas that covers an area and is as sharp as the screen. */
export function fitCanvas(canvas, width, height) {
  const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1));
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
 * @param {(i: number) => [number, number]|null} place - on the screen, null where it is not there.
 * @param {number} size - of a picture, in screen pixels.
 * @returns {{i: number, x: number, y: number}[]}
 */
export function spread(order, place, size) {
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

function isFree(cells, column, row, [x, y], size) {
  for (let r = row - 1; r <= row + 1; r++) {
    for (let c = column - 1; c <= column + 1; c++) {
      const other = cells.get(r * 10_000 + c);
      if (other && Math.abs(other.x - x) < size && Math.abs(other.y - y) < size) return false;
    }
  }
  return true;
}

/** Draw digits, given as bytes, in the ink of their class, centred at their points. */
export function drawPictures(canvas, width, height, points, images, inkOf) {
  const ratio = fitCanvas(canvas, width, height);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(picture.data.buffer);
  const across = canvas.width;
  const down = canvas.height;
  for (const { i, x, y } of points) {
    const ink = inkOf(i);
    const left = Math.round((x - SIDE / 2) * ratio);
    const top = Math.round((y - SIDE / 2) * ratio);
    for (let r = 0; r < SIDE * ratio; r++) {
      const line = top + r;
      if (line < 0 || line >= down) continue;
      const from = i * PIXELS + Math.floor(r / ratio) * SIDE;
      for (let c = 0; c < SIDE * ratio; c++) {
        const column = left + c;
        const value = images[from + Math.floor(c / ratio)];
        if (value && column >= 0 && column < across)
          out[line * across + column] = (value << 24) | ink;
      }
    }
  }
  context.putImageData(picture, 0, 0);
}

/** A colour such as "#3f90da" or "rgb(1, 2, 3)" as the low 24 bits of a pixel. */
export function inkOf(color) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return (b << 16) | (g << 8) | r;
}

/** Draw pixels in [0, 1] as faint ink of one colour on nothing. */
export function drawInk(canvas, pixels, ink) {
  const context = canvas.getContext("2d");
  const picture = context.createImageData(SIDE, SIDE);
  const out = new Uint32Array(picture.data.buffer);
  for (let p = 0; p < PIXELS; p++) {
    out[p] = ((150 * Math.min(1, Math.max(0, pixels[p]))) << 24) | ink;
  }
  context.putImageData(picture, 0, 0);
}
