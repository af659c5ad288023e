/**
 * A lesson's question "where will this digit fall?": a click answers it, and until the answers are
 * shown the digit's own place is not. Then they lie over the plane as dots, the true place ringed.
 */

import { element } from "../core/element.js";
import { contextOf, fitCanvas } from "../core/pictures.js";

const DOT = 5; // pixels, the radius of an answer
const OWN = 9; // of one's own
const RING = 13; // of the true place
const MOST = 1000; // answers that are drawn

/** @import { Asks } from "../types.d.ts" */
/** @import { Planes, Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Pair } from "./state.js" */

export class Asked {
  /** @type {Asks | null} what is asked, if anything is */
  asks = null;
  canvas = element("canvas", { className: "pcae-x-layer pcae-x-asked" });

  /**
   * @param {Scene} scene
   * @param {Planes} planes
   * @param {(place: Pair) => void} tell
   */
  constructor(scene, planes, tell) {
    this.scene = scene;
    this.planes = planes;
    this.tell = tell;
  }

  /** Ask this from now on. @param {Asks | undefined} asks */
  take(asks) {
    this.asks = asks ?? null;
    this.planes.veiled = asks && !asks.answers ? asks.digit : -1;
  }

  /** Answer with a point, if that is what is asked for. @param {Point} at */
  answer({ p, x, y }) {
    const { asks } = this;
    if (!asks?.open || p !== asks.side || !this.planes.flat) return false;
    this.asks = { ...asks, mine: [x, y] };
    this.draw();
    this.tell([x, y]);
    return true;
  }

  /** Draw the answers where the plane is looked at now. */
  draw() {
    const { canvas, asks, planes, scene } = this;
    canvas.hidden = !asks || !planes.flat;
    if (!asks || canvas.hidden) return;
    const { clientWidth, clientHeight } = scene.stage;
    const ratio = fitCanvas(canvas, clientWidth, clientHeight);
    const context = contextOf(canvas);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    const { text, ground, colors } = scene.theme;
    for (const place of asks.answers?.slice(0, MOST) ?? []) {
      this.mark(context, place, (x, y) => context.arc(x, y, DOT, 0, 2 * Math.PI), ground, text);
    }
    if (asks.mine) this.mark(context, asks.mine, (x, y) => cross(context, x, y), ground, text, 4);
    if (!asks.answers || asks.digit >= scene.world.tests) return;
    const place = planes.placesOf(asks.digit)[asks.side];
    const color = colors[scene.world.labels[asks.digit]];
    const ring = (/** @type {number} */ x, /** @type {number} */ y) =>
      context.arc(x, y, RING, 0, 2 * Math.PI);
    this.mark(context, place, ring, ground, color, 5);
  }

  /**
   * A shape at a place of the plane, on a ground of its own; filled, or a line so wide.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Pair} place
   * @param {(x: number, y: number) => void} shape
   * @param {string} ground
   * @param {string} color
   */
  mark(context, place, shape, ground, color, line = 0) {
    const { planes, asks } = this;
    const side = asks?.side ?? 0;
    const at = planes.pixel(side, ...place);
    if (!planes.inside(side, at)) return;
    context.beginPath();
    shape(...at);
    context.strokeStyle = ground;
    context.lineWidth = line + 3;
    context.stroke();
    context.strokeStyle = context.fillStyle = color;
    context.lineWidth = line;
    if (line) context.stroke();
    else context.fill();
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y */
function cross(context, x, y) {
  context.moveTo(x - OWN, y - OWN);
  context.lineTo(x + OWN, y + OWN);
  context.moveTo(x - OWN, y + OWN);
  context.lineTo(x + OWN, y - OWN);
}
