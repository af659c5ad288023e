/** What lies over Plotly's points and behind: pictures, moving codes, rings, the manifold. */

import { element } from "../core/element.js";
import { drawInk, drawPictures, fitCanvas, scaled, spread } from "../core/pictures.js";
import { BOTH, CODE_AT, OPACITY } from "../core/both.js";

const ROOM = 22; // pixels that a picture needs; its frame of four is empty
const MS_AT_ONCE = 8;
const GREY_INK = 0x888888;

export class Layers {
  /** @param {Object} view - the explorer: `state`, `world`, `planes`, `colors`, `inks`, `text`. */
  constructor(view, plot) {
    this.view = view;
    this.behind = element("canvas", { className: "pcae-x-layer" });
    this.over = element("canvas", { className: "pcae-x-layer" });
    this.rings = BOTH.map(() => element("div", { className: "pcae-x-ring", hidden: true }));
    this.pins = element("div", { className: "pcae-x-pins" });
    this.line = element("div", { className: "pcae-x-line", hidden: true });
    const above = [this.over, this.pins, ...this.rings, this.line];
    this.stage = element("div", { className: "pcae-x-stage" }, this.behind, plot, ...above);
    this.turn = 0;
  }

  get size() {
    return [this.stage.clientWidth, this.stage.clientHeight];
  }

  /** Draw everything but the manifold, which takes a while. */
  draw() {
    this.drawRings(false);
    this.drawOver();
  }

  /** The axes have moved: the manifold is not right until it is drawn anew. */
  hideManifold() {
    this.behind.style.opacity = 0;
  }

  // ------------------------------------------------------------------ over the points

  /** Pictures instead of dots, or the codes at a moment of the timeline. */
  drawOver() {
    const { state, planes, timed } = this.view;
    this.over.hidden = !planes.flat || !(state.pictures || timed);
    if (this.over.hidden) return;
    if (state.pictures) this.drawPictures();
    else this.drawMoving();
  }

  drawPictures() {
    const { state, world, planes, inks } = this.view;
    const selected = new Set(state.selected);
    const rest = selected.size ? planes.shown.filter((i) => !selected.has(i)) : planes.shown;
    const points = BOTH.flatMap((p) => {
      const place = (i) => {
        const at = planes.pixelOf(p, i);
        return planes.inside(p, at) ? at : null;
      };
      return spread([...state.selected, ...rest], place, ROOM);
    });
    const inkOf = (i) =>
      selected.size && !selected.has(i) ? GREY_INK : inks[world.labels[i] % inks.length];
    drawPictures(this.over, ...this.size, points, world, inkOf);
  }

  drawMoving() {
    const { world, planes, colors } = this.view;
    const ratio = fitCanvas(this.over, ...this.size);
    const context = this.over.getContext("2d");
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
   * @param {boolean} glide - whether the rings move there, rather than jump.
   */
  drawRings(glide) {
    const { state, world, planes, colors, inspection } = this.view;
    const { ringed } = inspection;
    this.rings.forEach((ring, p) => {
      const at = planes.flat && ringed?.places[p] ? planes.pixel(p, ...ringed.places[p]) : null;
      ring.hidden = !at || !planes.inside(p, at);
      if (ring.hidden) return;
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

  /** A straight line between two points of one plane. */
  drawLine(from, to) {
    const { planes } = this.view;
    const [a, b] = [from, to].map((at) => planes.pixel(at.p, at.x, at.y));
    const turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
    this.line.hidden = false;
    this.line.style.width = `${Math.hypot(b[0] - a[0], b[1] - a[1])}px`;
    this.line.style.transform = `translate(${a[0]}px, ${a[1]}px) rotate(${turn}rad)`;
  }

  // ------------------------------------------------------------------ behind them

  /** Both planes decoded on a grid, a few tiles at a time. */
  drawManifold() {
    const { state, world, planes, textInk, life } = this.view;
    const { behind } = this;
    const turn = ++this.turn;
    behind.hidden = !state.manifold || !planes.flat;
    if (behind.hidden) return;
    const ratio = fitCanvas(behind, ...this.size);
    const context = behind.getContext("2d");
    context.clearRect(0, 0, behind.width, behind.height);
    behind.style.opacity = 1;
    const tiles = BOTH.flatMap((p) => this.tiles(p));
    const picture = new OffscreenCanvas(world.shape[1], world.shape[0]);
    const work = () => {
      if (turn !== this.turn) return;
      const until = performance.now() + MS_AT_ONCE;
      while (tiles.length && performance.now() < until) {
        const [left, top, width, height] = tiles.shift();
        const at = planes.under(left + width / 2, top + height / 2);
        if (!at) continue;
        drawInk(picture, this.view.inspection.decodeAlone(at), textInk);
        context.drawImage(picture, left * ratio, top * ratio, width * ratio, height * ratio);
      }
      if (tiles.length) life.frame("manifold", work);
      else behind.dataset.done = turn;
    };
    work();
  }

  /** Left, top, width and height of the tiles that fill a plane. */
  tiles(p) {
    const h = this.view.planes.axis(p, 0);
    const v = this.view.planes.axis(p, 1);
    const [high, wide] = scaled(this.view.world.shape);
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
