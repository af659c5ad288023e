/** What lies over the points and behind: pictures, numerals, rings, outlines, the manifold. */

import { element } from "../core/element.js";
import { contextOf, drawInk, drawPictures, fitCanvas, scaled, spread } from "../core/pictures.js";
import { BOTH } from "../core/both.js";

const ROOM = 22; // pixels that a picture needs; its frame of four is empty
const MS_AT_ONCE = 8;
const GREY_INK = 0x888888;

/** @import { Side } from "../core/both.js" */
/** @import { Inspection } from "./inspection.js" */
/** @import { Planes, Point } from "./planes.js" */
/** @import { Scene } from "./scene.js" */

export class Layers {
  turn = 0; // of drawing the manifold

  /**
   * @param {Scene} scene
   * @param {Planes} planes
   * @param {Inspection} inspection
   * @param {import("./asked.js").Asked} asked
   */
  constructor(scene, planes, inspection, asked) {
    this.scene = scene;
    this.planes = planes;
    this.inspection = inspection;
    this.asked = asked;
    this.behind = element("canvas", { className: "pcae-x-layer" });
    this.over = element("canvas", { className: "pcae-x-layer pcae-x-pictures" });
    this.numerals = element("div", { className: "pcae-x-numerals", ariaHidden: "true" });
    this.rings = BOTH.map(() => element("div", { className: "pcae-x-ring", hidden: true }));
    this.pins = element("div", { className: "pcae-x-pins" });
    const drawing = element("div", { className: "pcae-x-layer" });
    drawing.innerHTML = "<svg><polyline></polyline></svg>";
    this.outline = drawing.getElementsByTagName("polyline")[0];
    const above = [this.over, this.numerals, this.pins, ...this.rings, asked.canvas, drawing];
    for (const canvas of [this.behind, this.over, asked.canvas]) contextOf(canvas); // no other's
    this.stage = scene.stage;
    this.stage.append(this.behind, planes.plot, planes.solid.plot, ...above);
    planes.drawn = () => this.draw();
    planes.moving = () => this.follow();
    inspection.moved = (glide) => this.drawRings(glide);
    scene.store.subscribe((now, before) => {
      if (now.pinned !== before.pinned) this.drawRings(false);
      if (now.mode !== before.mode) this.stage.dataset.mode = now.mode;
      if (now.k !== before.k && now.manifold) this.redraw();
    });
  }

  /** Width and height, in pixels. @returns {[number, number]} */
  get size() {
    return [this.stage.clientWidth, this.stage.clientHeight];
  }

  /** Draw everything, the manifold once changes have settled: it takes a while. */
  draw() {
    this.stage.dataset.mode = this.scene.state.mode;
    this.drawAbove();
    if (this.scene.state.manifold || !this.behind.hidden) this.redraw();
  }

  redraw() {
    this.scene.settled("manifold", () => this.drawManifold());
  }

  drawAbove() {
    this.drawRings(false);
    this.drawNumerals();
    this.drawPictures();
    this.asked.draw();
  }

  /** The axes move: the manifold is not right until it is drawn anew. */
  follow() {
    this.behind.style.opacity = "0";
    this.drawAbove();
  }

  // ------------------------------------------------------------------ over the points

  /** Pictures instead of dots, where there is room. */
  drawPictures() {
    const { planes } = this;
    const { state, world, theme: { inks } } = this.scene;
    this.over.hidden = !planes.flat || !state.pictures;
    if (this.over.hidden) return;
    const selected = new Set(state.selected);
    const rest = selected.size ? planes.shown.filter((i) => !selected.has(i)) : planes.shown;
    const points = BOTH.flatMap((p) => {
      const place = (/** @type {number} */ i) => {
        const at = planes.pixelOf(p, i);
        return planes.inside(p, at) ? at : null;
      };
      return spread([...state.selected, ...rest], place, ROOM);
    });
    const inkOf = (/** @type {number} */ i) =>
      selected.size && !selected.has(i) ? GREY_INK : inks[world.labels[i] % inks.length];
    drawPictures(this.over, ...this.size, points, world, inkOf);
  }

  /** The classes' names at their middles, so that no colour is needed to tell them apart. */
  drawNumerals() {
    const { planes } = this;
    const marks = (planes.flat ? BOTH : []).flatMap((p) =>
      planes.middles(p).map(({ name, at: [x, y] }) => {
        const mark = element("b", { textContent: name });
        mark.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
        return mark;
      })
    );
    this.numerals.replaceChildren(...marks);
  }

  /**
   * Rings round one place in each plane, and marks at the pinned digits.
   *
   * @param {boolean} glide whether they move there, rather than jump
   */
  drawRings(glide) {
    const { planes, inspection: { ringed, at: between } } = this;
    const { state } = this.scene;
    const shown = planes.flat && (between || state.held !== planes.veiled);
    BOTH.forEach((p) => {
      const ring = this.rings[p];
      const place = shown ? ringed?.places[p] : null;
      const at = place ? planes.pixel(p, ...place) : null;
      ring.hidden = !at || !planes.inside(p, at);
      if (!ringed || !at || ring.hidden) return;
      ring.style.transition = glide ? "" : "none";
      ring.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
      ring.style.borderColor = ringed.color || planes.colorOf(state.held, p);
    });
    const marks = (planes.flat ? state.pinned : []).flatMap((i) =>
      BOTH.map((p) => {
        const at = planes.pixelOf(p, i);
        const mark = element("i", { hidden: i === planes.veiled || !planes.inside(p, at) });
        mark.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
        mark.style.borderColor = planes.colorOf(i, p);
        return mark;
      })
    );
    this.pins.replaceChildren(...marks);
  }

  /** Draw lines from corner to corner, closed or not; nothing without corners. */
  drawOutline(/** @type {Point[]} */ corners, closed = false) {
    const points = corners.map(({ p, x, y }) => this.planes.pixel(p, x, y).join());
    if (closed) points.push(points[0]);
    this.outline.setAttribute("points", points.join(" "));
  }

  // ------------------------------------------------------------------ behind them

  /** Both planes decoded on a grid, a few tiles at a time. */
  drawManifold() {
    const { behind, planes } = this;
    const { state, world, life, theme: { textInk } } = this.scene;
    const turn = ++this.turn;
    behind.hidden = !state.manifold || !planes.flat;
    if (behind.hidden) return;
    const ratio = fitCanvas(behind, ...this.size);
    const context = contextOf(behind);
    context.clearRect(0, 0, behind.width, behind.height);
    behind.style.opacity = "1";
    const tiles = BOTH.flatMap((p) => this.tiles(p));
    if (!world.shape) return;
    const picture = element("canvas", { width: world.shape[1], height: world.shape[0] });
    const work = () => {
      if (turn !== this.turn) return;
      const until = performance.now() + MS_AT_ONCE;
      let tile;
      while (performance.now() < until && (tile = tiles.shift())) {
        const [left, top, width, height] = tile;
        const at = planes.under(left + width / 2, top + height / 2);
        if (!at || !this.inspection.decodes(at.p)) continue;
        drawInk(picture, this.inspection.decodeAlone(at), textInk);
        context.drawImage(picture, left * ratio, top * ratio, width * ratio, height * ratio);
      }
      if (tiles.length) life.frame("manifold", work);
      else behind.dataset.done = String(turn);
    };
    work();
  }

  /** Left, top, width and height of the tiles that fill a plane. @param {Side} p */
  tiles(p) {
    const h = this.planes.axis(p, 0);
    const v = this.planes.axis(p, 1);
    const [high, wide] = scaled(this.scene.world.shape ?? [1, 1]);
    const across = Math.floor(h.length / wide);
    const down = Math.floor(v.length / high);
    const [width, height] = [h.length / across, v.length / down];
    return Array.from({ length: across * down }, (_, t) => [
      h.offset + (t % across) * width,
      v.offset + Math.floor(t / across) * height,
      width,
      height,
    ]);
  }
}
