/**
 * What the explorer shows: the digits, their PCA, and a run's network, codes and errors, fetched
 * once and kept. Everything that is computed of them is computed here, when it is first asked for.
 */

import { Autoencoder, fullOf, meanSquaredError, PCA, readSafetensors } from "./numerics.js";

/** @import { Addresses, Answer, RunConfig, Values } from "../types.d.ts" */

/** @typedef {"pca" | "code"} Kind */
/** @typedef {{ arrays: Promise<Answer>, waiting: number, forget: () => void }} Kept */

/**
 * What both make of a digit; an imported world has only PCA's part.
 *
 * @typedef {Object} Shown
 * @property {Float32Array} original - pixels in [0, 1], as those of the other pictures.
 * @property {Float32Array} pca
 * @property {Float32Array} [network]
 * @property {number} pcaError - mean squared over the pixels.
 * @property {number} [networkError]
 * @property {number} [passes] - the least k with which PCA's error is at most the autoencoder's; -1
 *     where there is none.
 */

/**
 * What is said of a digit: under its pictures, below them, and of its errors in a line.
 *
 * @typedef {Object} Told
 * @property {{ original: string, pca: string, network?: string }} captions
 * @property {string} passes
 * @property {string} errors
 */

/**
 * What both make of a point of one plane: pictures, and its place in the other plane.
 *
 * @typedef {{ pca: Float32Array, network?: Float32Array, code: Float32Array }} ShownScores
 * @typedef {{ pca: Float32Array, network: Float32Array, scores: Float32Array }} ShownCode
 */

const KEPT = 8; // answers
/** @type {Map<string, Kept>} */
const answers = new Map();

/**
 * The arrays at an address, kept for the next page that asks.
 *
 * @param {string} address
 * @param {AbortSignal} signal - when all who wait for the answer have ended, it is fetched no more.
 */
export function fetchArrays(address, signal) {
  const kept = answers.get(address) ?? asked(address);
  answers.delete(address);
  answers.set(address, kept); // the latest last
  const [oldest] = answers.keys();
  if (answers.size > KEPT) answers.delete(oldest);
  kept.waiting += 1;
  signal.addEventListener("abort", () => {
    if (--kept.waiting === 0) kept.forget();
  });
  return kept.arrays;
}

/**
 * An answer that is to come, how many wait for it, and how to wait no more.
 *
 * @param {string} address
 */
function asked(address) {
  const ending = new AbortController();
  const arrays = fetchNow(address, ending.signal);
  const forget = () => {
    if (answers.get(address) === kept) answers.delete(address);
    ending.abort();
  };
  /** @type {Kept} */
  const kept = { arrays, waiting: 0, forget };
  arrays.then(
    () => (kept.forget = () => {}),
    () => kept.forget(),
  );
  return kept;
}

/**
 * The arrays at an address, as they are now; no more once the signal aborts.
 *
 * @param {string} address
 * @param {AbortSignal} signal
 */
export async function fetchNow(address, signal) {
  const answer = await fetch(new URL(address, document.baseURI), { signal }).catch(() => {
    throw new Error("The server does not answer: see whether it still runs, then reload the page.");
  });
  if (!answer.ok) throw new Error(await answer.text());
  return readSafetensors(await answer.arrayBuffer());
}

/** One data set under PCA and under one run. */
export class World {
  /**
   * @param {Pick<Addresses, "digits" | "pca" | "run">} addresses
   * @param {"test"|"all"} split - the test digits, or the training digits after them as well.
   * @param {AbortSignal} signal - ends the fetching.
   */
  static async fetch(addresses, split, signal) {
    const [digits, pca, run] = await Promise.all([
      fetchArrays(addresses.digits + split, signal),
      fetchArrays(addresses.pca, signal),
      fetchArrays(addresses.run + split, signal),
    ]);
    return new this(digits, pca, run);
  }

  k = 0; // of a code
  /** @type {Values} */
  codes = new Float32Array(); // (size, k)
  /** @type {Autoencoder | undefined} */
  network; // codes from elsewhere have none, and no errors
  /** @type {Values | undefined} */
  errors; // of the network, a digit each
  /** @type {Values | undefined} */
  passes; // where PCA lacks the components to find it
  /** @type {string | undefined} */
  title; // of codes from elsewhere
  /** @type {Float32Array | undefined} */
  #spread;

  /**
   * @param {Answer} digits
   * @param {Answer} pca
   * @param {Answer} run
   */
  constructor(digits, pca, run) {
    this.images = digits.arrays.images.data;
    this.labels = digits.arrays.labels.data;
    /** @type {string[]} */
    this.classes = JSON.parse(digits.about.classes);
    this.labelled = this.classes.length > 1;
    this.tests = Number(digits.about.tests);
    this.everything = Number(digits.about.everything); // with the training digits
    /** @type {[rows: number, columns: number] | null} */
    this.shape = JSON.parse(digits.about.shape); // of a picture; null for a table
    /** @type {string[]} */
    this.tableColumns = JSON.parse(digits.about.columns); // the names of a table's columns
    this.limits = digits.arrays.limits?.data; // of those columns: all least values, all greatest
    /** @type {string} */
    this.noun = JSON.parse(digits.about.noun); // what a digit is called
    this.size = this.labels.length;
    this.pca = new PCA(pca.arrays.mean.data, pca.arrays.components.data);
    /** @type {Map<string, Float32Array>} */
    this.columns = new Map();
    this.pcaErrorsOf = { k: -1, values: new Float32Array() };
    this.read(run);
  }

  /**
   * Take what is the run's.
   *
   * @param {Answer} run
   */
  read({ arrays, about }) {
    /** @type {RunConfig} */
    const config = JSON.parse(about.config);
    this.k = config.k;
    this.network = new Autoencoder(config, arrays);
    this.codes = arrays.codes.data;
    this.errors = arrays.errors.data;
    this.passes = arrays.passes?.data;
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
   * What a digit is called.
   *
   * @param {number} i
   */
  name(i) {
    return i < this.tests
      ? `test ${this.noun} ${i.toLocaleString("en")}`
      : `training ${this.noun} ${(i - this.tests).toLocaleString("en")}`;
  }

  /**
   * A digit's name with its class, where there are classes to tell apart.
   *
   * @param {number} i
   */
  nameWithClass(i) {
    const name = this.name(i);
    return this.labelled ? `${this.classes[this.labels[i]]}, ${name}` : name;
  }

  /**
   * A digit's pixels in [0, 1].
   *
   * @param {number} i
   */
  image(i) {
    const { size } = this.pca;
    const full = fullOf(this.images);
    return Float32Array.from(this.images.subarray(i * size, (i + 1) * size), (v) => v / full);
  }

  /**
   * A digit's code (k).
   *
   * @param {number} i
   */
  code(i) {
    return this.codes.slice(i * this.k, (i + 1) * this.k);
  }

  /**
   * One score, or one number of the code, of every digit.
   *
   * @param {Kind} kind
   * @param {number} axis
   */
  column(kind, axis) {
    const key = kind + axis;
    let values = this.columns.get(key);
    if (!values) {
      if (kind === "pca") values = this.pca.column(this.images, axis);
      else {
        values = Float32Array.from({ length: this.size }, (_, i) => this.codes[i * this.k + axis]);
      }
      this.columns.set(key, values);
    }
    return values;
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
   * PCA's error of every digit with k components.
   *
   * @param {number} k
   */
  pcaErrors(k) {
    if (this.pcaErrorsOf.k !== k) {
      this.#spread ??= this.pca.spread(this.images);
      const values = Float32Array.from(this.#spread);
      for (let c = 0; c < k; c++) {
        const scores = this.column("pca", c);
        for (let i = 0; i < this.size; i++) values[i] -= scores[i] ** 2 / this.pca.size;
      }
      this.pcaErrorsOf = { k, values };
    }
    return this.pcaErrorsOf.values;
  }

  /**
   * What both make of a digit, PCA with k components.
   *
   * @param {number} i
   * @param {number} k
   * @returns {Shown}
   */
  show(i, k) {
    const original = this.image(i);
    const scores = this.pca.transform(original, this.pca.count);
    const pca = this.pca.inverse(scores.subarray(0, k));
    const network = this.trained.decode(this.code(i));
    const networkError = meanSquaredError(original, network);
    const passes = this.passes?.[i] ??
      this.pca.errors(original, scores).findIndex((error) => error <= networkError);
    return {
      original,
      pca,
      network,
      pcaError: meanSquaredError(original, pca),
      networkError,
      passes,
    };
  }

  /**
   * What is said of a digit.
   *
   * @param {Shown} shown
   * @returns {Told}
   */
  told({ pcaError, networkError = NaN, passes = -1 }) {
    const [pca, network] = [pcaError, networkError].map((of) => of.toFixed(4));
    const { count, size } = this.pca;
    const never = count < size && !this.passes
      ? `with k up to ${count} does not come`
      : "never comes";
    return {
      captions: {
        original: "Original",
        pca: `PCA: error ${pca}`,
        network: `Autoencoder: error ${network}`,
      },
      passes: passes < 0
        ? `PCA ${never} as near to this ${this.noun}.`
        : `For this ${this.noun} PCA passes the autoencoder at k = ${passes}.`,
      errors: `PCA ${pca}, autoencoder ${network}`,
    };
  }

  /**
   * What both make of k scores: PCA's image, and the code of that.
   *
   * @param {Values} scores
   * @returns {ShownScores}
   */
  showScores(scores) {
    const pca = this.pca.inverse(scores);
    const code = this.trained.encode(pca);
    return { pca, network: this.trained.decode(code), code };
  }

  /**
   * What both make of a code: the network's image, and of that the scores on k components.
   *
   * @param {Values} code
   * @param {number} k
   * @returns {ShownCode}
   */
  showCode(code, k) {
    const network = this.trained.decode(code);
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
