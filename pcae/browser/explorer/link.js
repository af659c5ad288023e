/**
 * What the explorer shows, as the part of the page's address after "#", and back.
 *
 * The browser alone writes and reads it: no step of a zoom needs the server. What is as usual is
 * left out.
 */

import { COLOURS, MODES } from "./controls.js";
import { BOTH } from "../core/both.js";

const SETTLE_MS = 300; // after the last of many changes
const SIGNIFICANT = 7; // digits of an axis's limit
const FARTHEST = 1e9;
const FARTHEST_CAMERA = 100;
const LETTER_A = "a".charCodeAt(0);
const LETTERS = 26;
const MOST_LETTERS = 1500; // of a selection; a longer link makes no QR code
const USUAL_CAMERA = [1.25, 1.25, 1.25, 0, 0, 0]; // Plotly's: the eye, and what it looks at
const CAMERA_PARTS = ["eye", "center"];
const VIEWS = ["pictures", "manifold", "solid"];
export const CHOSEN = ["selected", "pinned"]; // digits, also for the other pages

let arrived = false; // whether the explorer was shown since the page was loaded
let known = ""; // what the address said when it was last read or written

export class Link {
  /**
   * @param {Object} view - the explorer: `state`, `world`, `planes`, `timeline`, `life`, `warn`.
   * @param {number} mostPins
   */
  constructor(view, mostPins) {
    this.view = view;
    this.mostPins = mostPins;
    this.page = location.pathname;
    this.news = null; // read and not yet shown: what was wrong, and the timeline's moment
    const again = () => view.world && view.open(view.world, view.component.data);
    globalThis.addEventListener("hashchange", again, { signal: view.life.signal });
  }

  // ------------------------------------------------------------------ writing

  /** Say soon what is shown now. */
  note() {
    this.view.life.later("link", SETTLE_MS, () => this.write());
  }

  write() {
    const there = location.hash.slice(1);
    const unread = there && there !== known; // a link that has come meanwhile
    if (!this.view.world || location.pathname !== this.page || unread) return;
    const said = Object.entries(this.said()).filter(([, text]) => text !== "");
    known = said.map(([name, text]) => `${name}=${text}`).join("&");
    const { pathname, search } = location;
    const address = pathname + search + (known && `#${known}`);
    if (address !== pathname + search + location.hash) {
      history.replaceState(history.state, "", address);
    }
  }

  /** What the address says, by name; nothing of what is as usual. */
  said() {
    const { state, world, planes, timeline } = this.view;
    const zoom = (of) =>
      of
        .flat(2)
        .map((limit) => Number(limit.toPrecision(SIGNIFICANT)))
        .join();
    const axes = state.axes.flat().map((axis) => axis + 1);
    const selected = packed(state.selected);
    const usual = BOTH.map(() => USUAL_CAMERA);
    const [whole, shown] = [BOTH.map((p) => planes.whole(p)), state.ranges];
    const unless = (usual, text) => (String(text) === String(usual) ? "" : String(text));
    return {
      digits: unless(world.tests, state.count),
      k: unless(world.k, state.k),
      axes: unless(
        BOTH.map(() => this.usualAxes().map((axis) => axis + 1)),
        axes,
      ),
      zoom: unless(zoom(whole), zoom(BOTH.map((p) => shown[p] ?? whole[p]))),
      colour: unless("digit", state.colour),
      drag: unless("pan", state.mode),
      hide: [...state.hidden].sort((a, b) => a - b).join(),
      show: VIEWS.filter((name) => state[name]).join(),
      selected: selected.length <= MOST_LETTERS ? selected : "",
      pins: state.pinned.join(),
      at: unless(0, state.held),
      camera: state.solid ? unless(usual, state.cameras.map(asNumbers)) : "",
      moment: timeline.moment === null ? "" : String(Number(timeline.moment.toFixed(3))),
    };
  }

  usualAxes() {
    return [0, Math.min(1, this.view.world.k - 1)];
  }

  // ------------------------------------------------------------------ reading

  /** Take over what the address says, if it is news; what of it cannot be is left as usual. */
  read() {
    const text = location.hash.slice(1);
    for (const kind of arrived ? [] : CHOSEN) {
      const linked = this.view.component.data[kind]; // in the link to another page
      if (linked) this.view.state[kind] = linked.filter((i) => i < this.view.world.tests);
    }
    arrived = true;
    if (!text || text === known) return;
    known = text;
    const { state, world } = this.view;
    this.news = { wrong: [], moment: null, chosen: CHOSEN.filter((kind) => state[kind].length) };
    const { wrong } = this.news;
    const usual = { count: world.tests, k: world.k, ranges: [null, null], hidden: new Set() };
    const none = { colour: "digit", mode: "pan", selected: [], pinned: [], held: 0 };
    const cameras = [null, null];
    const axes = BOTH.map(() => this.usualAxes());
    const views = Object.fromEntries(VIEWS.map((name) => [name, false]));
    Object.assign(state, usual, none, views, { axes, cameras });
    const found = new URLSearchParams(text);
    for (const [name, take] of Object.entries(this.takes())) {
      if (found.has(name) && !take(found.get(name))) wrong.push(name);
    }
    if ([...found.keys()].some((name) => !(name in this.takes()))) wrong.push("unknown parts");
  }

  /** What is done with each part, in this order; whether it could be. */
  takes() {
    const { state, world, timeline } = this.view;
    const put = (fine, changes) => fine && Boolean(Object.assign(state, changes()));
    const digits = () => Math.min(state.count, state.count > world.tests ? Infinity : world.tests);
    const among = (values, below) => values && values.every((value) => value < below);
    const below = () => (state.count > world.tests ? world.everything : world.tests);
    return {
      digits: (text) =>
        put(this.view.counts().includes(Number(text)), () => ({ count: Number(text) })),
      k: (text) => {
        const [k] = wholes(text, 1) ?? [0];
        return put(k >= 1 && k <= this.view.mostK(), () => ({ k }));
      },
      axes: (text) => {
        const axes = wholes(text, 4)?.map((axis) => axis - 1);
        const most = [Math.max(state.k, world.k), world.k];
        const fine = axes?.every((axis, at) => axis >= 0 && axis < most[at >> 1]);
        return put(fine, () => ({ axes: [axes.slice(0, 2), axes.slice(2)] }));
      },
      zoom: (text) => {
        const limits = numbers(text);
        const pairs = [0, 2, 4, 6].map((at) => limits.slice(at, at + 2));
        const fine = pairs.every(([low, high]) => low < high && -low < FARTHEST && high < FARTHEST);
        const ranges = [pairs.slice(0, 2), pairs.slice(2)];
        return put(fine && limits.length === 8, () => ({ ranges }));
      },
      colour: (colour) => put(Object.hasOwn(COLOURS, colour), () => ({ colour })),
      drag: (mode) => put(Object.hasOwn(MODES, mode), () => ({ mode })),
      hide: (text) => {
        const labels = wholes(text, world.classes.length);
        return put(among(labels, world.classes.length), () => ({ hidden: new Set(labels) }));
      },
      show: (text) => {
        const names = text.split(",");
        const fine = names.every(
          (name) => VIEWS.includes(name) && (name !== "solid" || world.k === 3),
        );
        return put(fine, () => Object.fromEntries(names.map((name) => [name, true])));
      },
      selected: (text) => {
        const selected = unpacked(text);
        return put(among(selected, below()), () => ({ selected }));
      },
      pins: (text) => {
        const pinned = [...new Set(wholes(text, this.mostPins))];
        return put(pinned.length && among(pinned, below()), () => ({ pinned }));
      },
      at: (text) => {
        const [held] = wholes(text, 1) ?? [Infinity];
        return put(held < digits(), () => ({ held }));
      },
      camera: (text) => {
        const places = numbers(text);
        const each = [places.slice(0, 6), places.slice(6)];
        const near = places.every((place) => Math.abs(place) <= FARTHEST_CAMERA);
        const sees = each.every((of) => [0, 1, 2].some((d) => of[d] !== of[3 + d]));
        return put(near && sees && places.length === 12, () => ({ cameras: each.map(asCamera) }));
      },
      moment: (text) => {
        const moment = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
        if (!timeline.address || !(moment < FARTHEST)) return false;
        this.news.moment = moment;
        return true;
      },
    };
  }

  /** Once all is drawn: go to the moment of the timeline, tell Python, say what could not be. */
  async resume() {
    if (!this.news) return;
    const { state, timeline, component } = this.view;
    const { moment, wrong, chosen } = this.news;
    this.news = null;
    if (moment !== null && (await timeline.ready())) {
      if (moment <= timeline.frames.last) timeline.goTo(moment);
      else wrong.push("moment");
    }
    for (const kind of CHOSEN) {
      if (state[kind].length || chosen.includes(kind)) component.setStateValue(kind, state[kind]);
    }
    if (wrong.length) {
      this.view.warn(`The link's ${wrong.join(", ")} cannot be used here: all else is as it says.`);
    }
  }
}

/** Numbers with commas between; NaN for what is none. */
function numbers(text) {
  return text.split(",").map((word) => (word ? Number(word) : NaN));
}

/** Ascending whole numbers as the steps between them, to the base of 26, each ending in a capital. */
function packed(ascending) {
  const letter = (place) => String.fromCharCode(LETTER_A + place);
  const words = ascending.map((number, at) => {
    let step = at ? number - ascending[at - 1] - 1 : number;
    let word = letter(step % LETTERS).toUpperCase();
    while ((step = Math.floor(step / LETTERS))) word = letter(step % LETTERS) + word;
    return word;
  });
  return words.join("");
}

/** What `packed` packed; null where it is not that. */
function unpacked(text) {
  const words = text.match(/[a-z]*[A-Z]/g) ?? [];
  if (words.join("") !== text) return null;
  let next = 0;
  return words.map((word) => {
    const places = Array.from(word.toLowerCase(), (letter) => letter.charCodeAt(0) - LETTER_A);
    next += places.reduce((step, place) => LETTERS * step + place, 0);
    return next++;
  });
}

/** A camera of Plotly's as numbers, to the hundredth. */
function asNumbers(camera) {
  if (!camera) return USUAL_CAMERA;
  const all = CAMERA_PARTS.flatMap((part) => ["x", "y", "z"].map((d) => camera[part][d]));
  return all.map((place) => Number(place.toFixed(2)));
}

/** The camera of six numbers. */
function asCamera([x, y, z, ...at]) {
  return { eye: { x, y, z }, center: { x: at[0], y: at[1], z: at[2] } };
}

/** At most some whole numbers with commas between; null where it is not that. */
function wholes(text, most) {
  const words = text.split(",");
  return words.length <= most && words.every((word) => /^\d{1,6}$/.test(word))
    ? words.map(Number)
    : null;
}
