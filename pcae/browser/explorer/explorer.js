/**
 * Two linked scatters of digits, PCA's scores and an autoencoder's codes, on plotly.js.
 *
 * Streamlit's component calls `show` with every change of its data and `leave` when it may be gone.
 * What a visitor sets is in one store (`state.js`); every view draws what it shows of that when it
 * changes. Plotly draws points and axes, pans, zooms, and draws lassos (`planes.js`); whatever
 * follows the pointer lies over it (`layers.js`): a ring costs 0.01 ms as an element and 69 ms as
 * one of Plotly's traces.
 */

import { PCA_AT } from "../core/both.js";
import { element } from "../core/element.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { fitWindow, living } from "../core/living.js";
import { World } from "../core/world.js";
import { Acts } from "./acts.js";
import { Address, read } from "./address.js";
import { Controls } from "./controls.js";
import { Hand } from "./hand.js";
import { ImportedWorld } from "./imported.js";
import { Inspection } from "./inspection.js";
import { Layers } from "./layers.js";
import { Inspector } from "./panel.js";
import { Planes } from "./planes.js";
import { Scene } from "./scene.js";
import { CHOSEN, counts, firstAxes, fresh, MOST_TESTS, restricted } from "./state.js";
import { Store } from "./store.js";
import { Strip } from "./strip.js";
import { Timeline } from "./timeline.js";
import { Voice } from "./voice.js";

/** @import { Life } from "../core/living.js" */
/** @import { ExplorerData, GraphDiv } from "../types.d.ts" */
/** @import { State } from "./state.js" */
/** @typedef {import("../types.d.ts").Component<ExplorerData>} Component */
/**
 * @typedef {Object} News
 * @property {number | null} moment of the timeline
 * @property {string[]} wrong parts that cannot be
 * @property {string[]} told kinds of chosen digits that Python knew of
 */
/**
 * @typedef {Object} Memory what outlives reruns and page switches
 * @property {Store} store
 * @property {string} digits the address of what is shown
 * @property {string} run
 * @property {string | undefined} imported what codes from elsewhere are called
 */

const ABOUT =
  "Digits as points in the planes of PCA and of the autoencoder. Arrow keys walk from digit to " +
  "digit, Enter pins one, 0 to 9 hide classes, f finds a digit, Escape clears.";

/** @type {Map<string, Memory>} by the component's name */
const remembered = new Map();
let arrived = false; // whether the explorer was shown since the page was loaded

fetchPlotly();
addStyle("explorer/explorer.css");

class Explorer {
  sources = ""; // what is shown, or on its way
  /** @type {ReturnType<Explorer["build"]> | null} once there is something to show */
  views = null;
  /** @type {News | null} what the address said and is not shown yet */
  news = null;

  /**
   * @param {Component} component
   * @param {Life} life
   */
  constructor(component, life) {
    const { name, parentElement, setStateValue } = component;
    this.component = component;
    this.life = life;
    const store = new Store({ ...(remembered.get(name)?.store.get() ?? fresh()), moment: null });
    this.memory = { digits: "", run: "", imported: undefined, ...remembered.get(name), store };
    remembered.set(name, this.memory);
    this.message = element("p", { className: "pcae-x-message" }, "Reading the digits …");
    const about = { className: "pcae-x", tabIndex: 0, ariaLabel: ABOUT };
    this.root = element("section", about, this.message);
    parentElement.replaceChildren(this.root);
    for (const kind of CHOSEN) {
      // a new session knows nothing of them
      if (store.get()[kind].length) setStateValue(kind, store.get()[kind]);
    }
    store.subscribe((now, before) => {
      for (const kind of CHOSEN) {
        if (now[kind] !== before[kind]) this.component.setStateValue(kind, now[kind]);
      }
      if (this.split(now) !== this.split(before)) this.show(this.component);
    });
    const again = () => this.views && this.open(this.views.scene.world, this.component.data);
    globalThis.addEventListener("hashchange", again, { signal: life.signal });
  }

  /** @param {Component} component */
  async show(component) {
    this.component = component;
    const { data } = component;
    const { views } = this;
    fitWindow(this.root);
    if (views) views.scene.theme = views.scene.look();
    const split = this.split(this.memory.store.get());
    const sources = JSON.stringify([data, split]);
    if (this.sources === sources) return views?.planes.draw();
    this.sources = sources;
    delete this.root.dataset.ready;
    const newer = () => this.sources !== sources || this.life.over;
    try {
      const kind = data.imported ? ImportedWorld : World;
      const fetching = kind.fetch(data, split, this.life.signal);
      const [plotly, world] = await Promise.all([fetchPlotly(), fetching]);
      if (newer()) return;
      this.views ??= this.build(new Scene(this.memory.store, this.life, world, plotly, this.root));
      await this.open(world, data);
    } catch (problem) {
      if (newer()) return;
      this.sources = "";
      this.message.textContent = problem instanceof Error ? problem.message : String(problem);
      this.root.replaceChildren(this.message);
    }
  }

  /** Which digits are needed: the test digits, or all. @param {State} state */
  split({ count }) {
    return count > (this.views?.scene.world.tests ?? MOST_TESTS) ? "all" : "test";
  }

  /** The views of a scene; each hears of what it shows. @param {Scene} scene */
  build(scene) {
    const voice = new Voice(this.life);
    const plot = /** @type {GraphDiv} */ (/** @type {unknown} */ (element("div", {
      className: "pcae-x-plot",
    })));
    const planes = new Planes(scene, plot, {
      moving: () => layers.follow(),
      selected: (indices) => acts.select(indices),
      pointed: (i) => inspection.point(i),
      clicked: (i) => acts.pin(i),
    });
    const inspector = new Inspector(scene);
    const inspection = new Inspection(scene, planes, inspector, voice);
    const layers = new Layers(scene, planes, inspection);
    const acts = new Acts(scene, inspection, voice);
    const timeline = new Timeline(scene, planes);
    const controls = new Controls(scene, planes, acts, voice.note);
    const strip = new Strip(scene, {
      point: (i) => inspection.point(i),
      pin: (i) => acts.pin(i),
    });
    const hand = new Hand(scene, { acts, controls, inspection, layers, planes, strip });
    const address = new Address(scene, () => ({
      world: scene.world,
      whole: [planes.whole(0), planes.whole(1)],
      moments: Boolean(timeline.address),
    }));
    const page = this.root.closest(".stMainBlockContainer"); // what is above may grow
    this.life.resized([layers.stage, page], () => scene.settled("resize", () => this.resized()));
    const above = [controls.bar, controls.legend, layers.stage, timeline.root];
    const parts = [...above, strip.root, inspector.root, voice.spoken];
    return {
      scene,
      hand,
      planes,
      inspector,
      inspection,
      timeline,
      controls,
      strip,
      address,
      voice,
      parts,
    };
  }

  /** Show a world, with what is remembered and what the address says of it. */
  async open(/** @type {World} */ world, /** @type {ExplorerData} */ data) {
    const { root, views } = this;
    if (!views) return;
    const { scene, planes, timeline } = views;
    scene.world = world;
    timeline.open(data.frames);
    this.adopt(world, data);
    if (scene.state.count > world.size) return this.show(this.component); // with training digits
    root.ariaLabel = ABOUT.replace("the autoencoder", world.title ?? "the autoencoder");
    root.classList.toggle("pcae-x-columns", !world.shape);
    views.inspector.fit(world);
    root.replaceChildren(...views.parts);
    views.hand.stopMorph();
    planes.place();
    for (const view of [views.controls, timeline, views.strip]) view.draw();
    await planes.renew();
    if (this.life.over) return;
    views.inspection.point(scene.state.held, false);
    views.address.note();
    await this.resume();
    root.dataset.ready = "true";
  }

  /** Take over what the address says, if it is news; all that cannot be here is left as usual. */
  adopt(/** @type {World} */ world, /** @type {ExplorerData} */ data) {
    const { memory } = this;
    const { store } = memory;
    let state = store.get();
    if (memory.digits !== data.digits) {
      state = { ...state, ranges: [null, null], hidden: [], selected: [], pinned: [], held: 0 };
    }
    if (memory.run !== data.run) {
      const labels = world.k === 1 || state.k === 1; // up is the label, or was
      state = { ...state, k: world.k, ranges: [labels ? null : state.ranges[PCA_AT], null] };
    }
    const [first, second] = state.axes.map((pair) =>
      Math.max(...pair) < world.k ? pair : firstAxes(world)
    );
    state = { ...state, axes: [first, second], solid: state.solid && world.k === 3 };
    for (const kind of arrived ? [] : CHOSEN) {
      const linked = data[kind]?.filter((i) => i < world.tests); // in the link to another page
      if (linked) state = { ...state, [kind]: linked };
    }
    arrived = true;
    const found = read({ world, moments: Boolean(data.frames) });
    if (found) {
      const told = CHOSEN.filter((kind) => state[kind].length);
      this.news = { moment: found.state.moment, wrong: found.wrong, told };
      state = found.state;
    }
    const all = counts(world);
    if (!all.includes(state.count) || memory.imported !== data.imported) {
      state = { ...state, count: all.findLast((n) => n <= world.tests) ?? all[0] };
    }
    state = { ...state, moment: null, k: Math.min(state.k, world.pca.count) };
    store.put(state.count > world.size ? state : restricted(state, world));
    Object.assign(memory, { digits: data.digits, run: data.run, imported: data.imported });
  }

  /** Once all is drawn: go to the moment of the timeline, tell Python, say what could not be. */
  async resume() {
    const { news, views, memory, component } = this;
    if (!news || !views) return;
    this.news = null;
    const { moment, wrong, told } = news;
    if (moment !== null && !(await views.timeline.goToMoment(moment))) wrong.push("moment");
    const state = memory.store.get();
    for (const kind of CHOSEN) {
      if (state[kind].length || told.includes(kind)) component.setStateValue(kind, state[kind]);
    }
    if (wrong.length) {
      const parts = wrong.join(", ");
      views.voice.warn(`The link's ${parts} cannot be used here: all else is as it says.`);
    }
  }

  resized() {
    const { views } = this;
    fitWindow(this.root);
    if (!views) return;
    const { planes, scene } = views;
    if (!planes.plot._fullLayout || !planes.plot.getClientRects().length) return;
    scene.plotly.Plots.resize(planes.plot);
    planes.drawn();
  }

  destroy() {
    this.views?.planes.free();
  }
}

export const { show, leave } = living(Explorer);
