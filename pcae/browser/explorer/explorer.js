/**
 * Two linked scatters of digits: PCA's scores and an autoencoder's codes.
 *
 * Streamlit's component calls `show` with every change of its data; the explorer outlives its page
 * and is there at once when the visitor comes back. What a visitor sets is in one store (`state.js`);
 * every view draws what it shows of that when it changes. `planes.js` draws points and axes on
 * canvases, whatever follows the pointer lies over them (`layers.js`); plotly.js is fetched for three
 * dimensions and for saved pictures alone.
 */

import { BOTH, CODE_AT, PCA_AT } from "../core/both.js";
import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { fitWindow, Life } from "../core/living.js";
import { World } from "../core/world.js";
import { Acts } from "./acts.js";
import { Address, read } from "./address.js";
import { Asked } from "./asked.js";
import { Coming } from "./coming.js";
import { Controls } from "./controls.js";
import { Followed } from "./followed.js";
import { Hand } from "./hand.js";
import { ImportedWorld } from "./imported.js";
import { Inspection } from "./inspection.js";
import { ABOUT, Keys, keysOf } from "./keys.js";
import { Layers } from "./layers.js";
import { Lost } from "./lost.js";
import { Morph } from "./morph.js";
import { Inspector } from "./panel.js";
import { Planes } from "./planes.js";
import { Scene } from "./scene.js";
import { canDrawSolid, NO_WEBGL } from "./solid.js";
import {
  CHOSEN,
  counts,
  ERRORS,
  firstAxes,
  fresh,
  MOST_TESTS,
  restricted,
  usualColour,
} from "./state.js";
import { Store } from "./store.js";
import { Strip } from "./strip.js";
import { summary } from "./summary.js";
import { Timeline } from "./timeline.js";
import { Voice } from "./voice.js";
import { isOf } from "./words.js";

/** @import { ExplorerData } from "../types.d.ts" */
/** @import { Pair, Shown, State } from "./state.js" */
/** @typedef {import("../types.d.ts").Component<ExplorerData>} Component */
/**
 * @typedef {Object} News
 * @property {number | null} moment of the timeline
 * @property {string[]} wrong parts that cannot be
 * @property {string[]} told kinds of chosen digits that Python knew of
 */

/** @type {Map<string, Explorer>} by the component's name */
const explorers = new Map();
const BEYOND = /[#&](axes|camera)=|\bsolid\b/; // in an address: what the points say nothing of
let arrived = false; // whether the explorer was shown since the page was loaded

addStyle("explorer/explorer.css");

class Explorer {
  store = new Store(fresh());
  sources = ""; // what is shown, or on its way
  /** @type {{digits: string, run: string, imported?: string}} addresses of what was shown last */
  shown = { digits: "", run: "" };
  /** @type {ReturnType<Explorer["build"]> | null} once there is something to show */
  views = null;
  /** @type {News | null} what the address said and is not shown yet */
  news = null;
  /** @type {HTMLElement | null} of Streamlit's page */
  parent = null;
  opened = ""; // the name of the address that was opened last

  /** @param {Component} component */
  constructor(component) {
    this.component = component;
    this.message = element("p", { className: "pcae-x-message" }, "Reading the digits …");
    this.root = element("section", { className: "pcae-x", ariaLabel: ABOUT }, this.message);
    this.life = new Life(this.root);
    const { store } = this;
    store.subscribe((now, before) => {
      for (const kind of CHOSEN) {
        if (now[kind] !== before[kind]) this.component.setStateValue(kind, now[kind]);
      }
      if (this.split(now) !== this.split(before)) this.show(this.component);
    });
    globalThis.addEventListener("hashchange", () => this.again());
  }

  /** Show what is shown anew, with what the address says. */
  again() {
    if (this.views && this.root.isConnected) {
      this.open(this.views.scene.world, this.component.data);
    }
  }

  /** Come onto a page of Streamlit's, for the first time or again. @param {Component} component */
  enter({ parentElement, setStateValue }) {
    this.parent = parentElement;
    parentElement.replaceChildren(this.root);
    for (const kind of CHOSEN) {
      // a new session knows nothing of them
      if (this.store.get()[kind].length) setStateValue(kind, this.store.get()[kind]);
    }
    this.watch();
  }

  /** Hear of changes of size. */
  watch() {
    const page = this.root.closest(".stMainBlockContainer"); // what is above may grow
    this.life.resized([this.views?.scene.stage ?? null, page], () => this.resized());
  }

  /** @param {Component} component */
  async show(component) {
    const entered = component.parentElement !== this.parent;
    this.component = component;
    if (entered) this.enter(component);
    const { data } = component;
    const { views } = this;
    fitWindow(this.root);
    if (views) views.scene.theme = views.scene.look();
    const split = this.split(this.store.get());
    const { opening, asks, ...addresses } = data;
    const sources = JSON.stringify([addresses, split]);
    views?.asked.take(asks);
    if (this.sources === sources) {
      if (entered || this.isOpened(opening)) return this.again();
      views?.controls.draw(); // the theme may be another
      return views?.planes.draw();
    }
    this.sources = sources;
    delete this.root.dataset.ready;
    const newer = () => this.sources !== sources;
    try {
      const kind = data.imported ? ImportedWorld : World;
      const world = await kind.fetch(data, split, this.life.signal);
      if (newer()) return;
      if (!this.views) {
        this.views = this.build(new Scene(this.store, this.life, world, this.root));
        this.watch();
      }
      this.views.asked.take(data.asks);
      await this.open(world, data);
    } catch (problem) {
      if (newer()) return;
      this.sources = "";
      this.message.textContent = problem instanceof Error ? problem.message : String(problem);
      this.root.replaceChildren(this.message);
    }
  }

  /** Whether an address was opened of which nothing is shown yet. @param {ExplorerData["opening"]} of */
  isOpened(of) {
    return of !== undefined && of[0] !== this.opened;
  }

  /** Which digits are needed: the test digits, or all. @param {State} state */
  split({ count }) {
    return count > (this.views?.scene.world.tests ?? MOST_TESTS) ? "all" : "test";
  }

  /** The views of a scene; each hears of what it shows. @param {Scene} scene */
  build(scene) {
    const voice = new Voice(this.life);
    const planes = new Planes(scene, {
      pointed: (i) => inspection.point(i),
      clicked: (i) => acts.pin(i),
    });
    const inspector = new Inspector(scene);
    const inspection = new Inspection(scene, planes, inspector, voice);
    const tell = (/** @type {Pair} */ place) => this.component.setTriggerValue("placed", place);
    const asked = new Asked(scene, planes, tell);
    const layers = new Layers(scene, planes, inspection, asked);
    const lost = new Lost(scene, planes);
    layers.stage.append(lost.note);
    const acts = new Acts(scene, inspection, voice);
    const timeline = new Timeline(scene, planes);
    const controls = new Controls(scene, planes, acts, voice.note);
    const strip = new Strip(scene, {
      point: (i) => inspection.point(i),
      pin: (i) => acts.pin(i),
    });
    const coming = new Coming();
    const morph = new Morph(scene, inspection, layers, strip);
    const hand = new Hand(scene, { acts, asked, inspection, layers, morph, planes });
    const reached = { acts, asked, controls, hand, inspection, layers, morph, planes, voice };
    new Keys(scene, reached, () => this.summary());
    /** @type {() => Shown} */
    const shown = () => ({
      world: scene.world,
      whole: [planes.whole(0), planes.whole(1)],
      moments: Boolean(timeline.address),
    });
    const address = new Address(scene, shown);
    const followed = new Followed(scene, { inspection, planes, timeline }, shown);
    const above = [controls.bar, controls.legend, layers.stage, timeline.root];
    const keys = element("p", { className: "pcae-x-keys", id: "pcae-x-keys" });
    layers.stage.setAttribute("aria-describedby", keys.id);
    const parts = [...above, strip.root, inspector.root, coming.root, voice.spoken, keys];
    return {
      scene,
      planes,
      asked,
      inspector,
      inspection,
      morph,
      timeline,
      controls,
      coming,
      strip,
      address,
      followed,
      voice,
      keys,
      parts,
    };
  }

  /** Both planes in words. */
  summary() {
    if (!this.views) return "";
    const { planes, scene: { world, timed } } = this.views;
    if (!world.labelled) return "The digits have no classes.";
    const time = timed ? ", at this moment of the training" : "";
    const of = BOTH.map((p) => {
      const words = summary(planes.shown, planes.at[p], world.labels, world.classes);
      return `${planes.title(p)}${p === CODE_AT ? time : ""}. ${words}`;
    });
    return of.join(" ");
  }

  /** Show a world, with what is remembered and what the address says of it. */
  async open(/** @type {World} */ world, /** @type {ExplorerData} */ data) {
    const { root, views } = this;
    if (!views) return;
    const { scene, planes, timeline } = views;
    const { axes, solid } = scene.state;
    if (solid || Math.max(...axes.flat()) > 1 || BEYOND.test(location.hash)) {
      const { sources } = this;
      await world.want(...world.needed);
      if (this.sources !== sources) return;
    }
    if (scene.world !== world) scene.world.end();
    scene.world = world;
    scene.theme = scene.look(); // of so many classes
    timeline.open(data.frames);
    this.adopt(world, data);
    if (scene.state.count > world.size) return this.show(this.component); // with training digits
    scene.stage.ariaLabel = ABOUT.replace("the autoencoder", world.title ?? "the autoencoder");
    root.classList.toggle("pcae-x-columns", !world.shape);
    views.keys.textContent = keysOf(world.labelled ? world.classes : []);
    views.inspector.fit(world);
    root.replaceChildren(...views.parts);
    views.morph.stop();
    planes.place();
    for (const view of [views.controls, timeline, views.strip]) view.draw();
    await planes.draw(); // in the room that these leave
    if (this.life.over) return;
    views.inspection.point(scene.state.held, false);
    views.address.note();
    await this.resume();
    root.dataset.ready = "true";
    views.followed.begin();
    delete root.dataset.whole;
    world.changed = () => this.come();
    this.come();
    world.load(scene.state.held);
  }

  /** A part has come: show what waited for it. */
  come() {
    if (!this.views) return;
    const { scene: { world, state }, controls, coming, inspection, planes, strip } = this.views;
    inspection.come();
    strip.come();
    coming.draw(world);
    if (state.pictures || state.manifold) this.views.scene.settled("come", () => planes.drawn());
    if (!world.whole || this.root.dataset.whole) return;
    this.root.dataset.whole = "true";
    if (state.colour !== "digit") planes.draw();
    controls.draw(); // with a key to these colours
  }

  /** Take over what the address says, if it is news; all that cannot be here is left as usual. */
  adopt(/** @type {World} */ world, /** @type {ExplorerData} */ data) {
    const { store, shown } = this;
    let state = store.get();
    if (shown.digits !== data.digits) {
      state = { ...state, ranges: [null, null], hidden: [], selected: [], pinned: [], held: 0 };
      if (!isOf(ERRORS, state.colour)) state = { ...state, colour: usualColour(world) };
    }
    if (shown.run !== data.run) {
      const labels = world.k === 1 || state.k === 1; // up is the label, or was
      state = { ...state, k: world.k, ranges: [labels ? null : state.ranges[PCA_AT], null] };
    }
    const [first, second] = state.axes.map((pair) =>
      Math.max(...pair) < world.k ? pair : firstAxes(world)
    );
    state = {
      ...state,
      axes: [first, second],
      solid: state.solid && world.k === 3 && canDrawSolid(),
    };
    for (const kind of arrived ? [] : CHOSEN) {
      const linked = data[kind]?.filter((i) => i < world.tests); // in the link to another page
      if (linked) state = { ...state, [kind]: linked };
    }
    arrived = true;
    const { opening } = data;
    const opened = opening && this.isOpened(opening) ? opening[1] : null;
    if (opening) this.opened = opening[0];
    const found = read({ world, moments: Boolean(data.frames) }, opened);
    if (found) {
      if (found.state.solid && !canDrawSolid()) this.views?.voice.warn(`${NO_WEBGL}.`);
      const told = CHOSEN.filter((kind) => state[kind].length);
      this.news = { moment: found.state.moment, wrong: found.wrong, told };
      state = found.state;
    }
    const all = counts(world);
    if (!all.includes(state.count) || shown.imported !== data.imported) {
      state = { ...state, count: all.findLast((n) => n <= world.tests) ?? all[0] };
    }
    state = { ...state, moment: null, k: Math.min(state.k, world.components) };
    const solid = state.solid && canDrawSolid();
    store.put(state.count > world.size ? state : restricted({ ...state, solid }, world));
    this.shown = { digits: data.digits, run: data.run, imported: data.imported };
  }

  /** Once all is drawn: go to the moment of the timeline, tell Python, say what could not be. */
  async resume() {
    const { news, views, store, component } = this;
    if (!news || !views) return;
    this.news = null;
    const { moment, wrong, told } = news;
    if (moment !== null && !(await views.timeline.goToMoment(moment))) wrong.push("moment");
    const state = store.get();
    for (const kind of CHOSEN) {
      if (state[kind].length || told.includes(kind)) component.setStateValue(kind, state[kind]);
    }
    if (wrong.length) {
      const parts = wrong.join(", ");
      views.voice.warn(`The link's ${parts} cannot be used here: all else is as it says.`);
    }
  }

  /** The page has another size, or the explorer another place on it. */
  resized() {
    const { views, life } = this;
    if (life.over) return;
    fitWindow(this.root);
    views?.scene.settled("resize", () => {
      fitWindow(this.root); // what is around it has settled too
      if (!views.planes.fits) views.planes.draw();
      views.planes.solid.resize();
    });
  }
}

/** @param {Component} component */
export function show(component) {
  const found = explorers.get(component.name) ?? new Explorer(component);
  explorers.set(component.name, found);
  return found.show(component);
}

/** The explorer stays, for when the visitor comes back. */
export function leave() {}
