/**
 * What PCA leaves of many images: its error at every image and at every pixel, for any number of
 * components. Sums are kept of a component at a time, so that a page can take a few between two
 * frames, and any k whose components are taken is then a matter of milliseconds.
 */

import { fullOf } from "./numerics.js";

/** @import { Values } from "../types.d.ts" */
/** @import { PCA } from "./numerics.js" */

/**
 * Mean squared errors: of each image (n), and at each pixel (p).
 *
 * @typedef {{ images: Float64Array, pixels: Float64Array }} Errors
 */

export class Leftover {
  /** Of each component taken: the scores of all images. @type {Float64Array[]} */
  #scores = [];
  /** The same times the centred images, summed over the images (p). @type {Float64Array[]} */
  #along = [];
  /** The products with the scores before it and with itself, summed. @type {Float64Array[]} */
  #products = [];

  /**
   * @param {PCA} pca
   * @param {Values} images - bytes or floats (n × p).
   */
  constructor(pca, images) {
    this.pca = pca;
    this.images = images;
    this.full = fullOf(images);
    this.n = images.length / pca.size;
    const { mean, size } = pca;
    this.ofImages = new Float64Array(this.n); // with no component, times p
    this.ofPixels = new Float64Array(size); // times n
    for (let i = 0, at = 0; i < this.n; i++) {
      for (let p = 0; p < size; p++, at++) {
        const square = (images[at] / this.full - mean[p]) ** 2;
        this.ofImages[i] += square;
        this.ofPixels[p] += square;
      }
    }
  }

  /** How many components are taken. */
  get count() {
    return this.#scores.length;
  }

  /** Take the next component, if there is one: two passes over the images, of milliseconds. */
  take() {
    const { pca: { size, mean, components }, images, full, n, count } = this;
    const axis = components.subarray(count * size, (count + 1) * size);
    const scores = new Float64Array(n);
    const along = new Float64Array(size);
    let shift = 0;
    let sum = 0;
    for (let p = 0; p < size; p++) shift += mean[p] * axis[p];
    for (let i = 0, at = 0; i < n; i++, at += size) {
      let score = 0;
      for (let p = 0; p < size; p++) score += images[at + p] * axis[p];
      scores[i] = score = score / full - shift;
      sum += score;
      for (let p = 0; p < size; p++) along[p] += images[at + p] * score;
    }
    for (let p = 0; p < size; p++) along[p] = along[p] / full - sum * mean[p];
    this.#products.push(Float64Array.from([...this.#scores, scores], (other) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += scores[i] * other[i];
      return sum;
    }));
    this.#scores.push(scores);
    this.#along.push(along);
  }

  /**
   * The errors with the first k components, which have to be taken.
   *
   * @param {number} k
   * @returns {Errors}
   */
  of(k) {
    const { pca: { size, components }, n } = this;
    const images = this.ofImages.slice();
    const pixels = this.ofPixels.slice();
    for (let c = 0; c < k; c++) {
      const scores = this.#scores[c];
      const along = this.#along[c];
      for (let i = 0; i < n; i++) images[i] -= scores[i] ** 2;
      for (let p = 0, at = c * size; p < size; p++, at++) {
        pixels[p] -= 2 * components[at] * along[p];
      }
      for (let d = 0; d <= c; d++) {
        const product = (d < c ? 2 : 1) * this.#products[c][d];
        for (let p = 0, a = c * size, b = d * size; p < size; p++, a++, b++) {
          pixels[p] += product * components[a] * components[b];
        }
      }
    }
    return {
      images: images.map((left) => Math.max(left, 0) / size),
      pixels: pixels.map((left) => Math.max(left, 0) / n),
    };
  }
}
