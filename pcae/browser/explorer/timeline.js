/** The codes as they moved through the stored epochs: played, or at a moment of one's choice. */

import { element } from "../core/element.js";
import { fetchArrays } from "../core/answers.js";

const MS_A_FRAME = 300;

/** @import { World } from "../core/world.js" */
/** @import { Tensors } from "../types.d.ts" */
/** @import { Planes } from "./planes.js" */
/** @import { Scene } from "./scene.js" */

export class Timeline {
  /** @type {Frames | null} fetched when they are first wanted */
  frames = null;
  /** @type {object | null} the playing that goes on */
  turn = null;
  address = "";

  /**
   * @param {Scene} scene
   * @param {Planes} planes
   */
  constructor(scene, planes) {
    this.scene = scene;
    this.planes = planes;
    this.button = element("button", { textContent: "Play", onclick: () => this.play() });
    const range = { type: "range", min: 0, max: 1, step: "any", value: 1 };
    this.slider = element("input", { ...range, ariaLabel: "Epoch" });
    this.slider.addEventListener("input", () => this.scrub(Number(this.slider.value)));
    this.label = element("span");
    const parts = [this.button, this.slider, this.label];
    this.root = element("div", { className: "pcae-x-time", hidden: true }, ...parts);
    scene.store.subscribe((now, before) => {
      if (now.axes !== before.axes) this.open(this.address);
      if (now.solid !== before.solid) this.draw();
    });
  }

  /** Begin anew, at the end, with a run's frames. @param {string} address */
  open(address) {
    this.pause();
    if (address !== this.address) this.frames = null;
    this.address = address;
    this.slider.value = "1";
    this.label.textContent = "Codes through training";
  }

  /** Show the controls, unless there is nothing to play. */
  draw() {
    this.root.hidden = !this.address || this.scene.state.solid;
  }

  /** Fetch the frames; whether they are there. */
  async ready() {
    const { address, scene } = this;
    try {
      const { arrays } = await fetchArrays(address, scene.life.signal);
      if (address === this.address) this.frames ??= new Frames(arrays, scene.world);
    } catch (problem) {
      this.label.textContent = problem instanceof Error ? problem.message : String(problem);
    }
    return address === this.address ? this.frames : null;
  }

  /** Go to a moment, as a share of all. @param {number} share */
  async scrub(share) {
    this.pause();
    const frames = await this.ready();
    if (frames) this.goTo(frames, share * frames.last);
  }

  /** Go to a moment, in frames; false where they end before it. @param {number} moment */
  async goToMoment(moment) {
    const frames = await this.ready();
    if (frames && moment > frames.last) return false;
    if (frames) this.goTo(frames, moment);
    return true;
  }

  async play() {
    if (this.turn) return this.pause();
    const turn = (this.turn = {});
    const frames = await this.ready();
    if (!frames) return this.pause();
    this.button.textContent = "Pause";
    const { life } = this.scene;
    let moment = this.scene.state.moment ?? 0;
    let before = performance.now();
    const step = (/** @type {number} */ now) => {
      if (this.turn !== turn) return;
      moment = Math.min(moment + Math.max(0, now - before) / MS_A_FRAME, frames.last);
      before = now;
      if (moment === frames.last) this.pause();
      else life.frame("timeline", step);
      this.goTo(frames, moment);
    };
    life.frame("timeline", step);
  }

  pause() {
    this.turn = null;
    this.button.textContent = "Play";
  }

  /**
   * Show the codes at a moment; at the last, those of the trained network again.
   *
   * @param {Frames} frames
   * @param {number} moment in frames
   */
  goTo(frames, moment) {
    const { scene } = this;
    this.slider.value = String(moment / frames.last);
    const part = moment < frames.last ? frames.part : ""; // at the end all are there again
    this.label.textContent = `after epoch ${frames.name(moment)}${part}`;
    if (moment >= frames.last) return scene.set({ moment: null });
    const shown = scene.reduced ? Math.round(moment) : moment;
    this.planes.moveCodes((axis, out) => frames.write(shown, axis, out));
    scene.set({ moment: shown });
  }
}

/** Every digit's code at any moment between stored ones. */
export class Frames {
  /**
   * @param {Tensors} arrays codes by epochs since the start, of all test digits or the first
   * @param {Pick<World, "tests" | "k">} world
   */
  constructor(arrays, world) {
    const frames = Object.entries(arrays).map(([name, array]) => ({
      place: Number(name),
      ...array,
    }));
    this.world = world;
    this.frames = frames.sort((a, b) => a.place - b.place);
    this.whole = [...this.frames.keys()].filter((f) => frames[f].shape[0] >= world.tests);
    this.last = this.frames.length - 1;
    const first = this.frames[0].shape[0].toLocaleString("en");
    this.part = this.whole.length ? "" : `, first ${first} digits`;
  }

  /** The epoch at a moment, for people. @param {number} moment */
  name(moment) {
    const { place } = this.frames[Math.round(moment)];
    return place < 1 ? String(Number(place.toPrecision(2))) : String(place);
  }

  /**
   * Write one number of every test digit's code at a moment; NaN for digits that no frame has.
   *
   * @param {number} moment in frames
   * @param {number} axis
   * @param {Float32Array} out
   */
  write(moment, axis, out) {
    const { frames, whole, world } = this;
    const before = Math.floor(moment);
    const after = Math.min(this.last, before + 1);
    const few = Math.min(frames[before].shape[0], frames[after].shape[0], world.tests);
    this.blend(before, after, moment - before, axis, [0, few], out);
    if (!whole.length) return void out.fill(NaN, few);
    // the others between the nearest moments that have all, in epochs
    const start = whole.findLast((f) => f <= moment) ?? whole[0];
    const end = whole.find((f) => f > moment) ?? whole[whole.length - 1];
    const [from, to] = [frames[start].place, frames[end].place];
    const step = frames[after].place - frames[before].place;
    const now = frames[before].place + (moment - before) * step;
    this.blend(
      start,
      end,
      to > from ? (now - from) / (to - from) : 0,
      axis,
      [few, world.tests],
      out,
    );
  }

  /**
   * @param {number} before
   * @param {number} after
   * @param {number} share of the way from one to the other
   * @param {number} axis
   * @param {[number, number]} digits from and to
   * @param {Float32Array} out
   */
  blend(before, after, share, axis, [from, to], out) {
    const { k } = this.world;
    const a = this.frames[before].data;
    const b = this.frames[after].data;
    for (let i = from, at = from * k + axis; i < to; i++, at += k) {
      out[i] = a[at] + share * (b[at] - a[at]);
    }
  }
}
