/** How the page looks: Streamlit's colours and letters, for what is drawn beside its own. */

import { schemeOf } from "./scheme.js";

const CLASSES = 20; // colours of Streamlit's list; PCA's and the networks' come after them
const DARK_METHODS = ["#e86f0c", "#90b9fd"];
const DARK_CLASSES = (
  "#847cd7 #a6698e #dcc973 #01745b #71499c #5ef7f4 #cbf6cb #21a771 " +
  "#a44b1e #f398b7 #a6c89c #a590bf #7c4e38 #c87b93 #e8ee5d #66854f " +
  "#655ed5 #8967a6 #448874 #795479"
).split(" ");

/** The classes' colours of the dark theme, for what is dark on a light page too. */
export function darkClasses(/** @type {number} */ count) {
  const all = count > CLASSES ? schemeOf(DARK_CLASSES, DARK_METHODS, "dark") : DARK_CLASSES;
  return all.slice(0, count);
}

/**
 * @typedef {Object} Theme
 * @property {string[]} colors - of the classes.
 * @property {boolean} dark
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
 * @param {number} classes - how many of them it needs colours for.
 * @returns {Theme}
 */
export function themeOf(element, classes = 0) {
  const computed = getComputedStyle(element);
  const of = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  const all = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi) ?? [];
  const dark = all[0] === DARK_CLASSES[0];
  const listed = all.slice(0, CLASSES);
  const methods = all.slice(CLASSES, CLASSES + 2);
  return {
    colors: classes > CLASSES ? schemeOf(listed, methods, dark ? "dark" : "light") : listed,
    dark,
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
