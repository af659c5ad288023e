/** How the points of both planes are coloured: by class, by errors, or by what is measured of them. */

import { quantile } from "../core/numerics.js";
import { inkOf } from "../core/pictures.js";
import { rising, saidOf } from "../core/scale.js";

const EVEN = "#a0a4aa"; // where neither is better
const STEPS = 255; // of a scale

/** @import { Scene } from "./scene.js" */
/**
 * @typedef {Object} Paint
 * @property {[(i: number) => number, (i: number) => number]} inkOf a digit's low 24 bits, by plane
 * @property {Key} [key] what the colours of values mean
 */
/** @typedef {{name?: string, stops: string[], low: string, high: string}} Key */

/** @param {Scene} scene @returns {Paint} */
export function paint({ state, world, theme }) {
  const { inks } = theme;
  const stops = rising(theme.dark);
  const name = world.measures.get(state.colour);
  if (name !== undefined) {
    const values = world.measured(state.colour);
    return values ? byValues(name, values, stops) : plain(() => inks[0]);
  }
  if (state.colour === "digit" || !world.whole) {
    return plain((i) => inks[world.labels[i] % inks.length]);
  }
  // of ordered codes the errors here are of all: PCA's of fewer would tell nothing beside them
  const pca = world.pcaErrors(world.ordered ? Math.max(state.k, world.k) : state.k);
  const network = world.errors ?? []; // there is one, or no choice of colours
  if (state.colour === "error") {
    const most = Math.max(quantile(pca, 0.98), quantile(network, 0.98));
    const scale = scaleOf(stops, 0, most);
    const key = { stops, low: "error 0", high: most.toFixed(3) };
    return { inkOf: [(i) => scale(pca[i]), (i) => scale(network[i])], key };
  }
  const gain = Float32Array.from(pca, (error, i) => error - network[i]);
  const most = quantile(gain.map(Math.abs), 0.95);
  const sides = [theme.pca, EVEN, theme.autoencoder];
  const scale = scaleOf(sides, -most, most);
  const key = { stops: sides, low: "PCA", high: "autoencoder" };
  return { ...plain((i) => scale(gain[i])), key };
}

/** The same in both planes. @param {(i: number) => number} ink @returns {Paint} */
function plain(ink) {
  return { inkOf: [ink, ink] };
}

/**
 * @param {string} name
 * @param {import("../types.d.ts").Values} values
 * @param {string[]} stops
 * @returns {Paint}
 */
function byValues(name, values, stops) {
  const { low, high, words } = saidOf(values);
  const scale = scaleOf(stops, low, high);
  const key = { name, stops, low: words[0], high: words[1] };
  return { ...plain((i) => scale(values[i])), key };
}

/**
 * The ink of a value between two limits.
 *
 * @param {string[]} stops colours at even steps
 * @param {number} low
 * @param {number} high
 */
function scaleOf(stops, low, high) {
  const ends = stops.map(inkOf);
  const inks = Array.from({ length: STEPS + 1 }, (_, step) => {
    const place = (step / STEPS) * (ends.length - 1);
    const from = Math.min(Math.floor(place), ends.length - 2);
    return between(ends[from], ends[from + 1], place - from);
  });
  return (/** @type {number} */ value) => {
    const share = (value - low) / (high - low) || 0;
    return inks[Math.round(STEPS * Math.min(1, Math.max(0, share)))];
  };
}

/** @param {number} a @param {number} b inks @param {number} share */
export function between(a, b, share) {
  return [0, 8, 16].reduce((ink, bits) => {
    const [from, to] = [(a >> bits) & 255, (b >> bits) & 255];
    return ink | (Math.round(from + share * (to - from)) << bits);
  }, 0);
}

/** An ink as CSS has it. @param {number} ink */
export function colorOf(ink) {
  const parts = [ink & 255, (ink >> 8) & 255, (ink >> 16) & 255];
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
