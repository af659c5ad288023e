/** The page's colours and font. */

import { inkOf } from "../core/pictures.js";

/** @import { Theme } from "./types.d.ts" */

/**
 * The theme of an element of the page.
 *
 * @param {Element} root
 * @returns {Theme}
 */
export function themeOf(root) {
  const computed = getComputedStyle(root);
  const of = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
  const text = of("--st-text-color");
  const colors = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi) ?? [];
  return {
    text,
    lines: of("--st-border-color-light"),
    font: computed.fontFamily,
    type: Number(of("--pcae-type")) || 1,
    colors: [...colors],
    inks: colors.map(inkOf),
    textInk: inkOf(text),
  };
}
