/** Values as the words of an address, and back; null where a word says none. */

/** @import { Camera } from "../types.d.ts" */

const LETTER_A = "a".charCodeAt(0);
const LETTERS = 26;
const USUAL_CAMERA = [1.25, 1.25, 1.25, 0, 0, 0]; // Plotly's: the eye, and what it looks at

/**
 * @template {object} T
 * @param {T} values
 * @param {string} name
 * @returns {name is Extract<keyof T, string>}
 */
export function isOf(values, name) {
  return Object.hasOwn(values, name);
}

/** @param {number[] | null} values @param {number} below */
export function among(values, below) {
  return values?.every((value) => value < below) ? values : null;
}

/** Numbers with commas between; NaN for what is none. @param {string} text */
export function numbers(text) {
  return text.split(",").map((word) => (word ? Number(word) : NaN));
}

/**
 * At most some whole numbers with commas between; null where it is not that.
 *
 * @param {string} text
 * @param {number} most
 */
export function wholes(text, most) {
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
export function packed(ascending) {
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
export function unpacked(text) {
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
export function asNumbers(camera) {
  if (!camera) return USUAL_CAMERA;
  const all = [camera.eye, camera.center].flatMap(({ x, y, z }) => [x, y, z]);
  return all.map((place) => Number(place.toFixed(2)));
}

/** The camera of six numbers. @param {number[]} numbers @returns {Camera} */
export function asCamera([x, y, z, ...at]) {
  return { eye: { x, y, z }, center: { x: at[0], y: at[1], z: at[2] } };
}
