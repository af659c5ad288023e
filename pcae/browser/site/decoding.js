/** A method's plane as it is decoded: what holds for a grid at once, its tiles a slice at a time. */

import { axisOf, regionsOf, tilesOf } from "../core/latent.js";

/** @import { Values } from "../types.d.ts" */
/** @import { Regions } from "../core/latent.js" */
/** @import { Decoded } from "./plane.js" */

/**
 * Which tiles of a plane to decode, see `Grid` in `pcae/methods/plane.py`.
 *
 * @typedef {{ numbers: number[], n: number, share: number, quantiles: boolean }} Grid
 */

/**
 * What is known of the digits' codes, or scores, and of how they are decoded.
 *
 * @typedef {Object} Points
 * @property {(number: number) => Values} column - one of the k numbers, of every digit.
 * @property {ArrayLike<number>} means - of all k.
 * @property {ArrayLike<number>} labels
 * @property {number} classes
 * @property {(code: Float32Array) => Float32Array} decode
 */

export class Decoding {
  /** @type {Decoded | null} */
  plane = null;
  /** Of all digits along the plane's axes. @type {Float64Array[]} */
  places = [];
  /** @type {Float32Array[]} */
  #codes = [];
  #left = 0; // tiles
  #grid = "";
  #axes = ""; // what of the grid is that of the axes and regions

  /** @param {Points} points */
  constructor(points) {
    this.points = points;
  }

  /**
   * Begin with the tiles of a grid, unless it is the same.
   *
   * @param {Grid} grid
   */
  take({ numbers, n, share, quantiles }) {
    const axes = JSON.stringify([numbers, share, quantiles]);
    if (this.plane && this.#grid === `${axes} ${n}`) return;
    const found = this.plane && this.#axes === axes
      ? this.plane
      : this.#lieOf(numbers, share, quantiles);
    const tiles = tilesOf(this.points.means, numbers, found.axes, n);
    this.#codes = tiles.map(({ code }) => code);
    this.#left = tiles.length;
    const middles = tiles.map(({ middle }) => middle);
    this.plane = { ...found, numbers, n, middles, images: Array(tiles.length).fill(undefined) };
    [this.#grid, this.#axes] = [`${axes} ${n}`, axes];
  }

  /**
   * @param {number[]} numbers
   * @param {number} share
   * @param {boolean} quantiles
   */
  #lieOf(numbers, share, quantiles) {
    const { labels, classes } = this.points;
    const columns = numbers.map((number) => this.points.column(number));
    const axes = columns.map((values) => axisOf(values, { share, quantiles }));
    const places = columns.map((values, d) =>
      Float64Array.from(values, (value) => axes[d].position(value))
    );
    this.places = places;
    return { axes, regions: regionsOf(places, labels, classes) };
  }

  /** How many tiles are not decoded yet. */
  get left() {
    return this.#left;
  }

  /**
   * Decode tiles until a time is over, the highest row first; whether there are none left.
   *
   * @param {number} end - as `performance.now()` has it.
   */
  work(end) {
    if (!this.plane) return false;
    const { images, n } = this.plane;
    const rows = images.length / n;
    while (this.#left && performance.now() < end) {
      const turn = images.length - this.#left;
      const tile = (rows - 1 - Math.floor(turn / n)) * n + turn % n;
      images[tile] = this.points.decode(this.#codes[tile]);
      this.#left -= 1;
    }
    return this.#left === 0;
  }
}
