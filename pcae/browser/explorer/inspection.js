/**
 * What is inspected: a digit, or a point of a plane where there is none; and what the decoders make
 * of it, in the panel beside the planes and ringed in both.
 */

import { AXIS_NAMES, CODE_AT, PCA_AT } from "../core/both.js";

export class Inspection {
  /** @param {Object} view - the explorer: `world`, `state`, `planes`, `layers`, `inspector`, `say`. */
  constructor(view) {
    this.view = view;
    this.shown = {}; // the digit `i`, or the point `at`
    this.ringed = null; // `places` by plane, and a `color`
  }

  /** Inspect a digit. */
  point(i, aloud = true) {
    const { view } = this;
    const { world, state } = view;
    const shown = world.show(i, state.k);
    const { captions, passes, errors } = world.told(shown);
    state.held = i;
    this.shown = { i };
    view.inspector.draw(world.nameWithClass(i), shown, captions, state.k, passes);
    this.ring(!view.reduced);
    if (aloud) view.say(`${world.nameWithClass(i)}. Errors: ${errors}.`);
  }

  /** Inspect a point of a plane where there is no digit. */
  between(at) {
    const { view } = this;
    const { state, world } = view;
    const inPca = at.p === PCA_AT;
    if (!inPca && !world.network) return;
    const shown = this.decode(at);
    const held = `, the other ${inPca ? "scores" : "codes"} as in ${world.name(state.held)}`;
    const captions = {
      original: `no ${world.noun} here${this.others(at.p) ? held : ""}`,
      pca: inPca ? "PCA, of this point" : "PCA, of the autoencoder's",
      network: inPca ? "Autoencoder, of PCA's" : "Autoencoder, of this point",
    };
    if (!world.network) delete captions.network;
    const { pca, network } = shown;
    const head = `${AXIS_NAMES[at.p]}: ${at.x.toFixed(1)}, ${at.y.toFixed(1)}`;
    this.shown = { at };
    view.inspector.draw(head, { pca, network }, captions, state.k, "");
    this.ringed = { places: shown.places, color: view.text };
    view.layers.drawRings(false);
  }

  /** Inspect what is inspected anew. */
  again() {
    if (this.shown.at) this.between(this.shown.at);
    else this.point(this.shown.i, false);
  }

  /** Ring the inspected digit where it is now. */
  ring(glide = false) {
    const { i } = this.shown;
    if (i === undefined) return;
    const { view } = this;
    const color = view.colors[view.world.labels[i]];
    this.ringed = { places: view.planes.placesOf(i), color };
    view.link.note();
    view.layers.drawRings(glide);
  }

  /** Whether decoding a point of a plane needs more numbers than its two. */
  others(p) {
    const { state, world } = this.view;
    return world.k > 1 && (p === PCA_AT ? state.k : world.k) > 2;
  }

  /** The scores or the code of a point of a plane; what it leaves open is the held digit's. */
  full({ p, x, y }) {
    const { world, state } = this.view;
    const [across, up] = state.axes[p];
    let values = new Float32Array(p === CODE_AT ? world.k : Math.max(state.k, across + 1, up + 1));
    if (this.others(p)) {
      const { held } = state;
      if (p === CODE_AT) values = world.code(held);
      else values = world.pca.transform(world.image(held), values.length);
    }
    values[across] = x;
    if (world.k > 1) values[up] = y;
    return values;
  }

  /** What a plane's own decoder makes of a point. */
  decodeAlone(at) {
    const { pca, network } = this.view.world;
    const values = this.full(at);
    return at.p === PCA_AT ? pca.inverse(values) : network.decode(values);
  }

  /** What both make of a point, and where that is in both planes. */
  decode(at) {
    const { world, state } = this.view;
    const axes = state.axes[1 - at.p];
    const values = this.full(at);
    const k = Math.max(state.k, ...axes.map((axis) => axis + 1));
    const shown = at.p === PCA_AT ? world.showScores(values) : world.showCode(values, k);
    const twin = world.k > 1 ? axes.map((axis) => (shown.code ?? shown.scores)[axis]) : null;
    const places = at.p === PCA_AT ? [[at.x, at.y], twin] : [twin, [at.x, at.y]];
    return { ...shown, places };
  }
}
