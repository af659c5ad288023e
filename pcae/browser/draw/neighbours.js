/** The images nearest to a drawing: asking for them while it is drawn, and showing them. */

import { fullOf } from "../core/numerics.js";
import { element } from "../core/element.js";
import { digitCanvas, drawDigit } from "../core/pictures.js";

/** @import { Tensor, Tensors, Values } from "../types.d.ts" */
/** @import { World } from "../core/world.js" */

export const COUNT = 8; // neighbours that are shown
const PAUSE_MS = 100; // between questions

/**
 * Asks one question at a time; of those that come meanwhile, the latest.
 *
 * @template Question
 */
export class Asking {
  /**
   * @param {(question: Question) => Promise<Tensors>} find
   * @param {(arrays: Tensors) => void} answered
   * @param {(sentence: string) => void} failed
   */
  constructor(find, answered, failed) {
    this.find = find;
    this.answered = answered;
    this.failed = failed;
    this.turn = 0;
    this.busy = false;
    /** @type {Question | null} */
    this.next = null;
  }

  /** @param {Question} question */
  ask(question) {
    this.next = question;
    if (!this.busy) this.go();
  }

  /** Let every answer that is still to come be forgotten. */
  forget() {
    this.next = null;
    this.turn += 1;
  }

  async go() {
    this.busy = true;
    while (this.next) {
      const [question, turn] = [this.next, this.turn];
      this.next = null;
      try {
        const arrays = await this.find(question);
        if (turn === this.turn) this.answered(arrays);
      } catch (problem) {
        if (turn === this.turn) this.failed(/** @type {Error} */ (problem).message);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.busy = false;
  }
}

/** A row of neighbours, and what most of them are. */
export class Neighbours {
  constructor() {
    this.sentence = element("p");
    this.about = element("small");
    this.cards = Array.from({ length: COUNT }, () => {
      const canvas = digitCanvas();
      const label = element("figcaption");
      return { canvas, label, root: element("figure", {}, canvas, label) };
    });
    const row = element("div", { className: "pcae-draw-row" }, ...this.cards.map((of) => of.root));
    const about = { className: "pcae-draw-neighbours" };
    this.root = element("div", about, this.sentence, this.about, row);
  }

  /**
   * @param {Record<"images" | "labels" | "indices" | "distances", Tensor>} found
   * @param {World} world
   * @param {"training" | "test"} split that they are of
   */
  draw(found, world, split) {
    const [images, labels] = [found.images.data, found.labels.data];
    const [indices, distances] = [found.indices.data, found.distances.data];
    const { inputs: size } = world;
    const full = fullOf(images);
    this.cards.forEach(({ canvas, label, root }, i) => {
      const pixels = Float32Array.from(images.subarray(i * size, (i + 1) * size), (v) => v / full);
      const name = world.name((split === "test" ? 0 : world.tests) + indices[i]);
      const distance = distances[i].toFixed(2);
      drawDigit(canvas, pixels);
      canvas.setAttribute("aria-label", `${world.classes[labels[i]]}, ${name}`);
      label.textContent = world.classes[labels[i]];
      root.title = `${world.classes[labels[i]]}, ${name}, at the distance ${distance}`;
      root.dataset.index = String(indices[i]);
    });
    this.sentence.textContent = majority(labels, world.classes);
    const count = split === "test" ? world.tests : world.everything - world.tests;
    const which = `the nearest of ${count.toLocaleString("en")} ${split} images`;
    const more = split === "test" ? ": no others are here" : ", by Euclidean distance";
    this.about.textContent = which + more;
  }

  /**
   * Show none, and perhaps why.
   *
   * @param {string} sentence
   */
  clear(sentence = "") {
    for (const { canvas, label, root } of this.cards) {
      drawDigit(canvas, null);
      label.textContent = root.title = "";
      delete root.dataset.index;
    }
    this.sentence.textContent = sentence;
    this.about.textContent = "";
  }
}

/**
 * How many have the label that most have; of several such, which.
 *
 * @param {Values} labels
 * @param {string[]} classes
 */
function majority(labels, classes) {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const which = [...counts].filter(([, count]) => count === most).map(([label]) => classes[label]);
  if (most === 1) return `All ${COUNT} neighbours are labelled differently.`;
  return `${most} of ${COUNT} neighbours are labelled ${which.join(", as many ")}.`;
}
