/** A close-up of a column of digits: click one, and point at a pixel to read its value in all. */

import { addStyle } from "../core/fetched.js";
import { element } from "../core/element.js";
import { contextOf } from "../core/pictures.js";
import { greyOf } from "../core/readback.js";

/** @import { Code, Component } from "../types.d.ts" */

/** @typedef {(x: number, y: number) => void} Point - at a pixel of the pictures. */

const [MOST, AIR] = [280, 96]; // pixels: of a picture, and of the window beside the pictures
/** @type {Record<string, [across: number, down: number] | undefined>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {WeakMap<HTMLElement, AbortController>} */
const listeners = new WeakMap();

addStyle("share/closeup.css");

/**
 * Let the page's pictures that can be opened be opened.
 *
 * @param {Component<Code>} component
 */
export function show({ parentElement }) {
  if (listeners.has(parentElement)) return;
  const stop = new AbortController();
  listeners.set(parentElement, stop);
  const open = (/** @type {MouseEvent | KeyboardEvent} */ event) => {
    const { target } = event;
    const picture = target instanceof Element && target.closest(".pcae-open img");
    if (!(picture instanceof HTMLImageElement)) return;
    if (event instanceof KeyboardEvent && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    openColumn(picture, parentElement);
  };
  document.addEventListener("click", open, { signal: stop.signal });
  document.addEventListener("keydown", open, { signal: stop.signal });
}

/**
 * Stop listening.
 *
 * @param {HTMLElement} parentElement
 */
export function leave(parentElement) {
  listeners.get(parentElement)?.abort();
  listeners.delete(parentElement);
  /** @type {HTMLDialogElement | null} */ (parentElement.querySelector(".pcae-close-up"))?.close();
}

/**
 * Open the column that a picture is in; the dialog is drawn in `place`, in the app's colours.
 *
 * @param {HTMLImageElement} picture
 * @param {HTMLElement} place
 */
function openColumn(picture, place) {
  const cell = picture.closest("td");
  const table = picture.closest("table");
  if (!cell || !table) return;
  const rows = [...table.rows];
  const pictures = rows.map((row) => row.cells[cell.cellIndex]?.querySelector("img"));
  const shown = pictures.flatMap((image) => (image ? [new Enlarged(image)] : []));
  const heading = rows[0].cells[cell.cellIndex].textContent;
  const close = element("button", { textContent: "Close", className: "pcae-shut" });
  const where = element("span");
  const words = element("p", {}, element("b", {}, heading), " ", where, close);
  const strip = element("div", { className: "pcae-strip" }, ...shown.map((one) => one.root));
  const dialog = element("dialog", { className: "pcae-close-up", tabIndex: -1 }, words, strip);
  strip.style.setProperty("--side", `${Math.min(MOST, (innerWidth - AIR) / shown.length - 12)}px`);
  const sides = [picture.naturalWidth, picture.naturalHeight];
  const pixel = sides.map((side) => Math.floor(side / 2));
  /** @type {Point} */
  const point = (x, y) => {
    [pixel[0], pixel[1]] = [x, y].map((at, d) => Math.min(sides[d] - 1, Math.max(0, at)));
    where.textContent = `row ${pixel[1] + 1}, column ${pixel[0] + 1}`;
    for (const one of shown) one.point(pixel[0], pixel[1]);
  };
  for (const one of shown) one.follow(point);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    point(pixel[0] + step[0], pixel[1] + step[1]);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    picture.focus();
  });
  place.append(dialog);
  dialog.showModal();
  point(pixel[0], pixel[1]);
}

/** One picture, large, with the value at a pixel under it. */
class Enlarged {
  /** @param {HTMLImageElement} image - whose `data-span` says what black and white stand for. */
  constructor(image) {
    const [low, high] = (image.dataset.span ?? "").split(" ").map(Number);
    this.low = low;
    this.high = high;
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    this.canvas = element("canvas", { width, height });
    const context = contextOf(this.canvas, { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    this.bytes = greyOf(context.getImageData(0, 0, width, height).data, width);
    this.mark = element("i");
    this.value = element("output");
    const stage = element("div", { className: "pcae-stage" }, this.canvas, this.mark);
    stage.style.aspectRatio = `${width} / ${height}`;
    Object.assign(this.mark.style, { width: `${100 / width}%`, height: `${100 / height}%` });
    const name = element("b", {}, image.alt);
    this.root = element("figure", {}, stage, element("figcaption", {}, name, this.value));
  }

  /** @param {Point} point - what to call with the pixel under the pointer. */
  follow(point) {
    this.canvas.addEventListener("pointermove", (event) => {
      const box = this.canvas.getBoundingClientRect();
      const { width, height } = this.canvas;
      const x = Math.floor(((event.clientX - box.left) / box.width) * width);
      point(x, Math.floor(((event.clientY - box.top) / box.height) * height));
    });
  }

  /**
   * Mark a pixel, and say its value.
   *
   * @param {number} x
   * @param {number} y
   */
  point(x, y) {
    const { width, height } = this.canvas;
    const share = this.bytes[y * width + x] / 255;
    this.value.textContent = (this.low + share * (this.high - this.low)).toFixed(2);
    this.mark.style.left = `${(100 * x) / width}%`;
    this.mark.style.top = `${(100 * y) / height}%`;
  }
}
