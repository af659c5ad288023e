/** Reconstructions: the same digits as they are, as PCA shows them, and as networks do. */

import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { living } from "../core/living.js";
import { meanSquaredError } from "../core/numerics.js";
import { codesInWords } from "../core/ordered.js";
import { World } from "../core/world.js";
import { ALL, BY_ERROR, choose, DRAWS, GAINS, MOST, queryOf, readState } from "./choosing.js";
import { equivalentK, mean } from "./errors.js";
import { Mounted } from "./mounted.js";
import { painted, panels, signed } from "./rows.js";
import { errorsKnown, leftoverOf, takeErrors, takeUpTo } from "./taken.js";
import { valuesTable } from "./values.js";
import { Where } from "./where.js";
import { button, number, segmented, select, slider, toggle } from "./widgets.js";

/** @import { Life } from "../core/living.js" */
/** @import { Component, SiteData, SiteNetwork } from "../types.d.ts" */
/** @import { Row } from "./rows.js" */
/** @import { State } from "./choosing.js" */

const MOST_K = 100; // as pcae/methods/pca.py has it
const SETTLED_MS = 60; // before the errors are drawn anew
const AS_GOOD_HELP = "With so many components PCA's error over all test images is this network's";
const ALL_CODES = " with all its codes"; // where the slider cuts them
const FOOT = "In the app the same link draws other random digits, and networks that are trained " +
  "there can be shown as well.";

const styled = addStyle("site/pages.css");

class Reconstructions {
  #shown = "";
  #turn = 0; // of the drawing; an older one gives way
  #ending = new AbortController();
  #where = new Where();
  #closeUps = new Mounted(() => import("../share/closeup.js"));
  /** The worlds of networks, by their keys. @type {Map<string, Promise<World>>} */
  #worlds = new Map();

  /**
   * @param {Component<SiteData>} component
   * @param {Life} life
   */
  constructor(component, life) {
    this.component = component;
    this.life = life;
    life.signal.addEventListener("abort", () => this.#ending.abort());
    this.note = element("p", { className: "pcae-site-note", role: "status", hidden: true });
    this.controls = element("div", { className: "pcae-site-controls" });
    this.rows = element("div", { className: "pcae-site-rows" });
    this.caption = element("p", { className: "pcae-site-caption" });
    const foot = element("p", { className: "pcae-site-foot" }, FOOT);
    const parts = [this.note, this.controls, this.rows, this.caption, this.#where.root, foot];
    styled.then(() => component.parentElement.replaceChildren(...parts, this.#closeUps.root));
  }

  /** @param {Component<SiteData>} component */
  async show(component) {
    const { network, code } = component.data;
    const shown = asWords(component.data);
    if (shown === this.#shown) return this.#where.again(); // the page has other colours
    const another = this.component.data.network.key !== network.key;
    this.component = component;
    this.#shown = shown;
    if (another) {
      this.#ending.abort();
      this.#ending = new AbortController();
      this.#worlds.clear();
    }
    this.rows.ariaBusy = "true";
    this.#closeUps.show({ code });
    await this.#tried(async () => {
      await styled;
      this.world = await this.#worldOf(network);
      this.#build(this.world);
      if (another) this.#tell();
      await this.#draw();
    });
  }

  /** Do something, and say in a sentence what went wrong. @param {() => Promise<void>} act */
  async #tried(act) {
    const turn = ++this.#turn;
    const { signal } = this.#ending;
    try {
      await act();
    } catch (problem) {
      if (signal.aborted || turn !== this.#turn) return;
      this.#say(/** @type {Error} */ (problem).message);
    }
  }

  /** @param {string} words */
  #say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  /** @param {SiteNetwork} network */
  #worldOf(network) {
    let world = this.#worlds.get(network.key);
    if (!world) {
      world = World.fetch(network.addresses, "test", this.#ending.signal);
      world.catch(() => this.#worlds.delete(network.key));
      this.#worlds.set(network.key, world);
    }
    return world;
  }

  /** The controls, as the address has them. @param {World} world */
  #build(world) {
    const { network, dataset, query } = this.component.data;
    const { testError } = dataset.pca;
    const { k } = network.config;
    const asGood = Math.max(1, Math.round(equivalentK(mean(world.errors ?? []), testError)));
    const mostK = Math.min(testError.length - 1, Math.max(MOST_K, k, asGood));
    this.bounds = { k, mostK, classes: world.labelled ? world.classes.length : 0 };
    const { state, wrong } = readState(query, this.bounds);
    this.state = state;
    this.#say("");
    if (wrong.length) this.component.setTriggerValue("wrong", wrong);
    this.controls.replaceChildren(...this.#controls(world, state, asGood, mostK));
  }

  /**
   * @param {World} world
   * @param {State} state
   * @param {number} asGood
   * @param {number} mostK
   */
  #controls({ noun, shape, labelled, classes, ordered }, state, asGood, mostK) {
    const set = (/** @type {Partial<State>} */ change) => this.#set(change);
    /** @type {[string, string][]} */
    const choices = ALL.map((name) => [name, name]);
    const title = `Which test ${noun}s`;
    const which = segmented(title, choices, state.which, (which) => set({ which }));
    /** @type {[string, string][]} */
    const labels = [["", "all"]];
    if (labelled) classes.forEach((name, label) => labels.push([String(label), name]));
    const setLabel = (/** @type {string} */ text) => set({ label: text ? Number(text) : null });
    const label = select("Class", labels, String(state.label ?? ""), setLabel);
    const n = number("How many", 1, MOST, state.n, (n) => set({ n }));
    const takes = [this.component.data.network, ...this.#others].some(isOrdered);
    const moves = takes ? "Components and ordered codes" : "Principal components";
    const k = slider(`${moves} k`, 1, mostK, state.k, (k) => set({ k }));
    const good = button(`k = ${asGood} is as good`, () => {
      k.set(asGood);
      set({ k: asGood });
    });
    good.root.title = `${AS_GOOD_HELP}${ordered ? ALL_CODES : ""}.`;
    const differ = (/** @type {boolean} */ differences) => set({ differences });
    const differences = toggle("Differences", state.differences, differ);
    differences.root.hidden = !shape;
    const draw = () => set({ draw: (this.#now.draw + 1) % DRAWS });
    this.again = button("Draw others", draw).root;
    const parts = [label, n, k, good, differences].map(({ root }) => root);
    const line = element("div", { className: "pcae-site-line" }, ...parts);
    return [which.root, line, ...this.#beside(), this.again];
  }

  /** The choice of networks to compare with. */
  #beside() {
    const others = this.#others;
    if (!others.length) return [];
    const chosen = this.#compared.map(({ key }) => key);
    const boxes = others.map(({ key, title }) => {
      const box = element("input", { type: "checkbox", checked: chosen.includes(key), value: key });
      return /** @type {const} */ ([box, element("label", {}, box, element("span", {}, title))]);
    });
    const choice = element("div", { className: "pcae-site-beside" }, ...boxes.map(([, of]) => of));
    choice.addEventListener("change", () => {
      const compared = boxes.flatMap(([box]) => (box.checked ? [box.value] : []));
      this.component.data.compared = compared;
      this.component.setStateValue("compared", compared);
      this.#set({});
    });
    const words = element("summary", {}, "Compare with other networks");
    const open = chosen.length > 0;
    return [element("details", { open, className: "pcae-site-several" }, words, choice)];
  }

  /** The networks that the open one can be compared with. */
  get #others() {
    const { network, networks } = this.component.data;
    return networks.filter(({ key, dataset }) =>
      key !== network.key && dataset === network.dataset
    );
  }

  /** Those beside it, in the order of the app's. */
  get #compared() {
    const { compared } = this.component.data;
    const chosen = this.#others.filter(({ key }) => compared.includes(key));
    return chosen.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** @returns {State} */
  get #now() {
    if (!this.state) throw new Error("Nothing is shown yet.");
    return this.state;
  }

  /** The visitor has changed something. @param {Partial<State>} change */
  #set(change) {
    this.state = { ...this.#now, ...change };
    this.#say("");
    this.#tell();
    this.#tried(() => this.#draw());
  }

  /** Have the address say what is shown. */
  #tell() {
    if (!this.bounds) return;
    const query = queryOf(this.#now, this.bounds);
    this.component.data.query = query;
    this.#shown = asWords(this.component.data);
    this.component.setStateValue("query", query);
  }

  /** Draw what the controls say, as soon as what it takes is here. */
  async #draw() {
    const turn = this.#turn;
    const over = () => this.life.over || turn !== this.#turn;
    const { world, component: { data } } = this;
    const state = this.#now;
    if (!world) return;
    if (this.again) this.again.hidden = state.which !== "Random";
    const shown = [data.network, ...this.#compared];
    const worlds = await Promise.all(shown.map((of) => this.#worldOf(of)));
    /** @type {ArrayLike<number> | undefined} */
    let byPca;
    this.rows.ariaBusy = this.#where.root.ariaBusy = "true";
    if (state.which in GAINS) {
      await world.want("pca", ...world.pieces);
      const left = leftoverOf(world, data.network.addresses);
      if (!(await takeUpTo(left, state.k, over))) return;
      byPca = left.of(state.k).images;
    }
    const { labels, classes } = world;
    const byNetwork = BY_ERROR.includes(state.which)
      ? await takeErrors(world, state.k, over)
      : undefined;
    if (over()) return;
    const errors = byNetwork?.images ?? [];
    const known = { labels, classes: classes.length, errors, byPca, explored: data };
    const indices = choose(state, known);
    if (!indices.length) return this.#none(world);
    const decoders = worlds.map((of) => of.want("decoder"));
    await Promise.all([
      world.want("pca", ...new Set(indices.map((i) => world.pieceOf(i)))),
      ...decoders,
    ]);
    if (over()) return;
    const draw = () => this.#drawRows(worlds, shown, indices);
    await draw();
    if (over()) return;
    this.caption.textContent = underRows(world);
    this.life.later("where", SETTLED_MS, () => {
      if (!over()) this.#tried(() => this.#errors(worlds, shown, state.k, draw));
    });
  }

  /**
   * @param {World[]} worlds
   * @param {SiteNetwork[]} networks
   * @param {number[]} indices
   */
  async #drawRows(worlds, networks, indices) {
    const turn = this.#turn;
    const [world] = worlds;
    const rows = this.#rowsOf(worlds, networks, indices, this.#now);
    const heads = indices.map((i) => (world.labelled ? world.classes[world.labels[i]] : ""));
    const drawn = world.shape ? panels(rows, world.shape, heads) : valuesTable(world, rows, heads);
    await painted(drawn);
    if (this.life.over || turn !== this.#turn) return;
    this.rows.ariaBusy = "false";
    this.rows.replaceChildren(...drawn);
    this.rows.dataset.drawn = JSON.stringify(this.#now);
  }

  /** Say that no such digits are chosen. @param {World} world */
  #none({ noun }) {
    const words = `There are no such test ${noun}s: on Explore, draw around ${noun}s to select ` +
      `them, or click ${noun}s to pin them.`;
    this.#where.root.hidden = true;
    this.rows.ariaBusy = "false";
    this.rows.replaceChildren(element("p", { className: "pcae-site-note" }, words));
    this.caption.textContent = "";
  }

  /**
   * The originals, and what each method makes of them, perhaps with how that differs.
   *
   * @param {World[]} worlds - of the open network, which has the images, and of the others.
   * @param {SiteNetwork[]} networks
   * @param {number[]} indices
   * @param {State} state
   */
  #rowsOf(worlds, networks, indices, { k, differences }) {
    const [world] = worlds;
    const originals = indices.map((i) => world.image(i) ?? new Float32Array(world.inputs));
    const numbers = indices.map((i) => `no. ${i.toLocaleString("en")}`);
    /** @type {Row[]} */
    const rows = [{ title: "Original", images: originals, captions: numbers }];
    /** @type {(title: string, k: number, error: number, images: Float32Array[]) => void} */
    const add = (title, k, error, images) => {
      const captions = images.map((of, i) => meanSquaredError(originals[i], of).toFixed(4));
      const said = Number.isNaN(error) ? "" : `, mean error ${error.toFixed(4)}`; // still coming
      rows.push({ title, images, captions, subtitle: `k = ${k}${said}` });
      if (!differences || !world.shape) return;
      const apart = images.map((of, i) => signed(of.map((v, p) => v - originals[i][p]), 1));
      rows.push({ title: "", images: apart, subtitle: "difference", span: [-1, 1] });
    };
    const { pca } = world;
    const byPca = originals.map((image) => pca.inverse(pca.transform(image, k)));
    add("PCA", k, this.component.data.dataset.pca.testError[k], byPca);
    worlds.forEach((of, w) => {
      const images = indices.map((i) => of.trained.decode(of.cut(of.code(i), k)));
      const error = mean(errorsKnown(of, k)?.images ?? []);
      add(w ? networks[w].title : "Autoencoder", of.kept(k), error, images);
    });
    return rows;
  }

  /**
   * @param {World[]} worlds
   * @param {SiteNetwork[]} networks
   * @param {number} k
   * @param {() => Promise<void>} draw - the rows, with the means that were not known.
   */
  async #errors(worlds, networks, k, draw) {
    const turn = this.#turn;
    const over = () => this.life.over || turn !== this.#turn;
    const { network, code } = this.component.data;
    const [world] = worlds;
    await world.want("pca", ...world.pieces);
    const left = leftoverOf(world, network.addresses);
    if (!(await takeUpTo(left, k, over))) return;
    const lack = worlds.some((of) => !errorsKnown(of, k));
    const ofNetworks = [];
    for (const [w, of] of worlds.entries()) {
      const errors = await takeErrors(of, k, over);
      if (!errors) return;
      const few = of.ordered ? `, ${codesInWords(of.kept(k))}` : "";
      ofNetworks.push({ name: `${networks[w].title}${few}`, few, ...errors });
    }
    if (lack) await draw();
    if (over()) return;
    this.#where.root.ariaBusy = "false";
    await this.#where.show(world, [{ name: `PCA, k = ${k}`, ...left.of(k) }, ...ofNetworks], code);
  }

  destroy() {
    this.#where.leave();
    this.#closeUps.leave();
  }
}

/** Whether the first codes of a network reconstruct alone. @param {SiteNetwork} network */
function isOrdered({ config }) {
  return config.code_order === "nested";
}

/** What of its data the page shows, as a text. @param {SiteData} data */
function asWords({ network, query, compared, selected, pinned }) {
  return JSON.stringify([network.key, query, compared, selected, pinned]);
}

/** @param {World} world */
function underRows({ shape, inputs, tests }) {
  const count = tests.toLocaleString("en");
  return shape
    ? "Click a picture to see it close up, pixel by pixel. Under it stands its reconstruction " +
      `error: the mean squared error over its ${inputs} pixels. Means are of all ${count} test images.`
    : "In the units of the data. The error is the mean squared error over the columns, scaled to " +
      `[0, 1]; means are of all ${count} test rows.`;
}

export const { show, leave } = living(Reconstructions);
