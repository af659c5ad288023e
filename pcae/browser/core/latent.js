/**
 * The plane of two scores or codes: its axes, where each class's digits are, and its tiles; as
 * `pcae/methods/plane.py` computes them, which says more of each.
 */

/** @import { Values } from "../types.d.ts" */

const BINS = 112; // across a plane: where digits are counted
const CELLS = 224; // where classes are compared
const WIDTH = 0.017; // of the kernel, in a plane's width
const REACH = 7; // widths, beyond which a kernel adds nothing that shows
const LEAST = Math.exp(-2);
const LEAST_AREA = 0.004; // of a plane, for a class to be named in it
const NAME_EVERY = 4; // cells between the places where a name may stand
const NAME_WIDTH = 0.05;
const TICK_ROOM = 0.09;

/** @typedef {{ quantiles: boolean, share: number }} Spacing */

/**
 * Which class's digits are densest where: a label a cell, -1 where there are no digits, the lowest
 * row first; and where in the region of a class its name has most room.
 *
 * @typedef {Object} Regions
 * @property {Int16Array} labels
 * @property {number} rows
 * @property {number} columns
 * @property {Map<number, number[]>} names
 */

/** A value a cell, the lowest row first. @typedef {{ values: ArrayLike<number>, rows: number, columns: number }} Field */

/** One coordinate, drawn from 0 to 1: values, rising, and where they are; linear in between. */
export class Axis {
  /**
   * @param {Float64Array} values
   * @param {Float64Array} positions
   */
  constructor(values, positions) {
    this.values = values;
    this.positions = positions;
  }

  /** Where a value is drawn: from 0 to 1, or outside. @param {number} value */
  position(value) {
    return interpolated(value, this.values, this.positions);
  }

  /** @param {number} position */
  value(position) {
    return interpolated(position, this.positions, this.values);
  }

  /** The values in the middle of n tiles. @param {number} n */
  centres(n) {
    return Float64Array.from({ length: n }, (_, i) => this.value((i + 0.5) / n));
  }

  /** Round values, finer ones where there is room between coarse ones. */
  ticks() {
    const [low, high] = [this.value(0), this.value(1)];
    const least = TICK_ROOM * (high - low || 1);
    const power = 10 ** Math.floor(Math.log10(least));
    const coarse = power * ([1, 2, 5, 10].find((times) => power * times >= least) ?? 10);
    const decade = 10 ** Math.floor(Math.log10(coarse) + 1e-9);
    /** @type {[place: number, value: number][]} */
    const kept = [];
    let ends = [low, high];
    for (const step of [coarse, decade < coarse ? decade : coarse / 2]) {
      if (2 * step < coarse) { // outside the coarse ones, even steps would end in odd ones
        ends = [kept[0]?.[1] ?? low, kept.at(-1)?.[1] ?? high];
      }
      const last = Math.floor(ends[1] / step);
      for (let number = Math.ceil(ends[0] / step); number <= last; number++) {
        const place = this.position(step * number);
        const free = kept.every(([other]) => Math.abs(place - other) >= TICK_ROOM);
        if (free) kept.push([place, step * number]);
      }
      kept.sort(([a], [b]) => a - b);
    }
    return kept.map(([, value]) => value);
  }
}

/**
 * An axis that holds a central share of the digits: from quantile to quantile, and straight on
 * beyond all digits; with `quantiles` equal steps are equal shares of them.
 *
 * @param {ArrayLike<number>} values - of every digit.
 * @param {Spacing} spacing
 */
export function axisOf(values, { share, quantiles }) {
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  const span = sorted[n - 1] - sorted[0] || 1;
  const ordered = Float64Array.of(sorted[0] - span, ...sorted, sorted[n - 1] + span);
  const ranks = ordered.map((_, i) => (i ? (i - 1) / Math.max(1, n - 1) : -1));
  ranks[n + 1] = 2;
  if (quantiles) return new Axis(ordered, ranks.map((rank) => (rank - 0.5) / share + 0.5));
  const [low, high] = [-share, share].map((of) => interpolated((1 + of) / 2, ranks, ordered));
  const [middle, width] = [(low + high) / 2, high - low || 1];
  return new Axis(ordered, ordered.map((value) => (value - middle) / width + 0.5));
}

/**
 * What lies at a place, linear between known ones, and as at the ends beyond them.
 *
 * @param {number} at
 * @param {Float64Array} places - rising.
 * @param {Float64Array} values
 */
function interpolated(at, places, values) {
  let low = 0;
  let high = places.length - 1;
  if (at >= places[high]) return values[high];
  if (at < places[0]) return values[0];
  while (high - low > 1) { // places[low] <= at < places[high]
    const middle = (low + high) >> 1;
    if (places[middle] <= at) low = middle;
    else high = middle;
  }
  const slope = (values[high] - values[low]) / (places[high] - places[low]);
  return slope * (at - places[low]) + values[low];
}

/**
 * The classes' regions of a plane, or of a single axis.
 *
 * @param {ArrayLike<number>[]} places - of the digits along one or two axes.
 * @param {ArrayLike<number>} labels
 * @param {number} classes
 * @returns {Regions}
 */
export function regionsOf(places, labels, classes) {
  const { binOf, bins, rows, cells, sums } = binsOf(places);
  const counts = new Float32Array(classes * bins);
  for (let i = 0; i < labels.length; i++) {
    const bin = binOf(i);
    if (bin >= 0) counts[labels[i] * bins + bin] += 1;
  }
  const density = sums(counts, classes);
  const first = new Int16Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    let [sum, most] = [0, 0];
    for (let label = 0; label < classes; label++) {
      const there = density[label * cells + cell];
      sum += there;
      if (there > density[most * cells + cell]) most = label;
    }
    first[cell] = sum >= LEAST ? most : -1;
  }
  return { labels: first, rows, columns: CELLS, names: namePlaces(first, rows, classes) };
}

/**
 * The mean of the digits' values about each cell, NaN where there are no digits.
 *
 * @param {ArrayLike<number>[]} places - as for `regionsOf`.
 * @param {ArrayLike<number>} values
 * @returns {Field}
 */
export function fieldOf(places, values) {
  const { binOf, bins, rows, cells, sums } = binsOf(places);
  const counts = new Float32Array(2 * bins); // digits, then their values
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(i);
    if (bin < 0) continue;
    counts[bin] += 1;
    counts[bins + bin] += values[i];
  }
  const found = sums(counts, 2);
  const mean = (/** @type {number} */ cell) =>
    found[cell] >= LEAST ? found[cells + cell] / found[cell] : NaN;
  return { rows, columns: CELLS, values: Float64Array.from({ length: cells }, (_, i) => mean(i)) };
}

/**
 * Where digits are counted, and what their counts are about every cell.
 *
 * @param {ArrayLike<number>[]} places
 */
function binsOf(places) {
  const edge = Math.round(3 * WIDTH * BINS); // bins outside that reach in
  const width = BINS + 2 * edge;
  const flat = places.length === 1;
  const height = flat ? 1 : width;
  const of = Float64Array.from({ length: width }, (_, i) => (i + 0.5 - edge) / BINS);
  const at = cellMiddles();
  return {
    bins: height * width,
    rows: flat ? 1 : CELLS,
    cells: flat ? CELLS : CELLS ** 2,
    /** The bin of a digit; -1 far outside. @param {number} i */
    binOf(i) {
      const [x, y] = places.map((along) => Math.floor(along[i] * BINS) + edge);
      const row = flat ? 0 : y;
      return x >= 0 && x < width && row >= 0 && row < height ? row * width + x : -1;
    },
    /** @param {Float32Array} counts @param {number} planes */
    sums: (counts, planes) => smooth(counts, planes, places.length, at, of, WIDTH),
  };
}

function cellMiddles() {
  return Float64Array.from({ length: CELLS }, (_, i) => (i + 0.5) / CELLS);
}

/**
 * Where the names of the classes stand, of those that have a region to speak of.
 *
 * @param {Int16Array} first - the class in each cell.
 * @param {number} rows
 * @param {number} classes
 */
function namePlaces(first, rows, classes) {
  const few = cellMiddles().filter((_, cell) => cell % NAME_EVERY === 0);
  const across = few.length;
  const size = rows === 1 ? across : across ** 2;
  const own = new Float32Array(classes * size);
  for (let place = 0; place < size; place++) {
    const [row, column] = [Math.floor(place / across), place % across];
    const label = first[(row * CELLS + column) * NAME_EVERY];
    if (label >= 0) own[label * size + place] = 1;
  }
  const room = smooth(own, classes, rows === 1 ? 1 : 2, few, few, NAME_WIDTH);
  /** @type {Map<number, number[]>} */
  const names = new Map();
  for (let label = 0; label < classes; label++) {
    let [most, area] = [0, 0];
    for (let place = 0; place < size; place++) {
      const free = own[label * size + place] && room[label * size + place];
      area += own[label * size + place];
      if (free > (own[label * size + most] && room[label * size + most])) most = place;
    }
    if (area / size < LEAST_AREA) continue;
    const [x, y] = [few[most % across], few[Math.floor(most / across)]];
    names.set(label, rows === 1 ? [x] : [x, y]);
  }
  return names;
}

/**
 * Sums at the places `at`, along each of d axes, of Gaussians that stand at `of`.
 *
 * @param {Float32Array} counts - (planes, of, of), or (planes, of).
 * @param {number} planes
 * @param {number} d
 * @param {Float64Array} at
 * @param {Float64Array} of
 * @param {number} width
 */
function smooth(counts, planes, d, at, of, width) {
  const kernel = Array.from(of, (middle) => {
    const start = at.findIndex((place) => place >= middle - REACH * width);
    const near = at.filter((place) => Math.abs(place - middle) <= REACH * width);
    return { start, values: near.map((place) => Math.exp(-0.5 * ((place - middle) / width) ** 2)) };
  });
  let sums = counts;
  let rest = d === 1 ? 1 : of.length; // values of the axes beside the one that is summed over
  for (let axis = 0; axis < d; axis++) { // the first of them; what comes of it is the last
    const before = sums;
    sums = new Float32Array(planes * rest * at.length);
    for (let from = 0; from < before.length; from++) {
      if (before[from] === 0) continue;
      const plane = Math.floor(from / (rest * of.length));
      const { start, values } = kernel[Math.floor(from / rest) % of.length];
      const to = (plane * rest + from % rest) * at.length + start;
      for (let near = 0; near < values.length; near++) {
        sums[to + near] += before[from] * values[near];
      }
    }
    rest = at.length;
  }
  return sums;
}

/**
 * The codes of tiles, the lowest row first, and what their middles are along the axes: the other
 * numbers are held at the digits' mean.
 *
 * @param {ArrayLike<number>} means - of the k numbers.
 * @param {number[]} numbers - which of them the axes are: across and, if there are two, up.
 * @param {Axis[]} axes
 * @param {number} n - tiles along each axis.
 */
export function tilesOf(means, numbers, axes, n) {
  const centres = axes.map((along) => along.centres(n));
  return Array.from({ length: n ** axes.length }, (_, tile) => {
    const middle = centres.map((of, d) => of[d ? Math.floor(tile / n) : tile % n]);
    const code = Float32Array.from(means);
    numbers.forEach((number, d) => (code[number] = middle[d]));
    return { code, middle };
  });
}

/**
 * The straight way from one point to another, in equal steps.
 *
 * @param {Values} from
 * @param {Values} to
 * @param {number} steps
 */
export function between(from, to, steps) {
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    return Float32Array.from(from, (value, i) => (1 - share) * value + share * to[i]);
  });
}
