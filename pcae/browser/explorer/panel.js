/**
 * Beside the planes: the large pictures, or the values, of what the pointer is at, PCA's k, and the
 * noise on what both see.
 */

import { SEEN_SLOTS } from "../core/both.js";
import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { NOISES } from "../core/noise.js";
import { codesInWords } from "../core/ordered.js";
import { digitCanvas, drawDigit, fitDigits } from "../core/pictures.js";
import { Values } from "./values.js";

/** @import { Noise } from "../core/noise.js" */
/** @import { World } from "../core/world.js" */
/** @import { Scene } from "./scene.js" */
/** @import { State } from "./state.js" */
/** @typedef {typeof SEEN_SLOTS[number]} Slot */

const NOISE_HELP = "On what both methods see. They are then measured against the original.";

addStyle("explorer/panel.css");

export class Inspector {
  codes = 0; // of ordered codes: how many there are, whose first the slider's k takes

  /** @param {Scene} scene */
  constructor(scene) {
    this.head = element("div", { className: "pcae-x-head" });
    this.values = new Values();
    this.pictures = SEEN_SLOTS.map((slot) => {
      const canvas = Object.assign(digitCanvas(), { role: "img" });
      const caption = element("div", { className: "pcae-x-caption" });
      return { slot, canvas, caption, root: element("figure", {}, canvas, caption) };
    });
    this.k = element("input", { type: "range", min: 1, max: 100, value: 2 });
    this.k.addEventListener("input", () => scene.set({ k: Number(this.k.value) }));
    this.kText = element("span");
    const noises = /** @type {[Noise, string][]} */ (Object.entries(NOISES));
    const options = noises.map(([value, textContent]) => element("option", { value, textContent }));
    this.noise = element("select", { title: NOISE_HELP, ariaLabel: "Noise" }, ...options);
    this.noise.addEventListener("change", () => {
      scene.set({ noise: /** @type {Noise} */ (this.noise.value) });
    });
    this.passes = element("div", { className: "pcae-x-passes" });
    const slider = element("label", { className: "pcae-x-k" }, this.kText, this.k);
    this.root = element(
      "div",
      { className: "pcae-x-inspector", role: "group", ariaLabel: "What is pointed at" },
      this.head,
      ...this.pictures.map(({ root }) => root),
      this.values.root,
      slider,
      element("label", { className: "pcae-x-noise" }, "Noise ", this.noise),
      this.passes,
    );
  }

  /** Make room for what a world's digits are. @param {World} world */
  fit(world) {
    for (const { canvas } of this.pictures) {
      canvas.hidden = !world.shape;
      if (world.shape) fitDigits(canvas, world.shape);
    }
    this.values.fit(world);
    this.k.max = String(world.components);
    this.k.ariaLabel = world.ordered ? "k of both methods" : "PCA's k";
    this.codes = world.ordered ? world.k : 0;
  }

  /**
   * @param {string} head
   * @param {Partial<Record<Slot, Float32Array>>} shown pixels; a missing one is left empty
   * @param {Partial<Record<Slot, string>>} captions what has none is not there; one without a
   *     picture is still to come
   * @param {Pick<State, "k" | "noise">} state
   * @param {string} passes
   */
  draw(head, shown, captions, { k, noise }, passes) {
    this.head.textContent = head;
    const noisy = noise !== "none";
    this.makeRoom(noisy);
    for (const { slot, canvas, caption, root } of this.pictures) {
      if (!canvas.hidden) drawDigit(canvas, shown[slot]);
      caption.textContent = caption.title = canvas.ariaLabel = captions[slot] ?? "";
      root.hidden = !captions[slot];
      root.classList.toggle("pcae-x-coming", !shown[slot]);
    }
    this.values.draw(shown, noisy);
    this.noise.value = noise;
    this.k.value = String(k);
    this.kText.textContent = sliderText(k, this.codes);
    this.passes.textContent = passes;
  }

  /** Let the picture with noise stand between the others, or not. @param {boolean} noisy */
  makeRoom(noisy) {
    const [original, seen] = this.pictures.map(({ root }) => root);
    if (!noisy) seen.remove();
    else if (!seen.parentElement) original.after(seen);
    this.root.classList.toggle("pcae-x-noisy", noisy);
  }
}

/** What the slider sets. @param {number} k @param {number} codes as `Inspector` has them */
function sliderText(k, codes) {
  if (k <= codes) return `Both methods, k = ${k}`;
  return `PCA, k = ${k}${codes ? `; all ${codesInWords(codes)}` : ""}`;
}
