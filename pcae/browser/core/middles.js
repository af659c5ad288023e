/** Where classes lie in a plane. */

import { shortened } from "./markup.js";

const ENOUGH = 150; // digits of a class, to say where its middle is

/**
 * The middle of each class: the median of some of its digits, across and up; null without digits.
 *
 * @param {ArrayLike<number>} order - indices of digits
 * @param {ArrayLike<number>[]} at - across and up, by digit; NaN is nowhere
 * @param {ArrayLike<number>} labels
 * @param {number} classes - how many
 * @returns {([x: number, y: number] | null)[]}
 */
export function middles(order, [xs, ys], labels, classes) {
  /** @type {number[][]} */
  const members = Array.from({ length: classes }, () => []);
  for (let place = 0; place < order.length; place++) {
    const i = order[place];
    if (!Number.isNaN(xs[i])) members[labels[i]]?.push(i);
  }
  return members.map((all) => {
    if (!all.length) return null;
    const step = Math.ceil(all.length / ENOUGH);
    const some = all.filter((_, place) => place % step === 0);
    return [median(some.map((i) => xs[i])), median(some.map((i) => ys[i]))];
  });
}

/** The median of some numbers, which it sorts. @param {number[]} values */
export function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

const FEW = 20; // classes, whose names all stand at their middles
const LETTER = 0.6; // of a letter's height, that it is wide

/**
 * A class's name and where it stands.
 *
 * @typedef {{ label: number, name: string, at: [x: number, y: number] }} Mark
 */

/**
 * Of the names of many classes those that have room, the largest classes first; of few all.
 *
 * @param {Mark[]} marks in pixels
 * @param {ArrayLike<number>} order of what is shown
 * @param {ArrayLike<number>} labels
 * @param {number} letters their height in pixels
 */
export function roomy(marks, order, labels, letters) {
  if (marks.length <= FEW) return marks;
  const sizes = new Map();
  for (let place = 0; place < order.length; place++) {
    const label = labels[order[place]];
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  /** @type {Mark[]} */
  const kept = [];
  const short = marks.map((mark) => ({ ...mark, name: shortened(mark.name) }));
  const large = short.sort((a, b) => sizes.get(b.label) - sizes.get(a.label));
  for (const mark of large) {
    if (kept.every((other) => !overlap(mark, other, letters))) kept.push(mark);
  }
  return kept;
}

/** @param {Mark} one @param {Mark} other @param {number} letters */
function overlap(one, other, letters) {
  const wide = LETTER * letters * (one.name.length + other.name.length + 1) / 2;
  return Math.abs(one.at[0] - other.at[0]) < wide &&
    Math.abs(one.at[1] - other.at[1]) < 1.1 * letters;
}
