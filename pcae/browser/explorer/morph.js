/** A straight way from one point of a plane to another, played as what both make of it. */

import { PCA_AT } from "../core/both.js";
import { differs } from "./store.js";

const MORPH_MS = 2400;

/** @import { Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */

export class Morph {
  /** @type {object | null} being played */
  playing = null;
  /** @type {object | null} what is to be played once its parts have come */
  waiting = null;

  /**
   * @param {Scene} scene
   * @param {import("./inspection.js").Inspection} inspection
   * @param {import("./layers.js").Layers} layers
   * @param {import("./strip.js").Strip} strip
   */
  constructor(scene, inspection, layers, strip) {
    this.scene = scene;
    this.inspection = inspection;
    this.layers = layers;
    this.strip = strip;
    scene.store.subscribe((now, before) => {
      const cut = scene.world.ordered && now.k !== before.k; // what is played is of another k
      if (cut || differs(now, before, ["mode", "selected", "solid"])) this.stop();
    });
  }

  /** Play the way from one point to another, each method in its own plane. */
  async play(/** @type {Point} */ from, /** @type {Point} */ to) {
    const { inspection, layers, strip } = this;
    const { world, state, life, reduced } = this.scene;
    const { network, shape } = world;
    if (!network || !shape) return;
    const waiting = (this.waiting = {});
    const come = world.want(...inspection.partsOf(from)).then(() => true, () => false);
    if (!(await come) || waiting !== this.waiting) return;
    const { pca } = world;
    const ends = [from, to].map((at) => {
      const values = inspection.full(at);
      const image = inspection.decodeAlone(at);
      return at.p === PCA_AT
        ? { scores: values, code: world.cut(network.encode(image), values.length) }
        : { scores: pca.transform(image, state.k), code: values };
    });
    const mix = (/** @type {"scores" | "code"} */ name, /** @type {number} */ t) =>
      ends[0][name].map((v, j) => v + t * (ends[1][name][j] - v));
    const playing = (this.playing = {});
    const draw = strip.morph(shape, (t) => ({
      pca: pca.inverse(mix("scores", t)),
      network: network.decode(mix("code", t)),
    }));
    layers.drawOutline([from, to]);
    draw(0);
    if (reduced) return;
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      if (this.playing !== playing) return;
      const t = (Math.max(0, now - start) / MORPH_MS) % 2;
      draw(t < 1 ? t : 2 - t);
      life.frame("morph", step);
    };
    life.frame("morph", step);
  }

  stop() {
    this.waiting = null;
    if (!this.playing) return;
    this.layers.drawOutline([]);
    this.playing = null;
    this.strip.endMorph();
  }
}
