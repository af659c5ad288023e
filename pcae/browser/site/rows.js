/** Rows of digits under each other, as `pcae/ui/digits.py` draws them, for the pages of a site. */

import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { digitCanvas, drawDigit } from "../core/pictures.js";

/** @import { Shape } from "../core/pictures.js" */

const HEAD = 128; // pixels for the rows' heads
const ROOM = 1085; // pixels beside them, in a window 1280 wide
const [LEAST, LARGEST, AIR] = [44, 108, 5]; // of a picture

addStyle("share/rows.css");

/**
 * A title, a picture a column, and a word under each.
 *
 * @typedef {Object} Row
 * @property {string} title
 * @property {ArrayLike<number>[]} images - in [0, 1]; what lies outside is cut.
 * @property {string[]} [captions]
 * @property {string} [subtitle]
 * @property {[black: number, white: number]} [span] - what black and white stand for.
 */

/**
 * Values from -most to most as a picture in [0, 1]: nothing is grey, more white, less black.
 *
 * @param {ArrayLike<number>} values
 * @param {number} most
 */
export function signed(values, most) {
  return Float32Array.from(values, (value) => 0.5 + value / (2 * most));
}

/**
 * Rows of digits.
 *
 * @param {Row[]} rows
 * @param {number} size - the longer side of each, in pixels of the page.
 * @param {Shape} shape
 * @param {string[]} heads - a word above each column, such as its label.
 * @param {boolean} closeUp - whether a click opens a column; the page shows `share/closeup.js` then.
 */
export function panel(rows, size, shape, heads = [], closeUp = false) {
  const titled = rows.some((row) => row.title);
  const [height, width] = shape.map((side) => Math.round((size * side) / Math.max(...shape)));
  const canvas = digitCanvas(shape);
  const lines = rows.map(({ title, images, captions, subtitle = "", span = [0, 1] }) => {
    const cells = images.map((image, i) => {
      drawDigit(canvas, Float32Array.from(image));
      const alt = title || subtitle;
      const picture = element("img", { src: canvas.toDataURL(), width, height, alt });
      if (closeUp) {
        Object.assign(picture, { tabIndex: 0, role: "button" });
        picture.dataset.span = span.join(" ");
      }
      return element("td", {}, picture, element("small", {}, captions?.[i] ?? ""));
    });
    const said = subtitle ? [element("small", {}, subtitle)] : [];
    const head = element("th", {}, element("span", {}, element("b", {}, title), ...said));
    return element("tr", {}, ...(titled ? [head] : []), ...cells);
  });
  if (heads.length) {
    const first = titled ? [element("td")] : [];
    const cells = heads.map((head) => element("td", {}, head));
    lines.unshift(element("tr", {}, ...first, ...cells));
  }
  const className = closeUp ? "pcae-panel pcae-open" : "pcae-panel";
  const table = element("table", { className }, element("tbody", {}, ...lines));
  const columns = Math.max(...rows.map((row) => row.images.length));
  table.style.setProperty("--columns", String(columns));
  table.style.setProperty("--size", `${width}px`);
  table.style.setProperty("--head", `${titled ? HEAD : 0}px`);
  // a box that scrolls is reached by keyboard
  return element("div", { className: "pcae-panel-box", tabIndex: 0, role: "group" }, table);
}

/**
 * Rows of pictures, as many columns under each other as there is room for.
 *
 * @param {Row[]} rows
 * @param {Shape} shape
 * @param {string[]} heads
 */
export function panels(rows, shape, heads) {
  const size = Math.trunc(Math.min(LARGEST, Math.max(LEAST, ROOM / heads.length - AIR)));
  const line = Math.max(1, Math.floor(ROOM / (size + AIR)));
  const found = [];
  for (let start = 0; start < heads.length; start += line) {
    const of = (/** @type {any[] | undefined} */ all) => all?.slice(start, start + line);
    const part = rows.map((row) => ({
      ...row,
      images: of(row.images) ?? [],
      captions: of(row.captions),
    }));
    found.push(panel(part, size, shape, of(heads), true));
  }
  return found;
}

/**
 * Fulfilled when all pictures of some elements can be painted, so that none is seen empty.
 *
 * @param {HTMLElement[]} elements
 */
export async function painted(elements) {
  const pictures = elements.flatMap((root) => [...root.querySelectorAll("img")]);
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
}
