/** The codes as they moved through the stored epochs. */

import { fetchArrays } from "./world.js";

/** Every digit's code at any moment between stored ones. */
export class Timeline {
  static async fetch(address, world, axes) {
    const { arrays } = await fetchArrays(address);
    const places = Object.keys(arrays).map(Number).sort((a, b) => a - b);
    return new Timeline(places, places.map((place) => arrays[String(place)]), world, axes);
  }

  /**
   * @param {number[]} places - in epochs since the start.
   * @param {{data: Float32Array, shape: number[]}[]} frames - codes at each; those inside an epoch
   *     are of fewer digits.
   */
  constructor(places, frames, world) {
    this.places = places;
    this.frames = frames;
    this.world = world;
    this.whole = frames.map((_, f) => f).filter((f) => frames[f].shape[0] >= world.tests);
    this.last = places.length - 1;
  }

  /** The epoch at a moment, in frames, for people. */
  label(moment) {
    const place = this.places[Math.round(moment)];
    return place < 1 ? place.toPrecision(2).replace(/\.?0+$/, "") || "0" : String(place);
  }

  /**
   * Write one number of every digit's code at a moment into an array; NaN where it is not known.
   *
   * @param {number} moment - in frames, 0 to `last`.
   */
  write(moment, axis, out) {
    const before = Math.floor(moment), after = Math.min(this.last, before + 1);
    const few = Math.min(this.frames[before].shape[0], this.frames[after].shape[0]);
    this.blend(before, after, moment - before, axis, 0, few, out);
    // between the nearest moments that have all digits, by epochs
    const start = Math.max(...this.whole.filter((f) => f <= moment), this.whole[0]);
    const end = Math.min(...this.whole.filter((f) => f > moment), this.whole.at(-1));
    const epochs = this.places[before] + (moment - before) * (this.places[after] - this.places[before]);
    const share = end > start ? (epochs - this.places[start]) / (this.places[end] - this.places[start]) : 0;
    this.blend(start, end, share, axis, few, this.world.tests, out);
    out.fill(NaN, this.world.tests);
  }

  blend(before, after, share, axis, from, to, out) {
    const a = this.frames[before].data, b = this.frames[after].data, k = this.world.k;
    for (let i = from, at = from * k + axis; i < to; i++, at += k) out[i] = a[at] + share * (b[at] - a[at]);
  }
}
