/**
 * The directions in which a decoder moves a picture, and how far two planes are turned from each
 * other, as `pcae/methods/autoencoder.py` and `pcae/methods/metrics.py` compute them.
 */

import { multiply } from "./layer.js";
import { activate, LAYER_NORM_EPSILON, normalise } from "./stack.js";

/** @import { Activation, Values } from "../types.d.ts" */
/** @import { Layer } from "./stack.js" */

const GELU = Math.sqrt(2 / Math.PI);
const SWEEPS = 30; // more than any matrix here has needed
const SPANNED = 1e-6; // of a row's length, that rounding leaves of what the others span
const RIGHT = 1e-14; // cosine of what counts as a right angle

/** The slopes of the activations. @type {Record<Activation | "linear", (x: number) => number>} */
const SLOPES = {
  linear: () => 1,
  relu: (x) => (x > 0 ? 1 : 0),
  elu: (x) => Math.exp(Math.min(x, 0)),
  tanh: (x) => 1 - Math.tanh(x) ** 2,
  sigmoid: (x) => 0.25 * (1 - Math.tanh(0.5 * x) ** 2),
  gelu: (x) => {
    const t = Math.tanh(GELU * (x + 0.044715 * x ** 3));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU * (1 + 3 * 0.044715 * x * x);
  },
};

/**
 * How the decoded image changes with each number of a code: k rows of p. Computed forwards, tangents
 * beside values, with the derivative of every layer.
 *
 * @param {{ layers: Layer[] }} decoder
 * @param {Values} code - (k).
 */
export function jacobian({ layers }, code) {
  let x = Float32Array.from(code);
  let tangents = Array.from(code, (_, row) => Float32Array.from(code, (_, i) => i === row ? 1 : 0));
  for (const layer of layers) {
    const { bias, gamma, beta, activation, values } = layer;
    const flat = new Float32Array(bias.length);
    const through = (/** @type {Float32Array} */ from, /** @type {Values} */ shift) => {
      const out = new Float32Array(values.length);
      multiply(layer, from, shift, out);
      return out;
    };
    tangents = tangents.map((tangent) => through(tangent, flat));
    x = through(x, bias);
    if (gamma && beta) {
      for (let at = 0; at < x.length; at += gamma.length) {
        const here = (/** @type {Float32Array} */ of) => of.subarray(at, at + gamma.length);
        normaliseTangents(here(x), gamma, tangents.map(here));
      }
      normalise(x, gamma, beta);
    }
    const slopes = x.map(SLOPES[activation]);
    for (const tangent of tangents) slopes.forEach((slope, i) => tangent[i] *= slope);
    activate(activation, x);
  }
  return tangents;
}

/**
 * Take tangents through a layer norm, in place.
 *
 * @param {Float32Array} x - before it.
 * @param {Values} gamma
 * @param {Float32Array[]} tangents
 */
function normaliseTangents(x, gamma, tangents) {
  const centred = x.map((value) => value - mean(x));
  const variance = mean(centred.map((value) => value * value));
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  for (const tangent of tangents) {
    const middle = mean(tangent);
    const along = mean(tangent.map((value, i) => (value - middle) * centred[i])) * scale * scale;
    tangent.forEach((value, i) => {
      tangent[i] = scale * (value - middle - along * centred[i]) * gamma[i];
    });
  }
}

/** @param {Float32Array} values */
function mean(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * The largest principal angle between the planes that the rows of a and of b span, in degrees; as
 * Björck & Golub (1973): from its cosine where the planes differ much and from its sine where they
 * hardly do, since each is exact in its place alone.
 *
 * @param {ArrayLike<number>[]} a - as many rows as b has.
 * @param {ArrayLike<number>[]} b
 */
export function largestAngle(a, b) {
  const p = orthonormal(a);
  const q = orthonormal(b);
  const products = q.map((row) => Float64Array.from(p, (other) => dot(row, other)));
  const cosine = Math.min(1, Math.min(...lengths(products)));
  if (cosine ** 2 < 0.5) return degrees(Math.acos(cosine));
  const outside = q.map((row, r) =>
    row.map((value, i) => p.reduce((left, other, c) => left - products[r][c] * other[i], value))
  );
  return degrees(Math.asin(Math.min(1, Math.max(...lengths(outside)))));
}

/** @param {number} radians */
function degrees(radians) {
  return (180 * radians) / Math.PI;
}

/**
 * Rows of length 1, at right angles to each other, that span what these span; a row that the others
 * span already is 0.
 *
 * @param {ArrayLike<number>[]} rows
 */
function orthonormal(rows) {
  /** @type {Float64Array[]} */
  const found = [];
  for (const row of rows) {
    let left = Float64Array.from(row);
    const whole = Math.sqrt(dot(left, left));
    for (const _ of ["once", "again"]) { // rounding leaves a little after the first time
      for (const other of found) {
        const along = dot(left, other);
        left = left.map((value, i) => value - along * other[i]);
      }
    }
    const length = Math.sqrt(dot(left, left));
    found.push(left.map((value) => (length > SPANNED * whole ? value / length : 0)));
  }
  return found;
}

/**
 * The singular values of a matrix: its rows are turned in pairs until all are at right angles to
 * each other (Hestenes 1958), and then have these lengths.
 *
 * @param {Float64Array[]} matrix
 */
function lengths(matrix) {
  const rows = matrix.map((row) => row.slice());
  let turned = true;
  for (let sweep = 0; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let i = 0; i < rows.length; i++) {
      for (let j = i + 1; j < rows.length; j++) turned = turn(rows[i], rows[j]) || turned;
    }
  }
  return rows.map((row) => Math.sqrt(dot(row, row)));
}

/**
 * Turn two rows in their plane so that they are at a right angle; whether they were not.
 *
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
function turn(a, b) {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(ab) <= RIGHT * Math.sqrt(aa * bb)) return false;
  const zeta = (bb - aa) / (2 * ab);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    a[i] = c * (x - t * y);
    b[i] = c * (t * x + y);
  }
  return true;
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
