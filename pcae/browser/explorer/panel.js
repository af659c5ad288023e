/** The words and pictures beside and below the plots: the inspector, the selection, the tray. */

import { element } from "../core/element.js";
import { digitCanvas, drawDigit, fitDigits } from "../core/pictures.js";
import { Values } from "./values.js";

const SLOTS = ["original", "pca", "network"];
const [SMALL, FILM] = [26, 40]; // pixels a digit
const GAP = 1; // of a digit's pixels, between digits
const [MOST_SHOWN, ROWS] = [200, 2];
const MORPH_STEPS = 9;

/** The large pictures of what the pointer is at, and PCA's k. */
export class Inspector {
  /** @param {(k: number) => void} onK */
  constructor(onK) {
    this.head = element("div", { className: "pcae-x-head" });
    this.values = new Values();
    this.canvases = {};
    this.captions = {};
    const pictures = SLOTS.map((slot) => {
      this.canvases[slot] = digitCanvas();
      this.captions[slot] = element("div", { className: "pcae-x-caption" });
      return element("figure", {}, this.canvases[slot], this.captions[slot]);
    });
    this.k = element("input", { type: "range", min: 1, max: 100, value: 2, ariaLabel: "PCA's k" });
    this.k.addEventListener("input", () => onK(Number(this.k.value)));
    this.kText = element("span");
    this.passes = element("div", { className: "pcae-x-passes" });
    const slider = element("label", { className: "pcae-x-k" }, this.kText, this.k);
    this.root = element(
      "aside",
      { className: "pcae-x-inspector" },
      this.head,
      ...pictures,
      this.values.root,
      slider,
      this.passes,
    );
  }

  /** Make room for what a world's digits are: pictures, or the values of columns. */
  fit(world, mostK) {
    for (const canvas of Object.values(this.canvases)) {
      canvas.hidden = !world.shape;
      if (world.shape) fitDigits(canvas, world.shape);
    }
    this.values.fit(world);
    this.k.max = mostK;
  }

  /**
   * @param {string} head
   * @param {Object} pictures - pixels by slot; a missing one is left empty.
   * @param {Object} captions - by slot; one without a caption is not there.
   */
  draw(head, pictures, captions, k, passes) {
    this.head.textContent = head;
    for (const slot of SLOTS) {
      if (!this.canvases[slot].hidden) drawDigit(this.canvases[slot], pictures[slot]);
      this.captions[slot].textContent = captions[slot];
      this.captions[slot].parentElement.hidden = !captions[slot];
    }
    this.values.draw(pictures);
    this.k.value = k;
    this.kText.textContent = `PCA, k = ${k}`;
    this.passes.textContent = passes;
  }
}

/** Below the plots: what is selected, or a morph, and the pinned digits. */
export class Strip {
  /** @param {{point: (i: number) => void, unpin: (i: number) => void}} act */
  constructor(act) {
    this.act = act;
    this.left = element("div", { className: "pcae-x-left" });
    this.tray = element("div", { className: "pcae-x-tray" });
    this.root = element("div", { className: "pcae-x-strip" }, this.left, this.tray);
  }

  /** What can be done, while nothing is chosen. */
  hint(text) {
    this.left.replaceChildren(element("p", { className: "pcae-x-hint" }, text));
  }

  /** The selected digits: classes, mean errors, and the first of them as pictures. */
  selection(world, indices, k) {
    const counts = new Map();
    for (const i of indices) {
      counts.set(world.labels[i], (counts.get(world.labels[i]) ?? 0) + 1);
    }
    const classes = [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${world.classes[label]}: ${count.toLocaleString("en")}`)
      .join(", ");
    const n = indices.length;
    const digits = `${n.toLocaleString("en")} ${world.noun}${n === 1 ? "" : "s"}`;
    const mean = (errors) => (indices.reduce((sum, i) => sum + errors[i], 0) / n).toFixed(4);
    const byNetwork = world.network ? `, autoencoder ${mean(world.errors)}` : "";
    const means = `Mean error: PCA, k = ${k} ${mean(world.pcaErrors(k))}${byNetwork}`;
    this.left.replaceChildren(
      element("p", {}, element("b", {}, digits), world.labelled ? ` ${classes}` : ""),
      element("p", {}, means),
    );
    if (!world.shape) return;
    const few = this.gallery(world, indices.slice(0, MOST_SHOWN));
    this.left.append(element("div", { className: "pcae-x-scroll" }, few));
  }

  /** Digits in rows; pointing at one inspects it. */
  gallery(world, indices) {
    const across = Math.ceil(indices.length / ROWS);
    const down = Math.ceil(indices.length / across);
    const canvas = digitCanvas(world.shape, SMALL, across, down, GAP);
    for (const [at, i] of indices.entries()) {
      drawDigit(canvas, world.image(i), at % across, Math.floor(at / across), GAP);
    }
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * across);
      const row = Math.floor(((event.clientY - box.top) / box.height) * down);
      const i = indices[row * across + column];
      if (i !== undefined) this.act.point(i);
    });
    return canvas;
  }

  /**
   * A morph: film strips of both methods and, larger, where it is now.
   *
   * @param {number[]} shape - of the pictures.
   * @param {(t: number) => {pca: Float32Array, network: Float32Array}} at - t from 0 to 1.
   * @returns {(t: number) => void} draws the large pictures at a time.
   */
  morph(shape, at) {
    const film = (slot, name) => {
      const now = digitCanvas(shape, FILM);
      const steps = digitCanvas(shape, FILM, MORPH_STEPS, 1, GAP);
      for (let step = 0; step < MORPH_STEPS; step++) {
        drawDigit(steps, at(step / (MORPH_STEPS - 1))[slot], step, 0, GAP);
      }
      const words = element("span", {}, name);
      return [element("div", { className: "pcae-x-film" }, words, now, steps), now];
    };
    const [pca, pcaNow] = film("pca", "PCA");
    const [network, networkNow] = film("network", "Autoencoder");
    this.left.replaceChildren(pca, network);
    return (t) => {
      const pictures = at(t);
      drawDigit(pcaNow, pictures.pca);
      drawDigit(networkNow, pictures.network);
    };
  }

  /** The pinned digits: original, PCA and autoencoder under each other. */
  pins(world, indices, k) {
    const cards = indices.map((i) => {
      const shown = world.show(i, k);
      const { errors } = world.told(shown);
      const name = world.nameWithClass(i);
      const text = `${name}: ${errors}. Click to take it out.`;
      const about = { className: "pcae-x-card", title: text, ariaLabel: text };
      const card = element("button", about, this.card(world, i, shown));
      card.addEventListener("pointerenter", () => this.act.point(i));
      card.addEventListener("click", () => this.act.unpin(i));
      return card;
    });
    this.tray.replaceChildren(...cards);
  }

  /** A digit as both methods show it; of a row its number. */
  card(world, i, shown) {
    if (!world.shape) return element("span", {}, String(i));
    const slots = SLOTS.filter((slot) => shown[slot]);
    const canvas = digitCanvas(world.shape, SMALL, 1, slots.length, GAP);
    slots.forEach((slot, row) => drawDigit(canvas, shown[slot], 0, row, GAP));
    return canvas;
  }
}
