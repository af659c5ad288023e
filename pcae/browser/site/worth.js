/** What an error is worth in principal components, as `pcae/methods/metrics.py` computes it. */

/**
 * How many principal components reconstruct as well as this error: linear between whole numbers,
 * from 0 on.
 *
 * @param {number} error
 * @param {number[]} pcaError - with k components at index k; falling.
 */
export function equivalentK(error, pcaError) {
  if (error >= pcaError[0]) return 0;
  const k = pcaError.findIndex((of) => of <= error);
  if (k < 0) return pcaError.length - 1;
  return k - 1 + (pcaError[k - 1] - error) / (pcaError[k - 1] - pcaError[k]);
}
