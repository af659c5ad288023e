/** Codes of networks in small planes, at the end of a training or played through it. */

import { asCsv } from "../core/csv.js";
import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { hiddenFor, toggled } from "../core/hiding.js";
import { Legend } from "../core/legend.js";
import { living } from "../core/living.js";
import { downloadLink, save, savePicture } from "../core/saving.js";
import { themeOf } from "../core/theme.js";
import { template } from "./look.js";
import { Plane } from "./plane.js";

/** @import { CodesData, Component } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */

/** An event of the window: the epoch whose codes are shown. */
export const EPOCH = "pcae-epoch";

const MS_A_FRAME = 250;
const IN_A_ROW = 3;
const LEAST = 150; // pixels of a plane's width

addStyle("share/chart.css");

class Codes {
  /** @type {Plane[]} */
  panels = [];
  /** @type {Set<number>} labels */
  hidden = new Set();
  /** @type {number[]} those hidden before the last click */
  before = [];
  /** Where the slider stands, in frames; null at the end. @type {number | null} */
  moment = null;
  /** @type {object | null} the playing that goes on */
  turn = null;
  /** The size that is drawn. */
  drawn = "";

  /**
   * @param {Component<CodesData>} component
   * @param {Life} life
   */
  constructor({ parentElement, data }, life) {
    this.life = life;
    this.data = data;
    this.legend = element("div", { className: "pcae-codes-legend" });
    this.chips = new Legend("", {
      toggle: (label, alone) => this.toggle(label, alone),
      hide: (hidden) => this.hide(hidden),
    });
    this.planes = element("div", { className: "pcae-codes-planes", role: "img" });
    this.button = element("button", { textContent: "Play", onclick: () => this.play() });
    this.slider = element("input", { type: "range", min: 0, step: "any", ariaLabel: "Epoch" });
    this.slider.addEventListener("input", () => {
      this.pause();
      this.goTo(Number(this.slider.value));
    });
    this.words = element("span");
    const time = [this.button, this.slider, this.words];
    this.time = element("div", { className: "pcae-codes-time" }, ...time);
    const links = [
      downloadLink("PNG", "The picture as PNG", () => this.savePicture("png")),
      downloadLink("SVG", "The picture as SVG", () => this.savePicture("svg")),
      downloadLink("CSV", "The data as a table", () => this.saveTable()),
    ];
    const parts = [this.legend, this.planes, this.time];
    this.root = element("div", { className: "pcae-codes" }, ...parts);
    parentElement.replaceChildren(this.root, element("div", { className: "pcae-d" }, ...links));
    this.planes.addEventListener("contextrestored", () => this.draw(), true);
    life.resized(
      [this.planes],
      () => this.drawn === this.size || life.frame("draw", () => this.draw()),
    );
  }

  /** @param {Component<CodesData>} component */
  show({ data }) {
    this.data = data;
    this.pause();
    this.root.style.height = `${data.height}px`;
    this.planes.ariaLabel = data.label;
    if (this.panels.length !== data.panels.length) {
      this.panels = data.panels.map(() => new Plane());
      this.planes.replaceChildren(...this.panels.map((panel) => panel.root));
    }
    this.panels.forEach((panel, p) => panel.take(data.panels[p]));
    this.drawLegend();
    this.slider.max = String(this.last);
    this.time.hidden = this.last === 0;
    this.goTo(this.moment ?? this.last);
  }

  /** The last frame. */
  get last() {
    return Math.max(0, this.data.moments.length - 1);
  }

  /** How large it is. */
  get size() {
    return `${this.planes.clientWidth} ${this.planes.clientHeight}`;
  }

  /** How the page looks, with colours for all classes. */
  look() {
    return themeOf(this.root, Math.max(...this.data.panels.map(({ classes }) => classes.length)));
  }

  drawLegend() {
    const { colors } = this.look();
    const [{ classes }] = this.data.panels;
    const parts = this.chips.parts(classes, [...this.hidden], (label) => colors[label]);
    this.legend.replaceChildren(...parts);
  }

  /** Hide these classes, and no others. @param {Iterable<number>} hidden */
  hide(hidden) {
    const { activeElement } = document;
    const place = this.chips.chips.findIndex((chip) => chip === activeElement);
    this.hidden = new Set(hidden);
    this.drawLegend();
    if (place >= 0) this.chips.chips[place].focus();
    else if (activeElement instanceof HTMLElement) activeElement.focus();
    this.draw();
  }

  /** Hide or show a class; or, by a second click, show it alone, or all again. */
  toggle(/** @type {number} */ label, alone = false) {
    const { classes } = this.data.panels[0];
    const others = [...classes.keys()].filter((other) => other !== label);
    if (alone) return this.hide(hiddenFor(label, others, this.before));
    this.before = [...this.hidden];
    this.hide(toggled(this.before, label));
  }

  play() {
    if (this.turn) return this.pause();
    const turn = (this.turn = {});
    this.button.textContent = "Pause";
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let moment = this.moment ?? 0;
    let before = performance.now();
    const step = (/** @type {number} */ now) => {
      if (this.turn !== turn) return;
      moment = Math.min(moment + Math.max(0, now - before) / MS_A_FRAME, this.last);
      before = now;
      if (moment === this.last) this.pause();
      else this.life.frame("play", step);
      this.goTo(reduced ? Math.round(moment) : moment);
    };
    this.life.frame("play", step);
  }

  pause() {
    this.turn = null;
    this.button.textContent = "Play";
  }

  /** Show the codes at a moment. @param {number} moment in frames */
  goTo(moment) {
    const { moments } = this.data;
    this.moment = moment < this.last ? moment : null;
    this.slider.value = String(moment);
    const before = Math.min(Math.floor(moment), this.last);
    const after = Math.min(before + 1, this.last);
    const name = named(moments[Math.round(moment)]);
    this.words.textContent = `after epoch ${name}`;
    this.slider.ariaValueText = this.words.textContent;
    this.draw();
    if (this.last === 0) return;
    const epoch = moments[before] + (moment - before) * (moments[after] - moments[before]);
    dispatchEvent(new CustomEvent(EPOCH, { detail: epoch }));
  }

  draw() {
    const { clientWidth, clientHeight } = this.planes;
    if (!clientWidth || !clientHeight) return;
    const count = this.panels.length;
    const wanted = count <= IN_A_ROW ? count : Math.ceil(count / 2);
    const columns = Math.max(1, Math.min(wanted, Math.floor(clientWidth / LEAST)));
    this.planes.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    this.drawn = this.size;
    const theme = this.look();
    for (const panel of this.panels) panel.draw(this.moment ?? this.last, this.hidden, theme);
    this.root.dataset.drawn = String(this.moment ?? this.last);
  }

  /** @param {"png" | "svg"} format */
  async savePicture(format) {
    const theme = this.look();
    const columns = getComputedStyle(this.planes).gridTemplateColumns.split(" ").length;
    const parts = this.panels.map((panel, p) => panel.figure(p, this.hidden, theme));
    const axes = Object.assign({}, ...parts.map((part) => part.axes));
    const layout = {
      ...axes,
      template: { layout: template(theme) },
      grid: { rows: Math.ceil(parts.length / columns), columns, pattern: "independent" },
      annotations: parts.map((part) => part.title),
      legend: { orientation: "h" },
      margin: { l: 8, r: 8, t: 32, b: 8 },
    };
    const figure = { data: parts.flatMap((part) => part.data), layout };
    await savePicture(this.root, figure, format, this.data.name);
  }

  saveTable() {
    const rows = [["network", "class", "x", "y", "x_is", "y_is"]];
    save(
      asCsv(rows.concat(this.panels.flatMap((panel) => panel.rows()))),
      `${this.data.name}.csv`,
    );
  }
}

/** An epoch for people. @param {number} epoch */
function named(epoch) {
  return String(epoch < 1 ? Number(epoch.toPrecision(2)) : epoch);
}

export const { show, leave } = living(Codes);
