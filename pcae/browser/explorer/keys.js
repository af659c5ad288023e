/** What the keyboard does in the explorer. */

import { BOTH } from "../core/both.js";
import { box } from "./hand.js";
import { differs } from "./store.js";

const STEP = 12; // pixels, of a step between the digits
const ZOOM = 1.4;
/** @type {Record<"ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const LEAST = { pan: Infinity, select: 2, lasso: 3, path: 2 }; // corners that close something
const PLANES = ["The plane of PCA.", "The plane of the codes."];

export const ABOUT = "Digits as points in the planes of PCA and of the autoencoder.";
const KEYS =
  "Arrow keys walk from digit to digit, with Shift between the digits. Enter keeps a digit, p goes " +
  "to the other plane, plus and minus zoom, d describes both planes, {classes}f finds " +
  "a digit. While Box, Lasso or Path is chosen, Space sets a corner and Enter closes what was " +
  "drawn. Escape clears.";

/** @import { Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/**
 * @typedef {Object} Views what the keyboard reaches
 * @property {import("./acts.js").Acts} acts
 * @property {import("./asked.js").Asked} asked
 * @property {import("./controls.js").Controls} controls
 * @property {import("./hand.js").Hand} hand
 * @property {import("./inspection.js").Inspection} inspection
 * @property {import("./layers.js").Layers} layers
 * @property {import("./morph.js").Morph} morph
 * @property {import("./planes.js").Planes} planes
 * @property {import("./voice.js").Voice} voice
 */

export class Keys {
  /** @type {Point[]} set with Space */
  corners = [];

  /**
   * @param {Scene} scene
   * @param {Views} views
   * @param {() => string} summary what is to be seen in both planes
   */
  constructor(scene, views, summary) {
    this.scene = scene;
    this.views = views;
    this.summary = summary;
    const { signal } = scene.life;
    scene.root.addEventListener("keydown", (event) => this.typed(event), { signal });
    scene.store.subscribe((now, before) => {
      if (differs(now, before, ["mode", "axes", "solid", "ranges"])) this.corners = [];
    });
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    const { key, target } = event;
    const { acts, controls, hand } = this.views;
    const { stage } = this.scene;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof Element && target.matches("input, select")) {
      if (key === "Escape") stage.focus({ preventScroll: true });
      // also where the browser has told of the change before, as the bar was drawn anew
      if (key === "Enter" && target === controls.finder) acts.find(controls.finder.value);
      return;
    }
    if (isWay(key)) event.shiftKey ? this.step(WAYS[key]) : this.walk(WAYS[key]);
    else if (/^[0-9]$/.test(key)) this.hide(key);
    else if (key === "Escape") this.clear();
    else if (key === "f") controls.finder.focus();
    else if (key === "p") this.turn();
    else if (key === "d") this.views.voice.say(this.summary());
    else if (key === "+" || key === "-") hand.zoom(this.cursor, key === "+" ? 1 / ZOOM : ZOOM);
    else if (key === " " && target === stage && this.scene.state.mode !== "pan") this.corner();
    else if (key === "Enter" && target === stage) this.enter();
    else return;
    event.preventDefault();
  }

  /** Hide or show the class of a digit's key. @param {string} key */
  hide(key) {
    const { acts, controls } = this.views;
    const label = labelOf(key, this.scene.world.classes);
    if (controls.chipIsShown(label)) acts.toggle(label);
  }

  /** Where the keyboard is: at the inspected digit, or where it has stepped between the digits. */
  get cursor() {
    const { planes, hand, inspection } = this.views;
    const p = hand.plane;
    if (inspection.at?.p === p) return inspection.at;
    const [x, y] = planes.placesOf(this.scene.state.held)[p];
    return { p, x, y };
  }

  /** Go to the nearest digit on a side, in the plane that was pointed at last. */
  walk(/** @type {[number, number]} */ way) {
    const { planes, inspection, hand } = this.views;
    const i = planes.flat ? planes.neighbour(hand.plane, this.scene.state.held, way) : -1;
    if (i >= 0) inspection.point(i);
  }

  /** Go a little further, whether or not there is a digit. */
  step(/** @type {[number, number]} */ [right, up]) {
    const { planes, inspection } = this.views;
    if (!planes.flat) return;
    const { p, x, y } = this.cursor;
    const [px, py] = planes.pixel(p, x, y);
    inspection.between(planes.held(p, [px + STEP * right, py - STEP * up]));
  }

  /** Go to the other plane. */
  turn() {
    const { hand, inspection, voice } = this.views;
    hand.plane = BOTH[1 - hand.plane];
    inspection.point(this.scene.state.held, false);
    voice.say(PLANES[hand.plane]);
  }

  corner() {
    const { layers, voice } = this.views;
    const at = this.cursor;
    if (this.corners[0] && this.corners[0].p !== at.p) this.corners = [];
    this.corners.push(at);
    layers.drawOutline(this.drawn(), this.scene.state.mode !== "path");
    voice.say(`Corner ${this.corners.length} is set.`);
  }

  /** The corners of what is drawn so far. */
  drawn() {
    const { corners, scene: { state: { mode } } } = this;
    if (mode === "lasso" || corners.length < 2) return corners;
    const [first, last] = [corners[0], corners[corners.length - 1]];
    return mode === "path" ? [first, last] : box(first, last);
  }

  /** Close what was drawn; where nothing was, keep the digit. */
  enter() {
    const { acts, asked, layers, morph, planes, voice } = this.views;
    const { mode, held } = this.scene.state;
    if (!this.corners.length) return asked.answer(this.cursor) || acts.pin(held);
    if (this.corners.length < LEAST[mode]) {
      return voice.say(`Set ${LEAST[mode] - this.corners.length} more with Space first.`);
    }
    const corners = this.drawn();
    this.corners = [];
    layers.drawOutline([]);
    if (mode === "path") morph.play(corners[0], corners[1]);
    else acts.select(planes.within(corners));
  }

  clear() {
    const { acts, hand, morph } = this.views;
    if (this.corners.length) {
      this.corners = [];
      return hand.drop();
    }
    morph.stop();
    acts.select([]);
  }
}

/** What the keys do. @param {string[]} classes */
export function keysOf(classes) {
  const named = classes.filter(isDigit).map((name) => Number(name));
  const [least, most] = [Math.min(...named), Math.max(...named)];
  const last = Math.min(classes.length, 10) - 1;
  const keys = named.length
    ? `${least === most ? least : `${least} to ${most}`} hide the class of that name, `
    : `0 to ${last} hide the classes by their places, `;
  return KEYS.replace("{classes}", classes.length > 1 ? keys : "");
}

/**
 * The class of a digit's key: the one that is called so; by its place where none is a digit.
 *
 * @param {string} key
 * @param {string[]} classes
 */
export function labelOf(key, classes) {
  return classes.some(isDigit) ? classes.indexOf(key) : Number(key);
}

/** @param {string} name */
function isDigit(name) {
  return /^[0-9]$/.test(name);
}

/** @param {string} key @returns {key is keyof typeof WAYS} */
function isWay(key) {
  return Object.hasOwn(WAYS, key);
}
