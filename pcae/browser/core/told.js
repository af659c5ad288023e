/** What is shown and said of a digit under two methods. */

import { codesInWords } from "./ordered.js";

/** @import { Noise } from "./noise.js" */
/**
 * What both make of a digit; what has not come yet is missing, as the network's part is of codes
 * from elsewhere.
 *
 * @typedef {Object} Shown
 * @property {Float32Array} [original] - pixels in [0, 1], as those of the other pictures.
 * @property {Noise} [noise] - which both see.
 * @property {Float32Array} [noisy] - the digit with it, which may lie outside [0, 1].
 * @property {Float32Array} [pca]
 * @property {Float32Array} [network]
 * @property {number} [noisyError] - mean squared over the pixels, as the other errors.
 * @property {number} [pcaError]
 * @property {number} [networkError]
 * @property {number} [passes] - the least k with which PCA's error is at most the autoencoder's; -1
 *     where there is none.
 * @property {number} [codes] - of ordered codes: with how many of them the network reconstructs.
 */

/**
 * What is said of a digit: under its pictures, below them, and of its errors in a line.
 *
 * @typedef {Object} Told
 * @property {{ original: string, noisy?: string, pca: string, network?: string }} captions
 * @property {string} passes
 * @property {string} errors
 */

/**
 * @param {Shown} shown
 * @param {string} noun - what a digit is called.
 * @returns {Told}
 */
export function told({ noise, noisyError, pcaError, networkError, passes, codes }, noun) {
  const noisy = noisyError?.toFixed(4);
  const pca = pcaError?.toFixed(4);
  const network = networkError?.toFixed(4);
  const few = codes === undefined ? "" : codesInWords(codes);
  const errors = [
    ...(noisy ? [`with noise ${noisy}`] : []),
    ...(pca ? [`PCA ${pca}`] : []),
    ...(network ? [`autoencoder${few && ` with ${few}`} ${network}`] : []),
  ];
  const captions = noise
    ? { // a line each, as it stands below that these are errors
      original: "Original",
      noisy: withError("With noise", noisy, ""),
      pca: withError("PCA", pca, ""),
      network: withError("Autoencoder", network, ""),
    }
    : {
      original: "Original",
      pca: withError("PCA", pca),
      network: few
        ? withError(`Autoencoder, ${few}`, network, "") // a phone has room for two lines
        : withError("Autoencoder", network),
    };
  return {
    captions,
    passes: noise
      ? `Errors are against the ${noun} without noise.`
      : inWords(passes, noun, few && `th${codes === 1 ? "is" : "ese"} ${few}`),
    errors: errors.join(", ") || "still coming",
  };
}

/** @param {string} name @param {string | undefined} error @param {string} word */
function withError(name, error, word = "error ") {
  return error ? `${name}: ${word}${error}` : name;
}

/**
 * @param {number | undefined} passes
 * @param {string} noun
 * @param {string} few - of ordered codes: what reconstructs, as there is less room for it.
 */
function inWords(passes, noun, few) {
  if (passes === undefined) return "";
  if (passes < 0) return `PCA never comes as near to this ${noun}.`;
  if (few) {
    return passes
      ? `PCA passes ${few} at k = ${passes}.`
      : `Even the mean of all is as near as ${few}.`;
  }
  return passes
    ? `For this ${noun} PCA passes the autoencoder at k = ${passes}.`
    : `To this ${noun} even the mean of all is as near as the autoencoder.`;
}
