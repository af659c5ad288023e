/** The words and pictures beside and below the plots: the inspector, the selection, the tray. */

import { digitCanvas, drawDigit } from "./pictures.js";

const SLOTS = ["original", "pca", "network"];
const SMALL = 26; // pixels a digit
const MOST_SHOWN = 200,
  ROWS = 2;
const MORPH_STEPS = 9;

/** An element with attributes, properties and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && name !== "list") made[name] = value;
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
    let pca = 0,
      network = 0;
    const errors = world.pcaErrors(k);
    for (const i of indices) {
      counts.set(world.labels[i], (counts.get(world.labels[i]) ?? 0) + 1);
      pca += errors[i];
      network += world.errors[i];
    }
    const classes = [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${world.classes[label]}: ${count.toLocaleString("en")}`)
      .join(", ");
    const n = indices.length,
      digits = n === 1 ? "1 digit" : `${n.toLocaleString("en")} digits`;
    const means = `Mean error: PCA, k = ${k} ${(pca / n).toFixed(4)}, autoencoder ${(network / n).toFixed(4)}`;
    const few = indices.slice(0, MOST_SHOWN),
      across = Math.ceil(few.length / ROWS);
    const canvas = digitCanvas(SMALL, across, Math.min(ROWS, few.length), 1);
    few.forEach((i, at) =>
      drawDigit(canvas, world.image(i), (at % across) * 29, Math.floor(at / across) * 29),
    );
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * across);
      const row = Math.floor(((event.clientY - box.top) / box.height) * Math.min(ROWS, few.length));
      const i = few[row * across + column];
      if (i !== undefined) this.act.point(i);
    });
    this.left.replaceChildren(
      element("p", {}, element("b", {}, digits), ` ${classes}`),
      element("p", {}, means),
      element("div", { className: "pcae-x-scroll" }, canvas),
    );
  }

  /**
   * A morph: film strips of both methods and, larger, where it is now.
   *
   * @param {(t: number) => {pca: Float32Array, network: Float32Array}} at - t from 0 to 1.
   * @returns {(t: number) => void} draws the large pictures at a time.
   */
  morph(at) {
    const film = (slot, name) => {
      const canvas = digitCanvas(40, MORPH_STEPS, 1, 1),
        now = digitCanvas(40);
      for (let step = 0; step < MORPH_STEPS; step++) {
        drawDigit(canvas, at(step / (MORPH_STEPS - 1))[slot], step * 29, 0);
      }
      return [
        element("div", { className: "pcae-x-film" }, element("span", {}, name), now, canvas),
        now,
      ];
    };
    const [pca, pcaNow] = film("pca", "PCA"),
      [network, networkNow] = film("network", "Autoencoder");
    this.left.replaceChildren(pca, network);
    return (t) => {
      const pictures = at(t);
      drawDigit(pcaNow, pictures.pca);
      drawDigit(networkNow, pictures.network);
    };
  }

  /** The pinned digits: original, PCA and autoencoder under each other. */
  pins(world, indices, k) {
    this.tray.replaceChildren(
      ...indices.map((i) => {
        const shown = world.show(i, k),
          canvas = digitCanvas(SMALL, 1, 3, 1);
        SLOTS.forEach((slot, row) => drawDigit(canvas, shown[slot], 0, row * 29));
        const text =
          `${world.classes[world.labels[i]]}, ${world.name(i)}: PCA ${shown.pcaError.toFixed(4)}, ` +
          `autoencoder ${shown.networkError.toFixed(4)}. Click to take it out.`;
        const card = element(
          "button",
          { className: "pcae-x-card", title: text, ariaLabel: text },
          canvas,
        );
        card.addEventListener("pointerenter", () => this.act.point(i));
        card.addEventListener("click", () => this.act.unpin(i));
        return card;
      }),
    );
  }
}
