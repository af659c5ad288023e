/** How the page looks: Streamlit's colours and letters, for what is drawn beside its own. */

/**
 * @typedef {Object} Theme
 * @property {string[]} colors - of the classes.
 * @property {string} text
 * @property {string} lines
 * @property {string} font
 * @property {number} type - how large letters are, of their usual size: larger for a projector.
 */

/**
 * The look of the page at an element.
 *
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  const computed = getComputedStyle(element);
  const of = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  return {
    colors: of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi) ?? [],
    text: of("--st-text-color"),
    lines: of("--st-border-color-light"),
    font: computed.fontFamily,
    type: Number(of("--pcae-type")) || 1,
  };
}
