/** mulberry32 by T. Ettinger: numbers of chance that a seed decides. */

export const STEP = 0x6d2b79f5; // from each state to the next

/**
 * The number of a state, 32 bits.
 *
 * @param {number} state
 */
export function mixed(state) {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}
