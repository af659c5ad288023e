/** The explorer's buttons and choices above the plots. */

import { AXIS_NAMES, BOTH, PCA_AT } from "../core/both.js";
import { element } from "../core/element.js";
import { asCsv } from "../core/csv.js";
import { TARGET } from "../core/digits.js";
import { Legend } from "../core/legend.js";
import { codesInWords } from "../core/ordered.js";
import { downloadLink, save } from "../core/saving.js";
import { savePlanes } from "./figure.js";
import { canDrawSolid, NO_WEBGL } from "./solid.js";
import { changed, counts, ERRORS, MODES, TOGGLES } from "./state.js";
import { differs } from "./store.js";

const GRID = "The plane decoded on a grid";
const COMING = "This needs what is still coming";
const NO_PICTURES = "This needs pictures, and this data is a table of columns";

/** @import { World } from "../core/world.js" */
/** @import { Acts } from "./acts.js" */
/** @import { Planes } from "./planes.js" */
/** @import { Scene } from "./scene.js" */
/** @import { State } from "./state.js" */

/** @type {(keyof State)[]} */
const DRAWN = ["count", "axes", "colour", "mode", "hidden", "selected", ...TOGGLES];

export class Controls {
  /**
   * @param {Scene} scene
   * @param {Planes} planes
   * @param {Acts} acts
   * @param {HTMLElement} note where warnings stand
   */
  constructor(scene, planes, acts, note) {
    this.scene = scene;
    this.planes = planes;
    this.acts = acts;
    this.note = note;
    this.bar = element("div", { className: "pcae-x-bar" });
    /** Whether a button of the bar is pressed now, and whether to draw once it is not. */
    this.pressed = this.late = false;
    this.bar.addEventListener("pointerdown", ({ target }) => this.press(target));
    for (const end of ["pointerup", "pointercancel"]) {
      addEventListener(end, () => this.letGo(), { signal: scene.life.signal });
    }
    const about = { className: "pcae-x-legend", role: "group", ariaLabel: "Classes" };
    this.legend = element("div", about);
    this.classes = new Legend("pcae-x-chip", acts);
    this.finder = element("input", { type: "number", min: 0, placeholder: "no." });
    this.finder.ariaLabel = "Find a digit by its number";
    this.finder.addEventListener("change", () => acts.find(this.finder.value));
    this.finder.addEventListener("focus", () => this.finder.select()); // the next one replaces it
    scene.store.subscribe((now, before) => {
      if (differs(now, before, DRAWN)) this.draw();
      else if (now.k !== before.k) scene.settled("controls", () => this.draw());
    });
  }

  /** Let a button stay until it is let go: a click on one that is replaced meanwhile is lost. */
  press(/** @type {EventTarget | null} */ target) {
    this.pressed = target instanceof Element && target.closest("button") !== null;
  }

  /** Draw what waited, once the click has come that follows. */
  letGo() {
    setTimeout(() => {
      this.pressed = false;
      if (this.late && !this.scene.life.over) this.draw();
    });
  }

  draw() {
    this.late = this.pressed;
    if (this.pressed) return;
    keepFocus(this.bar, () => this.bar.replaceChildren(...this.parts(), this.note));
    keepFocus(this.legend, () => this.drawLegend());
  }

  /** What stands in the bar. */
  parts() {
    const { scene, acts } = this;
    const { state, world } = scene;
    const group = { className: "pcae-x-group", role: "group", ariaLabel: "What dragging does" };
    this.finder.max = String(world.size - 1);
    const coming = world.whole ? "" : COMING;
    const noun = `${world.noun[0].toUpperCase()}${world.noun.slice(1)}s`;
    const count = (/** @type {string} */ n) => scene.set({ count: Number(n) });
    return [
      element("span", group, ...this.modes()),
      choice(noun, this.counts(), state.count, count),
      ...this.colours(),
      this.toggle("Pictures", "pictures", world.shape ? "" : NO_PICTURES),
      ...(world.network
        ? [this.toggle("Manifold", "manifold", world.shape ? "" : NO_PICTURES, GRID)]
        : []),
      ...(world.k === 3 ? [this.toggle("3-D", "solid", canDrawSolid() ? coming : NO_WEBGL)] : []),
      element("label", {}, "Find ", this.finder),
      element("span", { className: "pcae-d" }, ...this.downloads()),
      ...(state.selected.length ? [button("Clear", false, () => acts.select([]))] : []),
    ];
  }

  /** The choice of what colours mean, where there is one. */
  colours() {
    const { scene: { state, world } } = this;
    const plain = { digit: world.labelled ? "class" : "one colour" };
    const measures = Object.fromEntries(world.measures);
    if (!world.network && !world.measures.size) return [];
    const values = { ...plain, ...(world.network ? errorsOf(world) : {}) };
    const act = (/** @type {string} */ colour) => this.scene.set({ colour });
    return [choice("Colour", values, state.colour, act, "Colour", { "Values of": measures })];
  }

  /** Buttons for what dragging does. */
  modes() {
    const { state: { mode }, world } = this.scene;
    const names = /** @type {State["mode"][]} */ (Object.keys(MODES));
    return names.filter((name) => name !== "path" || world.network).map((name) => {
      const made = button(MODES[name], name === mode, () => this.scene.set({ mode: name }));
      return name === "path" && !world.shape ? off(made, NO_PICTURES) : made;
    });
  }

  /**
   * A button for what is shown or not.
   *
   * @param {string} text
   * @param {typeof TOGGLES[number]} name
   * @param {string} without why it cannot be; "" where it can
   * @param {string} title
   */
  toggle(text, name, without = "", title = "") {
    const shown = this.scene.state[name];
    const made = button(text, shown, () => this.scene.set({ [name]: !shown }), title);
    return without ? off(made, without) : made;
  }

  /** Links to the planes as pictures, and to the digits' places in them as a table. */
  downloads() {
    const picture = (/** @type {"png" | "svg"} */ format) => () => savePlanes(this.planes, format);
    const data = () => save(asCsv(this.table()), "explorer.csv");
    return [
      downloadLink("PNG", "The planes as PNG", picture("png")),
      downloadLink(
        "SVG",
        "The planes as SVG; of more than 10,000 digits the dots are a bitmap",
        picture("svg"),
      ),
      downloadLink("CSV", "The digits' places as a table", data),
    ];
  }

  table() {
    const { planes } = this;
    const { world, state } = this.scene;
    const names = BOTH.flatMap((p) => state.axes[p].map((axis) => `${AXIS_NAMES[p]} ${axis + 1}`));
    const measures = [...world.measures].filter(([of]) => of === TARGET || of === state.colour);
    const measured = measures.map(([of]) => world.measured(of));
    const heads = [
      "digit",
      "label",
      ...measures.map(([, name]) => name),
      ...(world.k > 1 ? names : [names[0], "drawn at", names[2], "drawn at"]),
    ];
    const rows = Array.from(planes.shown, (i) => [
      i,
      world.classes[world.labels[i]],
      ...measured.map((values) => values?.[i]),
      ...planes.placesOf(i).flat(),
    ]);
    return [heads, ...rows];
  }

  /** How many digits there may be, in words. */
  counts() {
    const { world } = this.scene;
    const more = (/** @type {number} */ n) => (n > world.tests ? ", training too" : "");
    const name = (/** @type {number} */ n) => world.among(n).toLocaleString("en") + more(n);
    return Object.fromEntries(counts(world).map((n) => [n, name(n)]));
  }

  drawLegend() {
    const { state, world, theme: { colors } } = this.scene;
    const classes = world.labelled ? world.classes : [];
    const colorOf = (/** @type {number} */ label) =>
      state.colour === "digit" ? colors[label] : "currentColor";
    const chips = this.classes.parts(classes, state.hidden, colorOf);
    const { key } = this.planes.paint;
    const axes = world.k > 2 ? [element("span", { className: "pcae-x-axes" }, ...this.axes())] : [];
    this.legend.replaceChildren(...chips, ...(key ? [scale(key)] : []), ...axes);
  }

  /** Whether there is a button for a class; a lesson may hide it. */
  chipIsShown(/** @type {number} */ label) {
    const chip = this.classes.chips[label];
    return Boolean((chip?.hidden ? this.classes.box : chip)?.offsetParent);
  }

  /** Which components and which codes span the planes. */
  axes() {
    const { state: { axes, k, ranges }, world } = this.scene;
    return BOTH.flatMap((p) => {
      const most = p === PCA_AT ? Math.max(k, world.k) : world.k;
      const length = world.whole ? most : Math.min(2, most);
      const numbers = Object.fromEntries(Array.from({ length }, (_, j) => [j, j + 1]));
      return [0, 1].map((d) => {
        const words = [d ? "×" : AXIS_NAMES[p], `${AXIS_NAMES[p]}, ${d ? "up" : "across"}`];
        const act = (/** @type {string} */ axis) =>
          this.scene.set({
            axes: changed(axes, p, changed(axes[p], d, Number(axis))),
            ranges: changed(ranges, p, null),
            moment: null,
          });
        return choice(words[0], numbers, axes[p][d], act, words[1]);
      });
    });
  }
}

/** The colours by errors, which are of all codes. @param {World} world */
function errorsOf({ ordered, k }) {
  const all = `all ${codesInWords(k)}`;
  return ordered ? { error: `error, ${all}`, better: `better one, ${all}` } : ERRORS;
}

/**
 * @param {string} textContent
 * @param {boolean} pressed
 * @param {() => void} onclick
 */
function button(textContent, pressed, onclick, title = "") {
  const ariaPressed = String(pressed);
  return element("button", { textContent, name: textContent, ariaPressed, title, onclick });
}

/** A button that does nothing. @param {HTMLButtonElement} button @param {string} title */
function off(button, title) {
  return Object.assign(button, { disabled: true, title });
}

/** A bar that says what the colours of values mean. @param {import("./paint.js").Key} key */
function scale({ name, stops, low, high }) {
  const bar = element("i", { className: "pcae-x-scale" });
  bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  const head = name ? [element("b", { title: name }, name)] : [];
  return element("span", { className: "pcae-x-key" }, ...head, low, bar, high);
}

/**
 * @param {string} label
 * @param {Record<string, string | number>} values
 * @param {string | number} value
 * @param {(value: string) => void} act
 * @param {Record<string, Record<string, string>>} groups more of them, by what they have in common
 */
function choice(label, values, value, act, ariaLabel = label, groups = {}) {
  const more = Object.entries(groups).filter(([, of]) => Object.keys(of).length);
  const inGroups = more.map(([label, of]) => element("optgroup", { label }, ...optionsOf(of)));
  const parts = [...optionsOf(values), ...inGroups];
  const box = element("select", { ariaLabel, onchange: () => act(box.value) }, ...parts);
  box.value = String(value);
  return element("label", {}, `${label} `, box);
}

/** @param {Record<string, string | number>} values */
function optionsOf(values) {
  return Object.entries(values).map(([value, text]) =>
    element("option", { value, textContent: String(text) })
  );
}

/**
 * Change what an element holds without taking the keyboard from who is in it.
 *
 * @param {HTMLElement} holder
 * @param {() => void} change
 */
function keepFocus(holder, change) {
  /** @type {() => HTMLElement[]} */
  const inside = () => [...holder.querySelectorAll("button, select, input")].filter(isElement);
  const place = inside().findIndex((one) => one === document.activeElement);
  change();
  if (place >= 0) inside()[place]?.focus();
}

/** @param {Element} one @returns {one is HTMLElement} */
function isElement(one) {
  return one instanceof HTMLElement;
}
