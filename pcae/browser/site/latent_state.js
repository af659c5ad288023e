/** What Latent plane's controls show, and how its address says it: as that of the app's page. */

import { CLASS } from "./plane_colour.js";
import { asText, readHeld, within, writeHeld } from "./held.js";

/** @import { Widget } from "./held.js" */
/** @import { Choice } from "./widgets.js" */

export const SHARES = [0.5, 0.75, 0.9, 0.95, 0.98, 1, 1.5, 2];

/**
 * @typedef {Object} State
 * @property {number} tiles - across and up.
 * @property {number} share
 * @property {boolean} quantiles
 * @property {string} colour - `CLASS`, one of the bounds' colours, or "" for none.
 * @property {number} across - which number, from 1; of one or two numbers always the first.
 * @property {number} up
 * @property {[a: number, b: number]} pair - test digits.
 */

/**
 * @typedef {Object} Bounds
 * @property {number} k
 * @property {string} digest - of the data.
 * @property {number} tests
 * @property {[a: number, b: number]} pair - where the address names none.
 * @property {Choice[]} colours - the usual first; none where there are classes or none.
 */

/**
 * What an address says, and the names of what it says in vain.
 *
 * @param {Record<string, string>} query
 * @param {Bounds} bounds
 * @returns {{ state: State, wrong: string[] }}
 */
export function readState(query, bounds) {
  const { k } = bounds;
  const across = query[`across_${k}`] ?? "1";
  const { values, wrong } = readHeld(query, widgetsOf(within(1, k)(across) ? across : "1", bounds));
  const [a, b] = digitNames(bounds).map((name) => Number(values[name]));
  const first = Number(values[`across_${k}`] ?? 1);
  const state = {
    tiles: Number(values.tiles),
    share: Number(values.share),
    quantiles: values.quantiles === "True",
    colour: bounds.colours.length
      ? values[colourName(bounds)]
      : values.regions === "True"
      ? CLASS
      : "",
    across: first,
    up: Number(values[`up_${k}`] ?? firstOther(first)),
    pair: /** @type {[number, number]} */ ([a, b]),
  };
  return { state, wrong };
}

/**
 * What an address says of a state: what is not usual.
 *
 * @param {State} state
 * @param {Bounds} bounds
 */
export function queryOf({ tiles, share, quantiles, colour, across, up, pair }, bounds) {
  const { k } = bounds;
  const [a, b] = digitNames(bounds);
  const axes = k > 2 ? { [`across_${k}`]: String(across), [`up_${k}`]: String(up) } : {};
  const texts = {
    tiles: String(tiles),
    share: asFloat(share),
    quantiles: asText(quantiles),
    ...bounds.colours.length
      ? { [colourName(bounds)]: colour }
      : { regions: asText(colour === CLASS) },
    ...axes,
    [a]: String(pair[0]),
    [b]: String(pair[1]),
  };
  return writeHeld(texts, widgetsOf(String(across), bounds));
}

/**
 * What each widget is at first, and all that it can be.
 *
 * @param {string} across
 * @param {Bounds} bounds
 * @returns {Record<string, Widget>}
 */
function widgetsOf(across, bounds) {
  const { k, tests, pair } = bounds;
  const isOther = (/** @type {string} */ text) => within(1, k)(text) && text !== across;
  /** @type {Record<string, Widget>} */
  const axes = k > 2
    ? {
      [`across_${k}`]: ["1", within(1, k)],
      [`up_${k}`]: [String(firstOther(Number(across))), isOther],
    }
    : {};
  const [a, b] = digitNames(bounds);
  const [first, ...others] = bounds.colours;
  return {
    tiles: ["18", within(5, 30)],
    share: ["0.98", SHARES.map(asFloat)],
    quantiles: ["True", ["False"]],
    ...first
      ? { [colourName(bounds)]: [first[0], others.map(([of]) => of)] }
      : { regions: ["True", ["False"]] },
    ...axes,
    [a]: [String(pair[0]), within(0, tests - 1)],
    [b]: [String(pair[1]), within(0, tests - 1)],
  };
}

/** @param {Bounds} bounds */
function digitNames({ digest }) {
  return [`digit_a_${digest}`, `digit_b_${digest}`];
}

/** @param {Bounds} bounds */
function colourName({ digest }) {
  return `colour_by_${digest}`;
}

/** A number as Python writes floats. @param {number} value */
function asFloat(value) {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** What is up at first. @param {number} across */
export function firstOther(across) {
  return across === 1 ? 2 : 1;
}

/** A part of the plane for people. @param {number} share */
export function inWords(share) {
  if (share === 1) return "all of it";
  return share < 1 ? `middle ${Math.round(100 * share)}%` : `${share} times as wide`;
}

/**
 * Two test digits of different classes by chance, where there are classes.
 *
 * @param {ArrayLike<number>} labels
 * @returns {[a: number, b: number]}
 */
export function anyPair(labels) {
  const draw = () => Math.floor(Math.random() * labels.length);
  const a = draw();
  let b = draw();
  for (let n = 0; n < 100 && (b === a || labels[b] === labels[a]); n++) b = draw();
  return [a, b];
}
