/** Where the errors are: of each class, and at each pixel, over all test images. */

import { element } from "../core/element.js";
import { bars, errorByClass, mean } from "./errors.js";
import { chart } from "./mounted.js";
import { painted, panel } from "./rows.js";
import { table } from "./table.js";
import { columnsTable } from "./values.js";

/** @import { Errors } from "../core/leftover.js" */
/** @import { World } from "../core/world.js" */

const [HEIGHT, MAP] = [300, 150]; // pixels
const FEW = 20; // classes, each a column of the table; more are its rows

/**
 * The errors of a method over all test images.
 *
 * @typedef {Object} Method
 * @property {string} name
 * @property {string} [few] - of ordered codes: with how many of them, as it ends the name.
 * @property {ArrayLike<number>} images
 * @property {ArrayLike<number>} pixels
 */

export class Where {
  #chart = chart();
  #maps = element("div");
  #table = element("div");

  constructor() {
    const sides = element("div", { className: "pcae-site-sides" }, this.#chart.root, this.#maps);
    const head = element("h2", {}, "Where the errors are");
    this.root = element("section", { hidden: true }, head, sides, this.#table);
  }

  /**
   * @param {World} world
   * @param {Method[]} methods - PCA, the open network, and perhaps others.
   * @param {string} code - the scripts' folder.
   */
  async show(world, methods, code) {
    this.root.hidden = false;
    this.#chart.root.hidden = !world.labelled;
    const byClass = methods.map((of) => errorByClass(of.images, world));
    const maps = this.#where(world, methods);
    await painted(maps);
    this.#maps.replaceChildren(...maps);
    const heads = ["test error", ...(world.labelled ? world.classes : []), "all"];
    const lines = methods.map(({ name, images }, m) => {
      const errors = [...(world.labelled ? byClass[m] : []), mean(images)];
      return [name, ...errors.map((error) => Number.isNaN(error) ? "nan" : error.toFixed(4))];
    });
    const many = world.classes.length > FEW;
    const turned = heads.map((head, at) => [head, ...lines.map((line) => line[at])]);
    this.#table.replaceChildren(
      many ? table(turned[0], turned.slice(1)) : table(heads, lines),
    );
    this.#table.className = many ? "pcae-site-long" : "";
    if (!world.labelled) return;
    const named = methods.map(({ name }, m) => /** @type {const} */ ([name, byClass[m]]));
    this.drawn = {
      code,
      name: "error_by_class",
      label: "Mean test error of each class",
      height: HEIGHT,
      csv: true,
      timed: false,
      figure: bars(world.classes, named),
    };
    await this.again();
  }

  /** Draw the chart anew, if it is drawn, as the page has other colours. */
  async again() {
    if (this.drawn) await this.#chart.show(this.drawn);
  }

  /**
   * Mean errors at each pixel as maps, of each column as a table.
   *
   * @param {World} world
   * @param {Method[]} methods
   */
  #where(world, methods) {
    const [byPca, network] = methods;
    const caption = element("p", { className: "pcae-site-caption" });
    const count = world.tests.toLocaleString("en");
    if (!world.shape) {
      caption.textContent =
        `Mean squared error of each column, scaled to [0, 1], over ${count} rows.`;
      const found = [byPca, network].map((of) => /** @type {const} */ ([of.name, of.pixels]));
      return [...columnsTable(world, found.map(([name, values]) => [name, values])), caption];
    }
    const pixels = [byPca.pixels, network.pixels];
    const most = Math.max(...pixels.map((values) => Math.max(...Array.from(values))));
    caption.textContent = `Mean squared error at each pixel over all ${count} test images; white ` +
      `is ${most.toFixed(3)}.`;
    const images = pixels.map((values) => Float32Array.from(values, (value) => value / most));
    const captions = [byPca.name, `Autoencoder${network.few ?? ""}`];
    return [panel([{ title: "", images, captions }], MAP, world.shape), caption];
  }

  leave() {
    this.#chart.leave();
  }
}
