/**
 * What a visitor sets: plain values, what is usual of them, and how the page's address says each. A
 * new value is one of `TOGGLES`, or has its type, what it is at first, and its part of the address.
 */

import { TARGET } from "../core/digits.js";
import { NOISES } from "../core/noise.js";
import { among, asCamera, asNumbers, isOf, numbers, packed, unpacked, wholes } from "./words.js";

export const MODES = { pan: "Move", select: "Box", lasso: "Lasso", path: "Path" };
export const ERRORS = { error: "error", better: "which method is better" };
export const COLOURS = { digit: "class", ...ERRORS };
/** What is shown or not, each a word of the address. */
export const TOGGLES = /** @type {const} */ ([
  "pictures", // in the place of dots
  "manifold", // the planes decoded behind the digits
  "solid", // in three dimensions
]);
/** Indices of digits that Python hears of, for the other pages. */
export const CHOSEN = /** @type {const} */ (["selected", "pinned"]);
export const MOST_PINS = 12;
const COUNTS = [1000, 2000, 5000, 10_000];
export const MOST_TESTS = 10_000; // digits, before it is known how many there are

const SIGNIFICANT = 7; // digits of an axis's limit
const FARTHEST = 1e9;
const FARTHEST_CAMERA = 100;
const MOST_LETTERS = 1500; // of a selection; a longer link makes no QR code

/** @import { Noise } from "../core/noise.js" */
/** @import { World } from "../core/world.js" */
/** @import { Camera } from "../types.d.ts" */
/** @typedef {[number, number]} Pair */
/**
 * @typedef {Object} Values what is set to a value
 * @property {number} count how many digits
 * @property {number} k of PCA's pictures
 * @property {Noise} noise on what both see of the digit that is inspected
 * @property {[Pair, Pair]} axes by plane: the numbers across and up, from 0
 * @property {[[Pair, Pair] | null, [Pair, Pair] | null]} ranges by plane, across and up; null before
 *     the plane is drawn: the whole of it
 * @property {[Camera | null, Camera | null]} cameras by plane; null for Plotly's own
 * @property {string} colour one of `COLOURS`, or of the world's measures
 * @property {keyof typeof MODES} mode what dragging does
 * @property {number[]} hidden labels, ascending
 * @property {number[]} selected ascending indices
 * @property {number[]} pinned
 * @property {number} held the digit that was inspected last
 * @property {number | null} moment of the timeline, in its frames; null for its end
 */

/** @typedef {Record<typeof TOGGLES[number], boolean>} Switches */
/** @typedef {Values & Switches} State plain values, so that it can be written as JSON */

/** @typedef {NonNullable<State["ranges"][0]>} Ranges */
/** @typedef {Pick<Shown, "world" | "moments">} Of what a state is to be of */
/**
 * @typedef {Object} Shown what a state is of
 * @property {World} world
 * @property {[Ranges, Ranges]} whole the ranges that show the whole of each plane
 * @property {boolean} moments whether there is a timeline
 */
/**
 * @typedef {Object} Part of the address
 * @property {(state: State, shown: Shown) => string} write
 * @property {(text: string, state: State, of: Of) => Partial<State> | null} read null where it
 *     cannot be; the state has what stands before it in `PARTS`
 */

/** What is set before anything is. @returns {State} */
export function fresh() {
  const none = /** @type {Switches} */ (Object.fromEntries(TOGGLES.map((name) => [name, false])));
  return {
    ...none,
    count: MOST_TESTS,
    k: 2,
    noise: "none",
    axes: [[0, 1], [0, 1]],
    ranges: [null, null],
    cameras: [null, null],
    colour: "digit",
    mode: "pan",
    hidden: [],
    selected: [],
    pinned: [],
    held: 0,
    moment: null,
  };
}

/** What is usual for a world. @param {World} world @returns {State} */
export function usual(world) {
  const axes = /** @type {[Pair, Pair]} */ ([firstAxes(world), firstAxes(world)]);
  return { ...fresh(), count: world.tests, k: world.k, axes, colour: usualColour(world) };
}

/** By what points are coloured at first. @param {World} world */
export function usualColour(world) {
  return world.measures.has(TARGET) ? TARGET : "digit";
}

/** @param {World} world @returns {Pair} */
export function firstAxes(world) {
  return [0, Math.min(1, world.k - 1)];
}

/**
 * How many digits can be shown: some of the test digits, all of them, or all there are.
 *
 * @param {World} world
 */
export function counts(world) {
  const { tests, everything } = world;
  const all = [...COUNTS.filter((n) => n < tests), tests, everything];
  return all.filter((n, at) => world.among(n) > world.among(all[at - 1] ?? 0));
}

/** How many digits there are of those that are wanted. @param {State} state @param {Of} of */
function there({ count }, { world }) {
  return count > world.tests ? world.everything : world.tests;
}

/** @type {Record<string, Part>} by name, in the order in which they are written and read */
export const PARTS = {
  digits: {
    write: ({ count }) => String(count),
    read: (text, _, { world }) => counts(world).includes(Number(text)) ? { count: +text } : null,
  },
  k: {
    write: ({ k }) => String(k),
    read: (text, _, { world }) => {
      const [k] = wholes(text, 1) ?? [0];
      return k >= 1 && k <= world.components ? { k } : null;
    },
  },
  noise: {
    write: ({ noise }) => noise,
    read: (text) => isOf(NOISES, text) ? { noise: text } : null,
  },
  axes: {
    write: ({ axes }) => axes.flat().map((axis) => axis + 1).join(),
    read: (text, state, { world }) => {
      const [a, b, c, d, ...more] = (wholes(text, 4) ?? []).map((axis) => axis - 1);
      const most = Math.max(state.k, world.k);
      const fine = a >= 0 && b >= 0 && c >= 0 && d >= 0 && Math.max(a, b) < most;
      return fine && Math.max(c, d) < world.k && !more.length ? { axes: [[a, b], [c, d]] } : null;
    },
  },
  zoom: {
    write: ({ ranges }, { whole }) => {
      const limits = ranges.map((range, p) => range ?? whole[p]).flat(2);
      return limits.map((limit) => Number(limit.toPrecision(SIGNIFICANT))).join();
    },
    read: (text) => {
      const [a, b, c, d, e, f, g, h, ...more] = numbers(text);
      const pairs = [[a, b], [c, d], [e, f], [g, h]];
      const fine = pairs.every(([low, high]) => low < high && -low < FARTHEST && high < FARTHEST);
      return fine && !more.length ? { ranges: [[[a, b], [c, d]], [[e, f], [g, h]]] } : null;
    },
  },
  colour: {
    write: ({ colour }) => colour,
    read: (text, _, { world }) =>
      isOf(COLOURS, text) || world.measures.has(text) ? { colour: text } : null,
  },
  drag: {
    write: ({ mode }) => mode,
    read: (text) => isOf(MODES, text) ? { mode: text } : null,
  },
  hide: {
    write: ({ hidden }) => hidden.join(),
    read: (text, _, { world }) => {
      const { length } = world.classes;
      const hidden = among(wholes(text, length), length);
      return hidden && { hidden: [...new Set(hidden)].sort((a, b) => a - b) };
    },
  },
  show: {
    write: (state) => TOGGLES.filter((name) => state[name]).join(),
    read: (text, _, { world }) => {
      const names = text.split(",");
      const can = TOGGLES.filter((name) => name !== "solid" || world.k === 3);
      if (!names.every((name) => can.some((other) => other === name))) return null;
      return Object.fromEntries(names.map((name) => [name, true]));
    },
  },
  selected: {
    write: ({ selected }) => {
      const letters = packed(selected);
      return letters.length <= MOST_LETTERS ? letters : "";
    },
    read: (text, state, shown) => {
      const selected = among(unpacked(text), there(state, shown));
      return selected && { selected };
    },
  },
  pins: {
    write: ({ pinned }) => pinned.join(),
    read: (text, state, shown) => {
      const pinned = among(wholes(text, MOST_PINS), there(state, shown));
      return pinned && { pinned: [...new Set(pinned)] };
    },
  },
  at: {
    write: ({ held }) => String(held),
    read: (text, state, shown) => {
      const [held] = wholes(text, 1) ?? [Infinity];
      return held < Math.min(state.count, there(state, shown)) ? { held } : null;
    },
  },
  camera: {
    write: ({ solid, cameras }) => solid ? cameras.map(asNumbers).join() : "",
    read: (text) => {
      const places = numbers(text);
      const [first, second] = [places.slice(0, 6), places.slice(6)];
      const near = places.every((place) => Math.abs(place) <= FARTHEST_CAMERA);
      const sees = [first, second].every((of) => [0, 1, 2].some((d) => of[d] !== of[3 + d]));
      if (!near || !sees || places.length !== 12) return null;
      return { cameras: [asCamera(first), asCamera(second)] };
    },
  },
  moment: {
    write: ({ moment }) => moment === null ? "" : String(Number(moment.toFixed(3))),
    read: (text, _, { moments }) => {
      const moment = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
      return moments && moment < FARTHEST ? { moment } : null;
    },
  },
};

/**
 * A pair with one of its two another.
 *
 * @template T
 * @param {[T, T]} pair
 * @param {number} at
 * @param {T} value
 * @returns {[T, T]}
 */
export function changed([first, second], at, value) {
  return at ? [first, value] : [value, second];
}

/**
 * A state with what cannot be shown of a world let go.
 *
 * @param {State} state
 * @param {World} world
 * @returns {State}
 */
export function restricted(state, world) {
  const { held, count, mode, pictures, manifold, colour } = state;
  const drawn = Boolean(world.shape && world.network); // points between the digits
  return {
    ...state,
    held: held < count && world.knows(held)
      ? held
      : world.labels.findIndex((_, i) => world.knows(i)),
    mode: mode === "path" && !drawn ? "pan" : mode,
    pictures: pictures && Boolean(world.shape),
    manifold: manifold && drawn,
    colour: (world.network && isOf(COLOURS, colour)) || world.measures.has(colour)
      ? colour
      : usualColour(world),
  };
}
