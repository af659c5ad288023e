/** The two planes: what is everywhere in this order. */

export const [PCA_AT, CODE_AT] = [0, 1];
export const BOTH = [PCA_AT, CODE_AT];
export const AXIS_NAMES = ["PC", "code"];
export const OPACITY = 0.75;
/** @type {("pca" | "code")[]} */
export const KINDS = ["pca", "code"];
export const TITLES = ["PCA scores", "Bottleneck codes"];
