/** Where classes lie in a plane. */

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
