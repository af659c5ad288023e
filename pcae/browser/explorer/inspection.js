/**
 * What is inspected: a digit, or a point of a plane where there is none; and what the decoders make
 * of it, in the panel beside the planes and ringed in both.
 */

import { AXIS_NAMES, CODE_AT, PCA_AT } from "../core/both.js";
import { partsWith, showWith } from "../core/noise.js";
import { codesInWords } from "../core/ordered.js";

/** @import { Side } from "../core/both.js" */
/** @import { Part } from "../core/parts.js" */
/** @import { Pointed } from "../types.d.ts" */
/** @import { Planes, Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Pair, State } from "./state.js" */
/** @import { Voice } from "./voice.js" */
/** @typedef {{places: (Pair | null)[], color: string}} Ringed by plane */

export class Inspection {
  /** @type {Point | null} where there is no digit; null while a digit is inspected */
  at = null;
  /** @type {Ringed | null} */
  ringed = null;
  /** @type {Part[]} what is still to come of it */
  missing = [];
  /** Called when the rings are to move, and whether they glide. @type {(glide: boolean) => void} */
  moved = () => {};
  /** Called with what is inspected. @type {(pointed: Pointed) => void} */
  inspected = () => {};

  /**
   * @param {Scene} scene
   * @param {Planes} planes
   * @param {import("./panel.js").Inspector} inspector
   * @param {Voice} voice
   */
  constructor(scene, planes, inspector, voice) {
    this.scene = scene;
    this.planes = planes;
    this.inspector = inspector;
    this.voice = voice;
    scene.store.subscribe((now, before) => this.changed(now, before));
  }

  /** @param {State} now @param {State} before */
  changed(now, before) {
    if (now.k !== before.k || now.noise !== before.noise) this.again();
    if (now.axes !== before.axes || now.moment !== before.moment) this.ring();
  }

  /** Inspect a digit. */
  point(/** @type {number} */ i, aloud = true) {
    const { scene } = this;
    const { world, state } = scene;
    const shown = showWith(world, i, state.k, state.noise);
    const { captions, passes, errors } = world.told(shown);
    this.at = null;
    this.want(partsWith(world, i, state.noise));
    scene.set({ held: i });
    this.inspector.draw(world.nameWithClass(i), shown, captions, state, passes);
    this.ring(!scene.reduced);
    this.inspected({ i });
    if (aloud) this.voice.say(`${world.nameWithClass(i)}. Errors: ${errors}.`);
  }

  /** Inspect a point of a plane where there is no digit. @param {Point} at */
  between(at) {
    const { state, world, theme } = this.scene;
    const inPca = at.p === PCA_AT;
    if (!inPca && !world.network) return;
    this.at = at;
    this.want(this.partsOf(at));
    const shown = this.decode(at);
    const held = `, the other ${inPca ? "scores" : "codes"} as in ${world.name(state.held)}`;
    /** @type {import("../core/told.js").Told["captions"]} */
    const captions = {
      original: `no ${world.noun} here${this.others(at.p) ? held : ""}`,
      ...(state.noise !== "none" && { noisy: "and no noise" }),
      pca: inPca ? "PCA at this point" : "PCA's copy of the autoencoder's picture",
      network: this.networkAt(at.p),
    };
    if (!world.network) delete captions.network;
    const { pca, network } = shown;
    const head = `${AXIS_NAMES[at.p]}: ${at.x.toFixed(1)}, ${at.y.toFixed(1)}`;
    this.inspector.draw(head, { pca, network }, captions, state, "");
    this.ringed = { places: shown.places, color: theme.text };
    this.moved(false);
    this.inspected(at);
    const near = this.planes.nearest(at);
    const nearest = near < 0 ? "" : ` The nearest is ${world.nameWithClass(near)}.`;
    this.voice.say(`Between the ${world.noun}s, ${head}.${nearest}`);
  }

  /** What the network's picture of a point of a plane is called. @param {Side} p */
  networkAt(p) {
    const { world, timed } = this.scene;
    const copy = p === PCA_AT ? "The autoencoder's copy" : "";
    const trained = timed ? "Trained autoencoder" : "Autoencoder";
    if (!world.ordered) return copy ? `${copy} of PCA's picture` : `${trained} at this point`;
    return `${copy || `${trained} here`}, ${codesInWords(world.kept(this.numbers(p)))}`;
  }

  /** Have what is inspected drawn anew as its parts come. @param {Part[]} parts */
  want(parts) {
    const { world } = this.scene;
    this.missing = parts.filter((part) => !world.has(part));
    this.inspector.root.dataset.missing = this.missing.join(" ");
    world.want(...this.missing).catch(() => {}); // the world says it
  }

  /** A part has come. */
  come() {
    if (this.missing.some((part) => this.scene.world.has(part))) this.again();
  }

  /** What has to be here for what both make of a point. @param {Point} at @returns {Part[]} */
  partsOf({ p }) {
    const { world, state } = this.scene;
    /** @type {Part[]} */
    const parts = world.network ? ["pca", "decoder"] : ["pca"];
    if (p === PCA_AT && world.network) parts.push("encoder");
    return p === PCA_AT && this.others(p) ? [world.pieceOf(state.held), ...parts] : parts;
  }

  /** Inspect what is inspected anew. */
  again() {
    if (this.at) this.between(this.at);
    else this.point(this.scene.state.held, false);
  }

  /** Ring the inspected digit where it is now. */
  ring(glide = false) {
    if (this.at) return;
    const { held } = this.scene.state;
    this.ringed = { places: this.planes.placesOf(held), color: "" }; // as its dot
    this.moved(glide);
  }

  /** Whether decoding a point of a plane needs more numbers than its two. */
  others(/** @type {Side} */ p) {
    const { state, world } = this.scene;
    return world.k > 1 && (p === PCA_AT ? state.k : world.kept(state.k)) > 2;
  }

  /** How many numbers a point of a plane has: those of the slider, and its own two. @param {Side} p */
  numbers(p) {
    const { k, axes } = this.scene.state;
    return Math.max(k, ...axes[p].map((axis) => axis + 1));
  }

  /** The scores or the code of a point; what it leaves open is the held digit's. @param {Point} at */
  full({ p, x, y }) {
    const { world, state } = this.scene;
    const [across, up] = state.axes[p];
    const numbers = this.numbers(p);
    /** @type {Float32Array} */
    let values = new Float32Array(p === CODE_AT ? world.k : numbers);
    if (this.others(p)) {
      const { held } = state;
      if (p === CODE_AT) values = Float32Array.from(world.cut(world.code(held), numbers));
      else values = world.scoresOf(held, numbers);
    }
    values[across] = x;
    if (world.k > 1) values[up] = y;
    return values;
  }

  /** What a plane's own decoder makes of a point. */
  decodeAlone(/** @type {Point} */ at) {
    const { world } = this.scene;
    const values = this.full(at);
    return at.p === PCA_AT ? world.pca.inverse(values) : world.trained.decode(values);
  }

  /** Whether what a plane's own decoder makes of its points is known. @param {Side} p */
  decodes(p) {
    const { world, state } = this.scene;
    if (p === CODE_AT) return world.has("decoder");
    return world.has("pca") && (!this.others(p) || world.has(world.pieceOf(state.held)));
  }

  /**
   * What both make of a point, as far as it is known, and where that is in both planes.
   *
   * @param {Point} at
   * @returns {{pca?: Float32Array, network?: Float32Array, places: (Pair | null)[]}}
   */
  decode(at) {
    const { world, state } = this.scene;
    const axes = state.axes[1 - at.p];
    const k = this.numbers(at.p === PCA_AT ? CODE_AT : PCA_AT);
    /** @type {(of: Float32Array) => Pair | null} */
    const twin = (of) => world.k > 1 ? [of[axes[0]], of[axes[1]]] : null;
    /** @type {Pair} */
    const here = [at.x, at.y];
    if (!this.decodes(at.p)) return { places: [0, 1].map((p) => p === at.p ? here : null) };
    const values = this.full(at);
    if (at.p === PCA_AT) {
      const shown = world.showScores(values);
      return { pca: shown.pca, network: shown.network, places: [here, twin(shown.code)] };
    }
    const shown = world.showCode(values, k);
    return { pca: shown.pca, network: shown.network, places: [twin(shown.scores), here] };
  }
}
