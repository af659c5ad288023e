/**
 * Colours of values from low to high: viridis (S. van der Walt & N. Smith, 2015), whose steps look
 * even to every colour vision and on a grey print, without the end that the page's ground swallows.
 * `pcae/figures/colors.py` has the same.
 */

/** @import { Values } from "../types.d.ts" */

const VIRIDIS = (
  "#440154 #482475 #414487 #355f8d #2a788e #21918c #22a884 #44bf70 #7ad151 #bddf26 #fde725"
).split(" ");
const BEYOND = 0.01; // of the values at each end, that have the colour of the end

/** From low to high: towards what is seen best on the ground. @param {boolean} dark the ground */
export function rising(dark) {
  return dark ? VIRIDIS.slice(2) : VIRIDIS.slice(0, -2).reverse();
}

/**
 * Between which values colours differ, and how a key says these.
 *
 * @param {Values} values
 */
export function saidOf(values) {
  const sorted = Float32Array.from(values).filter(Number.isFinite).sort();
  const last = Math.max(0, sorted.length - 1);
  const of = (/** @type {number} */ share) => sorted[Math.round(share * last)] ?? 0;
  const [least, low, high, most] = [0, BEYOND, 1 - BEYOND, 1].map(of);
  const span = high - low || Math.abs(high) || 1;
  const words = [
    `${least < low ? "≤ " : ""}${inWords(low, span)}`,
    `${most > high ? "≥ " : ""}${inWords(high, span)}`,
  ];
  return { low, high, words };
}

/**
 * A value as exact as a span asks for.
 *
 * @param {number} value
 * @param {number} span
 */
export function inWords(value, span) {
  const digits = 2 - Math.floor(Math.log10(span));
  const plain = digits > 8 || Math.abs(value) >= 1e9;
  const text = plain ? value.toExponential(2) : value.toLocaleString("en", {
    maximumFractionDigits: Math.max(0, digits),
  });
  return text.replace("-", "−");
}
