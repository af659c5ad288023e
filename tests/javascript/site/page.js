/** As much of a page's document as the site's controls need, where there is no browser. */

class Part extends EventTarget {
  /** @type {unknown[]} */
  children = [];
  textContent = "";
  value = "";
  checked = false;
  className = "";
  /** @type {Map<string, string>} */
  attributes = new Map();

  /** @param {unknown[]} parts */
  append(...parts) {
    this.children.push(...parts);
    this.textContent += parts.filter((part) => typeof part === "string").join("");
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }
}

Object.assign(globalThis, { document: { createElement: () => new Part() } });

/**
 * All parts under one, itself first.
 *
 * @param {any} part
 * @returns {any[]}
 */
export function within(part) {
  return part instanceof Part ? [part, ...part.children.flatMap(within)] : [];
}

/**
 * Do as a visitor who brings a part to a value.
 *
 * @param {any} part
 * @param {object} values
 * @param {string} event
 */
export function bring(part, values, event = "change") {
  Object.assign(part, values);
  part.dispatchEvent(new Event(event));
}
