/**
 * The numbers behind the explorer, apart from its drawing: safetensors files, the trained
 * autoencoder and PCA, as `pcae/methods/autoencoder.py` and `pcae/methods/pca.py` compute them, to 1e-5.
 *
 * Images are p pixels, row-major (784 of MNIST), or the p columns of a table.
 */

import { Stack } from "./stack.js";

/** @import { Answer, RunConfig, Tensors, Values } from "../types.d.ts" */

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

  /**
   * @param {RunConfig} config
   * @param {[rows: number, columns: number] | null} [shape] - of a picture.
   */
  constructor(config, shape = null) {
    this.config = config;
    this.shape = shape;
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
    this[part] = new Stack(part, this.config, weights, output, this.shape);
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
