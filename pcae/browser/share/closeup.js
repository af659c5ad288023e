/** A close-up of a column of digits: click one, and point at a pixel to read its value in all. */

import { addStyle } from "../core/fetched.js";
import { element } from "../core/element.js";

const [MOST, AIR] = [280, 96]; // pixels: of a picture, and of the window beside the pictures
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const listeners = new WeakMap();

addStyle("share/closeup.css");

/** Let the page's pictures that can be opened be opened. */
export function show({ parentElement }) {
  if (listeners.has(parentElement)) return;
  const stop = new AbortController();
  listeners.set(parentElement, stop);
  const open = (event) => {
    const picture = event.target.closest?.(".pcae-open img");
    if (!picture || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
    event.preventDefault();
    openColumn(picture, parentElement);
  };
  document.addEventListener("click", open, { signal: stop.signal });
  document.addEventListener("keydown", open, { signal: stop.signal });
}

/** Stop listening. */
export function leave(parentElement) {
  listeners.get(parentElement)?.abort();
  listeners.delete(parentElement);
  parentElement.querySelector(".pcae-close-up")?.close();
}

/** Open the column that a picture is in; the dialog is drawn in `place`, in the app's colours. */
function openColumn(picture, place) {
  const cell = picture.closest("td");
  const rows = [...cell.closest("table").rows];
  const pictures = rows.map((row) => row.cells[cell.cellIndex]?.querySelector("img"));
  const shown = pictures.filter(Boolean).map((image) => new Enlarged(image));
  const heading = rows[0].cells[cell.cellIndex].textContent;
  const close = element("button", { textContent: "Close", className: "pcae-shut" });
  const where = element("span");
  const words = element("p", {}, element("b", {}, heading), " ", where, close);
  const strip = element("div", { className: "pcae-strip" }, ...shown.map((one) => one.root));
  const dialog = element("dialog", { className: "pcae-close-up", tabIndex: -1 }, words, strip);
  strip.style.setProperty("--side", `${Math.min(MOST, (innerWidth - AIR) / shown.length - 12)}px`);
  const sides = [picture.naturalWidth, picture.naturalHeight];
  const pixel = sides.map((side) => Math.floor(side / 2));
  const point = (x, y) => {
    [pixel[0], pixel[1]] = [x, y].map((at, d) => Math.min(sides[d] - 1, Math.max(0, at)));
    where.textContent = `row ${pixel[1] + 1}, column ${pixel[0] + 1}`;
    for (const one of shown) one.point(...pixel);
  };
  for (const one of shown) one.follow(point);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    point(pixel[0] + KEYS[event.key][0], pixel[1] + KEYS[event.key][1]);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    picture.focus();
  });
  place.append(dialog);
  dialog.showModal();
  point(...pixel);
}

/** One picture, large, with the value at a pixel under it. */
class Enlarged {
  constructor(image) {
    [this.low, this.high] = image.dataset.span.split(" ").map(Number);
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    this.canvas = element("canvas", { width, height });
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    this.bytes = context.getImageData(0, 0, width, height).data;
    this.mark = element("i");
    this.value = element("output");
    const stage = element("div", { className: "pcae-stage" }, this.canvas, this.mark);
    stage.style.aspectRatio = `${width} / ${height}`;
    Object.assign(this.mark.style, { width: `${100 / width}%`, height: `${100 / height}%` });
    const name = element("b", {}, image.alt);
    this.root = element("figure", {}, stage, element("figcaption", {}, name, this.value));
  }

  follow(point) {
    this.canvas.addEventListener("pointermove", (event) => {
      const box = this.canvas.getBoundingClientRect();
      const { width, height } = this.canvas;
      const at = (offset, length, side) => Math.floor((offset / length) * side);
      const x = at(event.clientX - box.left, box.width, width);
      point(x, at(event.clientY - box.top, box.height, height));
    });
  }

  point(x, y) {
    const { width, height } = this.canvas;
    const share = this.bytes[4 * (y * width + x)] / 255;
    this.value.textContent = (this.low + share * (this.high - this.low)).toFixed(2);
    this.mark.style.left = `${(100 * x) / width}%`;
    this.mark.style.top = `${(100 * y) / height}%`;
  }
}
