/** A black square to draw on in white, with mouse, pen or finger; marks can be taken back. */

import { element } from "../core/element.js";
import { contextOf } from "../core/pictures.js";
import { greyOf } from "../core/readback.js";

/** @typedef {"Thin" | "Usual" | "Thick"} Pen */
/** @typedef {{ points: [x: number, y: number][], pen: number }} Stroke - of a pen so wide. */
/** @typedef {{ picture: HTMLCanvasElement }} Brought */

export const SIZE = 560; // pixels across; it is shown at half that
/** @type {Record<Pen, number>} */
export const PENS = { Thin: 28, Usual: 48, Thick: 72 };
const ABOUT = "A square to draw a digit on with mouse, pen or finger.";

export class Pad {
  /**
   * @param {{ marks: (Stroke | Brought)[], pen: Pen }} state - strokes, and pictures that cover what
   *     was before; kept by the caller.
   * @param {{changed: () => void, ended: () => void}} act - after any change; and after the last of
   *     one mark.
   */
  constructor(state, act) {
    this.state = state;
    this.act = act;
    /** @type {number | null} */
    this.pointer = null; // that draws
    /** @type {Stroke} */
    this.stroke = { points: [], pen: 0 }; // the latest
    const about = { className: "pcae-pad", width: SIZE, height: SIZE, role: "img" };
    this.canvas = element("canvas", { ...about, ariaLabel: ABOUT });
    this.context = contextOf(this.canvas, { willReadFrequently: true });
    this.context.lineCap = "round";
    this.context.lineJoin = "round";
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.start(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    canvas.addEventListener("pointerup", (event) => this.end(event));
    canvas.addEventListener("pointercancel", (event) => this.end(event));
    this.redraw();
  }

  /** Ink of every pixel, bytes. */
  ink() {
    return greyOf(this.context.getImageData(0, 0, SIZE, SIZE).data, SIZE);
  }

  /**
   * Cover everything with a picture, its ink in white, as large as there is room.
   *
   * @param {HTMLCanvasElement} picture
   */
  put(picture) {
    this.add({ picture });
  }

  undo() {
    this.state.marks.pop();
    this.renew();
  }

  clear() {
    this.state.marks.length = 0;
    this.renew();
  }

  renew() {
    this.pointer = null;
    this.redraw();
    this.act.changed();
    this.act.ended();
  }

  /** @param {Stroke | Brought} mark */
  add(mark) {
    this.state.marks.push(mark);
    this.renew();
  }

  // ------------------------------------------------------------------ drawing

  redraw() {
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, SIZE, SIZE);
    for (const mark of this.state.marks) {
      if ("picture" in mark) this.drawPicture(mark.picture);
      else mark.points.forEach((_, i) => this.drawPoint(mark, i));
    }
  }

  /** @param {HTMLCanvasElement} picture */
  drawPicture(picture) {
    const { context } = this;
    const scale = SIZE / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale].map(Math.round);
    const [left, top] = [(SIZE - width) / 2, (SIZE - height) / 2].map(Math.round);
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIZE, SIZE);
    context.imageSmoothingEnabled = false; // one that is as large as the square comes through whole
    context.drawImage(picture, left, top, width, height);
  }

  /**
   * A point of a stroke, and the line that leads to it.
   *
   * @param {Stroke} stroke
   * @param {number} i
   */
  drawPoint({ points, pen }, i) {
    const { context } = this;
    const [x, y] = points[i];
    context.beginPath();
    if (i === 0) {
      context.fillStyle = "#fff";
      context.arc(x, y, pen / 2, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.strokeStyle = "#fff";
    context.lineWidth = pen;
    context.moveTo(...points[i - 1]);
    context.lineTo(x, y);
    context.stroke();
  }

  // ------------------------------------------------------------------ the pointer

  /** @param {PointerEvent} event */
  start(event) {
    if (this.pointer !== null || event.button !== 0) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = { points: [], pen: PENS[this.state.pen] };
    this.state.marks.push(this.stroke);
    this.lead([event]);
  }

  /** @param {PointerEvent} event */
  go(event) {
    if (event.pointerId !== this.pointer) return;
    const all = event.getCoalescedEvents?.() ?? [];
    this.lead(all.length ? all : [event]);
  }

  /** @param {PointerEvent} event */
  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.act.ended();
  }

  /**
   * Go on with the stroke.
   *
   * @param {PointerEvent[]} events
   */
  lead(events) {
    const { stroke } = this;
    const box = this.canvas.getBoundingClientRect();
    for (const { clientX, clientY } of events) {
      const across = (clientX - box.left) / box.width;
      const down = (clientY - box.top) / box.height;
      stroke.points.push([across * SIZE, down * SIZE]);
      this.drawPoint(stroke, stroke.points.length - 1);
    }
    this.act.changed();
  }
}
