/** Which digits are shown, where they are in the planes, and where that is on the stage. */

import { BOTH, CODE_AT, KINDS } from "../core/both.js";

/** @import { World } from "../core/world.js" */
/** @import { Frames } from "./frames.js" */
/** @import { Pair, Place, Range, State } from "./state.js" */
/** @import { Store } from "./store.js" */
/** @import { Axis, Columns, FullLayout, Given, Plot } from "./types.d.ts" */

export class Places {
  /**
   * @param {Given} given
   * @param {Store} store
   * @param {Plot} plot - where Plotly draws the planes.
   * @param {{frames: Frames | null}} timeline
   */
  constructor(given, store, plot, timeline) {
    this.given = given;
    this.store = store;
    this.plot = plot;
    this.timeline = timeline;
    this.moving = false;
    /** @type {Columns[]} by plane */
    this.at = [];
    this.shown = new Int32Array();
    store.subscribe(["axes", "moment"], () => this.place());
    store.subscribe(["count", "hidden"], () => this.choose());
  }

  open() {
    this.place();
    this.choose();
  }

  /** Whether something is drawn in two dimensions. */
  get flat() {
    return Boolean(this.plot._fullLayout) && !this.store.get().solid;
  }

  // ------------------------------------------------------------------ digits

  /** Take the coordinates of every digit in both planes anew. */
  place() {
    const { axes, moment } = this.store.get();
    const { world } = this.given;
    const { frames } = this.timeline;
    if (moment === null || !frames) {
      this.moving = false;
      this.at = BOTH.map((p) => world.coordinates(KINDS[p], axes[p]));
      return;
    }
    if (!this.moving) this.at[CODE_AT] = this.at[CODE_AT].map((of) => Float32Array.from(of));
    this.moving = true;
    const numbers = axes[CODE_AT].slice(0, world.k); // of one code, up is the label
    numbers.forEach((axis, d) => frames.write(moment, axis, this.at[CODE_AT][d]));
  }

  choose() {
    this.shown = shownOf(this.given.world, this.store.get());
  }

  /** The ranges that show the whole of each plane. */
  whole() {
    const n = Math.min(this.store.get().count, this.given.world.size);
    return /** @type {[Range, Range]} */ (this.at.map((columns) => rangeOf(columns, n)));
  }

  /**
   * A digit's place in both planes.
   *
   * @param {number} i
   */
  of(i) {
    return this.at.map(([x, y]) => /** @type {Pair} */ ([x[i], y[i]]));
  }

  // ------------------------------------------------------------------ the stage

  /**
   * An axis of a plane: 0 across, 1 up. Its range is right also while it is dragged.
   *
   * @param {number} p
   * @param {number} d
   * @returns {Axis}
   */
  axis(p, d) {
    const layout = /** @type {FullLayout} */ (this.plot._fullLayout);
    if (d) return p ? layout.yaxis2 : layout.yaxis;
    return p ? layout.xaxis2 : layout.xaxis;
  }

  /** The ranges of both planes' axes. */
  ranges() {
    const of = (/** @type {number} */ p) => [0, 1].map((d) => [...this.axis(p, d).range]);
    return /** @type {[Range, Range]} */ (BOTH.map(of));
  }

  /**
   * Where a point of a plane is on the stage, in pixels.
   *
   * @param {number} p
   * @param {number} x
   * @param {number} y
   * @returns {Pair}
   */
  pixel(p, x, y) {
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    return [
      h._offset + ((x - h.range[0]) / (h.range[1] - h.range[0])) * h._length,
      v._offset + ((v.range[1] - y) / (v.range[1] - v.range[0])) * v._length,
    ];
  }

  /**
   * The same of a digit.
   *
   * @param {number} p
   * @param {number} i
   */
  pixelOf(p, i) {
    return this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
  }

  /**
   * Whether a pixel of the stage is in a plane.
   *
   * @param {number} p
   * @param {Pair} pixel
   */
  inside(p, [px, py]) {
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    const across = px >= h._offset && px <= h._offset + h._length;
    return across && py >= v._offset && py <= v._offset + v._length;
  }

  /**
   * The plane and the point in it at a pixel of the stage; null where there is none.
   *
   * @param {number} px
   * @param {number} py
   * @returns {Place | null}
   */
  under(px, py) {
    if (!this.flat) return null;
    const p = BOTH.find((plane) => this.inside(plane, [px, py]));
    if (p === undefined) return null;
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    const x = h.range[0] + ((px - h._offset) / h._length) * (h.range[1] - h.range[0]);
    const y = v.range[1] - ((py - v._offset) / v._length) * (v.range[1] - v.range[0]);
    return { p, x, y };
  }

  /**
   * The shown digit for which `far` is least, given its distance across and up in pixels.
   *
   * @param {Place} at
   * @param {(dx: number, dy: number) => number} far
   */
  least({ p, x, y }, far, most = Infinity) {
    const [xs, ys] = this.at[p];
    const scales = [0, 1].map((d) => {
      const axis = this.axis(p, d);
      return axis._length / (axis.range[1] - axis.range[0]);
    });
    let best = -1;
    let least = most;
    for (const i of this.shown) {
      const distance = far((xs[i] - x) * scales[0], (ys[i] - y) * scales[1]);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /**
   * The digit nearest to a point of a plane, within some pixels; -1 if there is none.
   *
   * @param {Place} at
   * @param {number} within
   */
  nearest(at, within) {
    return this.least(at, (dx, dy) => dx * dx + dy * dy, within * within);
  }

  /**
   * The nearest digit on one side of another; -1 if there is none.
   *
   * @param {number} p
   * @param {number} i
   * @param {readonly number[]} way - across and up, one of them 0.
   */
  neighbour(p, i, [right, up]) {
    const [x, y] = this.of(i)[p];
    return this.least({ p, x, y }, (dx, dy) => {
      const ahead = dx * right + dy * up;
      const aside = Math.abs(dx * up - dy * right);
      return ahead > 0 && aside <= ahead ? dx * dx + dy * dy : Infinity;
    });
  }
}

/**
 * The digits that are shown: the first of those that have a code and whose class is not hidden.
 *
 * @param {World} world
 * @param {Pick<State, "count" | "hidden">} state
 */
export function shownOf(world, { count, hidden }) {
  const away = new Set(hidden);
  const all = Int32Array.from({ length: Math.min(count, world.size) }, (_, i) => i);
  return all.filter((i) => world.knows(i) && !away.has(world.labels[i]));
}

/**
 * The range that shows the first n digits, with a little air.
 *
 * @param {Columns} columns
 * @param {number} n
 */
export function rangeOf(columns, n) {
  return /** @type {Range} */ (columns.map((values) => limits(values, n)));
}

/**
 * @param {Float32Array} values
 * @param {number} n
 * @returns {Pair}
 */
function limits(values, n) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const air = 0.04 * (high - low) || 1;
  return [low - air, high + air];
}
