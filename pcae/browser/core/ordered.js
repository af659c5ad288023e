/**
 * Codes in an order, as `code_order` has them: their first numbers alone reconstruct, the others 0;
 * see `pcae/methods/autoencoder.py`, whose `first` this is.
 */

import { meanSquaredError } from "./numerics.js";

/** @import { RunConfig, Values } from "../types.d.ts" */
/** @import { PCA } from "./numerics.js" */
/** @import { Shown } from "./told.js" */

/**
 * A code with 0 for all but its first numbers.
 *
 * @param {Values} code
 * @param {number} kept
 */
export function first(code, kept) {
  return Float32Array.from(code, (value, j) => j < kept ? value : 0);
}

/**
 * How many of its codes a network reconstructs with where k are asked for: all, unless they are
 * ordered.
 *
 * @param {Pick<RunConfig, "k" | "code_order">} config
 * @param {number} k
 */
export function keptOf(config, k) {
  return config.code_order === "nested" ? Math.min(k, config.k) : config.k;
}

/**
 * A number of codes in words.
 *
 * @param {number} n
 */
export function codesInWords(n) {
  return `${n} code${n === 1 ? "" : "s"}`;
}

/**
 * The network's error by its picture, and from which k on PCA's is no larger; what is not known is
 * missing, as a k beyond the components that are here.
 *
 * @param {Pick<Shown, "original" | "network">} pictures
 * @param {PCA} [pca]
 * @returns {Pick<Shown, "networkError" | "passes">}
 */
export function measured({ original, network }, pca) {
  if (!original || !network) return {};
  const networkError = meanSquaredError(original, network);
  const passes = pca?.errors(original).findIndex((error) => error <= networkError) ?? -1;
  return { networkError, ...(passes >= 0 && { passes }) };
}
