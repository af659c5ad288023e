/** Latent plane: what each method makes of every place in its plane, and between two digits. */

import { asCsv } from "../core/csv.js";
import { TARGET } from "../core/digits.js";
import { element } from "../core/element.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { between } from "../core/latent.js";
import { living } from "../core/living.js";
import { downloadLink, save } from "../core/saving.js";
import { World } from "../core/world.js";
import { Decoding } from "./decoding.js";
import { mean, meansOf } from "./means.js";
import { film, STEPS, wayOf } from "./film.js";
import { anyPair, queryOf, readState } from "./latent_state.js";
import { LatentControls } from "./latent_controls.js";
import { chart } from "./mounted.js";
import { decodedPlane } from "./plane.js";
import { CLASS, coloursOf, shadesOf } from "./plane_colour.js";
import { painted } from "./rows.js";
import { tableOf } from "./tiles_table.js";
import { pictureOf, shaded, tinted } from "./tiles.js";

/** @import { Component, SiteData, Values } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */
/** @import { Bounds, State } from "./latent_state.js" */
/** @import { Decoded, Names } from "./plane.js" */

const PLANE_HEIGHT = 496;
const STRIP_HEIGHT = 172;
const AROUND = 14; // what a square plane is higher than wide, with its title and axes
const KEY = 82; // what the key of values takes of its width
const FIRST_MS = 60; // of decoding, before a change is shown
const NEXT_MS = 400; // and between what is shown then
const SLICE_MS = 25; // of decoding, before the visitor's next change is looked for
const DIVERGED =
  "This network’s codes are not numbers: its training has diverged. Choose another network.";
const FOOT = "This page has all that the app’s has.";
/** @type {(Names & { ofTable: string })[]} PCA's and the autoencoder's */
const NAMES = [
  {
    title: "PCA",
    color: "var(--pcae-pca)",
    says: "blends the same pictures everywhere",
    ofTable: "changes evenly",
    kind: "PC",
  },
  {
    title: "Autoencoder",
    color: "var(--pcae-autoencoder)",
    says: "draws something else from place to place",
    ofTable: "changes from place to place",
    kind: "code",
  },
];
const NOTHING = { k: 2, digest: "", tests: 1, pair: /** @type {[number, number]} */ ([0, 0]) };

addStyle("site/pages.css");
addStyle("site/charts.css");

/** One of the two methods: its chart, and what it makes of its plane. */
class Method {
  /** @type {Decoding | null} */
  decoding = null;
  shown = ""; // what is drawn

  /** @param {typeof NAMES[number]} names */
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
  state = readState({}, { ...NOTHING, colours: [] }).state;
  /** @type {Bounds} */
  bounds = { ...NOTHING, colours: [] };
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
    const { digest, tests, noun, pair } = data.dataset;
    this.data = data;
    this.tell = setStateValue;
    const { k } = data.network.config;
    const pinned = data.pinned.filter((i) => i < tests);
    const first = pinned.length > 1 ? [pinned[0], pinned[1]] : pair;
    const colours = coloursOf(data.dataset);
    this.bounds = { k, digest, tests, colours, pair: /** @type {[number, number]} */ (first) };
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
    this.rows.replaceChildren();
    const { shape } = data.dataset;
    this.words.textContent = shape ? wayOf(noun) : "";
    const table = downloadLink(
      `Save the ${shape ? "pictures" : "tiles"} as a table (CSV)`,
      shape ? "Where each picture is, and its pixels" : "Where each tile is, and its values",
      () => this.#saveTable(),
    );
    const links = element("div", { className: "pcae-d" }, table);
    const tiles = shape ? "Pictures" : "Tiles";
    this.controls = new LatentControls(this.state, this.bounds, noun, tiles, links, {
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
  }

  /** Fetch what the planes need, and the digits of the film. */
  #want() {
    const { world } = this;
    if (!world) return;
    const pieces = this.state.pair.map((i) => world.pieceOf(i));
    world.want("decoder", "pca", ...pieces).catch(() => {}); // it is said when it is drawn
    const { colour, pair } = this.state;
    const ofColumn = colour !== TARGET && world.measures.has(colour);
    if (this.bounds.k > 2 || ofColumn) world.load(pair[0]); // all images, for means and colours
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
    if (!decoding?.plane || !this.data) return;
    const { colour } = this.state;
    const { plane, places } = decoding;
    const { classes, shape } = world;
    const shades = shadesOf(world, colour, plane, places);
    if (!shades && world.measures.has(colour)) return; // they are coming
    const height = this.#heightOf(method, shades !== null);
    const key = JSON.stringify([this.run, this.state, decoding.left, height]);
    if (key === method.shown) return;
    method.shown = key;
    const named = colour === CLASS ? classes : [];
    const own = shape ? names.says : names.ofTable;
    const told = { ...names, says: k > 2 ? `the other ${names.kind}s at their mean` : own };
    const ground = shades ? shaded(shades, shape !== null) : tinted(plane.regions, named.length);
    const source = pictureOf(plane, shape, ground);
    const way = this.#way(method, world);
    await method.chart.show({
      code: this.data.code,
      name: `plane_${names.kind}`,
      label: `${names.title}: what it makes of each place`,
      height,
      csv: false,
      timed: false,
      figure: decodedPlane(told, plane, shape, named, way, source, shades),
    });
    method.chart.root.dataset.left = String(decoding.left);
  }

  /**
   * How high a plane is drawn: no higher than it is wide, without the key of its colours.
   *
   * @param {Method} method
   * @param {boolean} keyed
   */
  #heightOf({ chart: { root } }, keyed) {
    if (this.bounds.k === 1) return STRIP_HEIGHT;
    return Math.min(PLANE_HEIGHT, root.clientWidth + AROUND - (keyed ? KEY : 0));
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
    const { pair } = this.state;
    const key = JSON.stringify([this.run, pair]);
    if (this.film === key || this.methods.some((of) => !of.decoding)) return;
    const ways = this.methods.map((method) => ({
      ...method.names,
      codes: this.#way(method, world),
      decode: (/** @type {Float32Array} */ at) => method.decoding?.points.decode(at) ?? at,
    }));
    const rows = film(world, pair, ways);
    if (!rows) return;
    this.film = key;
    await painted([rows]);
    if (this.film === key) this.rows.replaceChildren(rows);
  }

  #saveTable() {
    const { data, world } = this;
    if (!data || !world) return;
    if (this.methods.some((of) => !of.decoding?.plane)) return;
    const planes = this.methods.map(({ decoding, names }) => {
      decoding?.work(Infinity);
      const name = names.kind === "PC" ? "PCA" : "autoencoder";
      return { name, plane: /** @type {Decoded} */ (decoding?.plane) };
    });
    const table = tableOf(world, planes);
    save(asCsv(table), `latent_plane_${data.network.key}.csv`);
  }

  destroy() {
    this.world?.end();
    for (const { chart } of this.methods) chart.leave();
  }
}

export const { show, leave } = living(LatentPlane);
