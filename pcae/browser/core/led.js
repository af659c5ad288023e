/**
 * Where this page is, said as it changes to whoever leads others; and the explorer, which shows what
 * another's shows. Nothing is worked out while nobody hears.
 */

/** @import { Pointed, Shown } from "../types.d.ts" */
/** @typedef {(now: Shown, change: Partial<Shown>) => void} Hearer */
/** @typedef {(hash: string, pointer: Pointed | null) => void} Shows */

/** @type {Shown} */
let now = { page: "", query: {}, hash: "", pointer: null };
/** @type {Set<Hearer>} */
const hearers = new Set();
/** @type {Set<() => void>} */
const waiting = new Set();
/** @type {Shows | null} */
let shows = null;

/** Say what of this page is another now. @param {Partial<Shown>} change */
export function say(change) {
  now = { ...now, ...change };
  for (const hear of hearers) hear(now, change);
}

/** Whether anybody hears. */
export function isHeard() {
  return hearers.size > 0;
}

/** Where this page is. */
export function here() {
  return now;
}

/** Hear where this page is, from now on. @param {Hearer} act */
export function hear(act) {
  hearers.add(act);
}

/** The explorer is drawn, as is told, and shows others' from now on. @param {Shows} act */
export function showWith(act) {
  shows = act;
  for (const ready of waiting) ready();
}

/** Act whenever the explorer is drawn. @param {() => void} act */
export function onReady(act) {
  waiting.add(act);
}

/**
 * Have the explorer show what another's shows.
 *
 * @param {string} hash what stands after the "#" of its address
 * @param {Pointed | null} pointer what is pointed at there
 */
export function show(hash, pointer) {
  shows?.(hash, pointer);
}
