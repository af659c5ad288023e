/** A plane of digits as dots, with their classes' names, and a ring at one more place in it. */

import { OPACITY } from "./both.js";
import { Dots } from "./dots.js";
import { element } from "./element.js";
import { middles, roomy } from "./middles.js";
import { quantile } from "./numerics.js";
import { contextOf, fitCanvas, inkOf } from "./pictures.js";

const MARGIN = { left: 40, right: 6, top: 6, bottom: 36 };
const OUTLYING = 0.002; // the share of digits on each side that may lie beyond the edges
const AIR = 0.06;
const DOT = 1.7; // pixels, of radius
const TICKS = 6; // about as many
const LETTERS = 13; // pixels, of a class's name

/** @import { Values } from "../types.d.ts" */
/** @import { Mark } from "./middles.js" */
/** @import { Theme } from "./theme.js" */

/** @typedef {[low: number, high: number]} Range */

export class Scatter {
  /** @type {[across: Range, up: Range]} */
  ranges = [[0, 1], [0, 1]];
  width = 0; // of the plane, within its margins
  height = 0;

  constructor() {
    this.canvas = element("canvas");
    this.mark = element("i", { className: "pcae-x-ring", hidden: true });
    this.dots = new Dots(element("canvas"));
    Object.assign(this.dots.canvas.style, { left: `${MARGIN.left}px`, top: `${MARGIN.top}px` });
    const parts = [this.canvas, this.dots.canvas, this.mark];
    this.root = element("div", { className: "pcae-draw-plane" }, ...parts);
  }

  /**
   * Draw digits and axes.
   *
   * @param {Values[]} at - across and up.
   * @param {string[]} names - of the axes.
   * @param {Values} labels
   * @param {string[]} classes - what each label stands for.
   * @param {Theme} theme
   * @param {[Range, Range]} ranges - of the axes.
   * @returns {number} how many digits lie beyond the edges.
   */
  draw(at, names, labels, classes, theme, ranges = [range(at[0]), range(at[1])]) {
    const [width, height] = [this.root.clientWidth, this.root.clientHeight];
    this.ranges = ranges;
    this.root.dataset.ranges = JSON.stringify(this.ranges);
    this.width = width - MARGIN.left - MARGIN.right;
    this.height = height - MARGIN.top - MARGIN.bottom;
    const context = contextOf(this.canvas);
    const ratio = fitCanvas(this.canvas, width, height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawAxes(context, names, theme);
    const inks = theme.colors.map(inkOf);
    const order = Int32Array.from(labels, (_, i) => i).filter((i) =>
      this.holds(at[0][i], at[1][i])
    );
    const some = { order, radius: DOT, opacity: OPACITY };
    const box = { left: 0, top: 0, width: this.width, height: this.height };
    const inkOfClass = (/** @type {number} */ i) => inks[labels[i] % inks.length];
    this.dots.draw(box, this.ranges, at, [{ ...some, inkOf: inkOfClass }]);
    const places = classes.length > 1 ? middles(order, at, labels, classes.length) : [];
    const marks = places.flatMap((middle, label) =>
      middle ? [{ label, name: classes[label], at: this.pixel(...middle) }] : []
    );
    this.nameClasses(roomy(marks, order, labels, LETTERS * theme.type), theme);
    return labels.length - order.length;
  }

  /**
   * Write what classes are called at their middles.
   *
   * @param {Mark[]} marks
   * @param {Theme} theme
   */
  nameClasses(marks, { text, ground, font, type }) {
    const context = contextOf(this.dots.canvas);
    const ratio = this.dots.canvas.width / this.width;
    context.setTransform(ratio, 0, 0, ratio, -MARGIN.left * ratio, -MARGIN.top * ratio);
    Object.assign(context, {
      font: `700 ${LETTERS * type}px ${font}`,
      textAlign: "center",
      textBaseline: "middle",
      lineJoin: "round",
      lineWidth: 3,
      strokeStyle: ground,
      fillStyle: text,
    });
    for (const { name, at: [x, y] } of marks) {
      context.strokeText(name, x, y);
      context.fillText(name, x, y);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string[]} names
   * @param {Theme} theme
   */
  drawAxes(context, names, { text, lines, font, type }) {
    const { left, top } = MARGIN;
    const [right, bottom] = [left + this.width, top + this.height];
    context.strokeStyle = lines;
    context.fillStyle = text;
    context.font = `${12 * type}px ${font}`;
    context.beginPath();
    context.textAlign = "center";
    for (const value of ticks(this.ranges[0])) {
      const [x] = this.pixel(value, 0);
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.fillText(words(value), x, bottom + 2 + 12 * type);
    }
    context.fillText(names[0], left + this.width / 2, bottom + 30);
    context.textAlign = "right";
    for (const value of ticks(this.ranges[1])) {
      const [, y] = this.pixel(0, value);
      context.moveTo(left, y);
      context.lineTo(right, y);
      context.fillText(words(value), left - 5, y + 4);
    }
    context.rect(left, top, this.width, this.height);
    context.stroke();
    context.save();
    context.translate(11, top + this.height / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(names[1], 0, 0);
    context.restore();
  }

  /**
   * Put the ring at a place, at the edge if that is beyond it; null takes it away.
   *
   * @param {number[] | null | undefined} at - across and up; across alone is a line.
   * @returns {boolean} whether it is beyond the edge.
   */
  ring(at) {
    this.mark.hidden = !at;
    if (!at) return false;
    const line = at.length === 1;
    const [x, y] = this.pixel(at[0], line ? this.ranges[1][1] : at[1]);
    const held = [
      Math.min(MARGIN.left + this.width, Math.max(MARGIN.left, x)),
      Math.min(MARGIN.top + this.height, Math.max(MARGIN.top, y)),
    ];
    this.mark.classList.toggle("pcae-draw-line", line);
    this.mark.style.height = line ? `${this.height}px` : "";
    this.mark.style.transform = `translate(${held[0]}px, ${held[1]}px)`;
    return held[0] !== x || held[1] !== y;
  }

  /**
   * Where a place is on the canvas.
   *
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  pixel(x, y) {
    const [across, up] = this.ranges;
    return [
      MARGIN.left + ((x - across[0]) / (across[1] - across[0])) * this.width,
      MARGIN.top + ((up[1] - y) / (up[1] - up[0])) * this.height,
    ];
  }

  /**
   * Whether a place is within the edges.
   *
   * @param {number} x
   * @param {number} y
   */
  holds(x, y) {
    const [[left, right], [bottom, top]] = this.ranges;
    return x >= left && x <= right && y >= bottom && y <= top;
  }
}

/**
 * Limits between which nearly all values lie, with a little air.
 *
 * @param {Values} values
 * @returns {Range}
 */
export function range(values) {
  const [low, high] = [quantile(values, OUTLYING), quantile(values, 1 - OUTLYING)];
  const air = AIR * (high - low) || 1;
  return [low - air, high + air];
}

/**
 * Round values in a range: 1, 2 or 5 times a power of ten apart.
 *
 * @param {Range} range
 * @param {number} most - about as many.
 */
export function ticks([low, high], most = TICKS) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** A round value as text. @param {number} value */
export function words(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
