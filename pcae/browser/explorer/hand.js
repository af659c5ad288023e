/** What the pointer and the fingers do in the planes. */

import { CODE_AT } from "../core/both.js";
import { changed } from "./state.js";
import { differs } from "./store.js";

const NEAR = 9; // how far from a digit the pointer still is at it, in pixels
const NEAR_TOUCH = 22;
const CLICK = 4; // how far a click may move, in pixels
const DOUBLE_MS = 400;
const ZOOM = 0.0015; // of a wheel's pixel
const MOST_ZOOM = 2; // of one turn
const LINE = 16; // pixels, for wheels that count lines

/** @import { Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Pair, Ranges } from "./state.js" */
/** @typedef {{clientX: number, clientY: number}} At the screen */
/**
 * @typedef {Object} Views what the hand reaches
 * @property {import("./acts.js").Acts} acts
 * @property {import("./asked.js").Asked} asked
 * @property {import("./inspection.js").Inspection} inspection
 * @property {import("./layers.js").Layers} layers
 * @property {import("./morph.js").Morph} morph
 * @property {import("./planes.js").Planes} planes
 */

export class Hand {
  /** @type {import("../core/both.js").Side} the plane that was pointed at last */
  plane = CODE_AT;
  /** @type {(At & {at: Point, range: Ranges, moved: boolean}) | null} the button or finger down */
  press = null;
  /** @type {(At & {timeStamp: number}) | null} the click before */
  last = null;
  /** @type {Point[]} the corners of what is being drawn around digits, or of a path */
  corners = [];
  /** @type {Map<number, At>} on the planes, by the pointer's number */
  fingers = new Map();
  /** @type {{at: Point, range: Ranges, apart: number} | null} two fingers, when they came down */
  pinch = null;

  /**
   * @param {Scene} scene
   * @param {Views} views
   */
  constructor(scene, views) {
    this.scene = scene;
    this.views = views;
    const { stage, life: { signal } } = scene;
    stage.addEventListener("pointermove", (event) => this.moved(event), { signal });
    stage.addEventListener("pointerdown", (event) => this.pressed(event), { signal });
    stage.addEventListener("pointerup", (event) => this.released(event), { signal });
    stage.addEventListener("pointercancel", (event) => this.lost(event), { signal });
    stage.addEventListener("wheel", (event) => this.wheeled(event), { signal, passive: false });
    scene.store.subscribe((now, before) => {
      if (differs(now, before, ["mode", "solid", "axes"])) this.drop();
    });
  }

  /** A place on the stage, in pixels. @param {At} at @returns {Pair} */
  pixel({ clientX, clientY }) {
    const box = this.scene.stage.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  /** The plane's point under the pointer; null where there is none. @param {At} at */
  under(at) {
    return this.views.planes.under(...this.pixel(at));
  }

  /** The digit at a point; -1 if there is none. @param {Point} at @param {PointerEvent} event */
  near(at, event) {
    return this.views.planes.nearest(at, event.pointerType === "touch" ? NEAR_TOUCH : NEAR);
  }

  /** Begin nothing, and forget what was begun. */
  drop() {
    this.press = this.pinch = null;
    this.corners = [];
    this.views.layers.drawOutline([]);
  }

  // ------------------------------------------------------------------ down, along, up

  pressed(/** @type {PointerEvent} */ event) {
    const at = event.button ? null : this.under(event);
    if (!at) return;
    const { planes, morph } = this.views;
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 2) return this.beginPinch();
    const { clientX, clientY } = event;
    this.press = { clientX, clientY, at, range: planes.range(at.p), moved: false };
    if (this.scene.state.mode === "pan") return;
    morph.stop();
    this.corners = [at];
  }

  /** Follow the pointer. Browsers send its moves once a frame, before they draw. */
  moved(/** @type {PointerEvent} */ event) {
    const touched = event.pointerType === "touch";
    if (touched && this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, event);
    if (this.pinch) return this.spread();
    const { press } = this;
    const dragged = press && (!touched || this.scene.state.mode !== "pan");
    if (!dragged) return this.inspect(event);
    if (!press.moved && distance(event, press) < CLICK) return;
    if (!press.moved) this.scene.stage.setPointerCapture(event.pointerId);
    press.moved = true;
    if (this.scene.state.mode === "pan") this.pan(event);
    else this.draw(event);
  }

  inspect(/** @type {PointerEvent} */ event) {
    const at = this.under(event);
    if (!at) return;
    const i = this.near(at, event);
    this.plane = at.p;
    if (i >= 0) this.views.inspection.point(i);
    else this.views.inspection.between(at);
  }

  /** A click pins the digit under it; what was drawn around digits selects them. */
  released(/** @type {PointerEvent} */ event) {
    const { press, corners } = this;
    const { acts, asked, inspection, morph, planes } = this.views;
    this.fingers.delete(event.pointerId);
    const pinched = this.pinch;
    this.drop();
    if (pinched) return this.rest();
    if (!press) return;
    if (press.moved) {
      if (!corners.length) return this.rest();
      if (this.scene.state.mode === "path") return morph.play(corners[0], corners[1]);
      return acts.select(planes.within(corners), event.shiftKey);
    }
    if (asked.answer(press.at)) return;
    const i = this.near(press.at, event);
    if (i >= 0) {
      inspection.point(i);
      acts.pin(i);
    }
    this.clicked(event, press.at.p);
  }

  /** The browser has taken the pointer, to scroll the page. */
  lost(/** @type {PointerEvent} */ event) {
    this.fingers.delete(event.pointerId);
    this.drop();
  }

  /** Two clicks show the whole plane. */
  clicked(/** @type {PointerEvent} */ { clientX, clientY, timeStamp }, /** @type {number} */ p) {
    const { last } = this;
    this.last = { clientX, clientY, timeStamp };
    if (!last || timeStamp - last.timeStamp > DOUBLE_MS) return;
    if (distance(last, this.last) >= CLICK) return;
    this.scene.set({ ranges: changed(this.scene.state.ranges, p, null) });
  }

  // ------------------------------------------------------------------ where the planes are looked at

  pan(/** @type {PointerEvent} */ event) {
    const { press } = this;
    const { planes, layers } = this.views;
    if (!press) return;
    const { at: { p }, range: [across, up] } = press;
    const [h, v] = planes.axes[p];
    const x = ((event.clientX - press.clientX) / h.length) * (across[1] - across[0]);
    const y = ((event.clientY - press.clientY) / v.length) * (up[1] - up[0]);
    layers.stage.dataset.dragged = "";
    planes.drag(p, [[across[0] - x, across[1] - x], [up[0] + y, up[1] + y]]);
  }

  wheeled(/** @type {WheelEvent} */ event) {
    const at = this.under(event);
    if (!at) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
    const times = Math.min(MOST_ZOOM, Math.max(1 / MOST_ZOOM, Math.exp(pixels * ZOOM)));
    this.zoom(at, times);
  }

  /** Show more or less round a point. @param {Point} at @param {number} times */
  zoom(at, times) {
    const { planes } = this.views;
    const [across, up] = planes.range(at.p);
    planes.drag(at.p, [about(across, at.x, times), about(up, at.y, times)]);
    this.scene.settled("zoom", () => this.rest());
  }

  beginPinch() {
    const { planes } = this.views;
    this.drop();
    const [first, second] = [...this.fingers.values()];
    const at = this.under(middle(first, second));
    if (!at) return;
    this.pinch = { at, range: planes.range(at.p), apart: distance(first, second) };
  }

  /** Two fingers hold a point of the plane between them. */
  spread() {
    const { pinch } = this;
    const [first, second] = [...this.fingers.values()];
    if (!pinch || !second) return;
    const { planes } = this.views;
    const { at: { p, x, y }, range: [across, up], apart } = pinch;
    const [h, v] = planes.axes[p];
    const times = apart / Math.max(1, distance(first, second));
    const [px, py] = this.pixel(middle(first, second));
    const [wide, high] = [times * (across[1] - across[0]), times * (up[1] - up[0])];
    const left = x - ((px - h.offset) / h.length) * wide;
    const top = y + ((py - v.offset) / v.length) * high;
    planes.drag(p, [[left, left + wide], [top - high, top]]);
  }

  /** Say where the planes are looked at now. */
  rest() {
    const { planes, layers } = this.views;
    delete layers.stage.dataset.dragged;
    this.scene.set({ ranges: [planes.range(0), planes.range(1)] });
  }

  // ------------------------------------------------------------------ around digits

  /** Draw on, within the plane where it was begun. */
  draw(/** @type {PointerEvent} */ event) {
    const { planes, layers, inspection } = this.views;
    const [first] = this.corners;
    if (!first) return;
    const at = planes.held(first.p, this.pixel(event));
    const { mode } = this.scene.state;
    if (mode === "lasso") {
      const all = event.getCoalescedEvents?.() ?? []; // between the frames
      this.corners.push(...all.map((of) => planes.held(first.p, this.pixel(of))), at);
    } else this.corners = mode === "path" ? [first, at] : box(first, at);
    if (mode === "path") inspection.between(at);
    layers.drawOutline(this.corners, mode !== "path");
  }
}

/** A box's corners. @param {Point} from @param {Point} to @returns {Point[]} */
export function box(from, to) {
  return [from, { ...from, x: to.x }, { ...from, x: to.x, y: to.y }, { ...from, y: to.y }];
}

/** A range that is wider or narrower, a value staying. @param {Pair} range @returns {Pair} */
function about([low, high], /** @type {number} */ value, /** @type {number} */ times) {
  return [value - times * (value - low), value + times * (high - value)];
}

/** @param {At} a @param {At} b */
function distance(a, b) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

/** @param {At} a @param {At} b @returns {At} */
function middle(a, b) {
  return { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
}
