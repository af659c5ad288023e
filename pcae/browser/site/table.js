/** A table of figures, as `pcae/ui/tables.py` draws it: on a phone each row is a card. */

import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";

addStyle("share/table.css");

/**
 * A table whose first column names its rows.
 *
 * @param {string[]} heads - of all columns, that of the names too.
 * @param {string[][]} rows
 * @param {string[]} dots - colours of dots before the heads of the figures, where they belong to
 *     curves.
 */
export function table(heads, rows, dots = []) {
  const top = heads.map((head, column) => {
    if (!head) return element("td");
    const color = dots[column - 1];
    const dot = element("span", { ariaHidden: "true" }, "●");
    if (color) dot.style.color = color;
    return element("th", { scope: "col" }, ...(color ? [dot, " "] : []), head);
  });
  const lines = rows.map(([name, ...texts]) => {
    const cells = texts.map((text, column) => {
      const cell = element("td", {}, text);
      cell.dataset.label = heads[column + 1];
      return cell;
    });
    return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
  });
  const head = element("thead", {}, element("tr", {}, ...top));
  const drawn = element("table", {}, head, element("tbody", {}, ...lines));
  return element("div", { className: "pcae-table" }, drawn);
}
