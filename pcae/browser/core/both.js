/** The two planes: what is everywhere in this order. */

/** @typedef {0 | 1} Side which plane, or which of a plane's axes: across or up */

export const PCA_AT = 0;
export const CODE_AT = 1;
export const BOTH = /** @type {const} */ ([PCA_AT, CODE_AT]);
export const AXIS_NAMES = ["PC", "code"];
export const OPACITY = 0.75;
/** @type {("pca" | "code")[]} */
export const KINDS = ["pca", "code"];
export const TITLES = ["PCA scores", "Bottleneck codes"];
/** What is shown of a digit: itself, and what both make of it. */
export const SLOTS = /** @type {const} */ (["original", "pca", "network"]);
/** The same, with what both see of it where that has noise. */
export const SEEN_SLOTS = /** @type {const} */ (["original", "noisy", "pca", "network"]);
