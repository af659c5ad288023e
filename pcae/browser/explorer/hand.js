/** What the pointer, the finger and the keyboard do in the explorer. */

import { CODE_AT, PCA_AT } from "../core/both.js";

const NEAR = 9; // how far from a digit the pointer still is at it, in pixels
const NEAR_TOUCH = 22;
const CLICK = 4; // how far a click may move, in pixels
const DOUBLE_MS = 400;
const MORPH_MS = 2400;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Hand {
  /** @param {Object} view - the explorer: what is shown, and what can be done with it. */
  constructor(view) {
    this.view = view;
    this.plane = CODE_AT; // that was pointed at last
    this.press = null; // where the button went down
    this.path = null; // being drawn
    this.morphing = null; // being played
    const { stage } = view.layers;
    const on = (target, name, act, options) =>
      target.addEventListener(name, act.bind(this), { signal: view.life.signal, ...options });
    on(stage, "pointermove", this.moved);
    on(stage, "pointerdown", this.pressed, { capture: true });
    on(window, "pointermove", this.travelled, { capture: true }); // Plotly's drags leave the stage
    on(window, "pointerup", this.released, { capture: true });
    on(view.root, "keydown", this.typed);
  }

  /** The plane's point under the pointer; null where there is none. */
  under(event) {
    const box = this.view.layers.stage.getBoundingClientRect();
    if (!this.view.world) return null;
    return this.view.planes.under(event.clientX - box.left, event.clientY - box.top);
  }

  /** The digit at a point; -1 if there is none. */
  near(at, event) {
    return this.view.planes.nearest(at, event.pointerType === "touch" ? NEAR_TOUCH : NEAR);
  }

  /** A button that has moved far enough makes no click, also where a lasso is closed. */
  travelled(event) {
    if (this.press && distance(event, this.press) >= CLICK) this.press.moved = true;
  }

  /** Follow the pointer. Browsers send its moves once a frame, before they draw. */
  moved(event) {
    const at = this.under(event);
    if (!at) return;
    if (this.path) return this.drawPath(at);
    const touched = event.pointerType === "touch" && this.view.state.mode === "pan";
    if (event.buttons && !touched) return; // Plotly is being dragged
    const i = this.near(at, event);
    this.plane = at.p;
    if (i >= 0) this.view.inspection.point(i);
    else this.view.inspection.between(at);
  }

  pressed(event) {
    const at = event.button ? null : this.under(event);
    this.press = at && { clientX: event.clientX, clientY: event.clientY, at };
    if (!at || this.view.state.mode !== "path") return;
    this.stopMorph();
    this.path = { from: at, to: at };
    event.preventDefault();
  }

  /** A click pins the digit under it; a path is played. */
  released(event) {
    const { press, path } = this;
    this.press = this.path = null;
    if (!press) return;
    const still = !press.moved && distance(event, press) < CLICK;
    if (path && !still) return this.morph(path);
    if (!still) return;
    const i = this.near(press.at, event);
    if (i >= 0) {
      this.view.inspection.point(i);
      this.view.pin(i);
    }
    this.clicked(event, press.at.p);
  }

  /** Two clicks show the whole plane; Plotly's drags let no double click through. */
  clicked({ clientX, clientY, timeStamp }, p) {
    const { last } = this;
    this.last = { clientX, clientY, timeStamp };
    if (!last || timeStamp - last.timeStamp > DOUBLE_MS) return;
    if (distance(last, this.last) < CLICK) this.view.whole(p);
  }

  typed(event) {
    const { key, target } = event;
    const { view } = this;
    if (!view.world || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("input, select")) return void (key === "Escape" && view.root.focus());
    if (key in WAYS) this.walk(WAYS[key]);
    else if (/^[0-9]$/.test(key) && view.controls.chipIsShown(key)) view.toggle(Number(key));
    else if (key === "Escape") view.select([]);
    else if (key === "f") view.controls.finder.focus();
    else if (key === "Enter" && target === view.root) view.pin(view.state.held);
    else return;
    event.preventDefault();
  }

  /** Go to the nearest digit on a side, in the plane that was pointed at last. */
  walk(way) {
    const { planes, state } = this.view;
    const i = planes.flat ? planes.neighbour(this.plane, state.held, way) : -1;
    if (i >= 0) this.view.inspection.point(i);
  }

  // ------------------------------------------------------------------ paths

  drawPath(at) {
    if (at.p !== this.path.from.p) return;
    this.path.to = at;
    this.view.inspection.between(at);
    this.view.layers.drawLine(this.path.from, at);
  }

  /** Play what both make of the straight way from one point to another, each in its own plane. */
  morph({ from, to }) {
    const { view } = this;
    const { world, state } = view;
    const ends = [from, to].map((at) => {
      const values = view.inspection.full(at);
      const image = view.inspection.decodeAlone(at);
      if (at.p === PCA_AT) return { scores: values, code: world.network.encode(image) };
      return { scores: world.pca.transform(image, state.k), code: values };
    });
    const mix = (name, t) => ends[0][name].map((v, j) => v + t * (ends[1][name][j] - v));
    const morphing = (this.morphing = {});
    const draw = view.strip.morph(world.shape, (t) => ({
      pca: world.pca.inverse(mix("scores", t)),
      network: world.network.decode(mix("code", t)),
    }));
    view.layers.drawLine(from, to);
    draw(0);
    if (view.reduced) return;
    const start = performance.now();
    const play = (now) => {
      if (this.morphing !== morphing) return;
      const t = (Math.max(0, now - start) / MORPH_MS) % 2;
      draw(t < 1 ? t : 2 - t);
      view.life.frame("morph", play);
    };
    view.life.frame("morph", play);
  }

  stopMorph() {
    this.view.layers.line.hidden = true;
    this.morphing = null;
  }
}

function distance(a, b) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
