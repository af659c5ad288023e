/** The page's look for a Plotly figure from Python, which leaves to it what depends on the theme. */

/** @import { Theme } from "../core/theme.js" */
/** @import { Figure } from "../types.d.ts" */

const NAMED = /var\(--pcae-([a-z]+)(?:-(\d+))?\)/g;

/**
 * A figure in the page's look: its colours, its letters, and as large as a projector needs them.
 *
 * @param {Figure} figure
 * @param {Theme} theme
 * @returns {Figure}
 */
export function inLook(figure, theme) {
  const { data, layout } = /** @type {Figure} */ (resolved(figure, theme));
  const { margin = {}, annotations = [] } = layout;
  const { type } = theme;
  const larger = Object.entries(margin).map(([side, size]) => [side, size * type]);
  const look = {
    template: { layout: template(theme) },
    margin: Object.fromEntries(larger),
    annotations: annotations.map((note) => ({
      ...note,
      font: { ...note.font, size: type * (note.font?.size ?? 12) },
    })),
  };
  return { data, layout: { ...layout, ...look } };
}

/**
 * A part of a figure with the theme's colours in place of their names.
 *
 * @param {unknown} value
 * @param {Theme} theme
 * @returns {unknown}
 */
function resolved(value, theme) {
  if (typeof value === "string") {
    return value.replaceAll(NAMED, (_, name, number) => colorOf(theme, name, Number(number)));
  }
  if (Array.isArray(value)) return value.map((part) => resolved(part, theme));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, resolved(part, theme)]),
  );
}

/**
 * @param {Theme} theme
 * @param {string} name
 * @param {number} number
 * @throws {Error} where the theme has no such colour.
 */
function colorOf(theme, name, number) {
  /** @type {Record<string, string | string[]>} */
  const colors = {
    class: theme.colors,
    network: theme.networks,
    pca: theme.pca,
    autoencoder: theme.autoencoder,
    text: theme.text,
    lines: theme.lines,
    muted: theme.muted,
  };
  const found = colors[name];
  const color = Array.isArray(found) ? found[number % found.length] : found;
  if (!color) throw new Error(`The page has no colour ${name}.`);
  return color;
}

/**
 * How a figure looks where it does not say so itself.
 *
 * @param {Theme} theme
 */
export function template({ text, lines, ground, font, type }) {
  const axis = {
    gridcolor: lines,
    linecolor: lines,
    zerolinecolor: lines,
    tickfont: { size: 12 * type },
    title: { font: { size: 14 * type }, standoff: 8 },
    automargin: true,
  };
  return {
    font: { family: font, color: text, size: 14 * type },
    title: { font: { size: 16 * type } },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...axis, showgrid: false },
    yaxis: axis,
    hoverlabel: { bgcolor: ground, bordercolor: lines, font: { color: text, size: 13 * type } },
  };
}
