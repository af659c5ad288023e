/**
 * Codes that a visitor has brought, in the place of a run's: a UMAP or a t-SNE of the same digits.
 *
 * Nobody knows what lies between them, so they have neither a decoder nor errors.
 */

import { World } from "../core/world.js";

/** @import { Addresses, Answer } from "../types.d.ts" */

/** A data set under PCA and under codes without a network; `title` is what these are called. */
export class ImportedWorld extends World {
  /**
   * As `World.fetch`; all digits, where there are codes of training digits alone.
   *
   * @override
   * @param {Addresses} addresses
   * @param {"test" | "all"} digits
   * @param {AbortSignal} signal
   * @returns {Promise<World>}
   */
  static async fetch(addresses, digits, signal) {
    const world = await super.fetch(addresses, digits, signal);
    if (!world.among(world.size)) return this.fetch(addresses, "all", signal);
    world.title = addresses.imported;
    return world;
  }

  /** @override @param {Answer} codes */
  read({ arrays, about }) {
    this.k = arrays.codes.shape[1];
    this.readCodes(arrays.codes);
    this.count = Number(about.count); // with those of digits that are not here
  }

  /** @override @param {number} i */
  knows(i) {
    return i < this.size && !Number.isNaN(this.codes[i * this.k]);
  }

  /** @override @param {number} n */
  among(n) {
    if (n > this.size) return this.count ?? 0;
    let count = 0;
    for (let i = 0; i < n; i++) count += Number(this.knows(i));
    return count;
  }

  /** @override @param {import("../core/told.js").Shown} shown */
  told(shown) {
    const { captions, errors } = super.told(shown);
    delete captions.network;
    return { captions, passes: "The other codes have no decoder.", errors };
  }
}
