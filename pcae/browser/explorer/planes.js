/** The two planes on plotly.js: their points and axes, in two dimensions or three. */

import { BOTH, CODE_AT, KINDS } from "../core/both.js";
import { flat, solid } from "./figure.js";
import { fresh } from "./state.js";
import { differs } from "./store.js";

const REST_MS = 200; // without a move
const CONFIG = {
  displayModeBar: false,
  scrollZoom: true,
  showTips: false,
  doubleClick: false, // Plotly takes two clicks at different digits for one
};
const SOLID_CONFIG = { displayModeBar: false, showTips: false };
const AXES = /** @type {const} */ ([["xaxis", "yaxis"], ["xaxis2", "yaxis2"]]);

/** @import { Side } from "../core/both.js" */
/** @import { GraphDiv as Plot } from "../types.d.ts" */
/** @import { Scene } from "./scene.js" */
/** @import { Pair, State } from "./state.js" */
/** @typedef {{p: Side, x: number, y: number}} Point of a plane */
/**
 * @typedef {Object} Heard what Plotly tells of
 * @property {() => void} moving the axes move, or have just moved
 * @property {(indices: number[]) => void} selected
 * @property {(i: number) => void} pointed in three dimensions
 * @property {(i: number) => void} clicked in three dimensions
 */

/** @type {(keyof State)[]} what changes nothing of the planes, or not by itself */
const APART = ["k", "ranges", "cameras", "pinned", "held", "moment", "manifold", "solid"];
const NAMES = /** @type {(keyof State)[]} */ (Object.keys(fresh()));
const SHOWN = NAMES.filter((name) => !APART.includes(name));

export class Planes {
  /** @type {Float32Array[][]} the digits' places by plane, across and up */
  at = [];
  shown = new Int32Array(); // indices
  /** Called when what lies over the planes is to be drawn. @type {() => void} */
  drawn = () => {};

  /**
   * @param {Scene} scene
   * @param {Plot} plot where Plotly draws
   * @param {Heard} heard
   */
  constructor(scene, plot, heard) {
    this.scene = scene;
    this.plot = plot;
    this.heard = heard;
    scene.store.subscribe((now, before) => this.changed(now, before));
  }

  /** Draw anew what was changed. @param {State} now @param {State} before */
  changed(now, before) {
    if (now.axes !== before.axes) this.place();
    if (now.solid !== before.solid) return void this.renew();
    const turned = (now.moment === null) !== (before.moment === null);
    if (now.moment === null && turned) this.place();
    const sides = BOTH.filter((p) => before.ranges[p] && before.ranges[p] !== now.ranges[p]);
    if (turned || differs(now, before, SHOWN) || sides.some((p) => !this.has(p, now.ranges[p]))) {
      this.draw();
    } else if (sides.length) this.drawn();
    else if (now.k !== before.k && now.colour !== "digit") {
      this.scene.settled("paint", () => this.draw());
    }
  }

  /** Whether a plane's axes have ranges, as where Plotly has told of them. */
  has(/** @type {Side} */ p, /** @type {State["ranges"][0]} */ range) {
    return !this.flat || JSON.stringify(range) === JSON.stringify(this.range(p));
  }

  /** Whether something is drawn in two dimensions. */
  get flat() {
    return Boolean(this.plot._fullLayout) && !this.scene.state.solid;
  }

  // ------------------------------------------------------------------ what is drawn

  /** The coordinates of every digit in both planes, anew. */
  place() {
    const { world, state } = this.scene;
    this.at = KINDS.map((kind, p) => world.coordinates(kind, state.axes[p]));
  }

  /** The ranges that show the whole of a plane. @param {Side} p @returns {[Pair, Pair]} */
  whole(p) {
    const { n } = this.scene;
    const [x, y] = this.at[p];
    return [limits(x, n), limits(y, n)];
  }

  /** Have the codes lie where a function writes them. */
  moveCodes(/** @type {(axis: number, out: Float32Array) => void} */ write) {
    const { state, world, timed } = this.scene;
    if (!timed) this.at[CODE_AT] = this.at[CODE_AT].map((values) => Float32Array.from(values));
    const axes = state.axes[CODE_AT].slice(0, world.k); // of one code, up is the label
    axes.forEach((axis, d) => write(axis, this.at[CODE_AT][d]));
  }

  /** A digit's place in both planes. @returns {[Pair, Pair]} */
  placesOf(/** @type {number} */ i) {
    const [[x, y], [across, up]] = this.at;
    return [[x[i], y[i]], [across[i], up[i]]];
  }

  /** Draw points and axes in the WebGL contexts there are. */
  async draw() {
    const { ranges } = this.scene.state;
    if (ranges.includes(null)) {
      this.scene.set({ ranges: [ranges[0] ?? this.whole(0), ranges[1] ?? this.whole(1)] });
    }
    const { state, world, n } = this.scene;
    const hidden = new Set(state.hidden);
    const all = Int32Array.from({ length: n }, (_, i) => i);
    this.shown = all.filter((i) => world.knows(i) && !hidden.has(world.labels[i]));
    const { shown, at, plot } = this;
    const { data, layout } = state.solid ? solid(this.scene, shown) : flat(this.scene, shown, at);
    const config = state.solid ? SOLID_CONFIG : CONFIG;
    const drawn = this.scene.plotly.react(plot, data, layout, config);
    this.drawn();
    await drawn;
  }

  /** Draw with new WebGL contexts: for the first time, or between two and three dimensions. */
  async renew() {
    this.free();
    this.plot.className = "pcae-x-plot";
    await this.draw();
    if (this.scene.life.over) return;
    const { heard } = this;
    const digit = (/** @type {{pointNumber: number}} */ point) => this.shown[point.pointNumber];
    const { plot } = this;
    if (this.scene.state.solid) {
      plot.on("plotly_relayout", () => this.turn());
      plot.on("plotly_hover", (event) => heard.pointed(digit(event.points[0])));
      plot.on("plotly_click", (event) => heard.clicked(digit(event.points[0])));
      return;
    }
    plot.on("plotly_relayouting", heard.moving);
    plot.on("plotly_relayout", () => {
      heard.moving();
      this.scene.set({ ranges: [this.range(0), this.range(1)] });
    });
    plot.on("plotly_deselect", () => heard.selected([]));
    plot.on("plotly_selected", (event) => {
      if (event?.points) heard.selected(ascending(event.points.map(digit)));
    });
  }

  /** Keep the cameras once they rest: Plotly tells of a turn before its last frames. */
  turn(before = "") {
    this.scene.life.later("turn", REST_MS, () => {
      const { scene, scene2 } = this.plot._fullLayout ?? {};
      if (!this.scene.state.solid || !scene || !scene2) return;
      const [first, second] = [scene, scene2].map((of) => of._scene.getCamera());
      const now = JSON.stringify([first, second]);
      if (now !== before) this.turn(now);
      else this.scene.set({ cameras: [first, second] });
    });
  }

  /** Give the WebGL contexts back. */
  free() {
    const used = [...this.plot.querySelectorAll("canvas")];
    if (this.plot._fullLayout) this.scene.plotly.purge(this.plot);
    for (const canvas of used) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }

  // ------------------------------------------------------------------ where things are

  /**
   * An axis of a plane: 0 across, 1 up. Its range is right also while it is dragged.
   *
   * @param {Side} p
   * @param {Side} d
   */
  axis(p, d) {
    return this.plot._fullLayout[AXES[p][d]];
  }

  /** The ranges of a plane's axes. @param {Side} p @returns {[Pair, Pair]} */
  range(p) {
    const [[a, b], [c, d]] = [this.axis(p, 0).range, this.axis(p, 1).range];
    return [[a, b], [c, d]];
  }

  /**
   * Where a point of a plane is on the stage, in pixels.
   *
   * @param {Side} p
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

  /** The same of a digit. @param {Side} p @param {number} i */
  pixelOf(p, i) {
    return this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
  }

  /** Whether a pixel of the stage is in a plane. @param {Side} p @param {Pair} at */
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
   * @returns {Point | null}
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
   * The shown digit for which `far` is least.
   *
   * @param {Point} at
   * @param {(dx: number, dy: number) => number} far of the distance across and up, in pixels
   */
  least({ p, x, y }, far, most = Infinity) {
    const [xs, ys] = this.at[p];
    const [h, v] = [this.axis(p, 0), this.axis(p, 1)];
    const across = h._length / (h.range[1] - h.range[0]);
    const up = v._length / (v.range[1] - v.range[0]);
    let best = -1;
    let least = most;
    for (const i of this.shown) {
      const distance = far((xs[i] - x) * across, (ys[i] - y) * up);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** The digit nearest to a point, within some pixels; -1 if there is none. */
  nearest(/** @type {Point} */ at, /** @type {number} */ within) {
    return this.least(at, (dx, dy) => dx * dx + dy * dy, within * within);
  }

  /**
   * The nearest digit on one side of another; -1 if there is none.
   *
   * @param {Side} p
   * @param {number} i
   * @param {Pair} way right and up
   */
  neighbour(p, i, [right, up]) {
    const [x, y] = this.placesOf(i)[p];
    return this.least({ p, x, y }, (dx, dy) => {
      const ahead = dx * right + dy * up;
      const aside = Math.abs(dx * up - dy * right);
      return ahead > 0 && aside <= ahead ? dx * dx + dy * dy : Infinity;
    });
  }
}

/** Each of some numbers once. @param {number[]} numbers */
function ascending(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * Limits that hold the first n values, with a little air.
 *
 * @param {ArrayLike<number>} values
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
