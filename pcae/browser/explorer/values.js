/** A table of a row's values, where the data is plain columns instead of pictures. */

import { SEEN_SLOTS, SLOTS } from "../core/both.js";
import { element } from "../core/element.js";

/** @import { World } from "../core/world.js" */
/** @typedef {typeof SEEN_SLOTS[number]} Slot */

/** @type {Record<Slot, string>} */
const HEADS = { original: "Value", noisy: "With noise", pca: "PCA", network: "Autoencoder" };
const MOST = 100; // columns

export class Values {
  /** @type {ArrayLike<number>} of all columns: the least values, then the greatest */
  limits = [];
  /** @type {string[]} of the data */
  columns = [];
  /** @type {HTMLElement[][]} by column and by slot */
  cells = [];
  /** @type {readonly Slot[]} */
  slots = SLOTS;

  constructor() {
    this.root = element("div", { className: "pcae-x-values", hidden: true });
  }

  /** Make room for the columns of a world's data; none for pictures. */
  fit(/** @type {World} */ { shape, tableColumns, limits }) {
    this.root.hidden = Boolean(shape);
    if (shape || !limits || !tableColumns) return;
    this.limits = limits;
    this.columns = tableColumns;
    this.build();
  }

  build() {
    const { columns, slots } = this;
    this.cells = columns.slice(0, MOST).map(() => slots.map(() => element("td")));
    const names = ["Column", ...slots.map((slot) => HEADS[slot])];
    const heads = names.map((text) => element("th", {}, text));
    const rows = this.cells.map((cells, c) =>
      element("tr", {}, element("th", { title: columns[c] }, columns[c]), ...cells)
    );
    const left = columns.length - MOST;
    const more = `and ${left.toLocaleString("en")} column${left === 1 ? "" : "s"} more`;
    const words = left > 0 ? [element("p", {}, more)] : [];
    this.root.replaceChildren(element("table", {}, element("tr", {}, ...heads), ...rows), ...words);
  }

  /**
   * Show the values in [0, 1] as those of the data; what is missing is left empty.
   *
   * @param {Partial<Record<Slot, Float32Array>>} shown
   * @param {boolean} noisy whether what both see has a column of its own
   */
  draw(shown, noisy) {
    if (this.root.hidden) return;
    const slots = noisy ? SEEN_SLOTS : SLOTS;
    if (slots !== this.slots) {
      this.slots = slots;
      this.build();
    }
    slots.forEach((slot, s) => {
      const values = shown[slot];
      this.cells.forEach((cells, c) => {
        cells[s].textContent = values ? inWords(this.value(c, values[c])) : "";
      });
    });
  }

  value(/** @type {number} */ c, /** @type {number} */ share) {
    const [low, high] = [this.limits[c], this.limits[this.columns.length + c]];
    return low + share * (high - low);
  }
}

function inWords(/** @type {number} */ value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
