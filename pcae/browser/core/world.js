/**
 * What the explorer shows: the digits, their PCA, and a run's network, codes and errors. The points
 * come first; images, components and weights come as `parts.js` fetches them. Everything that is
 * computed of them is computed here, when it is first asked for.
 */

import { fetchArrays } from "./answers.js";
import { albumOf, Digits } from "./digits.js";
import { Autoencoder, meanSquaredError, PCA } from "./numerics.js";
import { first, keptOf, measured } from "./ordered.js";
import { isPiece, Parts } from "./parts.js";
import { told } from "./told.js";

/** @import { Addresses, Answer, RunConfig, Values } from "../types.d.ts" */
/** @import { Album } from "./digits.js" */
/** @import { Part } from "./parts.js" */
/** @import { Shown, Told } from "./told.js" */

/** @typedef {"pca" | "code"} Kind */

/**
 * What both make of a point of one plane: pictures, and its place in the other plane, NaN where it
 * is not known.
 *
 * @typedef {{ pca: Float32Array, network?: Float32Array, code: Float32Array }} ShownScores
 * @typedef {{ pca?: Float32Array, network: Float32Array, scores: Float32Array }} ShownCode
 */

const MOST_K = 100; // of PCA, unless a code has more numbers; as pcae/methods/pca.py has it

/** One data set under PCA and under one run. */
export class World extends Digits {
  /**
   * The points; `want` and `load` fetch the rest.
   *
   * @param {Addresses} addresses
   * @param {"test" | "all"} digits - the test digits, or the training digits after them as well.
   * @param {AbortSignal} signal - ends the fetching.
   */
  static async fetch(addresses, digits, signal) {
    const points = await fetchArrays(addresses.run + digits, signal);
    const ending = new AbortController();
    signal.addEventListener("abort", () => ending.abort());
    const world = new this(points, albumOf(addresses.digits + digits));
    /** @param {Part} part */
    const addressOf = (part) => {
      if (isPiece(part)) return addresses.digits + part;
      return part === "decoder" ? addresses.decoder + digits : addresses[part];
    };
    world.parts = new Parts(addressOf, ending.signal, world);
    world.parts.changed = () => world.changed();
    world.end = () => ending.abort();
    return world;
  }

  /** Called when a part has come, or could not. @type {() => void} */
  changed = () => {};
  /** Fetch no more. @type {() => void} */
  end = () => {};
  /** @type {Parts | undefined} */
  parts;
  k = 0; // of a code
  /** @type {Values} */
  codes = new Float32Array(); // (size, width)
  width = 0; // k; fewer, those of the plane, until the decoder is here
  /** @type {Autoencoder | undefined} */
  network; // codes from elsewhere have none, and no errors
  /** @type {Values | undefined} */
  errors; // of the network, a digit each
  /** @type {Values | undefined} */
  passes; // from which k on PCA's error is no larger
  /** @type {Values | undefined} */
  pixels; // the network's mean error at each pixel, where the points say it
  /** @type {string | undefined} */
  title; // of codes from elsewhere
  /** @type {PCA | undefined} */
  #pca;
  /** @type {Float32Array | undefined} */
  #spread;

  /**
   * @param {Answer} points
   * @param {Album} album
   */
  constructor(points, album) {
    super(points, album);
    this.scores = points.arrays.scores; // on the first components
    /** @type {Map<string, Float32Array>} */
    this.columns = new Map();
    this.pcaErrorsOf = { k: -1, values: new Float32Array() };
    this.read(points);
    this.components = Math.min(this.inputs, Math.max(MOST_K, this.k));
  }

  /**
   * Take what is the run's.
   *
   * @param {Answer} points
   */
  read({ arrays, about }) {
    /** @type {RunConfig} */
    const config = JSON.parse(about.config);
    this.k = config.k;
    this.network = new Autoencoder(config, this.shape);
    this.readCodes(arrays.codes);
    this.errors = arrays.errors.data;
    this.passes = arrays.passes.data;
    this.pixels = arrays.pixels?.data;
  }

  /** @param {import("../types.d.ts").Tensor} codes */
  readCodes({ data, shape }) {
    this.codes = data;
    this.width = shape[1];
  }

  // ------------------------------------------------------------------ what comes after the points

  /**
   * Whether a part is here.
   *
   * @param {Part} part
   */
  has(part) {
    if (isPiece(part)) return this.album.there.has(part);
    return Boolean(part === "pca" ? this.#pca : this.network?.[part]);
  }

  /**
   * Fetch parts before all else; fulfilled once they are here.
   *
   * @param {Part[]} parts
   */
  async want(...parts) {
    await this.parts?.want(parts);
  }

  /**
   * Fetch all that *Explore* needs, while nothing else is wanted; first what is needed of a digit.
   *
   * @param {number} i
   */
  load(i) {
    this.parts?.load([...new Set([...this.partsOf(i), ...this.needed])]);
  }

  /** Whether all that *Explore* needs is here; the encoder is fetched once it is wanted. */
  get whole() {
    return this.needed.every((part) => this.has(part));
  }

  /** All that *Explore* needs. @type {Part[]} */
  get needed() {
    return this.network ? ["decoder", "pca", ...this.pieces] : ["pca", ...this.pieces];
  }

  /**
   * What has to be here for a digit's pictures.
   *
   * @param {number} i
   * @returns {Part[]}
   */
  partsOf(i) {
    return this.network ? [this.pieceOf(i), "decoder", "pca"] : [this.pieceOf(i), "pca"];
  }

  /**
   * Take a part that has come.
   *
   * @param {Part} part
   * @param {Answer} answer
   */
  take(part, { arrays }) {
    if (isPiece(part)) return this.takePiece(part, arrays.images.data);
    if (part === "pca") this.#pca = new PCA(arrays.mean.data, arrays.components.data);
    else this.network?.take(part, arrays);
    if (part === "decoder" && arrays.codes) this.readCodes(arrays.codes);
  }

  /** PCA, once its components are here. */
  get pca() {
    if (!this.#pca) throw new Error("PCA’s components are not here yet.");
    return this.#pca;
  }

  /** The autoencoder, where there has to be one. */
  get trained() {
    if (!this.network) throw new Error("The other codes have no decoder.");
    return this.network;
  }

  /**
   * Whether there is a code of a digit.
   *
   * @param {number} i
   */
  knows(i) {
    return i < this.size;
  }

  /**
   * How many of the first n digits there are codes of.
   *
   * @param {number} n
   */
  among(n) {
    return n;
  }

  /**
   * A digit's code (k), once the decoder is here.
   *
   * @param {number} i
   */
  code(i) {
    return this.codes.slice(i * this.width, (i + 1) * this.width);
  }

  /**
   * One score, or one number of the code, of every digit; NaN before it can be computed.
   *
   * @param {Kind} kind
   * @param {number} axis
   */
  column(kind, axis) {
    const key = kind + axis;
    let values = this.columns.get(key);
    if (!values) {
      const found = this.computed(kind, axis);
      if (!found) return new Float32Array(this.size).fill(NaN);
      this.columns.set(key, values = found);
    }
    return values;
  }

  /**
   * @param {Kind} kind
   * @param {number} axis
   */
  computed(kind, axis) {
    const { data, shape: [, count] } = kind === "pca"
      ? this.scores
      : { data: this.codes, shape: [this.size, this.width] };
    if (axis < count) return Float32Array.from(this.labels, (_, i) => data[i * count + axis]);
    return kind === "pca" && this.whole ? this.pca.column(this.images, axis) : null;
  }

  /**
   * A digit's scores on k components, once its image and the components are here.
   *
   * @param {number} i
   * @param {number} k
   */
  scoresOf(i, k) {
    const image = this.image(i);
    if (!image) throw new Error("The image of this digit is not here yet.");
    return this.pca.transform(image, k);
  }

  /**
   * The coordinates of every digit in a plane; of one number alone, up is the label.
   *
   * @param {Kind} kind
   * @param {number[]} axes - across and up.
   */
  coordinates(kind, [across, up]) {
    const x = this.column(kind, across);
    if (this.k > 1) return [x, this.column(kind, up)];
    return [x, Float32Array.from(this.labels, (label, i) => label + jitter(i))];
  }

  /**
   * PCA's error of every digit with k components; NaN before all is here.
   *
   * @param {number} k
   */
  pcaErrors(k) {
    if (!this.whole) return new Float32Array(this.size).fill(NaN);
    if (this.pcaErrorsOf.k !== k) {
      this.#spread ??= this.pca.spread(this.images);
      const values = Float32Array.from(this.#spread);
      for (let c = 0; c < k; c++) {
        const scores = this.column("pca", c);
        for (let i = 0; i < this.size; i++) values[i] -= scores[i] ** 2 / this.inputs;
      }
      this.pcaErrorsOf = { k, values };
    }
    return this.pcaErrorsOf.values;
  }

  /** Whether the network's first codes reconstruct alone. */
  get ordered() {
    return this.network?.config.code_order === "nested";
  }

  /**
   * How many of its codes the network reconstructs with where k are asked for.
   *
   * @param {number} k
   */
  kept(k) {
    return this.network ? keptOf(this.network.config, k) : this.k;
  }

  /**
   * A code (k) as far as the network reconstructs with it.
   *
   * @param {Values} code
   * @param {number} k
   */
  cut(code, k) {
    return this.ordered ? first(code, this.kept(k)) : code;
  }

  /**
   * What both make of a digit with k numbers, as far as it is here; a network whose codes are in no
   * order with all of its own.
   *
   * @param {number} i
   * @param {number} k
   * @returns {Shown}
   */
  show(i, k) {
    const original = this.image(i);
    const pca = original && this.has("pca")
      ? this.pca.inverse(this.pca.transform(original, k))
      : undefined;
    const network = this.has("decoder")
      ? this.trained.decode(this.cut(this.code(i), k))
      : undefined;
    const pictures = { original, pca, network };
    return {
      ...pictures,
      pcaError: original && pca && meanSquaredError(original, pca),
      ...(this.kept(k) < this.k
        ? measured(pictures, this.has("pca") ? this.pca : undefined)
        : { networkError: this.errors?.[i], passes: this.passes?.[i] }),
      ...(this.ordered && { codes: this.kept(k) }),
    };
  }

  /**
   * What is said of a digit.
   *
   * @param {Shown} shown
   * @returns {Told}
   */
  told(shown) {
    return told(shown, this.noun);
  }

  /**
   * What both make of k scores: PCA's image, and, once the network is here, the code of that, of
   * which the network's image has as many numbers if they are ordered.
   *
   * @param {Values} scores
   * @returns {ShownScores}
   */
  showScores(scores) {
    const pca = this.pca.inverse(scores);
    if (!this.has("encoder") || !this.has("decoder")) {
      return { pca, code: new Float32Array(this.k).fill(NaN) };
    }
    const code = this.trained.encode(pca);
    return { pca, network: this.trained.decode(this.cut(code, scores.length)), code };
  }

  /**
   * What both make of a code: the network's image and, once PCA is here, of that the scores on k
   * components.
   *
   * @param {Values} code
   * @param {number} k
   * @returns {ShownCode}
   */
  showCode(code, k) {
    const network = this.trained.decode(code);
    if (!this.has("pca")) return { network, scores: new Float32Array(k).fill(NaN) };
    const scores = this.pca.transform(network, k);
    return { pca: this.pca.inverse(scores), network, scores };
  }
}

/**
 * A fixed small shift, so that digits of one label do not lie in one line.
 *
 * @param {number} i
 */
function jitter(i) {
  return (((i * 2654435761) >>> 0) / 2 ** 32 - 0.5) * 0.6;
}
