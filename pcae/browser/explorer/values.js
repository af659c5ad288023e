/** A table of a row's values, where the data is plain columns instead of pictures. */

import { element } from "../core/element.js";

const HEADS = { original: "Value", pca: "PCA", network: "Autoencoder" };
const MOST = 100; // columns

export class Values {
  constructor() {
    this.root = element("div", { className: "pcae-x-values", hidden: true });
  }

  /** Make room for the columns of a world's data; none for pictures. */
  fit({ shape, tableColumns, limits }) {
    this.root.hidden = Boolean(shape);
    if (shape) return;
    this.limits = limits;
    this.count = tableColumns.length;
    this.cells = tableColumns.slice(0, MOST).map(() => Object.keys(HEADS).map(() => element("td")));
    const heads = ["Column", ...Object.values(HEADS)].map((text) => element("th", {}, text));
    const rows = this.cells.map((cells, c) =>
      element("tr", {}, element("th", { title: tableColumns[c] }, tableColumns[c]), ...cells)
    );
    const more = `and ${(this.count - MOST).toLocaleString("en")} columns more`;
    const words = this.count > MOST ? [element("p", {}, more)] : [];
    this.root.replaceChildren(element("table", {}, element("tr", {}, ...heads), ...rows), ...words);
  }

  /** Show the values in [0, 1] as those of the data; what is missing is left empty. */
  draw(pictures) {
    if (this.root.hidden) return;
    Object.keys(HEADS).forEach((slot, s) => {
      this.cells.forEach((cells, c) => {
        const values = pictures[slot];
        cells[s].textContent = values ? inWords(this.value(c, values[c])) : "";
      });
    });
  }

  value(c, share) {
    const [low, high] = [this.limits[c], this.limits[this.count + c]];
    return low + share * (high - low);
  }
}

function inWords(value) {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
