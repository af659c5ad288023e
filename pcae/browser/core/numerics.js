/**
 * The numbers behind the explorer, apart from its drawing: safetensors files, the trained
 * autoencoder and PCA, as `pcae/methods/autoencoder.py` and `pcae/methods/pca.py` compute them, to 1e-5.
 *
 * Images are p pixels, row-major (784 of MNIST), or the p columns of a table. Kernels are (inputs,
 * outputs), row-major.
 */

/** @import { Activation, Answer, RunConfig, Tensors, Values } from "../types.d.ts" */

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

/** @typedef {{ dtype: string, shape: number[], data_offsets: [start: number, end: number] }} Entry */

/**
 * Read a safetensors file.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Answer} 16-bit floats become 32-bit ones.
 * @throws {Error} for a file that is cut short, or of another kind.
 */
export function readSafetensors(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const { __metadata__: about = {}, ...rest } = header;
  /** @type {Record<string, Entry>} */
  const entries = rest;
  /** @type {Tensors} */
  const arrays = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    const [start, end] = data_offsets;
    const read = READERS[dtype];
    if (!read) throw new Error(`${name} is of the type ${dtype}`);
    const bytes = buffer.slice(8 + size + start, 8 + size + end);
    const data = read(bytes);
    if (data.length !== shape.reduce((a, b) => a * b, 1)) throw new Error(`${name} is cut short`);
    arrays[name] = { data, shape };
  }
  return { arrays, about };
}

/** @type {Record<string, (bytes: ArrayBuffer) => Values>} */
const READERS = {
  F32: (bytes) => new Float32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  F16: (bytes) => fromHalves(new Uint16Array(bytes)),
};

/** @type {Float32Array | undefined} */
let halves; // every one of them, made when first wanted: looking up takes a twentieth of computing

/** @param {Uint16Array} bits */
function fromHalves(bits) {
  halves ??= Float32Array.from({ length: 65_536 }, (_, i) => fromHalf(i));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halves[bits[i]];
  return values;
}

/** @param {number} bits */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A trained autoencoder: one image or one code at a time, once it has the weights for that. */
export class Autoencoder {
  /** @type {Stack | undefined} */
  encoder;
  /** @type {Stack | undefined} */
  decoder;

  /** @param {RunConfig} config */
  constructor(config) {
    this.config = config;
    this.k = config.k;
  }

  /**
   * Take the weights of a part.
   *
   * @param {"encoder" | "decoder"} part
   * @param {Tensors} weights - by the names that the run's weights file gives them.
   */
  take(part, weights) {
    const output = part === "encoder" ? "linear" : this.config.output;
    this[part] = new Stack(part, this.config, weights, output);
  }

  /**
   * The code (k) of an image (p), new or into `out`.
   *
   * @param {Values} image
   * @param {Float32Array} out
   */
  encode(image, out = new Float32Array(this.k)) {
    return there(this.encoder, "encoder").run(image, out);
  }

  /**
   * The image (p) of a code (k), new or into `out`.
   *
   * @param {Values} code
   * @param {Float32Array} [out]
   */
  decode(code, out) {
    const decoder = there(this.decoder, "decoder");
    return decoder.run(code, out ?? new Float32Array(decoder.size));
  }
}

/**
 * @param {Stack | undefined} stack
 * @param {string} part
 */
function there(stack, part) {
  if (!stack) throw new Error(`The weights of the ${part} are not here yet.`);
  return stack;
}

/** @typedef {{ kernel: Values, bias: Values, gamma?: Values | null, beta?: Values,
 *     activation: Activation | "linear", values: Float32Array }} Layer */

/** Dense layers, with layer norm and an activation on all but the last. */
class Stack {
  /**
   * @param {"encoder" | "decoder"} part
   * @param {RunConfig} config
   * @param {Tensors} weights
   * @param {Activation | "linear"} output - activation of the last layer.
   */
  constructor(part, config, weights, output) {
    const last = config.hidden.length;
    this.layers = [];
    this.size = 0; // of what comes out
    for (let i = 0; i <= last; i++) {
      const of = (/** @type {string} */ name) => weights[`${part}.${i}.${name}`]?.data;
      const kernel = of("kernel");
      const bias = of("bias");
      if (!kernel || !bias) throw new Error(`the weights lack ${part}.${i}`);
      this.size = bias.length;
      this.layers.push({
        kernel,
        bias,
        gamma: i < last && config.layer_norm ? of("gamma") : null,
        beta: of("beta"),
        activation: i < last ? config.activation : output,
        values: new Float32Array(bias.length),
      });
    }
  }

  /**
   * @param {Values} input
   * @param {Float32Array} out
   */
  run(input, out) {
    let x = input;
    for (const layer of this.layers) {
      const y = layer.values;
      multiply(x, layer.kernel, layer.bias, y);
      if (layer.gamma) normalise(y, layer.gamma, layer.beta);
      activate(layer.activation, y);
      x = y;
    }
    out.set(x);
    return out;
  }
}

/**
 * y = x K + b; black pixels and dead units cost nothing. Four inputs go at a time: that takes half
 * the time of one, for y is read and written less often.
 *
 * @param {Values} x
 * @param {Values} kernel
 * @param {Values} bias
 * @param {Float32Array} y
 */
export function multiply(x, kernel, bias, y) {
  const n = y.length;
  y.set(bias);
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
 * Layer normalisation, in place.
 *
 * @param {Float32Array} x
 * @param {Values} gamma
 * @param {Values} beta
 */
export function normalise(x, gamma, beta) {
  let mean = 0;
  let variance = 0;
  for (const v of x) mean += v;
  mean /= x.length;
  for (const v of x) variance += (v - mean) ** 2;
  const scale = 1 / Math.sqrt(variance / x.length + LAYER_NORM_EPSILON);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] - mean) * scale * gamma[i] + beta[i];
}

/**
 * The value of pixels given as bytes, or as floats in [0, 1], that stands for 1.
 *
 * @param {Values} images
 */
export function fullOf(images) {
  return images instanceof Uint8Array ? 255 : 1;
}

/** A fitted PCA: components are rows, by falling explained variance; perhaps not all of them. */
export class PCA {
  /**
   * @param {Values} mean - (p).
   * @param {Values} components - (count, p).
   */
  constructor(mean, components) {
    this.mean = mean;
    this.components = components;
    this.size = mean.length; // pixels
    this.count = components.length / mean.length;
  }

  /**
   * Scores of an image (p) on the first k components.
   *
   * @param {Values} image
   * @param {number} k
   * @param {Float32Array} out
   */
  transform(image, k, out = new Float32Array(k)) {
    const { size } = this;
    for (let c = 0; c < k; c++) {
      let sum = 0;
      for (let p = 0, at = c * size; p < size; p++, at++) {
        sum += (image[p] - this.mean[p]) * this.components[at];
      }
      out[c] = sum;
    }
    return out;
  }

  /**
   * The image (p) of scores on the first components.
   *
   * @param {Values} scores
   * @param {Float32Array} out
   */
  inverse(scores, out = new Float32Array(this.size)) {
    const { size } = this;
    out.set(this.mean);
    for (let c = 0; c < scores.length; c++) {
      const v = scores[c];
      if (v === 0) continue;
      for (let p = 0, at = c * size; p < size; p++, at++) out[p] += v * this.components[at];
    }
    return out;
  }

  /**
   * Scores of many images, bytes or floats (n × p), on one component; shape (n).
   *
   * @param {Values} images
   * @param {number} component
   */
  column(images, component) {
    const { size } = this;
    const full = fullOf(images);
    const n = images.length / size;
    const out = new Float32Array(n);
    const axis = this.components.subarray(component * size, (component + 1) * size);
    let shift = 0;
    for (let p = 0; p < size; p++) shift += this.mean[p] * axis[p];
    for (let i = 0, at = 0; i < n; i++) {
      let sum = 0;
      for (let p = 0; p < size; p++, at++) sum += images[at] * axis[p];
      out[i] = sum / full - shift;
    }
    return out;
  }

  /**
   * Mean squared error over the pixels of an image with 0, 1, … all components there are.
   *
   * @param {Values} image
   * @param {Float32Array} scores - on all components.
   */
  errors(image, scores = this.transform(image, this.count)) {
    const { size, count } = this;
    let left = 0;
    for (let p = 0; p < size; p++) left += (image[p] - this.mean[p]) ** 2;
    const out = new Float64Array(count + 1);
    out[0] = left / size;
    for (let c = 0; c < count; c++) {
      left -= scores[c] ** 2;
      out[c + 1] = Math.max(left, 0) / size;
    }
    return out;
  }

  /**
   * Squared distance of many images from the mean image, each over its pixels; shape (n).
   *
   * @param {Values} images
   */
  spread(images) {
    const { size } = this;
    const full = fullOf(images);
    const n = images.length / size;
    const out = new Float32Array(n);
    for (let i = 0, at = 0; i < n; i++) {
      let sum = 0;
      for (let p = 0; p < size; p++, at++) sum += (images[at] / full - this.mean[p]) ** 2;
      out[i] = sum / size;
    }
    return out;
  }
}

/**
 * Mean squared error over the pixels of two images.
 *
 * @param {Values} a
 * @param {Values} b
 */
export function meanSquaredError(a, b) {
  let sum = 0;
  for (let p = 0; p < a.length; p++) sum += (a[p] - b[p]) ** 2;
  return sum / a.length;
}

/**
 * The value below which a share of the (finite) values lies; 0 where there are none.
 *
 * @param {ArrayLike<number>} values
 * @param {number} share - from 0 to 1.
 */
export function quantile(values, share) {
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : 0;
}
