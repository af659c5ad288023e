/**
 * What a page's widgets show, as the link holds it: texts by name, as the app's link has them
 * (`pcae/ui/link.py: widgets`), without those that are as usual.
 */

/**
 * What a widget is at first, and all that it can be: a list, or whether a text can be.
 *
 * @typedef {[usual: string, possible: string[] | ((text: string) => boolean)]} Widget
 */

/**
 * What every widget shows, and the names in the query that cannot be: a page tells these by
 * `setTriggerValue("wrong", wrong)`.
 *
 * @param {Record<string, string>} query anybody's
 * @param {Record<string, Widget>} widgets
 */
export function readHeld(query, widgets) {
  const wrong = [];
  /** @type {Record<string, string>} */
  const values = {};
  for (const [name, [usual, possible]] of Object.entries(widgets)) {
    const text = Object.hasOwn(query, name) ? query[name] : usual;
    const can = text === usual ||
      (typeof possible === "function" ? possible(text) : possible.includes(text));
    values[name] = can ? text : usual;
    if (!can) wrong.push(name);
  }
  const unknown = Object.keys(query).some((name) => !Object.hasOwn(widgets, name));
  return { values, wrong: unknown ? [...wrong, "unknown parts"] : wrong };
}

/**
 * What the link holds of it: for `setStateValue("query", …)`.
 *
 * @param {Record<string, string>} values
 * @param {Record<string, Widget>} widgets
 * @returns {Record<string, string>}
 */
export function writeHeld(values, widgets) {
  return Object.fromEntries(
    Object.entries(values).filter(([name, text]) => text !== widgets[name]?.[0]),
  );
}

/** A whole number from one to another, as a text. @param {number} first @param {number} last */
export function within(first, last) {
  return (/** @type {string} */ text) =>
    /^(0|[1-9][0-9]{0,8})$/.test(text) && Number(text) >= first && Number(text) <= last;
}

/** On or off, as the app's link has it. @param {boolean} is */
export function asText(is) {
  return is ? "True" : "False";
}
