/** One small plane of codes: its dots by class, with the class written where its middle is. */

import { element } from "../core/element.js";
import { asMarkup } from "../core/markup.js";
import { Scatter } from "../core/scatter.js";

/** @import { CodesPanel } from "../types.d.ts" */
/** @import { Range } from "../core/scatter.js" */
/** @import { Theme } from "../core/theme.js" */

const AIR = 0.04; // of a range, at each end

export class Plane {
  /** @type {CodesPanel | null} */
  data = null;
  labels = new Uint8Array();
  /** Indices by label. @type {number[][]} */
  members = [];
  /** The frames' codes, across and up in turns. @type {Float32Array[]} */
  frames = [];
  /** @type {[Range, Range]} */
  ranges = [[0, 1], [0, 1]];
  /** What is shown, across and up. @type {[Float32Array, Float32Array]} */
  at = [new Float32Array(), new Float32Array()];

  constructor() {
    this.scatter = new Scatter();
    this.dot = element("i");
    this.title = element("span");
    this.head = element("figcaption", {}, this.dot, " ", this.title);
    this.root = element("figure", {}, this.head, this.scatter.root);
  }

  /** Take over what Python tells. @param {CodesPanel} data */
  take(data) {
    if (data === this.data) return;
    this.data = data;
    this.head.hidden = !data.title;
    this.title.textContent = this.head.title = data.title;
    this.labels = bytesOf(data.labels);
    this.frames = data.frames.map((frame) => new Float32Array(bytesOf(frame).buffer));
    const indices = [...this.labels.keys()];
    this.members = data.classes.map((_, label) => indices.filter((i) => this.labels[i] === label));
    const count = this.labels.length;
    this.at = [new Float32Array(count), new Float32Array(count)];
    this.ranges = [limits(this.frames, 0), limits(this.frames, 1)];
  }

  /**
   * @param {number} moment - in frames.
   * @param {Set<number>} hidden - labels.
   * @param {Theme} theme
   */
  draw(moment, hidden, theme) {
    if (!this.data) return;
    const before = Math.floor(moment);
    const [a, b] = [this.frames[before], this.frames[Math.min(before + 1, this.frames.length - 1)]];
    const share = moment - before;
    for (let i = 0; i < this.labels.length; i++) {
      const shown = !hidden.has(this.labels[i]);
      for (const d of /** @type {const} */ ([0, 1])) {
        const at = 2 * i + d;
        this.at[d][i] = shown ? a[at] + share * (b[at] - a[at]) : NaN;
      }
    }
    this.dot.style.background = this.data.network === null ? "" : theme.networks[this.data.network];
    this.dot.hidden = this.data.network === null;
    const { axes, classes } = this.data;
    this.scatter.draw(this.at, axes, this.labels, classes, theme, this.ranges);
  }

  /**
   * The same for Plotly, as the panel of this number.
   *
   * @param {number} number
   * @param {Set<number>} hidden
   * @param {Theme} theme
   */
  figure(number, hidden, theme) {
    const { title = "", axes = ["", ""], classes = [] } = this.data ?? {};
    const axis = number ? String(number + 1) : "";
    const [xref, yref] = [`x${axis}`, `y${axis}`];
    const data = classes.map((name, label) => {
      const [x, y] = this.at.map((values) => this.members[label].map((i) => values[i]));
      const marker = { size: 3.4, color: theme.colors[label], opacity: 0.75 };
      const legend = { name: asMarkup(name), legendgroup: name, showlegend: number === 0 };
      const place = { x, y, xaxis: xref, yaxis: yref };
      return { type: "scatter", mode: "markers", marker, ...legend, ...place };
    }).filter((_, label) => !hidden.has(label));
    const look = { showgrid: true, zeroline: false };
    const [across, up] = axes.map((text, d) => ({
      ...look,
      title: { text: asMarkup(text), standoff: 4 },
      range: this.ranges[d],
    }));
    return {
      data,
      axes: { [`xaxis${axis}`]: across, [`yaxis${axis}`]: up },
      title: {
        text: asMarkup(title),
        xref: `${xref} domain`,
        yref: `${yref} domain`,
        x: 0,
        y: 1,
        xanchor: "left",
        yanchor: "bottom",
        showarrow: false,
      },
    };
  }

  /** What is shown, a row each. @returns {string[][]} */
  rows() {
    const { title = "", axes = ["", ""], classes = [] } = this.data ?? {};
    return Array.from(
      this.labels,
      (label, i) => [title, classes[label], ...this.at.map((values) => String(values[i])), ...axes],
    );
  }
}

/**
 * Limits of all frames, so that nothing moves the axes.
 *
 * @param {Float32Array[]} frames
 * @param {0 | 1} d
 * @returns {Range}
 */
export function limits(frames, d) {
  let [low, high] = [Infinity, -Infinity];
  for (const frame of frames) {
    for (let at = d; at < frame.length; at += 2) {
      if (!Number.isFinite(frame[at])) continue;
      low = Math.min(low, frame[at]);
      high = Math.max(high, frame[at]);
    }
  }
  if (low > high) return [0, 1];
  const air = AIR * (high - low) || 1;
  return [low - air, high + air];
}

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
