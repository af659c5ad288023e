/** What is still on its way, as a line that goes once everything is here. */

import { element } from "../core/element.js";
import { isPiece } from "../core/parts.js";

/** @import { World } from "../core/world.js" */

export class Coming {
  constructor() {
    this.words = element("span");
    this.bar = element("progress", { max: 1, ariaLabel: "How much of the data is here" });
    this.root = element("div", { className: "pcae-x-wire" }, this.words, this.bar);
  }

  /** @param {World} world */
  draw(world) {
    const { needed } = world;
    const missing = needed.filter((part) => !world.has(part));
    const problem = world.parts?.problem;
    this.root.hidden = !missing.length && !problem;
    if (this.root.hidden) return;
    this.words.textContent = problem || sentence(world, missing);
    this.bar.value = 1 - missing.length / needed.length;
  }
}

/**
 * @param {World} world
 * @param {World["needed"]} missing
 */
function sentence({ pieces, size, noun }, missing) {
  const share = missing.filter(isPiece).length / pieces.length;
  const digits = Math.round(share * size).toLocaleString("en");
  const words = [
    ...(missing.includes("decoder") ? ["the decoder"] : []),
    ...(missing.includes("pca") ? ["PCA’s components"] : []),
    ...(share ? [`the images of ${digits} ${noun}s`] : []),
  ];
  return `Still coming: ${words.join(", ")}.`;
}
