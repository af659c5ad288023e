/** Latent plane: what each method makes of every place in its plane, and between two digits. */

import { asCsv } from "../core/csv.js";
import { element } from "../core/element.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { between } from "../core/latent.js";
import { living } from "../core/living.js";
import { fullOf } from "../core/numerics.js";
import { downloadLink, save } from "../core/saving.js";
import { World } from "../core/world.js";
import { Decoding } from "./decoding.js";
import { anyPair, queryOf, readState } from "./latent_state.js";
import { LatentControls } from "./latent_controls.js";
import { chart } from "./mounted.js";
import { decodedPlane, pictureOf } from "./plane.js";
import { painted, panel } from "./rows.js";

/** @import { Component, SiteData, Values } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */
/** @import { Bounds, State } from "./latent_state.js" */
/** @import { Names } from "./plane.js" */
/** @import { Row } from "./rows.js" */

const STEPS = 11;
const PICTURE = 92; // pixels, of a picture of the film
const PLANE_HEIGHT = 496;
const STRIP_HEIGHT = 172;
const AROUND = 14; // what a square plane is higher than wide, with its title and axes
const FIRST_MS = 60; // of decoding, before a change is shown
const NEXT_MS = 400; // and between what is shown then
const SLICE_MS = 25; // of decoding, before the visitor's next change is looked for
const NOT_PICTURES = "This page decodes pictures, and this network’s data is a table of columns.";
const DIVERGED =
  "This network’s codes are not numbers: its training has diverged. Choose another network.";
const FOOT = "This page has all that the app’s has.";
/** @type {Names[]} PCA's and the autoencoder's */
const NAMES = [
  {
    title: "PCA",
    color: "var(--pcae-pca)",
    says: "blends the same pictures everywhere",
    kind: "PC",
  },
  {
    title: "Autoencoder",
    color: "var(--pcae-autoencoder)",
    says: "draws something else from place to place",
    kind: "code",
  },
];

addStyle("site/pages.css");
addStyle("site/charts.css");

/** One of the two methods: its chart, and what it makes of its plane. */
class Method {
  /** @type {Decoding | null} */
  decoding = null;
  shown = ""; // what is drawn

  /** @param {Names} names */
  constructor(names) {
    this.names = names;
    this.chart = chart();
    this.chart.root.className = "pcae-l-plane";
    this.chart.root.dataset.kind = names.kind;
  }
}

class LatentPlane {
  methods = NAMES.map((names) => new Method(names));
  /** @type {World | null} */
  world = null;
  /** @type {LatentControls | null} */
  controls = null;
  /** @type {State} */
  state = readState({}, { k: 2, digest: "", tests: 1, pair: [0, 0] }).state;
  /** @type {Bounds} */
  bounds = { k: 2, digest: "", tests: 1, pair: [0, 0] };
  run = ""; // the address of what is shown
  film = ""; // which is drawn
  turn = 0; // of drawing

  /**
   * @param {Component<SiteData>} component
   * @param {Life} life
   */
  constructor({ parentElement }, life) {
    this.life = life;
    this.said = element("p", { className: "pcae-site-note", role: "status", hidden: true });
    this.side = element("div", { className: "pcae-l-side" });
    const planes = this.methods.map(({ chart }) => chart.root);
    this.top = element("div", { className: "pcae-l-top" }, this.side, ...planes);
    this.rows = element("div", { className: "pcae-l-film" });
    this.words = element("p", { className: "pcae-site-caption" });
    this.page = element("div", {}, this.top, this.rows, this.words);
    const foot = element("p", { className: "pcae-site-foot" }, FOOT);
    parentElement.replaceChildren(this.said, this.page, foot);
    life.resized(planes, () => this.#later());
    fetchPlotly().catch(() => {}); // the charts say it
  }

  /** @param {Component<SiteData>} component */
  async show({ data, setStateValue, setTriggerValue }) {
    const { shape, digest, tests, noun, pair } = data.dataset;
    this.data = data;
    this.tell = setStateValue;
    if (!shape) return this.#say(NOT_PICTURES);
    const { k } = data.network.config;
    const pinned = data.pinned.filter((i) => i < tests);
    const first = pinned.length > 1 ? [pinned[0], pinned[1]] : pair;
    this.bounds = { k, digest, tests, pair: /** @type {[number, number]} */ (first) };
    const { state, wrong } = readState(data.query, this.bounds);
    this.state = state;
    if (this.run && this.run !== data.run) setStateValue("query", queryOf(state, this.bounds));
    else if (wrong.length) setTriggerValue("wrong", wrong);
    this.#say("");
    for (const method of this.methods) method.shown = ""; // the theme may be another
    if (this.run === data.run) this.controls?.set(state);
    else await this.#open(data, noun);
    this.#later();
  }

  /**
   * Say something; nothing else is shown then, unless it is beside the rest.
   *
   * @param {string} words
   */
  #say(words, beside = false) {
    this.said.textContent = words;
    this.said.hidden = !words;
    this.page.hidden = Boolean(words) && !beside;
  }

  /**
   * Begin with another network.
   *
   * @param {SiteData} data
   * @param {string} noun
   */
  async #open(data, noun) {
    this.run = data.run;
    this.world?.end();
    this.world = null;
    this.film = "";
    const flat = this.bounds.k === 1;
    this.top.classList.toggle("pcae-l-strips", flat);
    this.words.textContent = wayOf(noun);
    const table = downloadLink(
      "Save the pictures as a table (CSV)",
      "Where each picture is, and its pixels",
      () => this.#saveTable(),
    );
    const links = element("div", { className: "pcae-d" }, table);
    this.controls = new LatentControls(this.state, this.bounds, noun, links, {
      changed: (state) => this.#change(state),
      pair: () => this.world ? anyPair(this.world.labels) : null,
    });
    this.side.replaceChildren(...this.controls.parts);
    for (const of of this.methods) of.decoding = null;
    const world = await World.fetch(data, "test", this.life.signal).catch((problem) => {
      if (!this.life.over && this.run === data.run) this.#say(problem.message);
    });
    if (!world || this.life.over || this.run !== data.run) return;
    if (!world.codes.every(Number.isFinite)) return this.#say(DIVERGED);
    this.world = world;
    world.changed = () => this.#later();
    this.#want();
    if (this.bounds.k > 2) world.load(this.state.pair[0]); // all images: the means want them
  }

  /** Fetch what the planes need, and the digits of the film. */
  #want() {
    const { world } = this;
    if (!world) return;
    const pieces = this.state.pair.map((i) => world.pieceOf(i));
    world.want("decoder", "pca", ...pieces).catch(() => {}); // it is said when it is drawn
  }

  /** @param {State} state */
  #change(state) {
    this.state = state;
    this.tell?.("query", queryOf(state, this.bounds));
    this.#want();
    this.#later();
  }

  #later() {
    this.life.frame("draw", () => this.#draw());
  }

  /** Draw what is here: at once as much as can be decoded in a moment, and then the rest. */
  async #draw() {
    const turn = ++this.turn;
    const { world } = this;
    if (!world) return;
    this.#say(world.parts?.problem ?? "", true);
    this.#begin(world);
    const ready = this.methods.filter((of) => of.decoding);
    let whole = false;
    for (let wait = FIRST_MS; !whole; wait = NEXT_MS) {
      const end = performance.now() + wait;
      while (!whole && performance.now() < end) {
        const slice = performance.now() + SLICE_MS;
        whole = ready.map((of) => of.decoding?.work(slice)).every(Boolean);
        if (!whole) await new Promise((resolve) => setTimeout(resolve)); // the visitor comes first
        if (turn !== this.turn || this.life.over) return;
      }
      await Promise.all(ready.map((of) => this.#drawPlane(of, world)));
      await this.#drawFilm(world);
      if (turn !== this.turn || this.life.over) return;
    }
  }

  /** Take the grid, where what it is decoded with is here. @param {World} world */
  #begin(world) {
    const { k } = this.bounds;
    const { tiles: n, share, quantiles, across, up } = this.state;
    const numbers = k > 2 ? [across - 1, up - 1] : [...Array(k).keys()];
    const { labels, classes } = world;
    const shared = { labels, classes: classes.length };
    const [pca, network] = this.methods;
    if (world.has("pca") && (k <= 2 || world.whole)) {
      pca.decoding ??= new Decoding({
        ...shared,
        column: (number) => world.column("pca", number),
        means: meansOf(world, k),
        decode: (scores) => world.pca.inverse(scores),
      });
    }
    if (world.has("decoder")) {
      const column = (/** @type {number} */ number) => world.column("code", number);
      network.decoding ??= new Decoding({
        ...shared,
        column,
        means: Float64Array.from({ length: k }, (_, number) => mean(column(number))),
        decode: (code) => world.trained.decode(code),
      });
    }
    for (const of of this.methods) of.decoding?.take({ numbers, n, share, quantiles });
  }

  /**
   * Draw a method's plane, if it is another than the one that is shown.
   *
   * @param {Method} method
   * @param {World} world
   */
  async #drawPlane(method, world) {
    const { k } = this.bounds;
    const { decoding, names } = method;
    if (!decoding?.plane || !world.shape || !this.data) return;
    const height = this.#heightOf(method);
    const key = JSON.stringify([this.run, this.state, decoding.left, height]);
    if (key === method.shown) return;
    method.shown = key;
    const { regions } = this.state;
    const { classes, shape } = world;
    const says = k > 2 ? `the other ${names.kind}s at their mean` : names.says;
    const source = pictureOf(decoding.plane, shape, regions ? classes.length : 0);
    const way = this.#way(method, world);
    const told = { ...names, says };
    await method.chart.show({
      code: this.data.code,
      name: `plane_${names.kind}`,
      label: `${names.title}: what it makes of each place`,
      height,
      csv: false,
      timed: false,
      figure: decodedPlane(told, decoding.plane, shape, classes, way, source, regions),
    });
    method.chart.root.dataset.left = String(decoding.left);
  }

  /** How high a plane is drawn: no higher than it is wide. @param {Method} method */
  #heightOf({ chart: { root } }) {
    if (this.bounds.k === 1) return STRIP_HEIGHT;
    return Math.min(PLANE_HEIGHT, root.clientWidth + AROUND);
  }

  /**
   * Scores, or codes, on the way from digit A to digit B.
   *
   * @param {Method} method
   * @param {World} world
   */
  #way(method, world) {
    const { k } = this.bounds;
    const [a, b] = this.state.pair.map((i) => {
      if (method === this.methods[1]) return world.code(i);
      if (k > 2) return world.scoresOf(i, k);
      return Float32Array.from({ length: k }, (_, number) => world.column("pca", number)[i]);
    });
    return between(a, b, STEPS);
  }

  /** Draw the way as pictures, once all of it is here. @param {World} world */
  async #drawFilm(world) {
    const { k } = this.bounds;
    const { pair } = this.state;
    const [a, b] = pair.map((i) => world.image(i));
    const [pca, network] = this.methods;
    const key = JSON.stringify([this.run, pair]);
    if (!a || !b || !pca.decoding || !network.decoding || !world.shape || this.film === key) return;
    this.film = key;
    /** @type {Row[]} */
    const rows = [
      { title: "Pixels", images: between(a, b, STEPS), subtitle: `all ${world.inputs}` },
      ...this.methods.map((method) => ({
        title: method.names.title,
        images: this.#way(method, world).map((at) => method.decoding?.points.decode(at) ?? at),
        subtitle: `${k} ${method.names.kind}${k > 1 ? "s" : ""}`,
      })),
    ];
    const ends = pair.map((i, d) =>
      "AB"[d] + (world.labelled ? `: ${world.classes[world.labels[i]]}` : "")
    );
    const shares = Array.from(
      { length: STEPS - 2 },
      (_, step) => `${Math.round(100 * (step + 1) / (STEPS - 1))}%`,
    );
    const film = panel(rows, PICTURE, world.shape, [ends[0], ...shares, ends[1]]);
    await painted([film]);
    if (this.film === key) this.rows.replaceChildren(film);
  }

  #saveTable() {
    const { data, world } = this;
    if (!data || !world) return;
    const [first] = this.methods;
    if (this.methods.some((of) => !of.decoding?.plane)) return;
    const numbers = first.decoding?.plane?.numbers ?? [];
    const axes = numbers.map((number) => `number ${number + 1}`);
    const pixels = Array.from({ length: world.inputs }, (_, pixel) => `pixel ${pixel}`);
    /** @type {unknown[][]} */
    const table = [["method", ...axes, ...pixels]];
    for (const { decoding, names } of this.methods) {
      decoding?.work(Infinity);
      const { middles = [], images = [] } = decoding?.plane ?? {};
      const name = names.kind === "PC" ? "PCA" : "autoencoder";
      middles.forEach((middle, tile) => {
        const values = Array.from(images[tile] ?? [], (value) => value.toFixed(4));
        table.push([name, ...middle, ...values]);
      });
    }
    save(asCsv(table), `latent_plane_${data.network.key}.csv`);
  }

  destroy() {
    this.world?.end();
    for (const { chart } of this.methods) chart.leave();
  }
}

/** @param {ArrayLike<number>} values */
function mean(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The digits' mean scores on k components: of more than those that come with the points, the scores
 * of their mean image.
 *
 * @param {World} world
 * @param {number} k
 */
function meansOf(world, k) {
  if (k <= 2) {
    return Float64Array.from({ length: k }, (_, number) => mean(world.column("pca", number)));
  }
  const { images, inputs } = world;
  const sums = new Float64Array(inputs);
  for (let at = 0; at < images.length; at++) sums[at % inputs] += images[at];
  const full = fullOf(images) * (images.length / inputs);
  return world.pca.transform(Float32Array.from(sums, (sum) => sum / full), k);
}

/** What the film shows. @param {string} noun */
function wayOf(noun) {
  return `Equal steps on the straight line from ${noun} A to ${noun} B, which the planes show too. ` +
    `In the pixels one ${noun} fades while the other appears. PCA is linear: its row fades just so ` +
    "from one reconstruction to the other. The autoencoder draws at every step, as well as it " +
    `can, a ${noun} of a class that lies on the way.`;
}

export const { show, leave } = living(LatentPlane);
