/** What is to be seen in a plane, in words: where each class is, and which lie over each other. */

import { median } from "../core/middles.js";

const SAMPLE = 1200; // digits
const NEIGHBOURS = 6;
const APART = 0.9; // the share of neighbours that are of the same class, of classes that lie apart
const OVERLAPPING = 0.2; // the share that two classes have among each other's

/**
 * Describe the places of digits.
 *
 * @param {ArrayLike<number>} order - indices of the digits shown
 * @param {ArrayLike<number>[]} at - across and up, by digit
 * @param {ArrayLike<number>} labels
 * @param {string[]} classes
 */
export function summary(order, [xs, ys], labels, classes) {
  const step = Math.max(1, Math.ceil(order.length / SAMPLE));
  const some = Array.from(order)
    .filter((i, place) => place % step === 0 && !Number.isNaN(xs[i]) && !Number.isNaN(ys[i]));
  if (some.length <= NEIGHBOURS) return "";
  const shares = mixing(some, [xs, ys], labels, classes.length);
  const there = classes.map((_, label) => label).filter((label) => shares[label].length);
  const where = places(some, [xs, ys], labels, there);
  const apart = there.filter((label) => shares[label][label] >= APART);
  const pairs = there.flatMap((a) =>
    there.filter((b) => a < b).map((b) => ({ a, b, share: shares[a][b] + shares[b][a] }))
  );
  const mixed = pairs.filter(({ share }) => share >= OVERLAPPING).sort((p, q) => q.share - p.share);
  const names = there.map((label) =>
    `${classes[label]}: ${where.get(label)}${apart.includes(label) ? ", apart" : ""}`
  );
  const over = mixed.map(({ a, b }) => `${classes[a]} and ${classes[b]}`);
  return `${names.join("; ")}. ` +
    (over.length ? `Lying over each other: ${over.join("; ")}.` : "No two lie over each other.");
}

/**
 * Of which classes the nearest neighbours of each class are, as shares; empty without digits.
 *
 * @param {number[]} some
 * @param {ArrayLike<number>[]} at
 * @param {ArrayLike<number>} labels
 * @param {number} classes
 * @returns {number[][]}
 */
function mixing(some, [xs, ys], labels, classes) {
  const [wide, high] = [spread(some, xs), spread(some, ys)];
  /** @type {number[][]} */
  const counts = Array.from({ length: classes }, () => []);
  for (const i of some) {
    const near = nearest(
      some,
      i,
      (j) => ((xs[j] - xs[i]) / wide) ** 2 + ((ys[j] - ys[i]) / high) ** 2,
    );
    const row = counts[labels[i]];
    if (!row.length) row.push(...Array(classes).fill(0));
    for (const j of near) row[labels[j]] += 1;
  }
  return counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => count / sum);
  });
}

/** @param {number[]} some @param {number} i @param {(j: number) => number} far */
function nearest(some, i, far) {
  /** @type {{ j: number, distance: number }[]} ascending */
  const near = [];
  for (const j of some) {
    if (j === i) continue;
    const distance = far(j);
    if (near.length === NEIGHBOURS && distance >= near[NEIGHBOURS - 1].distance) continue;
    let place = near.length;
    while (place && near[place - 1].distance > distance) place -= 1;
    near.splice(place, 0, { j, distance });
    near.length = Math.min(near.length, NEIGHBOURS);
  }
  return near.map(({ j }) => j);
}

/**
 * Where each class is, of nine fields.
 *
 * @param {number[]} some
 * @param {ArrayLike<number>[]} at
 * @param {ArrayLike<number>} labels
 * @param {number[]} there
 */
function places(some, [xs, ys], labels, there) {
  const [across, up] = [xs, ys].map((values) => thirds(some.map((i) => values[i])));
  return new Map(there.map((label) => {
    const members = some.filter((i) => labels[i] === label);
    const x = across(median(members.map((i) => xs[i])));
    const y = up(median(members.map((i) => ys[i])));
    const words = [["bottom", "", "top"][y], ["left", "", "right"][x]].filter(Boolean);
    return [label, words.join(" ") || "in the middle"];
  }));
}

/** In which third of the values, but for a few at the edges, a value is. @param {number[]} values */
function thirds(values) {
  const sorted = values.sort((a, b) => a - b);
  const [low, high] = [0.02, 0.98].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  return (/** @type {number} */ value) => {
    const share = (value - low) / (high - low || 1);
    return Math.min(2, Math.max(0, Math.floor(3 * share)));
  };
}

/** The standard deviation of values. @param {number[]} some @param {ArrayLike<number>} values */
function spread(some, values) {
  const mean = some.reduce((sum, i) => sum + values[i], 0) / some.length;
  return Math.sqrt(some.reduce((sum, i) => sum + (values[i] - mean) ** 2, 0) / some.length) || 1;
}
