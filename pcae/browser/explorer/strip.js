/** Below the plots: what is selected, or a morph, and the pinned digits. */

import { SLOTS } from "../core/both.js";
import { element } from "../core/element.js";
import { digitCanvas, drawDigit } from "../core/pictures.js";
import { differs } from "./store.js";

/** @import { World } from "../core/world.js" */
/** @import { Scene } from "./scene.js" */

const [SMALL, FILM] = [26, 40]; // pixels a digit
const GAP = 1; // of a digit's pixels, between digits
const [MOST_SHOWN, ROWS] = [200, 2];
const MORPH_STEPS = 9;

export class Strip {
  morphing = false; // in the place of the selection

  /**
   * @param {Scene} scene
   * @param {{point: (i: number) => void, pin: (i: number) => void}} act
   */
  constructor(scene, act) {
    this.scene = scene;
    this.act = act;
    this.left = element("div", { className: "pcae-x-left" });
    this.tray = element("div", { className: "pcae-x-tray" });
    this.root = element("div", { className: "pcae-x-strip" }, this.left, this.tray);
    scene.store.subscribe((now, before) => {
      if (differs(now, before, ["selected", "mode", "pinned"])) this.draw();
      else if (now.k !== before.k) scene.settled("strip", () => this.draw());
    });
  }

  draw() {
    if (this.morphing) return;
    const { world, state: { selected, pinned, k } } = this.scene;
    if (selected.length) this.selection(world, selected, k);
    else this.left.replaceChildren(element("p", { className: "pcae-x-hint" }, hint(world)));
    this.pins(world, pinned, k);
  }

  /** A part has come: what is shown of it may be too. */
  come() {
    const { selected, pinned } = this.scene.state;
    if (selected.length || pinned.length) this.scene.settled("strip", () => this.draw());
  }

  /** The selected digits: classes, mean errors, and the first of them as pictures. */
  selection(/** @type {World} */ world, /** @type {number[]} */ indices, /** @type {number} */ k) {
    const counts = new Map();
    for (const i of indices) {
      counts.set(world.labels[i], (counts.get(world.labels[i]) ?? 0) + 1);
    }
    const classes = [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${world.classes[label]}: ${count.toLocaleString("en")}`)
      .join(", ");
    const n = indices.length;
    const digits = `${n.toLocaleString("en")} ${world.noun}${n === 1 ? "" : "s"}`;
    const mean = (/** @type {ArrayLike<number>} */ errors) =>
      (indices.reduce((sum, i) => sum + errors[i], 0) / n).toFixed(4);
    const byPca = world.whole ? mean(world.pcaErrors(k)) : "still coming";
    const byNetwork = !world.errors
      ? ""
      : world.kept(k) < world.k
      ? `; the autoencoder's is known from k = ${world.k} on`
      : `, ${mean(world.errors)} with the autoencoder`;
    const means = `Mean error: ${byPca} with PCA at k = ${k}${byNetwork}.`;
    this.left.replaceChildren(
      element("p", {}, element("b", {}, digits), world.labelled ? ` ${classes}` : ""),
      element("p", {}, means),
    );
    if (!world.shape) return;
    const few = this.gallery(world, world.shape, indices.slice(0, MOST_SHOWN));
    this.left.append(element("div", { className: "pcae-x-scroll" }, few));
  }

  /**
   * Digits in rows; pointing at one inspects it.
   *
   * @param {World} world
   * @param {[number, number]} shape of a picture
   * @param {number[]} indices
   */
  gallery(world, shape, indices) {
    const across = Math.ceil(indices.length / ROWS);
    const down = Math.ceil(indices.length / across);
    const canvas = digitCanvas(shape, SMALL, across, down, GAP);
    for (const [at, i] of indices.entries()) {
      drawDigit(canvas, world.image(i), at % across, Math.floor(at / across), GAP);
    }
    Object.assign(canvas, { role: "img", ariaLabel: `The selected ${world.noun}s` });
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * across);
      const row = Math.floor(((event.clientY - box.top) / box.height) * down);
      const i = indices[row * across + column];
      if (i !== undefined) this.act.point(i);
    });
    return canvas;
  }

  /**
   * A morph: film strips of both methods and, larger, where it is now.
   *
   * @param {[number, number]} shape of the pictures
   * @param {(t: number) => {pca: Float32Array, network: Float32Array}} at t from 0 to 1
   * @returns {(t: number) => void} draws the large pictures at a time
   */
  morph(shape, at) {
    this.morphing = true;
    /** @param {"pca" | "network"} slot @param {string} name */
    const film = (slot, name) => {
      const now = digitCanvas(shape, FILM);
      const steps = digitCanvas(shape, FILM, MORPH_STEPS, 1, GAP);
      for (let step = 0; step < MORPH_STEPS; step++) {
        drawDigit(steps, at(step / (MORPH_STEPS - 1))[slot], step, 0, GAP);
      }
      const words = element("span", {}, name);
      return { root: element("div", { className: "pcae-x-film" }, words, now, steps), now };
    };
    const [pca, network] = [film("pca", "PCA"), film("network", "Autoencoder")];
    this.left.replaceChildren(pca.root, network.root);
    return (t) => {
      const pictures = at(t);
      drawDigit(pca.now, pictures.pca);
      drawDigit(network.now, pictures.network);
    };
  }

  /** Show what is selected again. */
  endMorph() {
    this.morphing = false;
    this.draw();
  }

  /** The pinned digits: original, PCA and autoencoder under each other. */
  pins(/** @type {World} */ world, /** @type {number[]} */ indices, /** @type {number} */ k) {
    const cards = indices.map((i) => {
      const shown = world.show(i, k);
      const { errors } = world.told(shown);
      const name = world.nameWithClass(i);
      const text = `${name}: ${errors}. Click to take it out.`;
      const about = { className: "pcae-x-card", title: text, ariaLabel: text };
      const card = element("button", about, this.card(world, i, shown));
      card.addEventListener("pointerenter", () => this.act.point(i));
      card.addEventListener("click", () => this.act.pin(i));
      return card;
    });
    this.tray.replaceChildren(...cards);
  }

  /**
   * A digit as both methods show it; of a row its number.
   *
   * @param {World} world
   * @param {number} i
   * @param {import("../core/told.js").Shown} shown
   */
  card(world, i, shown) {
    if (!world.shape) return element("span", {}, String(i));
    const slots = SLOTS.filter((slot) => shown[slot]);
    const canvas = digitCanvas(world.shape, SMALL, 1, slots.length, GAP);
    slots.forEach((slot, row) => drawDigit(canvas, shown[slot], 0, row, GAP));
    return canvas;
  }
}

/** What can be done, while nothing is chosen. @param {World} world */
function hint({ noun, shape, network }) {
  const path = shape ? `; with Path, drag to see one ${noun} become another. ` : ". ";
  const decoders = `Between the ${noun}s, the decoders show what they make of that point${path}`;
  return (
    `Click a ${noun} to keep it here. Draw around ${noun}s with Box or Lasso. ` +
    (network ? decoders : "") +
    "The wheel zooms; a double click shows the whole plane again."
  );
}
