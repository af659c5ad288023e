/** The state as text, as it stands after "#" in the page's address; what is usual is left out. */

import { COLOURS, counts, MODES, MOST_PINS, mostK, TOGGLES, usual } from "./state.js";

/** @typedef {import("./state.js").Camera} Camera */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").World} World */
/** @typedef {NonNullable<State["ranges"][0]>} Ranges */
/** @typedef {Pick<Shown, "world" | "moments">} Of what a state is to be of */
/**
 * @typedef {Object} Shown what the state is of
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

const SIGNIFICANT = 7; // digits of an axis's limit
const FARTHEST = 1e9;
const FARTHEST_CAMERA = 100;
const LETTER_A = "a".charCodeAt(0);
const LETTERS = 26;
const MOST_LETTERS = 1500; // of a selection; a longer link makes no QR code
const USUAL_CAMERA = [1.25, 1.25, 1.25, 0, 0, 0]; // Plotly's: the eye, and what it looks at

/** @type {Record<string, Part>} by name, in the order in which they are written and read */
const PARTS = {
  digits: {
    write: ({ count }) => String(count),
    read: (text, _, { world }) => counts(world).includes(Number(text)) ? { count: +text } : null,
  },
  k: {
    write: ({ k }) => String(k),
    read: (text, _, { world }) => {
      const [k] = wholes(text, 1) ?? [0];
      return k >= 1 && k <= mostK(world) ? { k } : null;
    },
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
    read: (text) => isOf(COLOURS, text) ? { colour: text } : null,
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
    read: (text, state, { world }) => {
      const [held] = wholes(text, 1) ?? [Infinity];
      const { count } = state;
      return held < Math.min(count, count > world.tests ? Infinity : world.tests) ? { held } : null;
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
 * A state as text.
 *
 * @param {State} state
 * @param {Shown} shown
 */
export function writeLink(state, shown) {
  const plain = { ...usual(shown.world), solid: state.solid };
  const said = Object.entries(PARTS).flatMap(([name, { write }]) => {
    const text = name === "show"
      ? write(state, shown)
      : unless(write(plain, shown), write(state, shown));
    return text ? [`${name}=${text}`] : [];
  });
  return said.join("&");
}

/**
 * The state that a text says, all else as usual, and the parts of it that cannot be.
 *
 * @param {string} text anybody's
 * @param {Of} shown
 * @returns {{state: State, wrong: string[]}}
 */
export function readLink(text, shown) {
  const found = new URLSearchParams(text);
  const wrong = [];
  let state = usual(shown.world);
  for (const [name, { read }] of Object.entries(PARTS)) {
    const part = found.get(name);
    if (part === null) continue;
    const change = read(part, state, shown);
    if (change) state = { ...state, ...change };
    else wrong.push(name);
  }
  if ([...found.keys()].some((name) => !Object.hasOwn(PARTS, name))) wrong.push("unknown parts");
  return { state, wrong };
}

/** @param {string} usual @param {string} text */
function unless(usual, text) {
  return text === usual ? "" : text;
}

/**
 * @template {object} T
 * @param {T} values
 * @param {string} name
 * @returns {name is Extract<keyof T, string>}
 */
function isOf(values, name) {
  return Object.hasOwn(values, name);
}

/** How many digits there are of those that are wanted. @param {State} state @param {Of} of */
function there({ count }, { world }) {
  return count > world.tests ? world.everything : world.tests;
}

/** @param {number[] | null} values @param {number} below */
function among(values, below) {
  return values?.every((value) => value < below) ? values : null;
}

/** Numbers with commas between; NaN for what is none. @param {string} text */
function numbers(text) {
  return text.split(",").map((word) => (word ? Number(word) : NaN));
}

/**
 * At most some whole numbers with commas between; null where it is not that.
 *
 * @param {string} text
 * @param {number} most
 */
function wholes(text, most) {
  const words = text.split(",");
  return words.length <= most && words.every((word) => /^\d{1,6}$/.test(word))
    ? words.map(Number)
    : null;
}

/**
 * Ascending whole numbers as the steps between them, to the base of 26, each ending in a capital.
 *
 * @param {number[]} ascending
 */
function packed(ascending) {
  const letter = (/** @type {number} */ place) => String.fromCharCode(LETTER_A + place);
  const words = ascending.map((number, at) => {
    let step = at ? number - ascending[at - 1] - 1 : number;
    let word = letter(step % LETTERS).toUpperCase();
    while ((step = Math.floor(step / LETTERS))) word = letter(step % LETTERS) + word;
    return word;
  });
  return words.join("");
}

/** What `packed` packed; null where it is not that. @param {string} text */
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

/** A camera as numbers, to the hundredth. @param {Camera | null} camera */
function asNumbers(camera) {
  if (!camera) return USUAL_CAMERA;
  const all = [camera.eye, camera.center].flatMap(({ x, y, z }) => [x, y, z]);
  return all.map((place) => Number(place.toFixed(2)));
}

/** The camera of six numbers. @param {number[]} numbers @returns {Camera} */
function asCamera([x, y, z, ...at]) {
  return { eye: { x, y, z }, center: { x: at[0], y: at[1], z: at[2] } };
}
