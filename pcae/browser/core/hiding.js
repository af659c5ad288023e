/** Which classes are hidden. */

/**
 * The classes that are hidden once one was clicked.
 *
 * @param {number[]} hidden
 * @param {number} label
 */
export function toggled(hidden, label) {
  const without = hidden.filter((other) => other !== label);
  return without.length < hidden.length ? without : [...hidden, label].sort((a, b) => a - b);
}

/**
 * The classes that are hidden once one was clicked twice: all others, or none where it was alone.
 *
 * @param {number} label
 * @param {number[]} others - all other labels.
 * @param {number[]} before - what was hidden before the first of the two clicks.
 */
export function hiddenFor(label, others, before) {
  const alone = !before.includes(label) && others.every((other) => before.includes(other));
  return alone ? [] : others;
}
