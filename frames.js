/** Every digit's code at any moment between those of the training that were stored. */

/** @typedef {{data: ArrayLike<number>, shape: number[]}} Codes */

export class Frames {
  /**
   * @param {Object<string, Codes>} arrays - codes by epochs since the start, of all test digits or
   *     of the first.
   * @param {{tests: number, k: number}} world
   */
  constructor(arrays, { tests, k }) {
    const frames = Object.entries(arrays).map(([name, array]) => ({
      place: Number(name),
      ...array,
    }));
    this.tests = tests;
    this.k = k;
    this.frames = frames.sort((a, b) => a.place - b.place);
    this.whole = [...frames.keys()].filter((f) => frames[f].shape[0] >= tests);
    this.last = frames.length - 1;
    const first = frames[0].shape[0].toLocaleString("en");
    this.part = this.whole.length ? "" : `, first ${first} digits`;
  }

  /**
   * The epoch at a moment, for people.
   *
   * @param {number} moment - in frames.
   */
  name(moment) {
    const { place } = this.frames[Math.round(moment)];
    return place < 1 ? String(Number(place.toPrecision(2))) : String(place);
  }

  /**
   * Write one number of every test digit's code at a moment; NaN for digits that no frame has.
   *
   * @param {number} moment - in frames.
   * @param {number} axis - which number of the code.
   * @param {Float32Array} out
   */
  write(moment, axis, out) {
    const { frames, whole, tests } = this;
    const before = Math.floor(moment);
    const after = Math.min(this.last, before + 1);
    const few = Math.min(frames[before].shape[0], frames[after].shape[0], tests);
    this.blend(before, after, moment - before, axis, [0, few], out);
    if (!whole.length) {
      out.fill(NaN, few);
      return;
    }
    // the others between the nearest moments that have all, in epochs
    const start = whole.findLast((f) => f <= moment) ?? whole[0];
    const end = whole.find((f) => f > moment) ?? whole[whole.length - 1];
    const [from, to] = [frames[start].place, frames[end].place];
    const step = frames[after].place - frames[before].place;
    const now = frames[before].place + (moment - before) * step;
    const share = to > from ? (now - from) / (to - from) : 0;
    this.blend(start, end, share, axis, [few, tests], out);
  }

  /**
   * @param {number} before
   * @param {number} after
   * @param {number} share
   * @param {number} axis
   * @param {[number, number]} digits - from one up to another.
   * @param {Float32Array} out
   */
  blend(before, after, share, axis, [from, to], out) {
    const { k } = this;
    const a = this.frames[before].data;
    const b = this.frames[after].data;
    for (let i = from, at = from * k + axis; i < to; i++, at += k) {
      out[i] = a[at] + share * (b[at] - a[at]);
    }
  }
}
