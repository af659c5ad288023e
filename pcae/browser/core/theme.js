/** How the page looks: Streamlit's colours and letters, for what is drawn beside its own. */

const CLASSES = 20; // colours of Streamlit's list; PCA's and the networks' come after them

/**
 * @typedef {Object} Theme
 * @property {string[]} colors - of the classes.
 * @property {string} pca
 * @property {string} autoencoder
 * @property {string[]} networks - of several networks beside each other.
 * @property {string} ground
 * @property {string} text
 * @property {string} lines
 * @property {string} muted - marks that stand back.
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
  const all = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi) ?? [];
  return {
    colors: all.slice(0, CLASSES),
    pca: all[CLASSES],
    autoencoder: all[CLASSES + 1],
    networks: all.slice(CLASSES + 2),
    ground: of("--st-background-color"),
    text: of("--st-text-color"),
    lines: of("--st-border-color-light"),
    muted: of("--st-gray-text-color"),
    font: computed.fontFamily,
    type: Number(of("--pcae-type")) || 1,
  };
}
