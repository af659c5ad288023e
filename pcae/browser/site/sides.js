/**
 * What is told of networks beside each other: what differs, what came of it, and their curves; as
 * `pcae/figures/sides.py` does it for the app.
 */

import { asMarkup } from "../core/markup.js";

/** @import { Figure, Side, SiteNetwork } from "../types.d.ts" */

export const MOST_DRAWN = 8; // networks in a legend, and whose codes are drawn
const MOST_LINES = 3;
const NETWORKS = 6; // colours of networks side by side
const LONGEST_NAME = 26; // above a small scatter
const UNKNOWN = "–";
const AIR = 1.15; // of the largest error, where an axis ends
const NAME_ROOM = 0.1; // of an axis, that the name of a level line takes at most
const MARGIN = 8; // pixels, where no names stand beside the plot

/**
 * A curve, or a level line, as `Side.curves` has it.
 *
 * @typedef {{ x: number[], y: (number | null)[], line: object, name: string }} Trace
 * @typedef {{ y0: number, y1: number }} Level
 * @typedef {{ text: string, y: number }} Named
 */

/** The name of the colour of the network at this place. @param {number} number */
export function colorOf(number) {
  return `var(--pcae-network-${number % NETWORKS})`;
}

/** The titles of networks, numbered and cut where they are long. @param {string[]} titles */
export function shortNames(titles) {
  const longest = Math.max(...titles.map((title) => title.length));
  if (titles.length === 1 || longest <= LONGEST_NAME) return titles;
  return titles.map((title, number) => {
    const cut = title.slice(0, LONGEST_NAME - 4).replace(/[ ,]+$/, "");
    return `${number + 1}: ${cut}…`;
  });
}

/**
 * Whether networks differ in a setting.
 *
 * @param {SiteNetwork[]} networks
 * @param {string} name
 */
export function differ(networks, name) {
  return new Set(networks.map(({ config }) => JSON.stringify(config[name]))).size > 1;
}

/**
 * The settings that differ and what came of them: a name and a value a network.
 *
 * @param {SiteNetwork[]} networks
 * @param {Side[]} sides
 * @param {Record<string, string>} labels - of the settings.
 * @returns {string[][]}
 */
export function rowsOf(networks, sides, labels) {
  const settings = Object.entries(labels)
    .filter(([name]) => differ(networks, name))
    .map(([name, label]) => [label, ...networks.map(({ words }) => words[name])]);
  const figures = Object.keys(sides[0].figures)
    .filter((label) => sides.some(({ figures }) => figures[label] !== null))
    .map((label) => [label, ...sides.map(({ figures }) => figures[label] ?? UNKNOWN)]);
  return [...settings, ...figures];
}

/**
 * Test errors by epoch in one figure, from those of each network; the train loss too where there is
 * one network.
 *
 * @param {SiteNetwork[]} networks
 * @param {Side[]} sides
 * @param {string[]} names
 * @returns {Figure}
 */
export function curvesOf(networks, sides, names) {
  if (sides.length === 1) return sides[0].curves;
  const data = sides.map(({ curves }, number) => {
    const [curve] = /** @type {Trace[]} */ (curves.data);
    return {
      ...curve,
      name: asMarkup(names[number]),
      line: { ...curve.line, color: colorOf(number) },
    };
  });
  const layouts = /** @type {any[]} */ (sides.map(({ curves }) => curves.layout));
  const longest = layouts.reduce((a, b) => (b.xaxis.range[1] > a.xaxis.range[1] ? b : a));
  const levels = levelsOf(layouts, differ(networks, "dataset"));
  const errors = data.flatMap(({ y }) => y.filter((error) => error !== null));
  const largest = Math.max(...errors, ...levels.map(([line]) => line.y0));
  const top = AIR * (Number.isFinite(largest) ? largest : 0.1);
  const named = apart(levels.map(([, name]) => name), top);
  const { shapes: _, annotations: __, margin, ...rest } = longest;
  const layout = {
    ...rest,
    yaxis: { ...rest.yaxis, range: [0, top] },
    showlegend: networks.length <= MOST_DRAWN,
  };
  if (!levels.length) return { data, layout: { ...layout, margin: { ...margin, r: MARGIN } } };
  const shapes = levels.map(([line]) => line);
  return { data, layout: { ...layout, margin, shapes, annotations: named } };
}

/**
 * PCA's errors with as many components as the networks have codes: the lines and their names, the
 * highest first; none where they are too many, or of different data.
 *
 * @param {any[]} layouts
 * @param {boolean} apart
 * @returns {[Level, Named][]}
 */
function levelsOf(layouts, apart) {
  if (apart) return [];
  /** @type {Map<string, [Level, Named]>} */
  const found = new Map();
  for (const { shapes = [], annotations = [] } of layouts) {
    for (const [i, note] of annotations.entries()) found.set(note.text, [shapes[i], note]);
  }
  if (found.size > MOST_LINES) return [];
  return [...found.values()].sort(([a], [b]) => b.y0 - a.y0);
}

/**
 * Names beside lines, none over another.
 *
 * @param {Named[]} names
 * @param {number} top - where the axis ends.
 */
function apart(names, top) {
  let place = Infinity;
  return names.map((name) => {
    place = Math.min(name.y, place - NAME_ROOM * top);
    return { ...name, y: place };
  });
}
