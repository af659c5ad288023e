/** The two planes: their points and axes, in two dimensions or, on plotly.js, in three. */

import { AXIS_NAMES, BOTH, CODE_AT, KINDS, OPACITY, TITLES } from "../core/both.js";
import { Dots } from "../core/dots.js";
import { element } from "../core/element.js";
import { middles, roomy } from "../core/middles.js";
import { axesOf, boxes, drawAxes, limits } from "./axes.js";
import { contextOf } from "../core/pictures.js";
import { colorOf, paint } from "./paint.js";
import { Solid } from "./solid.js";
import { fresh } from "./state.js";
import { differs } from "./store.js";

const RADIUS = 2.5; // pixels of the screen, of a dot
const FEW = 300; // dots, which are large on a small plane too
const SMALL = 0.65; // of that, of many dots, on a small plane, and beside selected ones
const MANY = 20_000;
const NARROW = 320; // pixels of a plane
const LETTERS = 16; // pixels, of a class's name
const FAINT = 0.12; // the opacity of dots that are not what one looks at
const OUTLINE = 1.25; // pixels round a selected dot
const CLOSEST = 1e-4; // of the whole of a plane, that may be zoomed into

/** @import { Side } from "../core/both.js" */
/** @import { Some } from "../core/dots.js" */
/** @import { Axes } from "./axes.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Heard } from "./solid.js" */
/** @import { Pair, Ranges, State } from "./state.js" */
/** @typedef {{p: Side, x: number, y: number}} Point of a plane */

/** @type {(keyof State)[]} what changes nothing of the planes, or not by itself */
const APART = ["k", "ranges", "cameras", "pinned", "held", "moment", "mode", "solid"];
const NAMES = /** @type {(keyof State)[]} */ (Object.keys(fresh()));
const SHOWN = NAMES.filter((name) => !APART.includes(name));

export class Planes {
  /** @type {Float32Array[][]} the digits' places by plane, across and up */
  at = [];
  shown = new Int32Array(); // indices
  veiled = -1; // a digit whose place is not shown
  size = [0, 0]; // pixels, of what is drawn
  /** @type {[Axes, Axes]} */
  axes = [axesOf(), axesOf()];
  /** Called when what lies over the planes is to be drawn. @type {() => void} */
  drawn = () => {};
  /** Called while the axes move. @type {() => void} */
  moving = () => {};

  /**
   * @param {Scene} scene
   * @param {Heard} heard
   */
  constructor(scene, heard) {
    this.scene = scene;
    this.paint = paint(scene);
    this.solid = new Solid(scene, heard);
    this.lines = element("canvas", { className: "pcae-x-layer" });
    contextOf(this.lines); // so that nothing else takes it
    this.dots = BOTH.map(() => new Dots(element("canvas", { className: "pcae-x-dots" })));
    const canvases = this.dots.map(({ canvas }) => canvas);
    const plot = element("div", { className: "pcae-x-plot" }, this.lines, ...canvases);
    this.plot = Object.assign(plot, { planes: this }); // so that tests see what is drawn
    scene.store.subscribe((now, before) => this.changed(now, before));
  }

  /** Draw anew what was changed. @param {State} now @param {State} before */
  changed(now, before) {
    if (now.axes !== before.axes) this.place();
    if (now.solid !== before.solid) return void this.draw();
    const turned = (now.moment === null) !== (before.moment === null);
    if (now.moment === null && turned) this.place();
    this.fill();
    if (turned || differs(now, before, SHOWN)) this.draw();
    else if (now.ranges !== before.ranges) this.move(this.scene.state.ranges);
    else if (now.moment !== before.moment) {
      this.drawPlane(CODE_AT);
      this.drawn();
    } else if (now.k !== before.k && now.colour !== "digit") {
      this.scene.settled("paint", () => this.draw());
    }
  }

  /** Whether what is drawn has two dimensions. */
  get flat() {
    return !this.scene.state.solid && this.plot.clientWidth > 0;
  }

  // ------------------------------------------------------------------ what is drawn

  /** The coordinates of every digit in both planes, and the colours, anew. */
  place() {
    const { world, state } = this.scene;
    this.paint = paint(this.scene);
    this.at = KINDS.map((kind, p) => world.coordinates(kind, state.axes[p]));
  }

  /** The ranges that show the whole of a plane. @param {Side} p @returns {Ranges} */
  whole(p) {
    const { n } = this.scene;
    const [x, y] = this.at[p];
    return [limits(x, n), limits(y, n)];
  }

  /** Show the whole of a plane whose ranges are not said. */
  fill() {
    const { ranges } = this.scene.state;
    if (!ranges.includes(null)) return;
    this.scene.set({ ranges: [ranges[0] ?? this.whole(0), ranges[1] ?? this.whole(1)] });
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

  /** Draw points and axes; of three dimensions once they are there. */
  draw() {
    this.fill();
    const { state, world, n } = this.scene;
    const hidden = new Set(state.hidden);
    const all = Int32Array.from({ length: n }, (_, i) => i);
    this.shown = all.filter((i) =>
      world.knows(i) && i !== this.veiled && !hidden.has(world.labels[i])
    );
    this.paint = paint(this.scene);
    this.plot.hidden = state.solid;
    if (state.solid) {
      this.drawn();
      return this.solid.draw(this.shown, this.paint);
    }
    this.solid.free();
    this.fit();
    this.move(state.ranges);
  }

  /** Whether what is drawn has the room that there is. */
  get fits() {
    const { clientWidth, clientHeight } = this.plot;
    return this.size[0] === clientWidth && this.size[1] === clientHeight;
  }

  /** Take the room that there is. */
  fit() {
    const { clientWidth, clientHeight } = this.plot;
    this.size = [clientWidth, clientHeight];
    const places = boxes(clientWidth, clientHeight, this.scene.theme.type);
    places.forEach(({ left, top, width, height }, p) => {
      const [across, up] = this.axes[p];
      Object.assign(across, { offset: left, length: width });
      Object.assign(up, { offset: top, length: height });
      const { style } = this.dots[p].canvas;
      [style.left, style.top] = [`${left}px`, `${top}px`];
    });
  }

  /** Show these ranges; whoever moves them says so in the state once they rest. */
  move(/** @type {State["ranges"]} */ ranges) {
    if (!this.flat) return;
    BOTH.forEach((p) => {
      const range = ranges[p];
      if (!range) return;
      this.axes[p].forEach((axis, d) => (axis.range = range[d]));
      this.drawPlane(p);
    });
    this.drawAxes();
    this.drawn();
  }

  /** The same while they move. @param {Side} p @param {Ranges} range */
  drag(p, range) {
    if (!this.flat || !this.isShowable(p, range)) return;
    this.axes[p].forEach((axis, d) => (axis.range = range[d]));
    this.drawPlane(p);
    this.drawAxes();
    this.moving();
  }

  /** Whether numbers can tell such ranges apart. @param {Side} p @param {Ranges} range */
  isShowable(p, range) {
    const whole = this.whole(p);
    return range.every(([low, high], d) => {
      const all = whole[d][1] - whole[d][0];
      return high - low > CLOSEST * all && high - low < all / CLOSEST;
    });
  }

  drawAxes() {
    const { plot, lines, scene: { theme } } = this;
    const said = BOTH.map((p) => ({
      title: this.title(p),
      names: /** @type {[string, string]} */ ([this.axisName(p, 0), this.axisName(p, 1)]),
    }));
    drawAxes(lines, [plot.clientWidth, plot.clientHeight], this.axes, said, theme);
  }

  /** What stands above a plane. @param {Side} p */
  title(p) {
    return p === CODE_AT ? this.scene.world.title ?? TITLES[p] : TITLES[p];
  }

  /** @param {Side} p @param {Side} d */
  axisName(p, d) {
    const { world, state } = this.scene;
    return world.k === 1 && d ? "label" : `${AXIS_NAMES[p]} ${state.axes[p][d] + 1}`;
  }

  /** What a digit is ringed with in a plane: its class's colour, or that of its value. */
  colorOf(/** @type {number} */ i, /** @type {Side} */ p = 0) {
    const { world, theme: { colors } } = this.scene;
    const measured = this.paint.key?.name !== undefined;
    return measured ? colorOf(this.paint.inkOf[p](i)) : colors[world.labels[i]];
  }

  drawPlane(/** @type {Side} */ p) {
    const [across, up] = this.axes[p];
    const box = { left: across.offset, top: up.offset, width: across.length, height: up.length };
    this.dots[p].draw(box, [across.range, up.range], this.at[p], this.groups(p, box));
  }

  /**
   * The dots of a plane: those that are selected over the others.
   *
   * @param {Side} p
   * @param {{width: number, height: number}} box
   * @returns {Some[]}
   */
  groups(p, { width, height }) {
    const { shown, scene: { state, theme } } = this;
    const inkOf = this.paint.inkOf[p];
    const few = shown.length <= (Math.min(width, height) < NARROW ? FEW : MANY);
    const radius = RADIUS * (few ? 1 : SMALL);
    const behind = state.pictures || state.manifold;
    if (!state.selected.length) {
      return [{ order: shown, radius, opacity: behind ? FAINT : OPACITY, inkOf }];
    }
    const selected = new Set(state.selected);
    const order = shown.filter((i) => selected.has(i));
    const rest = shown.filter((i) => !selected.has(i));
    const opacity = behind ? 2 * FAINT : 1;
    const textInk = () => theme.textInk;
    return [
      { order: rest, radius: radius * SMALL, opacity: FAINT, inkOf },
      { order, radius: radius + OUTLINE, opacity, inkOf: textInk },
      { order, radius, opacity, inkOf },
    ];
  }

  // ------------------------------------------------------------------ where things are

  /** An axis of a plane: 0 across, 1 up. @param {Side} p @param {Side} d */
  axis(p, d) {
    return this.axes[p][d];
  }

  /** The ranges of a plane's axes. @param {Side} p @returns {Ranges} */
  range(p) {
    return [this.axes[p][0].range, this.axes[p][1].range];
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
    const [h, v] = this.axes[p];
    return [
      h.offset + ((x - h.range[0]) / (h.range[1] - h.range[0])) * h.length,
      v.offset + ((v.range[1] - y) / (v.range[1] - v.range[0])) * v.length,
    ];
  }

  /** The same of a digit. @param {Side} p @param {number} i */
  pixelOf(p, i) {
    return this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
  }

  /** The point of a plane at a pixel of the stage. @returns {Point} */
  point(/** @type {Side} */ p, /** @type {Pair} */ [px, py]) {
    const [h, v] = this.axes[p];
    const x = h.range[0] + ((px - h.offset) / h.length) * (h.range[1] - h.range[0]);
    const y = v.range[1] - ((py - v.offset) / v.length) * (v.range[1] - v.range[0]);
    return { p, x, y };
  }

  /** The classes that are seen in a plane, and where on the stage their middles are. */
  middles(/** @type {Side} */ p) {
    const { world: { labelled, labels, classes }, theme: { type } } = this.scene;
    const found = labelled ? middles(this.shown, this.at[p], labels, classes.length) : [];
    const marks = found.flatMap((middle, label) => {
      const at = middle && this.pixel(p, ...middle);
      return at && this.inside(p, at) ? [{ label, name: classes[label], at }] : [];
    });
    return roomy(marks, this.shown, labels, LETTERS * type);
  }

  /** Whether a pixel of the stage is in a plane. @param {Side} p @param {Pair} at */
  inside(p, [px, py]) {
    const [h, v] = this.axes[p];
    const across = px >= h.offset && px <= h.offset + h.length;
    return across && py >= v.offset && py <= v.offset + v.length;
  }

  /**
   * The plane and the point in it at a pixel of the stage; null where there is none.
   *
   * @param {number} px
   * @param {number} py
   * @returns {Point | null}
   */
  under(px, py) {
    const p = this.flat ? BOTH.find((plane) => this.inside(plane, [px, py])) : undefined;
    return p === undefined ? null : this.point(p, [px, py]);
  }

  /** The nearest point of a plane to a pixel of the stage. @param {Side} p @param {Pair} at */
  held(p, [px, py]) {
    const [h, v] = this.axes[p];
    const x = Math.min(h.offset + h.length, Math.max(h.offset, px));
    return this.point(p, [x, Math.min(v.offset + v.length, Math.max(v.offset, py))]);
  }

  /**
   * The shown digit for which `far` is least.
   *
   * @param {Point} at
   * @param {(dx: number, dy: number) => number} far of the distance across and up, in pixels
   */
  least({ p, x, y }, far, most = Infinity) {
    const [xs, ys] = this.at[p];
    const [h, v] = this.axes[p];
    const across = h.length / (h.range[1] - h.range[0]);
    const up = v.length / (v.range[1] - v.range[0]);
    let best = -1;
    let least = most;
    for (const i of this.shown) {
      const distance = far((xs[i] - x) * across, (ys[i] - y) * up);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** The digit nearest to a point, within some pixels; -1 if there is none. */
  nearest(/** @type {Point} */ at, within = Infinity) {
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

  /** The shown digits within an outline of a plane. @param {Point[]} corners */
  within(corners) {
    const [xs, ys] = this.at[corners[0].p];
    return Array.from(this.shown).filter((i) => isWithin(corners, xs[i], ys[i]));
  }
}

/** Whether a point is within an outline: a line from it to the right crosses it an odd time. */
function isWithin(
  /** @type {{x: number, y: number}[]} */ corners,
  /** @type {number} */ x,
  /** @type {number} */ y,
) {
  let odd = false;
  let before = corners[corners.length - 1];
  for (const corner of corners) {
    if ((corner.y > y) !== (before.y > y)) {
      const share = (y - corner.y) / (before.y - corner.y);
      if (x < corner.x + share * (before.x - corner.x)) odd = !odd;
    }
    before = corner;
  }
  return odd;
}
