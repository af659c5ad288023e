/**
 * A pad to draw a digit on; the drawing in MNIST's form, its place in the planes of PCA and of an
 * autoencoder, what both make of it, and its neighbours among the training images.
 *
 * All but the neighbours is computed here, within the frame in which the pointer moves. Where no
 * server knows the training images, the neighbours are found here too, among the test images.
 */

import { fetchNow } from "../core/answers.js";
import { addStyle } from "../core/fetched.js";
import { FEW } from "../core/legend.js";
import { fitWindow, living } from "../core/living.js";
import { nearestTests } from "./nearest.js";
import { Asking, Neighbours } from "./neighbours.js";
import { meanSquaredError } from "../core/numerics.js";
import { Pad, PENS, SIZE } from "./pad.js";
import { element } from "../core/element.js";
import { digitCanvas, drawDigit } from "../core/pictures.js";
import { AXIS_NAMES, BOTH, KINDS, PCA_AT, TITLES } from "../core/both.js";
import { mnistForm } from "./prepared.js";
import { Scatter } from "../core/scatter.js";
import { themeOf } from "../core/theme.js";
import { readPicture } from "./upload.js";
import { World } from "../core/world.js";

/** @import { Addresses, Component, Tensors } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */
/** @import { Brought, Pen, Stroke } from "./pad.js" */
/** @import { Form } from "./prepared.js" */

/**
 * What both make of a drawing: its scores and code, and the pictures of these.
 *
 * @typedef {Record<"scores" | "code" | "pca" | "network", Float32Array>} Reconstructed
 */

const ANSWERS = ["scores", "code"]; // by plane
const SIDE = 28;
const EMPTY = "Draw a digit in the black square, or choose a picture of one or drop it here.";
const COMING = "Fetching the network …";
const TIMES = "\u00a0×\u00a0"; // not to be broken
const FORM =
  `As MNIST's images were made: fitted into 20${TIMES}20 pixels with its proportions, placed in ` +
  `28${TIMES}28 with its centre of mass in the middle. Errors are mean squared errors over the ` +
  `${SIDE * SIDE} pixels.`;

await Promise.all(["explorer/explorer.css", "draw/draw.css"].map(addStyle)); // nothing is seen without

/** @type {{ marks: (Stroke | Brought)[], pen: Pen, words: string }} */
const memory = { marks: [], pen: "Usual", words: FORM }; // for when the page comes back

/**
 * @param {string} textContent
 * @param {() => void} onclick
 */
function button(textContent, onclick) {
  return element("button", { textContent, name: textContent, onclick });
}

class Draw {
  /** @type {World | null} */
  world = null; // its points, and all else where `whole`
  whole = false;
  /** @type {string | null} */
  sources = null; // of the world
  /** @type {string | null} */
  problem = null; // with it
  /** @type {Reconstructed | null} */
  shown = null;
  /** @type {File | null} */
  brought = null;
  nearest = ""; // the address of the neighbours; "" where no server knows them

  /**
   * @param {Component<Addresses>} component
   * @param {Life} life
   */
  constructor({ parentElement }, life) {
    this.life = life;
    this.pad = new Pad(memory, {
      changed: () => this.changed(),
      ended: () => this.update(),
    });
    const pens = /** @type {Pen[]} */ (Object.keys(PENS));
    this.pens = pens.map((pen) => button(pen, () => this.take(pen)));
    this.undo = button("Undo", () => this.pad.undo());
    this.clear = button("Clear", () => this.pad.clear());
    this.file = element("input", { type: "file", accept: "image/*", hidden: true });
    this.file.addEventListener("change", () => {
      const [file] = this.file.files ?? [];
      if (file) this.bring(file);
      this.file.value = ""; // the same one may be chosen again
    });
    this.note = element("p", { className: "pcae-draw-note", role: "status" });
    const left = element("div", { className: "pcae-draw-left" });
    left.append(this.pad.canvas, this.makeTools(), this.file, this.note);
    this.pictures = ["form", "pca", "network"].map(() => digitCanvas());
    this.captions = this.pictures.map(() => element("div", { className: "pcae-x-caption" }));
    this.box = element("i", { className: "pcae-draw-box", hidden: true });
    this.centre = element("i", { className: "pcae-draw-centre", hidden: true });
    const figures = this.pictures.map((canvas, i) => {
      const over = i ? [] : [this.box, this.centre];
      return element("figure", {}, canvas, ...over, this.captions[i]);
    });
    const pictures = element("div", { className: "pcae-draw-pictures" }, ...figures);
    this.legend = element("div", { className: "pcae-draw-legend" });
    this.planes = BOTH.map((p) => {
      const place = element("span");
      const head = element("div", { className: "pcae-draw-head" }, element("b", {}, TITLES[p]));
      head.append(place);
      return { place, head, scatter: new Scatter(), neighbours: new Neighbours() };
    });
    const planes = this.planes.map(({ head, scatter, neighbours }) =>
      element("section", {}, head, scatter.root, neighbours.root)
    );
    const right = element("div", { className: "pcae-draw-right" }, this.legend);
    right.append(element("div", { className: "pcae-draw-planes" }, ...planes));
    this.root = element("section", { className: "pcae-x pcae-draw" }, left, pictures, right);
    parentElement.replaceChildren(this.root);
    this.asking = new Asking(
      (/** @type {Reconstructed} */ of) => this.find(of),
      (arrays) => this.answered(arrays),
      (sentence) => this.planes.forEach(({ neighbours }) => neighbours.clear(sentence)),
    );
    this.receiveDrops();
    this.root.addEventListener("contextrestored", () => this.restore(), true);
    const page = this.root.closest(".stMainBlockContainer"); // what is above may grow
    life.resized([right, page], () => this.resized());
    this.update();
  }

  // ------------------------------------------------------------------ data

  /** @param {Component<Addresses>} component */
  async show({ data }) {
    fitWindow(this.root);
    const sources = JSON.stringify(data);
    if (this.sources === sources) return this.drawPlanes(); // in another theme
    this.sources = sources;
    this.world = this.problem = null;
    this.whole = false;
    this.asking.forget();
    try {
      const world = await World.fetch(data, "test", this.life.signal);
      if (this.sources !== sources || this.life.over) return; // something newer came
      this.world = world;
      this.drawPlanes();
      this.update();
      await world.want("pca", "encoder", "decoder");
      if (this.sources !== sources || this.life.over) return;
      this.whole = true;
      this.nearest = data.nearest;
      this.update();
      this.warmUp(world.k);
      this.root.dataset.drawn = data.run;
    } catch (problem) {
      if (this.sources !== sources || this.life.over) return;
      this.sources = null;
      this.problem = /** @type {Error} */ (problem).message;
      this.update();
    }
  }

  /**
   * Let the server work out the places of the training images before they are asked for.
   *
   * @param {number} k
   */
  warmUp(k) {
    if (!this.nearest) return;
    const zeros = new Float32Array(k);
    fetchNow(this.question(zeros, zeros), this.life.signal).catch(() => {});
  }

  /**
   * @param {Float32Array} scores
   * @param {Float32Array} code
   */
  question(scores, code) {
    const numbers = { scores: scores.join(), code: code.join() };
    return `${this.nearest}?${new URLSearchParams(numbers)}`;
  }

  /**
   * The neighbours of a drawing.
   *
   * @param {Reconstructed} of
   */
  async find({ scores, code }) {
    const { world } = this;
    if (!this.nearest && world) return nearestTests(world, scores, code);
    return (await fetchNow(this.question(scores, code), this.life.signal)).arrays;
  }

  /** @param {Tensors} arrays */
  answered(arrays) {
    const { world } = this;
    if (!world) return;
    this.planes.forEach(({ neighbours }, p) => {
      const of = (/** @type {string} */ name) => arrays[`${ANSWERS[p]}.${name}`];
      const found = { images: of("images"), labels: of("labels") };
      const all = { ...found, indices: of("indices"), distances: of("distances") };
      neighbours.draw(all, world, this.nearest ? "training" : "test");
    });
  }

  // ------------------------------------------------------------------ what does not move

  drawPlanes() {
    const { world } = this;
    if (!world) return;
    const theme = themeOf(this.root, world.classes.length);
    const beyond = this.planes.map(({ scatter }, p) => {
      const up = world.k > 1 ? `${AXIS_NAMES[p]} 2` : "label";
      const at = world.coordinates(KINDS[p], [0, 1]);
      return scatter.draw(at, [`${AXIS_NAMES[p]} 1`, up], world.labels, world.classes, theme);
    });
    const chips = world.classes.map((name, label) => {
      const dot = element("i");
      dot.style.background = theme.colors[label];
      return element("span", { className: "pcae-x-chip" }, dot, name);
    });
    const dots = `Dots: ${world.tests.toLocaleString("en")} test images`;
    const words = `${dots}, ${beyond.join(" and ")} of them beyond the edges`;
    const about = {
      className: "pcae-many-chips",
      tabIndex: 0,
      role: "group",
      ariaLabel: "Classes",
    };
    const shown = chips.length > FEW ? [element("div", about, ...chips)] : chips;
    this.legend.replaceChildren(...shown, element("small", {}, words));
  }

  /** The browser has lost what was drawn, and gives it back. */
  restore() {
    this.pad.redraw();
    this.drawPlanes();
    this.update();
  }

  makeTools() {
    const choose = button("Choose a picture …", () => this.file.click());
    const about = { className: "pcae-x-group", role: "group", ariaLabel: "How thick the pen is" };
    const pens = element("span", about, ...this.pens);
    this.take(memory.pen);
    return element("div", { className: "pcae-draw-tools" }, pens, this.undo, this.clear, choose);
  }

  /** @param {Pen} pen */
  take(pen) {
    memory.pen = pen;
    for (const button of this.pens) button.ariaPressed = String(button.textContent === pen);
  }

  resized() {
    fitWindow(this.root);
    this.life.frame("resized", () => {
      this.drawPlanes();
      this.ring();
    });
  }

  // ------------------------------------------------------------------ what moves with the pen

  /** The drawing has changed: draw what follows from it, once a frame. */
  changed() {
    memory.words = FORM;
    this.life.frame("changed", () => this.update());
  }

  update() {
    this.life.dropFrame("changed");
    const form = mnistForm(this.pad.ink(), SIZE, SIZE);
    this.root.classList.toggle("pcae-draw-none", !form);
    this.undo.disabled = this.clear.disabled = !memory.marks.length;
    const words = form && !this.whole ? COMING : form ? memory.words : EMPTY;
    this.say(this.problem ?? words, Boolean(this.problem));
    this.drawForm(form);
    this.shown = form && this.world && this.whole ? reconstruct(this.world, form.pixels) : null;
    const { shown } = this;
    this.drawReconstructed(form);
    this.ring();
    if (shown) return this.asking.ask(shown);
    this.asking.forget();
    for (const { neighbours } of this.planes) neighbours.clear();
  }

  /** @param {Form | null} form */
  drawReconstructed(form) {
    const { shown, world } = this;
    const pictures = shown ? [shown.pca, shown.network] : [null, null];
    const names = [world ? `PCA, k = ${world.k}` : "PCA", "Autoencoder"];
    pictures.forEach((picture, i) => {
      drawDigit(this.pictures[i + 1], picture);
      const error = form && picture
        ? `: error ${meanSquaredError(form.pixels, picture).toFixed(4)}`
        : "";
      this.captions[i + 1].textContent = names[i] + error;
    });
  }

  /** @param {Form | null} form */
  drawForm(form) {
    drawDigit(this.pictures[0], form?.pixels);
    this.box.hidden = this.centre.hidden = !form;
    const size = form && [form.width, form.height].map((of) => of.toFixed(0)).join(TIMES);
    const words = form ? `: ${size} of ${SIDE}${TIMES}${SIDE} pixels` : "";
    this.captions[0].textContent = `As the networks see it${words}`;
    if (!form) return;
    const share = (/** @type {number} */ of) => `calc(var(--picture) * ${of / SIDE})`;
    const { left, top, width, height, centre } = form;
    Object.assign(this.box.style, { left: share(left), top: share(top) });
    Object.assign(this.box.style, { width: share(width), height: share(height) });
    Object.assign(this.centre.style, { left: share(centre[0]), top: share(centre[1]) });
  }

  /** Ring the drawing's place in both planes. */
  ring() {
    if (!this.world) return;
    const { shown } = this;
    for (const p of BOTH) {
      const { scatter, place } = this.planes[p];
      const values = shown && (p === PCA_AT ? shown.scores : shown.code);
      const at = values && Array.from(values.subarray(0, 2));
      const beyond = scatter.ring(at);
      const words = at?.map((value) => value.toFixed(1).replace("-", "−")).join(", ") ?? "";
      place.textContent = words + (beyond ? ", beyond the edge" : "");
      scatter.root.dataset.at = JSON.stringify(at);
    }
  }

  // ------------------------------------------------------------------ pictures that are brought

  receiveDrops() {
    const over = (/** @type {boolean} */ is) => {
      this.root.classList.toggle("pcae-draw-over", is);
    };
    this.root.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    this.root.addEventListener("dragleave", () => over(false));
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) this.bring(file);
      else this.say("That was no file: drop a picture of a digit here.", true);
    });
  }

  /** @param {File} file */
  async bring(file) {
    this.brought = file;
    this.say(`Reading “${file.name}” …`);
    try {
      const { picture, words } = await readPicture(file);
      if (this.brought !== file || this.life.over) return; // another came
      this.pad.put(picture);
      memory.words = words;
      this.say(words);
    } catch (problem) {
      if (this.brought === file) this.say(/** @type {Error} */ (problem).message, true);
    }
  }

  /**
   * @param {string} words
   * @param {boolean} wrong
   */
  say(words, wrong = false) {
    if (this.note.textContent !== words) this.note.textContent = words; // read aloud once
    this.note.classList.toggle("pcae-draw-wrong", wrong);
  }

  destroy() {
    this.asking.forget();
  }
}

/**
 * What both make of an image.
 *
 * @param {World} world
 * @param {Float32Array} image
 * @returns {Reconstructed}
 */
function reconstruct({ pca, trained, k }, image) {
  const scores = pca.transform(image, Math.max(k, 2)).slice(0, k);
  const code = trained.encode(image);
  return { scores, code, pca: pca.inverse(scores), network: trained.decode(code) };
}

export const { show, leave } = living(Draw);
