/**
 * The products of a layer, as `pcae/methods/convolution.py` computes them: of a dense one x K + b, and
 * of a strided convolution or its transpose one such product for each place of the kernel.
 *
 * Dense kernels are (inputs, outputs), those of convolutions (3, 3, inputs, outputs), row-major.
 */

/** @import { Values } from "../types.d.ts" */

export const SIDE = 3, STRIDE = 2; // of every convolution

/** @typedef {[rows: number, columns: number]} Size */

/**
 * What a convolution goes from the larger to the smaller of, and a transposed one back.
 *
 * @typedef {{ large: Size, small: Size, back: boolean }} Sides
 */

/**
 * y = x K + b, or the same of every place.
 *
 * @param {{ kernel: Values, sides: Sides | null }} layer
 * @param {Values} x
 * @param {Values} bias
 * @param {Float32Array} y
 */
export function multiply({ kernel, sides }, x, bias, y) {
  for (let at = 0; at < y.length; at += bias.length) y.set(bias, at);
  if (sides) convolve(sides, kernel, x, bias.length, y);
  else add(x, kernel, y);
}

/**
 * y += x K; black pixels and dead units cost nothing. Four inputs go at a time: that takes half the
 * time of one, for y is read and written less often.
 *
 * @param {Values} x
 * @param {Values} kernel
 * @param {Float32Array} y
 */
function add(x, kernel, y) {
  const n = y.length;
  for (let i = 0; i < x.length; i += 4) {
    const most = Math.min(4, x.length - i);
    const a = x[i], b = most > 1 ? x[i + 1] : 0;
    const c = most > 2 ? x[i + 2] : 0, d = most > 3 ? x[i + 3] : 0;
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    // where there are fewer than four, the kernel is read once more in place of what it has not
    const p = i * n, q = most > 1 ? p + n : p, r = most > 2 ? q + n : p, s = most > 3 ? r + n : p;
    for (let j = 0; j < n; j++) {
      y[j] += a * kernel[p + j] + b * kernel[q + j] + c * kernel[r + j] + d * kernel[s + j];
    }
  }
}

/**
 * @param {Sides} sides
 * @param {Values} kernel
 * @param {Values} x
 * @param {number} outputs - channels.
 * @param {Float32Array} y
 */
function convolve({ large, small, back }, kernel, x, outputs, y) {
  const inputs = kernel.length / (SIDE * SIDE * outputs);
  for (let place = 0; place < SIDE * SIDE; place++) {
    const down = Math.floor(place / SIDE) - large[0] % STRIDE; // what 'same' padding leaves
    const across = place % SIDE - large[1] % STRIDE;
    const k = kernel.subarray(place * inputs * outputs, (place + 1) * inputs * outputs);
    for (let at = 0; at < small[0] * small[1]; at++) {
      const row = STRIDE * Math.floor(at / small[1]) + down;
      const column = STRIDE * (at % small[1]) + across;
      if (row < 0 || row >= large[0] || column < 0 || column >= large[1]) continue;
      const other = row * large[1] + column;
      const [from, to] = back ? [at * inputs, other * outputs] : [other * inputs, at * outputs];
      add(x.subarray(from, from + inputs), k, y.subarray(to, to + outputs));
    }
  }
}

/**
 * The sizes of a picture as it is halved so often.
 *
 * @param {Size} shape
 * @param {number} times
 */
export function halved(shape, times) {
  const sizes = [shape];
  for (const [rows, columns] of sizes) {
    if (sizes.length > times) break;
    sizes.push([Math.ceil(rows / STRIDE), Math.ceil(columns / STRIDE)]);
  }
  return sizes;
}
