/** Compare: networks side by side, with their learning curves, codes, settings and figures. */

import { fetchArrays, fetchJson } from "../core/answers.js";
import { element } from "../core/element.js";
import { addStyle, fetchPlotly } from "../core/fetched.js";
import { living } from "../core/living.js";
import { chart, Mounted } from "./mounted.js";
import { several } from "./several.js";
import { colorOf, curvesOf, differ, MOST_DRAWN, rowsOf, shortNames } from "./sides.js";
import { table } from "./table.js";

/** @import { Answer, CodesPanel, Component, Side, SiteData, SiteNetwork } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */

const HEIGHT = 380; // pixels, of the charts
const DIGITS = 2_000; // whose codes are drawn
const FIRST = ["Seed network, 5 epochs", "Seed network, 25 epochs", "Best 2-D"];
const FEW = 3; // networks at first, where these are not there
const NONE = "Choose networks above.";
const FOOT =
  "In the app there is a grid of trainings, followed as one, as well, and networks that a " +
  "link compares and that are not here can be trained.";

addStyle("site/pages.css");
addStyle("site/charts.css");

class Compare {
  /** The keys of the networks that are shown, in their order. @type {string[]} */
  chosen = [];
  told = ""; // the choice, as the address has it
  turn = 0; // of drawing
  /** What Python has made of each network, by its address. @type {Map<string, Promise<Side>>} */
  sides = new Map();

  /**
   * @param {Component<SiteData>} component
   * @param {Life} life
   */
  constructor({ parentElement, data, setStateValue }, life) {
    this.life = life;
    /** @type {[string, string][]} */
    const options = data.networks.map(({ key, title }) => [key, title]);
    this.choice = several("Networks", "Choose trained networks", options, [], (keys) => {
      this.chosen = keys;
      this.told = keys.join();
      setStateValue("compared", keys);
      this.#draw();
    });
    this.said = element("p", { className: "pcae-site-note", role: "status", hidden: true });
    this.curves = chart();
    this.codes = new Mounted(() => import("../share/codes.js"));
    this.sidesBeside = element(
      "div",
      { className: "pcae-c-charts" },
      this.curves.root,
      this.codes.root,
    );
    this.table = element("div", { className: "pcae-c-table" });
    this.notes = element("p", { className: "pcae-site-caption" });
    this.page = element("div", {}, this.sidesBeside, this.table, this.notes);
    const foot = element("p", { className: "pcae-site-foot" }, FOOT);
    parentElement.replaceChildren(this.choice.root, this.said, this.page, foot);
    fetchPlotly().catch(() => {}); // the chart says it
  }

  /** @param {Component<SiteData>} component */
  async show({ data }) {
    this.data = data;
    const { networks, compared } = data;
    if (!this.told || compared.join() !== this.told) {
      this.chosen = compared.length ? compared : first(networks);
      this.told = compared.join();
      this.choice.set(this.chosen);
    }
    await this.#draw();
  }

  /** @param {string} words */
  #say(words) {
    this.said.textContent = words;
    this.said.hidden = !words;
  }

  async #draw() {
    const turn = ++this.turn;
    const { data } = this;
    if (!data) return;
    const networks = this.chosen.flatMap((key) => data.networks.find((of) => of.key === key) ?? []);
    this.page.hidden = !networks.length;
    this.#say(networks.length ? "" : NONE);
    if (!networks.length) return;
    try {
      const names = shortNames(networks.map(({ title }) => title));
      const drawn = networks.slice(0, MOST_DRAWN);
      const [sides, points] = await Promise.all([
        Promise.all(networks.map(({ key }) => this.#side(data.figures[`compare-${key}`]))),
        Promise.all(
          drawn.map(({ addresses }) => fetchArrays(`${addresses.run}test`, this.life.signal)),
        ),
      ]);
      if (turn !== this.turn || this.life.over) return;
      this.#tell(data, networks, sides, names);
      await Promise.all([
        this.#drawCurves(data, networks, sides, names),
        this.#drawCodes(data, points, names),
      ]);
      this.page.dataset.drawn = this.chosen.join();
    } catch (problem) {
      if (turn === this.turn && !this.life.over) this.#say(/** @type {Error} */ (problem).message);
    }
  }

  /** What Python has made of a network. @param {string} address */
  #side(address) {
    let side = this.sides.get(address);
    if (!side) {
      side = fetchJson(address, this.life.signal);
      side.catch(() => this.sides.delete(address));
      this.sides.set(address, side);
    }
    return side;
  }

  /**
   * The settings that differ, what came of them, and of which digits.
   *
   * @param {SiteData} data
   * @param {SiteNetwork[]} networks
   * @param {Side[]} sides
   * @param {string[]} names
   */
  #tell({ labels }, networks, sides, names) {
    const heads = networks.map(({ title }, i) => names[i] === title ? title : `${i + 1}: ${title}`);
    const dots = networks.map((_, i) => colorOf(i));
    const rows = rowsOf(networks, sides, labels);
    this.table.replaceChildren(table(["", ...heads], rows, dots));
    const words = [];
    if (differ(networks, "dataset")) {
      words.push("These are of different data sets: each network is on its own test images.");
    }
    words.push(...new Set(sides.map(({ source }) => source)));
    if (networks.some(({ quality }) => !quality)) {
      words.push("What codes keep of the digits is measured on Quality, in the app.");
    }
    words.push(`The scatters show the codes of the first ${DIGITS.toLocaleString("en")} at most.`);
    if (networks.length > MOST_DRAWN) {
      words.push(`The codes of the first ${MOST_DRAWN} networks are drawn.`);
    }
    if (networks.some(({ config }) => config.k > 2)) {
      words.push("Of more than two codes the first two are drawn.");
    }
    this.notes.textContent = words.join(" ");
  }

  /**
   * @param {SiteData} data
   * @param {SiteNetwork[]} networks
   * @param {Side[]} sides
   * @param {string[]} names
   */
  #drawCurves({ code }, networks, sides, names) {
    return this.curves.show({
      code,
      name: "compared_curves",
      label: `Test error by epoch of ${names.join(", ")}`,
      height: HEIGHT,
      csv: true,
      timed: false,
      figure: curvesOf(networks, sides, names),
    });
  }

  /**
   * @param {SiteData} data
   * @param {Answer[]} points
   * @param {string[]} names
   */
  #drawCodes({ code }, points, names) {
    return this.codes.show({
      code,
      name: "compared_codes",
      label: `Codes of ${names.join(", ")}`,
      height: HEIGHT,
      moments: [],
      panels: points.map((of, number) => panelOf(of, names[number], number)),
    });
  }

  destroy() {
    this.curves.leave();
    this.codes.leave();
  }
}

/** What is compared at first. @param {SiteNetwork[]} networks */
function first(networks) {
  const usual = networks.filter(({ title }) => FIRST.includes(title));
  return (usual.length ? usual : networks.slice(0, FEW)).map(({ key }) => key);
}

/**
 * The codes of the first digits, as `share/codes.js` draws them; one number alone is drawn against
 * the label.
 *
 * @param {Answer} points
 * @param {string} title
 * @param {number} network - its place among those beside it.
 * @returns {CodesPanel}
 */
export function panelOf({ arrays, about }, title, network) {
  const { data, shape: [count, width] } = arrays.codes;
  const labels = Uint8Array.from(arrays.labels.data.subarray(0, DIGITS));
  const frame = new Float32Array(2 * Math.min(count, DIGITS));
  for (let i = 0; i < labels.length; i++) {
    frame[2 * i] = data[i * width];
    frame[2 * i + 1] = width > 1 ? data[i * width + 1] : labels[i];
  }
  return {
    title,
    network,
    axes: ["code 1", width > 1 ? "code 2" : "label"],
    classes: JSON.parse(about.classes),
    labels: base64(labels),
    frames: [base64(new Uint8Array(frame.buffer))],
  };
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export const { show, leave } = living(Compare);
