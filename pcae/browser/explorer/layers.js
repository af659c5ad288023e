/** What lies over Plotly's points and behind: pictures, moving codes, rings, the manifold. */

import { element } from "../core/element.js";
import { contextOf, drawInk, drawPictures, fitCanvas, scaled, spread } from "../core/pictures.js";
import { BOTH, CODE_AT, OPACITY } from "../core/both.js";

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
   */
  constructor(scene, planes, inspection) {
    this.scene = scene;
    this.planes = planes;
    this.inspection = inspection;
    this.behind = element("canvas", { className: "pcae-x-layer" });
    this.over = element("canvas", { className: "pcae-x-layer" });
    this.rings = BOTH.map(() => element("div", { className: "pcae-x-ring", hidden: true }));
    this.pins = element("div", { className: "pcae-x-pins" });
    this.line = element("div", { className: "pcae-x-line", hidden: true });
    const above = [this.over, this.pins, ...this.rings, this.line];
    this.stage = element("div", { className: "pcae-x-stage" }, this.behind, planes.plot, ...above);
    planes.drawn = () => this.draw();
    inspection.moved = (glide) => this.drawRings(glide);
    scene.store.subscribe((now, before) => {
      if (now.moment !== before.moment && now.moment !== null) this.drawOver();
      if (now.pinned !== before.pinned) this.drawRings(false);
      if (now.manifold !== before.manifold) this.draw();
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
    this.scene.settled("manifold", () => this.drawManifold());
  }

  drawAbove() {
    this.drawRings(false);
    this.drawOver();
  }

  /** The axes move: the manifold is not right until it is drawn anew. */
  follow() {
    this.behind.style.opacity = "0";
    this.drawAbove();
  }

  // ------------------------------------------------------------------ over the points

  /** Pictures instead of dots, or the codes at a moment of the timeline. */
  drawOver() {
    const { planes } = this;
    const { state, timed } = this.scene;
    this.over.hidden = !planes.flat || !(state.pictures || timed);
    if (this.over.hidden) return;
    if (state.pictures) this.drawPictures();
    else this.drawMoving();
  }

  drawPictures() {
    const { planes } = this;
    const { state, world, theme: { inks } } = this.scene;
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

  drawMoving() {
    const { planes } = this;
    const { world, theme: { colors } } = this.scene;
    const ratio = fitCanvas(this.over, ...this.size);
    const context = contextOf(this.over);
    context.clearRect(0, 0, this.over.width, this.over.height);
    context.globalAlpha = OPACITY;
    for (const label of world.classes.keys()) {
      context.fillStyle = colors[label];
      for (const i of planes.shown) {
        if (world.labels[i] !== label) continue;
        const at = planes.pixelOf(CODE_AT, i); // NaN, which is never inside, where it is not known
        if (!planes.inside(CODE_AT, at)) continue;
        context.fillRect((at[0] - 2) * ratio, (at[1] - 2) * ratio, 4 * ratio, 4 * ratio);
      }
    }
    context.globalAlpha = 1;
  }

  /**
   * Rings round one place in each plane, and marks at the pinned digits.
   *
   * @param {boolean} glide whether they move there, rather than jump
   */
  drawRings(glide) {
    const { planes, inspection: { ringed } } = this;
    const { state, world, theme: { colors } } = this.scene;
    BOTH.forEach((p) => {
      const ring = this.rings[p];
      const place = planes.flat ? ringed?.places[p] : null;
      const at = place ? planes.pixel(p, ...place) : null;
      ring.hidden = !at || !planes.inside(p, at);
      if (!ringed || !at || ring.hidden) return;
      ring.style.transition = glide ? "" : "none";
      ring.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
      ring.style.borderColor = ringed.color;
    });
    const marks = (planes.flat ? state.pinned : []).flatMap((i) =>
      BOTH.map((p) => {
        const at = planes.pixelOf(p, i);
        const mark = element("i", { hidden: !planes.inside(p, at) });
        mark.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
        mark.style.borderColor = colors[world.labels[i]];
        return mark;
      })
    );
    this.pins.replaceChildren(...marks);
  }

  /** A straight line between two points of one plane. @param {Point} from @param {Point} to */
  drawLine(from, to) {
    const [a, b] = [from, to].map((at) => this.planes.pixel(at.p, at.x, at.y));
    const turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
    this.line.hidden = false;
    this.line.style.width = `${Math.hypot(b[0] - a[0], b[1] - a[1])}px`;
    this.line.style.transform = `translate(${a[0]}px, ${a[1]}px) rotate(${turn}rad)`;
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
        if (!at) continue;
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
    const across = Math.floor(h._length / wide);
    const down = Math.floor(v._length / high);
    const [width, height] = [h._length / across, v._length / down];
    return Array.from({ length: across * down }, (_, t) => [
      h._offset + (t % across) * width,
      v._offset + Math.floor(t / across) * height,
      width,
      height,
    ]);
  }
}
