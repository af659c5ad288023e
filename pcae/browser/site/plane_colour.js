/**
 * By what Latent plane colours its planes: classes, the target, or a table's columns; with the words
 * of `pcae/ui/plane_colour.py`.
 */

import { COLUMN, inUnits, TARGET } from "../core/digits.js";
import { fieldOf } from "../core/latent.js";
import { saidOf } from "../core/scale.js";

/** @import { SiteDataset } from "../types.d.ts" */
/** @import { World } from "../core/world.js" */
/** @import { Decoded, Shades } from "./plane.js" */
/** @import { Choice } from "./widgets.js" */

export const CLASS = "class";

/**
 * What planes can be coloured by, the usual first; none where there are classes or no colours.
 *
 * @param {SiteDataset} dataset
 * @returns {Choice[]}
 */
export function coloursOf({ target, columns, shape }) {
  /** @type {Choice[]} */
  const own = target ? [[TARGET, target]] : [];
  if (shape) return own.length ? [...own, ["", "nothing"]] : [];
  return [...own, ...columns.map((name, c) => /** @type {Choice} */ ([`${COLUMN}${c + 1}`, name]))];
}

/**
 * What the colours mean.
 *
 * @param {string} colour
 * @param {Choice[]} colours
 * @param {string} noun
 */
export function meaningOf(colour, colours, noun) {
  if (colour === CLASS) {
    return `Colour: the class with most test ${noun}s there. Black: no ${noun}s.`;
  }
  const name = colours.find(([of]) => of === colour)?.[1];
  if (!colour) return "";
  return colour === TARGET
    ? `Colour: the mean ${name} of the test ${noun}s there. Black: no ${noun}s.`
    : `Colour: the ${name} that each method makes of that place, in the units of the data.`;
}

/**
 * The colours of a plane's values; null where they are of classes, or of what is not here yet.
 *
 * @param {World} world
 * @param {string} colour
 * @param {Decoded} plane
 * @param {ArrayLike<number>[]} places - of all digits along the plane's axes.
 * @returns {Shades | null}
 */
export function shadesOf(world, colour, plane, places) {
  const name = world.measures.get(colour);
  const known = name === undefined ? null : world.measured(colour);
  if (name === undefined || !known) return null;
  const { low, high } = saidOf(known);
  if (colour === TARGET) return { name, low, high, ...fieldOf(places, known) };
  const { images, n } = plane;
  const column = Number(colour.slice(COLUMN.length)) - 1;
  const values = images.map((image) => image ? inUnits(world, column, image[column]) : NaN);
  return { name, low, high, values, rows: images.length / n, columns: n };
}
