/**
 * What the explorer shows: the digits, their PCA, and a run's network, codes and errors, fetched
 * once and kept. Everything that is computed of them is computed here, when it is first asked for.
 */

import { Autoencoder, fullOf, meanSquaredError, PCA, readSafetensors } from "./numerics.js";

const KEPT = 8; // answers
const answers = new Map();

/**
 * The arrays at an address, kept for the next page that asks.
 *
 * @param {AbortSignal} signal - when all who wait for the answer have ended, it is fetched no more.
 */
export function fetchArrays(address, signal) {
  const kept = answers.get(address) ?? asked(address);
  answers.delete(address);
  answers.set(address, kept); // the latest last
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  kept.waiting += 1;
  signal.addEventListener("abort", () => {
    if (--kept.waiting === 0) kept.forget();
  });
  return kept.arrays;
}

/** An answer that is to come, how many wait for it, and how to wait no more. */
function asked(address) {
  const ending = new AbortController();
  const arrays = fetchNow(address, ending.signal);
  const forget = () => {
    if (answers.get(address) === kept) answers.delete(address);
    ending.abort();
  };
  const kept = { arrays, waiting: 0, forget };
  arrays.then(
    () => (kept.forget = () => {}),
    () => kept.forget(),
  );
  return kept;
}

/** The arrays at an address, as they are now; no more once the signal aborts. */
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
   * @param {Object} addresses - as `pcae.server.routes.addresses` gives them.
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

  constructor(digits, pca, run) {
    this.images = digits.arrays.images.data;
    this.labels = digits.arrays.labels.data;
    this.classes = JSON.parse(digits.about.classes);
    this.labelled = this.classes.length > 1;
    this.tests = Number(digits.about.tests);
    this.everything = Number(digits.about.everything); // with the training digits
    this.shape = JSON.parse(digits.about.shape); // rows and columns of a picture; null for a table
    this.tableColumns = JSON.parse(digits.about.columns); // the names of a table's columns
    this.limits = digits.arrays.limits?.data; // of those columns: all least values, all greatest
    this.noun = JSON.parse(digits.about.noun); // what a digit is called
    this.size = this.labels.length;
    this.pca = new PCA(pca.arrays.mean.data, pca.arrays.components.data);
    this.columns = new Map();
    this.pcaErrorsOf = { k: -1, values: null };
    this.read(run);
  }

  /** Take what is the run's. */
  read({ arrays, about }) {
    this.config = JSON.parse(about.config);
    this.k = this.config.k;
    this.network = new Autoencoder(this.config, arrays);
    this.codes = arrays.codes.data;
    this.errors = arrays.errors.data;
    this.passes = arrays.passes?.data; // where PCA lacks the components to find it
  }

  /** Whether there is a code of a digit. */
  knows(i) {
    return i < this.size;
  }

  /** Take what cannot be shown from what a visitor has set. */
  restrict(state) {
    if (state.held < state.count && this.knows(state.held)) return;
    state.held = this.labels.findIndex((_, i) => this.knows(i));
  }

  /** How many of the first n digits there are codes of. */
  among(n) {
    return n;
  }

  /** What a digit is called. */
  name(i) {
    return i < this.tests
      ? `test ${this.noun} ${i.toLocaleString("en")}`
      : `training ${this.noun} ${(i - this.tests).toLocaleString("en")}`;
  }

  /** A digit's name with its class, where there are classes to tell apart. */
  nameWithClass(i) {
    const name = this.name(i);
    return this.labelled ? `${this.classes[this.labels[i]]}, ${name}` : name;
  }

  /** A digit's pixels in [0, 1]. */
  image(i) {
    const { size } = this.pca;
    const full = fullOf(this.images);
    return Float32Array.from(this.images.subarray(i * size, (i + 1) * size), (v) => v / full);
  }

  /** A digit's code (k). */
  code(i) {
    return this.codes.slice(i * this.k, (i + 1) * this.k);
  }

  /** One score, or one number of the code, of every digit. */
  column(kind, axis) {
    const key = kind + axis;
    if (!this.columns.has(key)) {
      let values;
      if (kind === "pca") values = this.pca.column(this.images, axis);
      else {
        values = Float32Array.from({ length: this.size }, (_, i) => this.codes[i * this.k + axis]);
      }
      this.columns.set(key, values);
    }
    return this.columns.get(key);
  }

  /** The coordinates of every digit in a plane; of one number alone, up is the label. */
  coordinates(kind, [across, up]) {
    const x = this.column(kind, across);
    if (this.k > 1) return [x, this.column(kind, up)];
    return [x, Float32Array.from(this.labels, (label, i) => label + jitter(i))];
  }

  /** PCA's error of every digit with k components. */
  pcaErrors(k) {
    if (this.pcaErrorsOf.k !== k) {
      this.spread ??= this.pca.spread(this.images);
      const values = Float32Array.from(this.spread);
      for (let c = 0; c < k; c++) {
        const scores = this.column("pca", c);
        for (let i = 0; i < this.size; i++) values[i] -= scores[i] ** 2 / this.pca.size;
      }
      this.pcaErrorsOf = { k, values };
    }
    return this.pcaErrorsOf.values;
  }

  /**
   * What both make of a digit.
   *
   * @returns {{original, pca, network: Float32Array, pcaError, networkError, passes: number}}
   *     `passes` is the least k with which PCA's error is at most the autoencoder's.
   */
  show(i, k) {
    const original = this.image(i);
    const scores = this.pca.transform(original, this.pca.count);
    const pca = this.pca.inverse(scores.subarray(0, k));
    const network = this.network.decode(this.code(i));
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

  /** What is said of a digit under its pictures, below them, and of its errors in a line. */
  told({ pcaError, networkError, passes }) {
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

  /** What both make of k scores: PCA's image, and the code of that. */
  showScores(scores) {
    const pca = this.pca.inverse(scores);
    const code = this.network.encode(pca);
    return { pca, network: this.network.decode(code), code };
  }

  /** What both make of a code: the network's image, and of that the scores on k components. */
  showCode(code, k) {
    const network = this.network.decode(code);
    const scores = this.pca.transform(network, k);
    return { pca: this.pca.inverse(scores), network, scores };
  }
}

/** A fixed small shift, so that digits of one label do not lie in one line. */
function jitter(i) {
  return (((i * 2654435761) >>> 0) / 2 ** 32 - 0.5) * 0.6;
}
