/** Which classes are hidden. */

/**
 * Hide a class, or show it again.
 *
 * @param {readonly number[]} hidden - labels, ascending.
 * @param {number} label
 */
export function turned(hidden, label) {
  if (hidden.includes(label)) return hidden.filter((other) => other !== label);
  return [...hidden, label].sort((a, b) => a - b);
}

/**
 * Show a class alone; where it was alone, all again.
 *
 * @param {readonly number[]} hidden - labels, ascending.
 * @param {number} label
 * @param {number} count - of the classes.
 */
export function alone(hidden, label, count) {
  const others = Array.from({ length: count }, (_, other) => other).filter((of) => of !== label);
  const was = !hidden.includes(label) && others.every((other) => hidden.includes(other));
  return was ? [] : others;
}
