/** The words and pictures beside and below the plots: the inspector, the selection, the tray. */

import { digitCanvas, drawDigit } from "./pictures.js";

const SLOTS = ["original", "pca", "network"];
const [SMALL, FILM] = [26, 40]; // pixels a digit
const GAP = 1; // of a digit's pixels, between digits
const STEP = 28 + GAP;
const [MOST_SHOWN, ROWS] = [200, 2];
const MORPH_STEPS = 9;

/** An element with attributes, properties and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** The large pictures of what the pointer is at, and PCA's k. */
export class Inspector {
  /** @param {(k: number) => void} onK */
  constructor(onK) {
    this.head = element("div", { className: "pcae-x-head" });
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
      slider,
      this.passes,
    );
  }

  /**
   * @param {string} head
   * @param {Object} pictures - pixels by slot; a missing one is left empty.
   * @param {Object} captions - by slot.
   */
  draw(head, pictures, captions, k, passes) {
    this.head.textContent = head;
    for (const slot of SLOTS) {
      drawDigit(this.canvases[slot], pictures[slot]);
      this.captions[slot].textContent = captions[slot];
    }
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
    const sums = { pca: 0, network: 0 };
    const errors = world.pcaErrors(k);
    for (const i of indices) {
      counts.set(world.labels[i], (counts.get(world.labels[i]) ?? 0) + 1);
      sums.pca += errors[i];
      sums.network += world.errors[i];
    }
    const classes = [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${world.classes[label]}: ${count.toLocaleString("en")}`)
      .join(", ");
    const n = indices.length;
    const digits = n === 1 ? "1 digit" : `${n.toLocaleString("en")} digits`;
    const [pca, network] = [sums.pca, sums.network].map((sum) => (sum / n).toFixed(4));
    const means = `Mean error: PCA, k = ${k} ${pca}, autoencoder ${network}`;
    const few = this.gallery(world, indices.slice(0, MOST_SHOWN));
    this.left.replaceChildren(
      element("p", {}, element("b", {}, digits), ` ${classes}`),
      element("p", {}, means),
      element("div", { className: "pcae-x-scroll" }, few),
    );
  }

  /** Digits in rows; pointing at one inspects it. */
  gallery(world, indices) {
    const across = Math.ceil(indices.length / ROWS);
    const down = Math.ceil(indices.length / across);
    const canvas = digitCanvas(SMALL, across, down, GAP);
    for (const [at, i] of indices.entries()) {
      drawDigit(canvas, world.image(i), (at % across) * STEP, Math.floor(at / across) * STEP);
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
   * @param {(t: number) => {pca: Float32Array, network: Float32Array}} at - t from 0 to 1.
   * @returns {(t: number) => void} draws the large pictures at a time.
   */
  morph(at) {
    const film = (slot, name) => {
      const now = digitCanvas(FILM);
      const steps = digitCanvas(FILM, MORPH_STEPS, 1, GAP);
      for (let step = 0; step < MORPH_STEPS; step++) {
        drawDigit(steps, at(step / (MORPH_STEPS - 1))[slot], step * STEP, 0);
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
      const canvas = digitCanvas(SMALL, 1, SLOTS.length, GAP);
      SLOTS.forEach((slot, row) => drawDigit(canvas, shown[slot], 0, row * STEP));
      const [pca, network] = [shown.pcaError, shown.networkError].map((of) => of.toFixed(4));
      const text =
        `${world.classes[world.labels[i]]}, ${world.name(i)}: PCA ${pca}, ` +
        `autoencoder ${network}. Click to take it out.`;
      const about = { className: "pcae-x-card", title: text, ariaLabel: text };
      const card = element("button", about, canvas);
      card.addEventListener("pointerenter", () => this.act.point(i));
      card.addEventListener("click", () => this.act.unpin(i));
      return card;
    });
    this.tray.replaceChildren(...cards);
  }
}
