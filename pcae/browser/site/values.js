/** Tables of plain columns, where pictures are shown of other data; as `pcae/ui/values.py` draws them. */

import { inUnits } from "../core/digits.js";
import { element } from "../core/element.js";

/** @import { Row } from "./rows.js" */
/** @import { World } from "../core/world.js" */

const MOST_COLUMNS = 100;
const FIRST = ["Row", "Class", "Shown as", "Error"];

/**
 * Each row of the data as it is and as each method shows it, in its own units.
 *
 * @param {World} world - of a table.
 * @param {Row[]} rows - the originals with their names for captions, then the reconstructions with
 *     their errors.
 * @param {string[]} heads - each row's class.
 */
export function valuesTable(world, rows, heads) {
  const names = world.tableColumns.slice(0, MOST_COLUMNS);
  const shown = names.map((name) => FIRST.includes(name) ? `${name} (column)` : name);
  const lines = heads.flatMap((head, i) =>
    rows.map(({ title, images, captions = [] }, number) => {
      const own = [rows[0].captions?.[i] ?? "", head, title, number ? captions[i] : ""];
      return [...own, ...names.map((_, c) => short(inUnits(world, c, images[i][c])))];
    })
  );
  return [table([...FIRST, ...shown], lines, FIRST.length - 1), ...more(world)];
}

/**
 * Figures of each column.
 *
 * @param {World} world - of a table.
 * @param {[name: string, values: ArrayLike<number>][]} figures
 */
export function columnsTable(world, figures) {
  const lines = world.tableColumns.slice(0, MOST_COLUMNS).map((name, c) => [
    name,
    ...figures.map(([, values]) => values[c].toFixed(4)),
  ]);
  return [table(["column", ...figures.map(([name]) => name)], lines, 1), ...more(world)];
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toFixed(4)));
}

/**
 * @param {string[]} heads
 * @param {string[][]} lines
 * @param {number} words - how many of the first columns are no numbers.
 */
function table(heads, lines, words) {
  const cells = (/** @type {"th" | "td"} */ tag, /** @type {string[]} */ texts) =>
    texts.map((text, c) => element(tag, { className: c < words ? "" : "pcae-number" }, text));
  const top = element("thead", {}, element("tr", {}, ...cells("th", heads)));
  const body = lines.map((line) => element("tr", {}, ...cells("td", line)));
  const drawn = element("table", {}, top, element("tbody", {}, ...body));
  return element("div", { className: "pcae-site-values", tabIndex: 0, role: "group" }, drawn);
}

/** @param {World} world */
function more({ inputs }) {
  if (inputs <= MOST_COLUMNS) return [];
  const words = `The first ${MOST_COLUMNS} of ${inputs.toLocaleString("en")} columns are shown.`;
  return [element("p", { className: "pcae-site-caption" }, words)];
}
