/** A chart that Python made: drawn by the page's Plotly in the page's look, with links to have it. */

import { asCsv } from "../core/csv.js";
import { element } from "../core/element.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { living } from "../core/living.js";
import { fromMarkup } from "../core/markup.js";
import { downloadLink, save, savePicture } from "../core/saving.js";
import { themeOf } from "../core/theme.js";
import { EPOCH } from "./codes.js";
import { inLook } from "./look.js";

/** @import { AxisName, ChartData, Component, GraphDiv } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */

const CONFIG = { displayModeBar: false, showTips: false };
const FINGER = "(pointer: coarse)"; // which scrolls the page over a chart

addStyle("share/chart.css");

class Chart {
  /**
   * @param {Component<ChartData>} component
   * @param {Life} life
   */
  constructor({ parentElement, data }, life) {
    this.life = life;
    this.name = data.name;
    /** @type {HTMLElement | GraphDiv} */
    this.plot = element("div", { role: "img" });
    this.moment = element("i", { hidden: true });
    const box = element("div", { className: "pcae-chart" }, this.plot, this.moment);
    const links = [
      this.link("PNG", "The picture as PNG", (plot) => savePicture(plot, plot, "png", this.name)),
      this.link("SVG", "The picture as SVG", (plot) => savePicture(plot, plot, "svg", this.name)),
    ];
    if (data.csv) {
      const saveTable = (/** @type {GraphDiv} */ plot) =>
        save(asCsv(table(plot)), `${this.name}.csv`);
      links.push(this.link("CSV", "The data as a table", saveTable));
    }
    parentElement.replaceChildren(box, element("div", { className: "pcae-d" }, ...links));
    life.resized([this.plot], () => life.frame("resize", () => this.resize()));
    addEventListener(EPOCH, (event) => this.mark(event), { signal: life.signal });
  }

  /**
   * @param {string} text
   * @param {string} title
   * @param {(plot: GraphDiv) => void} act
   */
  link(text, title, act) {
    return downloadLink(text, title, () => {
      if ("_fullLayout" in this.plot) act(this.plot);
    });
  }

  /**
   * Draw the figure; what was zoomed stays so.
   *
   * @param {Component<ChartData>} component
   */
  async show({ data }) {
    this.timed = data.timed;
    this.plot.style.height = `${data.height}px`;
    this.plot.ariaLabel = data.label;
    const Plotly = await fetchPlotly();
    if (this.life.over) return;
    const theme = themeOf(this.plot);
    const { data: traces, layout } = inLook(data.figure, theme);
    const still = matchMedia(FINGER).matches ? { dragmode: false } : {};
    const fitted = { uirevision: "keep", autosize: true, ...layout, ...still };
    await Plotly.react(this.plot, traces, fitted, CONFIG);
    this.plot.dataset.drawn = "";
  }

  async resize() {
    if (!("_fullLayout" in this.plot)) return;
    const { width, height } = this.plot._fullLayout;
    const { clientWidth, clientHeight } = this.plot;
    if (width === clientWidth && height === clientHeight) return;
    const Plotly = await fetchPlotly();
    if (!this.life.over && clientWidth) await Plotly.Plots.resize(this.plot);
  }

  /** Mark the epoch whose codes are shown beside the curve. @param {Event} event */
  mark(event) {
    if (!this.timed || !("_fullLayout" in this.plot) || !(event instanceof CustomEvent)) return;
    const { xaxis, yaxis } = this.plot._fullLayout;
    const share = (event.detail - xaxis.range[0]) / (xaxis.range[1] - xaxis.range[0]);
    this.moment.hidden = !(share >= 0 && share <= 1);
    this.moment.style.left = `${xaxis._offset + share * xaxis._length}px`;
    this.moment.style.top = `${yaxis._offset}px`;
    this.moment.style.height = `${yaxis._length}px`;
  }

  destroy() {
    if ("_fullLayout" in this.plot) globalThis.Plotly.purge(this.plot);
  }
}

/**
 * The points of a plot: a row each, with the names of its series and of its axes.
 *
 * @param {GraphDiv} plot
 */
function table(plot) {
  const axis = (/** @type {string} */ id) => {
    const name = /** @type {AxisName} */ (id.replace(/^([xy])/, "$1axis"));
    return plot._fullLayout[name]?.title?.text ?? "";
  };
  /** @type {unknown[][]} */
  const rows = [["series", "x", "y", "x_is", "y_is"]];
  for (const trace of plot._fullData) {
    const [xs, ys] = [trace.x ?? [], trace.y ?? []];
    const names = [axis(trace.xaxis ?? "x"), axis(trace.yaxis ?? "y")];
    for (let i = 0; i < ys.length; i++) {
      rows.push([trace.name, xs[i], ys[i], ...names].map(plain));
    }
  }
  return rows;
}

/** A cell without Plotly's markup. @param {unknown} value */
function plain(value) {
  return typeof value === "string" ? fromMarkup(value) : value;
}

export const { show, leave } = living(Chart);
