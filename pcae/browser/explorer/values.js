/** A table of a row's values, where the data is plain columns instead of pictures. */

import { SLOTS } from "../core/both.js";
import { element } from "../core/element.js";

/** @import { World } from "../core/world.js" */

const HEADS = ["Value", "PCA", "Autoencoder"];
const MOST = 100; // columns

export class Values {
  /** @type {ArrayLike<number>} of all columns: the least values, then the greatest */
  limits = [];
  count = 0; // of columns
  /** @type {HTMLElement[][]} by column and by slot */
  cells = [];

  constructor() {
    this.root = element("div", { className: "pcae-x-values", hidden: true });
  }

  /** Make room for the columns of a world's data; none for pictures. */
  fit(/** @type {World} */ { shape, tableColumns, limits }) {
    this.root.hidden = Boolean(shape);
    if (shape || !limits || !tableColumns) return;
    this.limits = limits;
    this.count = tableColumns.length;
    this.cells = tableColumns.slice(0, MOST).map(() => SLOTS.map(() => element("td")));
    const heads = ["Column", ...HEADS].map((text) => element("th", {}, text));
    const rows = this.cells.map((cells, c) =>
      element("tr", {}, element("th", { title: tableColumns[c] }, tableColumns[c]), ...cells)
    );
    const left = this.count - MOST;
    const more = `and ${left.toLocaleString("en")} column${left === 1 ? "" : "s"} more`;
    const words = this.count > MOST ? [element("p", {}, more)] : [];
    this.root.replaceChildren(element("table", {}, element("tr", {}, ...heads), ...rows), ...words);
  }

  /** Show the values in [0, 1] as those of the data; what is missing is left empty. */
  draw(/** @type {Partial<Record<typeof SLOTS[number], Float32Array>>} */ shown) {
    if (this.root.hidden) return;
    SLOTS.forEach((slot, s) => {
      const values = shown[slot];
      this.cells.forEach((cells, c) => {
        cells[s].textContent = values ? inWords(this.value(c, values[c])) : "";
      });
    });
  }

  value(/** @type {number} */ c, /** @type {number} */ share) {
    const [low, high] = [this.limits[c], this.limits[this.count + c]];
    return low + share * (high - low);
  }
}

function inWords(/** @type {number} */ value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
