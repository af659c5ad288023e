/**
 * An encoder or a decoder: its layers one after another, as `pcae/methods/autoencoder.py` has them.
 */

import { halved, multiply } from "./layer.js";

/** @import { Activation, RunConfig, Tensors, Values } from "../types.d.ts" */
/** @import { Sides, Size } from "./layer.js" */

export const LAYER_NORM_EPSILON = 1e-3;

/**
 * Activations, applied in place to the first n values. GELU is its tanh form.
 *
 * @type {Record<Activation | "linear", (x: Float32Array, n: number) => void>}
 */
const ACTIVATIONS = {
  linear: () => {},
  relu: (x, n) => {
    for (let i = 0; i < n; i++) if (x[i] < 0) x[i] = 0;
  },
  elu: (x, n) => {
    for (let i = 0; i < n; i++) if (x[i] < 0) x[i] = Math.expm1(x[i]);
  },
  tanh: (x, n) => {
    for (let i = 0; i < n; i++) x[i] = Math.tanh(x[i]);
  },
  sigmoid: (x, n) => {
    for (let i = 0; i < n; i++) x[i] = 0.5 * (1 + Math.tanh(0.5 * x[i]));
  },
  gelu: (x, n) => {
    const c = Math.sqrt(2 / Math.PI);
    for (let i = 0; i < n; i++) {
      const v = x[i];
      x[i] = 0.5 * v * (1 + Math.tanh(c * (v + 0.044715 * v * v * v)));
    }
  },
};

/**
 * Apply an activation in place.
 *
 * @param {Activation | "linear"} name
 * @param {Float32Array} x
 */
export function activate(name, x) {
  ACTIVATIONS[name](x, x.length);
}

/** @typedef {{ kernel: Values, bias: Values, gamma?: Values | null, beta?: Values,
 *     activation: Activation | "linear", values: Float32Array, sides: Sides | null }} Layer */

/** Layers, with layer norm and an activation on all but the last. */
export class Stack {
  /**
   * @param {"encoder" | "decoder"} part
   * @param {RunConfig} config
   * @param {Tensors} weights
   * @param {Activation | "linear"} output - activation of the last layer.
   * @param {Size | null} shape - of a picture.
   */
  constructor(part, config, weights, output, shape) {
    const last = config.hidden.length;
    const sides = sidesOf(part, config, shape);
    /** @type {Layer[]} */
    this.layers = [];
    for (let i = 0; i <= last; i++) {
      const of = (/** @type {string} */ name) => weights[`${part}.${i}.${name}`]?.data;
      const kernel = of("kernel");
      const bias = of("bias");
      if (!kernel || !bias) throw new Error(`the weights lack ${part}.${i}`);
      this.layers.push({
        kernel,
        bias,
        gamma: i < last && config.layer_norm ? of("gamma") : null,
        beta: of("beta"),
        activation: i < last ? config.activation : output,
        values: new Float32Array(bias.length * placesOf(sides[i])),
        sides: sides[i],
      });
    }
    this.size = this.layers[last].values.length; // of what comes out
  }

  /**
   * @param {Values} input
   * @param {Float32Array} out
   */
  run(input, out) {
    let x = input;
    for (const layer of this.layers) {
      const y = layer.values;
      multiply(layer, x, layer.bias, y);
      if (layer.gamma && layer.beta) normalise(y, layer.gamma, layer.beta);
      activate(layer.activation, y);
      x = y;
    }
    out.set(x);
    return out;
  }
}

/**
 * The sides of every layer's pictures; null for a dense one.
 *
 * @param {"encoder" | "decoder"} part
 * @param {RunConfig} config
 * @param {Size | null} shape
 * @returns {(Sides | null)[]}
 */
function sidesOf(part, { architecture, hidden }, shape) {
  if (architecture !== "convolutional" || !shape) return [...hidden, 0].map(() => null);
  const sizes = halved(shape, hidden.length);
  const back = part === "decoder";
  const found = hidden.map((_, i) => ({ large: sizes[i], small: sizes[i + 1], back }));
  return back ? [null, ...found.reverse()] : [...found, null];
}

/** @param {Sides | null} sides */
function placesOf(sides) {
  if (!sides) return 1;
  const [rows, columns] = sides.back ? sides.large : sides.small;
  return rows * columns;
}

/**
 * Layer normalisation, in place: of all, or of the channels of every place.
 *
 * @param {Float32Array} x
 * @param {Values} gamma
 * @param {Values} beta
 */
export function normalise(x, gamma, beta) {
  for (let at = 0; at < x.length; at += gamma.length) {
    normaliseOne(x.subarray(at, at + gamma.length), gamma, beta);
  }
}

/** @param {Float32Array} x @param {Values} gamma @param {Values} beta */
function normaliseOne(x, gamma, beta) {
  let mean = 0;
  let variance = 0;
  for (const v of x) mean += v;
  mean /= x.length;
  for (const v of x) variance += (v - mean) ** 2;
  const scale = 1 / Math.sqrt(variance / x.length + LAYER_NORM_EPSILON);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] - mean) * scale * gamma[i] + beta[i];
}
