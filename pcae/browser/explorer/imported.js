/**
 * Codes that a visitor has brought, in the place of a run's: a UMAP or a t-SNE of the same digits.
 *
 * Nobody knows what lies between them, so they have neither a decoder nor errors.
 */

import { meanSquaredError } from "../core/numerics.js";
import { World } from "../core/world.js";

/** A data set under PCA and under codes without a network; `title` is what these are called. */
export class ImportedWorld extends World {
  /** As `World.fetch`; all digits, where there are codes of training digits alone. */
  static async fetch(addresses, split, signal) {
    const world = await super.fetch(addresses, split, signal);
    if (!world.among(world.size)) return this.fetch(addresses, "all", signal);
    world.title = addresses.imported;
    return world;
  }

  read({ arrays, about }) {
    this.k = arrays.codes.shape[1];
    this.codes = arrays.codes.data;
    this.count = Number(about.count); // with those of digits that are not here
  }

  knows(i) {
    return i < this.size && !Number.isNaN(this.codes[i * this.k]);
  }

  restrict(state) {
    super.restrict(state);
    const mode = state.mode === "path" ? "pan" : state.mode;
    Object.assign(state, { mode, colour: "digit", manifold: false });
  }

  among(n) {
    if (n > this.size) return this.count;
    let count = 0;
    for (let i = 0; i < n; i++) count += this.knows(i);
    return count;
  }

  show(i, k) {
    const original = this.image(i);
    const pca = this.pca.inverse(this.pca.transform(original, k));
    return { original, pca, pcaError: meanSquaredError(original, pca) };
  }

  told({ pcaError }) {
    const error = pcaError.toFixed(4);
    return {
      captions: { original: "Original", pca: `PCA: error ${error}` },
      passes: "The other codes have no decoder.",
      errors: `PCA ${error}`,
    };
  }

  /** PCA's image of scores; where that is among the codes nobody knows. */
  showScores(scores) {
    return { pca: this.pca.inverse(scores), code: new Float32Array(this.k).fill(NaN) };
  }
}
