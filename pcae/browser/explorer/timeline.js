/** The codes as they moved through the stored epochs: played, or at a moment of one's choice. */

import { element } from "../core/element.js";
import { CODE_AT } from "../core/both.js";
import { fetchArrays } from "../core/world.js";

const MS_A_FRAME = 300;

export class Timeline {
  /** @param {Object} view - the explorer: `state`, `world`, `planes`, `layers`, `draw`. */
  constructor(view) {
    this.view = view;
    this.button = element("button", { textContent: "Play", onclick: () => this.play() });
    const range = { type: "range", min: 0, max: 1, step: "any", value: 1 };
    this.slider = element("input", { ...range, ariaLabel: "Epoch" });
    this.slider.addEventListener("input", () => this.scrub(Number(this.slider.value)));
    this.label = element("span");
    const parts = [this.button, this.slider, this.label];
    this.root = element("div", { className: "pcae-x-time", hidden: true }, ...parts);
    this.moment = null; // in frames; null where Plotly draws the codes as they are at the end
  }

  /** Begin anew with a run's frames, which are fetched when they are first wanted. */
  open(address) {
    this.pause();
    this.moment = this.frames = null;
    this.address = address;
    this.slider.value = 1;
    this.label.textContent = "Codes through training";
  }

  /** Show the controls, unless there is nothing to play. */
  offer() {
    this.root.hidden = !this.address || this.view.state.solid;
  }

  /** Fetch the frames; whether they are there. */
  async ready() {
    const { address, view } = this;
    try {
      const { arrays } = await fetchArrays(address, view.life.signal);
      if (address === this.address) this.frames ??= new Frames(arrays, view.world);
    } catch (problem) {
      this.label.textContent = problem.message;
    }
    return Boolean(this.frames) && address === this.address;
  }

  async scrub(share) {
    this.pause();
    if (await this.ready()) this.goTo(share * this.frames.last);
  }

  async play() {
    if (this.turn) return this.pause();
    const turn = (this.turn = {});
    if (!(await this.ready())) return this.pause();
    this.button.textContent = "Pause";
    let moment = this.moment ?? 0;
    let before = performance.now();
    const step = (now) => {
      if (this.turn !== turn) return;
      moment = Math.min(moment + Math.max(0, now - before) / MS_A_FRAME, this.frames.last);
      before = now;
      if (moment === this.frames.last) this.pause();
      else this.view.life.frame("timeline", step);
      this.goTo(moment);
    };
    this.view.life.frame("timeline", step);
  }

  pause() {
    this.turn = null;
    this.button.textContent = "Play";
  }

  /** Show the codes at a moment, in frames; at the last, Plotly's points again. */
  goTo(moment) {
    const { view, frames } = this;
    const { planes, state, world } = view;
    const end = moment >= frames.last;
    const began = this.moment === null;
    this.slider.value = moment / frames.last;
    this.label.textContent = `after epoch ${frames.name(moment)}${frames.part}`;
    this.moment = end ? null : view.reduced ? Math.round(moment) : moment;
    if (end) planes.place();
    else {
      if (began) planes.at[CODE_AT] = planes.at[CODE_AT].map((values) => Float32Array.from(values));
      const axes = state.axes[CODE_AT].slice(0, world.k); // of one code, up is the label
      axes.forEach((axis, d) => frames.write(this.moment, axis, planes.at[CODE_AT][d]));
    }
    if (began !== end) view.draw();
    else view.layers.drawOver();
    view.inspection.ring();
  }
}

/** Every digit's code at any moment between stored ones. */
class Frames {
  /** @param {Object} arrays - codes by epochs since the start, of all test digits or the first. */
  constructor(arrays, world) {
    const order = (a, b) => a.place - b.place;
    const frames = Object.entries(arrays).map(([name, array]) => ({
      place: Number(name),
      ...array,
    }));
    this.world = world;
    this.frames = frames.sort(order);
    this.whole = [...this.frames.keys()].filter((f) => frames[f].shape[0] >= world.tests);
    this.last = this.frames.length - 1;
    const first = this.frames[0].shape[0].toLocaleString("en");
    this.part = this.whole.length ? "" : `, first ${first} digits`;
  }

  /** The epoch at a moment, for people. */
  name(moment) {
    const { place } = this.frames[Math.round(moment)];
    return place < 1 ? String(Number(place.toPrecision(2))) : String(place);
  }

  /** Write one number of every test digit's code at a moment; NaN for digits that no frame has. */
  write(moment, axis, out) {
    const { frames, whole, world } = this;
    const before = Math.floor(moment);
    const after = Math.min(this.last, before + 1);
    const few = Math.min(frames[before].shape[0], frames[after].shape[0], world.tests);
    this.blend(before, after, moment - before, axis, [0, few], out);
    if (!whole.length) return out.fill(NaN, few);
    // the others between the nearest moments that have all, in epochs
    const start = whole.findLast((f) => f <= moment) ?? whole[0];
    const end = whole.find((f) => f > moment) ?? whole.at(-1);
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

  blend(before, after, share, axis, [from, to], out) {
    const { k } = this.world;
    const a = this.frames[before].data;
    const b = this.frames[after].data;
    for (let i = from, at = from * k + axis; i < to; i++, at += k) {
      out[i] = a[at] + share * (b[at] - a[at]);
    }
  }
}
