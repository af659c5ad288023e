/**
 * Means of errors, what an error is worth in principal components, and the chart of errors by class,
 * as `pcae/methods/metrics.py` and `pcae/figures/charts.py` have them.
 */

import { asMarkup, shortened } from "../core/markup.js";

/** @import { Figure } from "../types.d.ts" */

const FEW = 20; // classes on an axis, that are all named
const LAYOUT = { // as pcae/figures/charts.py has it
  margin: { l: 8, r: 8, t: 8, b: 8 },
  legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
  hovermode: "closest",
};

/** @param {ArrayLike<number>} values */
export function mean(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Mean of the images' errors in each class, by label; NaN for a class without images.
 *
 * @param {ArrayLike<number>} errors
 * @param {{ labels: ArrayLike<number>, classes: string[] }} world
 */
export function errorByClass(errors, { labels, classes }) {
  const sums = classes.map(() => 0);
  const counts = classes.map(() => 0);
  for (let i = 0; i < errors.length; i++) {
    sums[labels[i]] += errors[i];
    counts[labels[i]] += 1;
  }
  return sums.map((sum, label) => sum / counts[label]);
}

/**
 * Bars of the mean error in each class, PCA's first and then the networks'; as
 * `pcae.figures.charts.error_by_class` draws them.
 *
 * @param {string[]} classes
 * @param {(readonly [name: string, errors: number[]])[]} errors
 * @returns {Figure}
 */
export function bars(classes, errors) {
  const colorOf = (/** @type {number} */ number) => {
    if (number === 0) return "var(--pcae-pca)";
    return errors.length > 2 ? `var(--pcae-network-${number - 1})` : "var(--pcae-autoencoder)";
  };
  const data = errors.map(([name, values], number) => ({
    type: "bar",
    x: classes.map(asMarkup),
    y: values.map((value) => Number.isNaN(value) ? null : value),
    name: asMarkup(name),
    marker: { color: colorOf(number) },
    hovertemplate: `%{x}: %{y:.4f}<extra>${asMarkup(name)}</extra>`,
  }));
  const step = Math.ceil(classes.length / FEW);
  const tickvals = [...classes.keys()].filter((at) => at % step === 0);
  const ticktext = tickvals.map((at) => asMarkup(shortened(classes[at])));
  const named = classes.length > FEW ? { tickvals, ticktext } : {};
  const axes = { xaxis: { type: "category", ...named }, yaxis: { title: { text: "test error" } } };
  return { data, layout: { ...LAYOUT, barmode: "group", ...axes } };
}

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
