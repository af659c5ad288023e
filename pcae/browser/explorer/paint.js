/** How the points of both planes are coloured: by class, or by errors. */

import { quantile } from "../core/numerics.js";
import { inkOf } from "../core/pictures.js";

const VIRIDIS = ["#440154", "#31688e", "#35b779", "#fde725"];
const EVEN = "#a0a4aa"; // where neither is better
const STEPS = 255; // of a scale

/** @import { Scene } from "./scene.js" */
/**
 * @typedef {Object} Paint
 * @property {[(i: number) => number, (i: number) => number]} inkOf a digit's low 24 bits, by plane
 * @property {Key} [key] what the colours of errors mean
 */
/** @typedef {{stops: string[], low: string, high: string}} Key */

/** @param {Scene} scene @returns {Paint} */
export function paint({ state, world, theme }) {
  if (state.colour === "digit" || !world.whole) {
    const { inks } = theme;
    const ofClass = (/** @type {number} */ i) => inks[world.labels[i] % inks.length];
    return { inkOf: [ofClass, ofClass] };
  }
  const pca = world.pcaErrors(state.k);
  const network = world.errors ?? []; // there is one, or no choice of colours
  if (state.colour === "error") {
    const most = Math.max(quantile(pca, 0.98), quantile(network, 0.98));
    const scale = scaleOf(VIRIDIS, 0, most);
    const key = { stops: VIRIDIS, low: "error 0", high: most.toFixed(3) };
    return { inkOf: [(i) => scale(pca[i]), (i) => scale(network[i])], key };
  }
  const gain = Float32Array.from(pca, (error, i) => error - network[i]);
  const most = quantile(gain.map(Math.abs), 0.95);
  const stops = [theme.pca, EVEN, theme.autoencoder];
  const scale = scaleOf(stops, -most, most);
  const better = (/** @type {number} */ i) => scale(gain[i]);
  return { inkOf: [better, better], key: { stops, low: "PCA", high: "autoencoder" } };
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
function between(a, b, share) {
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
