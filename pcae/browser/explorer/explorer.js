/**
 * Two linked scatters of digits, PCA's scores and an autoencoder's codes, on plotly.js.
 *
 * Streamlit's component calls `show` with every change of its data and `leave` when it may be gone.
 * Plotly draws points and axes, pans, zooms, and draws lassos (`planes.js`); whatever follows the
 * pointer lies over it (`layers.js`): a ring costs 0.01 ms as an element and 69 ms as one of
 * Plotly's traces.
 */

import { Controls } from "./controls.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { Hand } from "./hand.js";
import { ImportedWorld } from "./imported.js";
import { Inspection } from "./inspection.js";
import { Layers } from "./layers.js";
import { CHOSEN, Link } from "./link.js";
import { fitWindow, living } from "../core/living.js";
import { element } from "../core/element.js";
import { Inspector, Strip } from "./panel.js";
import { inkOf } from "../core/pictures.js";
import { PCA_AT } from "../core/both.js";
import { Planes } from "./planes.js";
import { Timeline } from "./timeline.js";
import { World } from "../core/world.js";

const MOST_PINS = 12;
const USUAL_MOST_K = 100;
const COUNTS = [1000, 2000, 5000, 10_000];
const SETTLE_MS = 120; // after the last of many changes
const NOTE_MS = 4000;
const SAY_MS = 300;
const ABOUT =
  "Digits as points in the planes of PCA and of the autoencoder. Arrow keys walk from digit to " +
  "digit, Enter pins one, 0 to 9 hide classes, f finds a digit, Escape clears.";
const hint = ({ noun, shape, network }) => {
  const path = shape ? `; with Path, drag to see one ${noun} become another. ` : ". ";
  const decoders = `Between the ${noun}s, the decoders show what they make of that point${path}`;
  return (
    `Click a ${noun} to keep it here. Draw around ${noun}s with Box or Lasso. ` +
    (network ? decoders : "") +
    "The wheel zooms; a double click shows the whole plane again."
  );
};

const remembered = new Map(); // what a visitor set, for when the page comes back

fetchPlotly();
addStyle("explorer/explorer.css");

/** What a visitor sets; kept through reruns and page switches. */
function fresh() {
  return {
    digits: "", // the addresses of what is shown
    run: "",
    imported: undefined, // what codes from elsewhere are called
    count: COUNTS.at(-1),
    k: 2, // of PCA's pictures
    axes: [0, 1].map(() => [0, 1]), // by plane, across and up
    ranges: [null, null], // by plane, across and up; null for the whole plane
    cameras: [null, null], // by plane, in three dimensions; null for Plotly's own
    colour: "digit",
    mode: "pan",
    hidden: new Set(), // labels
    pictures: false,
    manifold: false,
    solid: false, // in three dimensions
    selected: [], // indices, as are these
    pinned: [],
    held: 0, // the digit that was inspected last
  };
}

class Explorer {
  constructor(component, life) {
    const { name, parentElement, setStateValue } = component;
    this.life = life;
    this.state = remembered.get(name) ?? fresh();
    remembered.set(name, this.state);
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const plot = element("div", { className: "pcae-x-plot" });
    this.planes = new Planes(this, plot);
    this.layers = new Layers(this, plot);
    this.controls = new Controls(this);
    this.timeline = new Timeline(this);
    this.inspector = new Inspector((k) => this.setK(k));
    this.strip = new Strip({ point: (i) => this.inspection.point(i), unpin: (i) => this.pin(i) });
    const polite = { className: "pcae-x-spoken", role: "status", ariaLive: "polite" };
    this.spoken = element("div", polite);
    this.message = element("p", { className: "pcae-x-message" }, "Reading the digits …");
    const about = { className: "pcae-x", tabIndex: 0, ariaLabel: ABOUT };
    this.root = element("section", about, this.message);
    parentElement.replaceChildren(this.root);
    this.inspection = new Inspection(this);
    this.hand = new Hand(this);
    this.link = new Link(this, MOST_PINS);
    const page = this.root.closest(".stMainBlockContainer"); // what is above may grow
    life.resized(
      [this.layers.stage, page],
      () => life.later("resize", SETTLE_MS, () => this.resized()),
    );
    for (const kind of CHOSEN) {
      // a new session knows nothing of them
      if (this.state[kind].length) setStateValue(kind, this.state[kind]);
    }
  }

  // ------------------------------------------------------------------ data

  async show(component) {
    this.component = component;
    const { data } = component;
    this.theme();
    fitWindow(this.root);
    const split = this.split();
    const sources = JSON.stringify([data, split]);
    if (this.sources === sources) return this.world && this.draw();
    this.sources = sources;
    delete this.root.dataset.ready;
    try {
      const kind = data.imported ? ImportedWorld : World;
      const fetching = [fetchPlotly(), kind.fetch(data, split, this.life.signal)];
      const [Plotly, world] = await Promise.all(fetching);
      if (this.sources !== sources || this.life.over) return; // something newer came
      this.Plotly = Plotly;
      await this.open(world, data);
    } catch (problem) {
      if (this.sources !== sources || this.life.over) return;
      this.sources = null;
      this.message.textContent = problem.message;
      this.root.replaceChildren(this.message);
    }
  }

  /** The page's colours and font. */
  theme() {
    const computed = getComputedStyle(this.root);
    const of = (name) => computed.getPropertyValue(name).trim();
    this.text = of("--st-text-color");
    this.lines = of("--st-border-color-light");
    this.font = computed.fontFamily;
    this.type = Number(of("--pcae-type")) || 1; // larger for a projector
    this.colors = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi);
    this.inks = this.colors.map(inkOf);
    this.textInk = inkOf(this.text);
  }

  async open(world, data) {
    const { state } = this;
    if (state.digits !== data.digits) {
      const none = { ranges: [null, null], hidden: new Set(), selected: [], pinned: [], held: 0 };
      Object.assign(state, none, { digits: data.digits });
    }
    if (state.run !== data.run) {
      const labels = world.k === 1 || state.k === 1; // up is the label, or was
      state.ranges = [labels ? null : state.ranges[PCA_AT], null];
      Object.assign(state, { run: data.run, k: world.k });
    }
    const inBoth = (pair) => Math.max(...pair) < world.k;
    state.axes = state.axes.map((pair) => (inBoth(pair) ? pair : [0, Math.min(1, world.k - 1)]));
    state.solid &&= world.k === 3;
    this.world = world;
    this.timeline.open(data.frames);
    this.link.read();
    const counts = this.counts();
    if (!counts.includes(state.count) || state.imported !== data.imported) {
      state.count = counts.findLast((n) => n <= world.tests) ?? counts[0];
    }
    state.imported = data.imported;
    if (state.count > world.size) return this.show(this.component); // with the training digits
    world.restrict(state);
    this.root.ariaLabel = ABOUT.replace("the autoencoder", world.title ?? "the autoencoder");
    if (!world.shape) {
      Object.assign(state, { pictures: false, manifold: false });
      if (state.mode === "path") state.mode = "pan";
    }
    this.root.classList.toggle("pcae-x-columns", !world.shape);
    this.inspector.fit(world, this.mostK());
    state.k = Math.min(state.k, world.pca.count);
    const { controls, layers, timeline, strip, inspector, spoken } = this;
    const above = [controls.bar, controls.legend, layers.stage, timeline.root];
    this.root.replaceChildren(...above, strip.root, inspector.root, spoken);
    this.planes.place();
    await this.renew();
    if (this.life.over) return;
    this.drawStrip();
    this.inspection.point(state.held, false);
    await this.link.resume();
    this.root.dataset.ready = "true";
  }

  /** Which digits are needed: the test digits, or all. */
  split() {
    return this.state.count > (this.world?.tests ?? COUNTS.at(-1)) ? "all" : "test";
  }

  /** The largest k of PCA's pictures. */
  mostK() {
    const { k, pca } = this.world;
    return Math.min(pca.count, Math.max(USUAL_MOST_K, k));
  }

  /** How many digits can be shown: some of the test digits, all of them, or all there are. */
  counts() {
    const { tests, everything } = this.world;
    const all = [...COUNTS.filter((n) => n < tests), tests, everything];
    return all.filter((n, at) => this.world.among(n) > this.world.among(all[at - 1] ?? 0));
  }

  // ------------------------------------------------------------------ drawing

  /** Whether the codes are those of a moment of the timeline. */
  get timed() {
    return this.timeline.moment !== null;
  }

  async draw() {
    const drawn = this.planes.draw();
    this.drawLayers();
    await drawn;
  }

  drawLayers() {
    this.link.note();
    this.layers.draw();
    this.life.later("manifold", SETTLE_MS, () => this.layers.drawManifold());
  }

  /** Draw anew from the ground. */
  async renew() {
    this.controls.draw();
    this.timeline.offer();
    this.layers.stage.dataset.mode = this.state.mode;
    await this.planes.renew({
      axesMove: () => {
        this.layers.hideManifold();
        this.layers.draw();
      },
      axesMoved: () => {
        this.state.ranges = this.planes.ranges();
        this.layers.hideManifold();
        this.drawLayers();
      },
      turned: () => this.link.note(),
      selected: (indices) => this.select(indices),
      pointed: (i) => this.inspection.point(i),
      clicked: (i) => this.pin(i),
    });
    this.drawLayers();
  }

  drawStrip() {
    const { state, world } = this;
    this.link.note();
    if (this.hand.morphing) return;
    if (state.selected.length) this.strip.selection(world, state.selected, state.k);
    else this.strip.hint(hint(world));
    this.strip.pins(world, state.pinned, state.k);
  }

  resized() {
    fitWindow(this.root);
    const { plot } = this.planes;
    if (!this.world || !plot._fullLayout || !plot.getClientRects().length) return;
    this.Plotly.Plots.resize(plot);
    this.drawLayers();
  }

  // ------------------------------------------------------------------ what a visitor sets

  set(changes) {
    Object.assign(this.state, changes);
    this.draw();
    this.controls.draw();
  }

  setMode(mode) {
    this.hand.stopMorph();
    this.layers.stage.dataset.mode = mode;
    this.set({ mode });
    this.drawStrip();
  }

  /** Show the whole of a plane again. */
  whole(p) {
    this.state.ranges[p] = null;
    this.draw();
  }

  setCount(count) {
    this.set({ count });
    this.show(this.component);
  }

  setAxis(p, d, axis) {
    this.state.axes[p][d] = axis;
    this.state.ranges[p] = null;
    this.timeline.open(this.timeline.address);
    this.planes.place();
    this.draw();
    this.inspection.ring();
  }

  setK(k) {
    this.state.k = k;
    this.inspection.again();
    this.life.later("k", SETTLE_MS, () => {
      if (this.state.colour !== "digit") this.draw();
      this.controls.draw();
      this.drawStrip();
    });
  }

  turnSolid() {
    this.state.solid = !this.state.solid;
    this.hand.stopMorph();
    this.renew();
  }

  /** Hide or show a class, or show it alone; after that, all again. */
  toggle(label, alone = false) {
    const { hidden } = this.state;
    if (alone) {
      // the first click of the two has hidden or shown it
      const others = [...this.world.classes.keys()].filter((other) => other !== label);
      const before = this.hiddenBefore;
      const was = !before.has(label) && others.every((other) => before.has(other));
      this.set({ hidden: new Set(was ? [] : others) });
    } else {
      this.hiddenBefore = new Set(hidden);
      if (!hidden.delete(label)) hidden.add(label);
      this.set({ hidden });
    }
  }

  /** Select digits, in both planes and for the other pages. */
  select(selected) {
    const changed = selected.length || this.state.selected.length;
    this.hand.stopMorph();
    if (changed) {
      this.set({ selected });
      this.component.setStateValue("selected", selected);
      const n = selected.length;
      this.say(n ? `${n} ${this.world.noun}s are selected.` : "Nothing is selected.");
    }
    this.drawStrip();
  }

  /** Keep a digit in the tray, or take it out. */
  pin(i) {
    const { state } = this;
    const has = state.pinned.includes(i);
    if (!has && state.pinned.length >= MOST_PINS) {
      return this.warn(
        `There are ${MOST_PINS} ${this.world.noun}s in the tray: take one out first.`,
      );
    }
    state.pinned = has ? state.pinned.filter((other) => other !== i) : [...state.pinned, i];
    this.component.setStateValue("pinned", state.pinned);
    this.layers.drawRings(false);
    this.drawStrip();
  }

  find(text) {
    const i = Number(text);
    const n = Math.min(this.state.count, this.world.size);
    if (text === "") return;
    if (!Number.isInteger(i) || i < 0 || i >= n) {
      return this.warn(`There are ${this.world.noun}s 0 to ${(n - 1).toLocaleString("en")}.`);
    }
    if (!this.world.knows(i)) return this.warn(`There is no code of ${this.world.name(i)}.`);
    this.inspection.point(i);
    this.root.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------ saying

  /** Say something to those who hear the page. */
  say(text) {
    this.life.later("say", SAY_MS, () => {
      this.spoken.textContent = text;
    });
  }

  /** Say what was wrong, to everybody, for a while. */
  warn(text) {
    const { note } = this.controls;
    this.say(text);
    note.textContent = text;
    this.life.later("note", NOTE_MS, () => {
      note.textContent = "";
    });
  }

  destroy() {
    this.planes.free();
    this.world = null;
  }
}

export const { show, leave } = living(Explorer);
