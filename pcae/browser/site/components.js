/** Components: what a code is worth in principal components, and the directions of both methods. */

import { fetchJson } from "../core/answers.js";
import { jacobian, largestAngle } from "../core/directions.js";
import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { living } from "../core/living.js";
import { World } from "../core/world.js";
import { digitsOf } from "./choosing.js";
import { asText, readHeld, writeHeld } from "./held.js";
import { chart } from "./mounted.js";
import { painted, panel, signed } from "./rows.js";
import { columnsTable } from "./values.js";
import { toggle } from "./widgets.js";

/** @import { Life } from "../core/living.js" */
/** @import { Shape } from "../core/pictures.js" */
/** @import { Component, Figure, SiteData } from "../types.d.ts" */
/** @import { Widget } from "./held.js" */
/** @import { Row } from "./rows.js" */

/**
 * What Python made of a network: the charts of either axes, and a sentence.
 *
 * @typedef {{ curve: Figure, variance: Figure }} Charts
 * @typedef {{ sentence: string, log: Charts, linear: Charts }} Made
 */

const [MOST_DIRECTIONS, PICTURE] = [8, 76];
const [FEW, FEW_PICTURE] = [2, 112]; // directions of so few numbers stand beside each other
const [CHART_HEIGHT, VARIANCE_HEIGHT, LINKS] = [400, 260, 26]; // and of the row of downloads
/** @type {Record<string, Widget>} */
const WIDGETS = { log_axes: [asText(true), [asText(false)]] };
const FOOT = "In the app the chart has every network that is trained there; here it has those of " +
  "this site.";

const styled = addStyle("site/pages.css");

class Components {
  #shown = "";
  #turn = 0;
  #ending = new AbortController();
  #curve = chart();
  #variance = chart();
  #words = element("p", { className: "pcae-site-sentence" });
  #caption = element("p", { className: "pcae-site-caption" });
  #directions = element("section", { className: "pcae-site-directions" });
  #note = element("p", { className: "pcae-site-note", role: "status", hidden: true });

  /**
   * @param {Component<SiteData>} component
   * @param {Life} life
   */
  constructor(component, life) {
    this.component = component;
    this.life = life;
    life.signal.addEventListener("abort", () => this.#ending.abort());
    this.log = toggle("Logarithmic axes", true, (log) => {
      this.component.setStateValue("query", writeHeld({ log_axes: asText(log) }, WIDGETS));
      this.#tried(() => this.#charts());
    });
    const left = element("div", {}, this.log.root, this.#curve.root);
    const right = element("div", {}, this.#words, this.#caption, this.#variance.root);
    const sides = element("div", { className: "pcae-site-sides" }, left, right);
    const foot = element("p", { className: "pcae-site-foot" }, FOOT);
    this.#curve.root.style.minHeight = `${CHART_HEIGHT + LINKS}px`;
    this.#variance.root.style.minHeight = `${VARIANCE_HEIGHT + LINKS}px`;
    styled.then(() => {
      component.parentElement.replaceChildren(this.#note, sides, this.#directions, foot);
    });
  }

  /** @param {Component<SiteData>} component */
  async show(component) {
    const { network, query, pinned, figures, dataset } = component.data;
    const { values, wrong } = readHeld(query, WIDGETS);
    this.log.set(values.log_axes === asText(true));
    const shown = JSON.stringify([network.key, pinned]);
    this.component = component;
    if (shown === this.#shown) return this.#tried(() => this.#charts());
    this.#shown = shown;
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#say("");
    if (wrong.length) component.setTriggerValue("wrong", wrong);
    this.#caption.textContent = `Errors of the ${dataset.tests.toLocaleString("en")} test images ` +
      "shown; a dot is a network at its k (large: the open one, grey: published), its line ends " +
      "where PCA's curve has the same error.";
    await this.#tried(async () => {
      await styled;
      const { signal } = this.#ending;
      /** @type {Made} */
      const made = await fetchJson(figures[`components-${network.key}`], signal);
      this.made = made;
      this.#words.textContent = made.sentence;
      await Promise.all([this.#charts(), this.#turns(signal)]);
    });
  }

  /** Do something, and say in a sentence what went wrong. @param {() => Promise<void>} act */
  async #tried(act) {
    const turn = ++this.#turn;
    const { signal } = this.#ending;
    try {
      await act();
    } catch (problem) {
      if (!signal.aborted && turn === this.#turn) this.#say(/** @type {Error} */ (problem).message);
    }
  }

  /** @param {string} words */
  #say(words) {
    this.#note.textContent = words;
    this.#note.hidden = !words;
  }

  /** The error by the number of components, and the variance that they explain. */
  async #charts() {
    if (!this.made || this.life.over) return;
    const { curve, variance } = this.made[this.log.value ? "log" : "linear"];
    const plain = { code: this.component.data.code, csv: true, timed: false };
    await Promise.all([
      this.#curve.show({
        ...plain,
        name: "error_by_components",
        label: "Error of PCA by its number of components, and of each network at its own",
        height: CHART_HEIGHT,
        figure: curve,
      }),
      this.#variance.show({
        ...plain,
        name: "explained_variance",
        label: "Share of the variance that the first k components explain",
        height: VARIANCE_HEIGHT,
        figure: variance,
      }),
    ]);
  }

  /**
   * PCA's components and the decoder's directions at a few codes.
   *
   * @param {AbortSignal} signal
   */
  async #turns(signal) {
    const { network, pinned } = this.component.data;
    const world = await World.fetch(network.addresses, "test", signal);
    const digits = digitsOf(world, pinned);
    await world.want("pca", "decoder", ...new Set(digits.map((i) => world.pieceOf(i))));
    const drawn = world.shape ? pictures(world, world.shape, digits) : loadings(world, digits[0]);
    await painted(drawn);
    if (signal.aborted || this.life.over) return;
    this.#directions.replaceChildren(element("h2", {}, "Directions"), ...drawn);
  }

  destroy() {
    this.#curve.leave();
    this.#variance.leave();
  }
}

/**
 * As pictures, in rows, or beside each other where there are few directions.
 *
 * @param {World} world
 * @param {Shape} shape
 * @param {number[]} digits
 */
function pictures(world, shape, digits) {
  const { noun, pca, classes, labelled, labels, k } = world;
  const count = Math.min(k, MOST_DIRECTIONS);
  const numbers = Array.from({ length: count }, (_, c) => c + 1);
  const shown = (/** @type {ArrayLike<number>[]} */ rows) => rows.slice(0, count).map(grey);
  const everywhere = components(world, k);
  /** @type {Row[]} */
  const rows = [{
    title: "PCA, everywhere",
    images: [pca.mean, ...shown(everywhere)],
    captions: ["mean", ...numbers.map((c) => `PC ${c}`)],
  }];
  for (const i of digits) {
    const directions = directionsAt(world, i);
    const angle = largestAngle(directions, everywhere);
    rows.push({
      title: `At test ${noun} ${i.toLocaleString("en")}`,
      images: [world.image(i) ?? pca.mean, ...shown(directions)],
      captions: [labelled ? classes[labels[i]] : "", ...numbers.map((c) => `code ${c}`)],
      subtitle: `turned by ${angle.toFixed(0)}°`,
    });
  }
  const words = element(
    "p",
    {},
    "What changes in the picture when one number grows: white becomes lighter, black darker. ",
    element("b", {}, "PCA's directions are the same everywhere. The autoencoder's turn"),
    ` from ${noun} to ${noun}, which is how few numbers reach far; beside each ${noun} stands the ` +
      "largest angle between the decoder's plane there and PCA's.",
  );
  const beside = rows.map((row) => panel([row], FEW_PICTURE, shape));
  const drawn = count <= FEW
    ? element("div", { className: "pcae-site-three" }, ...beside)
    : panel(rows, PICTURE, shape, ["", ...numbers.map(String)]);
  const plural = `${noun[0].toUpperCase()}${noun.slice(1)}s`;
  return [words, drawn, note(`${plural} pinned in Explore are shown here instead of these.`)];
}

/**
 * The same of columns, as a table.
 *
 * @param {World} world
 * @param {number} i
 */
function loadings(world, i) {
  const count = Math.min(world.k, MOST_DIRECTIONS);
  const words = element(
    "p",
    {},
    "How much each column, scaled to [0, 1], changes when one number grows. ",
    element("b", {}, "PCA's directions are the same everywhere. The autoencoder's turn"),
    ` from row to row; these are at test row ${i.toLocaleString("en")}.`,
  );
  /** @type {(name: string, rows: ArrayLike<number>[]) => [string, ArrayLike<number>][]} */
  const named = (name, rows) => rows.slice(0, count).map((row, c) => [`${name} ${c + 1}`, row]);
  const figures = [
    ...named("PC", components(world, count)),
    ...named("code", directionsAt(world, i)),
  ];
  const table = columnsTable(world, figures);
  return [words, ...table, note("The first row pinned in Explore is taken instead.")];
}

/** @param {World} world @param {number} i */
function directionsAt(world, i) {
  const { decoder } = world.trained;
  if (!decoder) throw new Error("The decoder is not here yet.");
  return jacobian(decoder, world.code(i));
}

/** The first k components. @param {World} world @param {number} k */
function components({ pca: { components, size } }, k) {
  return Array.from({ length: k }, (_, c) => components.subarray(c * size, (c + 1) * size));
}

/** A direction as a picture as strong as it can be. @param {ArrayLike<number>} direction */
function grey(direction) {
  return signed(direction, Math.max(...Array.from(direction, Math.abs)) || 1);
}

/** @param {string} words */
function note(words) {
  return element("p", { className: "pcae-site-caption" }, words);
}

export const { show, leave } = living(Components);
