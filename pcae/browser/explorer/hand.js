/** What the pointer, the finger and the keyboard do in the explorer. */

import { CODE_AT, PCA_AT } from "../core/both.js";
import { changed } from "./state.js";
import { differs } from "./store.js";

const NEAR = 9; // how far from a digit the pointer still is at it, in pixels
const NEAR_TOUCH = 22;
const CLICK = 4; // how far a click may move, in pixels
const DOUBLE_MS = 400;
const MORPH_MS = 2400;
/** @type {Record<"ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @import { Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/** @typedef {{from: Point, to: Point}} Path */
/**
 * @typedef {Object} Views what the hand reaches
 * @property {import("./acts.js").Acts} acts
 * @property {import("./controls.js").Controls} controls
 * @property {import("./inspection.js").Inspection} inspection
 * @property {import("./layers.js").Layers} layers
 * @property {import("./planes.js").Planes} planes
 * @property {import("./strip.js").Strip} strip
 */

export class Hand {
  /** @type {import("../core/both.js").Side} the plane that was pointed at last */
  plane = CODE_AT;
  /** @type {{clientX: number, clientY: number, at: Point, moved?: boolean} | null} the button down */
  press = null;
  /** @type {{clientX: number, clientY: number, timeStamp: number} | null} the click before */
  last = null;
  /** @type {Path | null} being drawn */
  path = null;
  /** @type {object | null} being played */
  morphing = null;

  /**
   * @param {Scene} scene
   * @param {Views} views
   */
  constructor(scene, views) {
    this.scene = scene;
    this.views = views;
    const { stage } = views.layers;
    const { signal } = scene.life;
    stage.addEventListener("pointermove", (event) => this.moved(event), { signal });
    const first = { signal, capture: true }; // Plotly's drags leave the stage
    stage.addEventListener("pointerdown", (event) => this.pressed(event), first);
    globalThis.addEventListener("pointermove", (event) => this.travelled(event), first);
    globalThis.addEventListener("pointerup", (event) => this.released(event), first);
    scene.root.addEventListener("keydown", (event) => this.typed(event), { signal });
    scene.store.subscribe((now, before) => {
      if (differs(now, before, ["mode", "selected", "solid"])) this.stopMorph();
    });
  }

  /** The plane's point under the pointer; null where there is none. @param {PointerEvent} event */
  under(event) {
    const box = this.views.layers.stage.getBoundingClientRect();
    return this.views.planes.under(event.clientX - box.left, event.clientY - box.top);
  }

  /** The digit at a point; -1 if there is none. @param {Point} at @param {PointerEvent} event */
  near(at, event) {
    return this.views.planes.nearest(at, event.pointerType === "touch" ? NEAR_TOUCH : NEAR);
  }

  /** A button that has moved far enough makes no click, also where a lasso is closed. */
  travelled(/** @type {PointerEvent} */ event) {
    if (this.press && distance(event, this.press) >= CLICK) this.press.moved = true;
  }

  /** Follow the pointer. Browsers send its moves once a frame, before they draw. */
  moved(/** @type {PointerEvent} */ event) {
    const at = this.under(event);
    if (!at) return;
    if (this.path) return this.drawPath(at);
    const touched = event.pointerType === "touch" && this.scene.state.mode === "pan";
    if (event.buttons && !touched) return; // Plotly is being dragged
    const i = this.near(at, event);
    this.plane = at.p;
    if (i >= 0) this.views.inspection.point(i);
    else this.views.inspection.between(at);
  }

  pressed(/** @type {PointerEvent} */ event) {
    const at = event.button ? null : this.under(event);
    this.press = at && { clientX: event.clientX, clientY: event.clientY, at };
    if (!at || this.scene.state.mode !== "path") return;
    this.stopMorph();
    this.path = { from: at, to: at };
    event.preventDefault();
  }

  /** A click pins the digit under it; a path is played. */
  released(/** @type {PointerEvent} */ event) {
    const { press, path } = this;
    this.press = this.path = null;
    if (!press) return;
    const still = !press.moved && distance(event, press) < CLICK;
    if (path && !still) return this.morph(path);
    if (!still) return;
    const i = this.near(press.at, event);
    if (i >= 0) {
      this.views.inspection.point(i);
      this.views.acts.pin(i);
    }
    this.clicked(event, press.at.p);
  }

  /** Two clicks show the whole plane; Plotly's drags let no double click through. */
  clicked(/** @type {PointerEvent} */ { clientX, clientY, timeStamp }, /** @type {number} */ p) {
    const { last } = this;
    this.last = { clientX, clientY, timeStamp };
    if (!last || timeStamp - last.timeStamp > DOUBLE_MS) return;
    if (distance(last, this.last) >= CLICK) return;
    this.scene.set({ ranges: changed(this.scene.state.ranges, p, null) });
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    const { key, target } = event;
    const { acts, controls } = this.views;
    const { root, state } = this.scene;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof Element && target.matches("input, select")) {
      if (key === "Escape") root.focus();
      return;
    }
    if (isWay(key)) this.walk(WAYS[key]);
    else if (/^[0-9]$/.test(key) && controls.chipIsShown(Number(key))) acts.toggle(Number(key));
    else if (key === "Escape") this.clear();
    else if (key === "f") controls.finder.focus();
    else if (key === "Enter" && target === root) acts.pin(state.held);
    else return;
    event.preventDefault();
  }

  clear() {
    this.stopMorph();
    this.views.acts.select([]);
  }

  /** Go to the nearest digit on a side, in the plane that was pointed at last. */
  walk(/** @type {[number, number]} */ way) {
    const { planes, inspection } = this.views;
    const i = planes.flat ? planes.neighbour(this.plane, this.scene.state.held, way) : -1;
    if (i >= 0) inspection.point(i);
  }

  // ------------------------------------------------------------------ paths

  drawPath(/** @type {Point} */ at) {
    if (!this.path || at.p !== this.path.from.p) return;
    this.path.to = at;
    this.views.inspection.between(at);
    this.views.layers.drawLine(this.path.from, at);
  }

  /** Play what both make of the straight way from one point to another, each in its own plane. */
  morph(/** @type {Path} */ { from, to }) {
    const { inspection, layers, strip } = this.views;
    const { world, state, life, reduced } = this.scene;
    const { network, pca, shape } = world;
    if (!network || !shape) return;
    const ends = [from, to].map((at) => {
      const values = inspection.full(at);
      const image = inspection.decodeAlone(at);
      return at.p === PCA_AT
        ? { scores: values, code: network.encode(image) }
        : { scores: pca.transform(image, state.k), code: values };
    });
    const mix = (/** @type {"scores" | "code"} */ name, /** @type {number} */ t) =>
      ends[0][name].map((v, j) => v + t * (ends[1][name][j] - v));
    const morphing = (this.morphing = {});
    const draw = strip.morph(shape, (t) => ({
      pca: pca.inverse(mix("scores", t)),
      network: network.decode(mix("code", t)),
    }));
    layers.drawLine(from, to);
    draw(0);
    if (reduced) return;
    const start = performance.now();
    const play = (/** @type {number} */ now) => {
      if (this.morphing !== morphing) return;
      const t = (Math.max(0, now - start) / MORPH_MS) % 2;
      draw(t < 1 ? t : 2 - t);
      life.frame("morph", play);
    };
    life.frame("morph", play);
  }

  stopMorph() {
    this.views.layers.line.hidden = true;
    if (!this.morphing) return;
    this.morphing = null;
    this.views.strip.endMorph();
  }
}

/** @typedef {{clientX: number, clientY: number}} At the screen */

/** @param {At} a @param {At} b */
function distance(a, b) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

/** @param {string} key @returns {key is keyof typeof WAYS} */
function isWay(key) {
  return Object.hasOwn(WAYS, key);
}
