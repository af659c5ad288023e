/**
 * Pictures that the browser has lost, as it may after sleep or when a driver starts anew: a sentence
 * says so until they are drawn again. Canvases are given back by the browser; three dimensions are
 * drawn on new ones, since Plotly waits for the old ones and does not ask for them.
 */

import { element } from "../core/element.js";

const RETRY_MS = 1500;
const LOST = "The browser has lost what was drawn here, as it does after sleep. It is drawn anew …";

/** @import { Planes } from "./planes.js" */
/** @import { Scene } from "./scene.js" */

export class Lost {
  /**
   * @param {Scene} scene
   * @param {Planes} planes
   */
  constructor(scene, planes) {
    this.scene = scene;
    this.planes = planes;
    this.note = element("p", { className: "pcae-x-lost", role: "status", hidden: true }, LOST);
    const { stage } = scene;
    const act = {
      contextlost: () => this.lose(),
      webglcontextlost: () => this.lose(),
      contextrestored: () => this.again(),
    };
    for (const [kind, of] of Object.entries(act)) stage.addEventListener(kind, of, true);
  }

  /** Something is not there any more. */
  lose() {
    if (this.scene.state.solid && !this.planes.solid.drawing) return; // it was given back
    this.note.hidden = false;
    this.scene.life.later("lost", RETRY_MS, () => this.again());
  }

  /** Draw all anew; where that cannot be yet, try again. */
  async again() {
    const { planes, scene } = this;
    if (this.note.hidden || scene.life.over) return;
    planes.solid.free();
    await planes.draw();
    if (this.isGone) return this.lose();
    this.note.hidden = true;
  }

  /** Whether the browser has not given back what is drawn on. */
  get isGone() {
    const { planes, scene: { stage, state } } = this;
    if (state.solid && !planes.solid.plot.querySelector("canvas")) return true;
    return [...stage.querySelectorAll("canvas")].some((canvas) => {
      const solid = planes.solid.plot.contains(canvas);
      const context = solid ? canvas.getContext("webgl") : canvas.getContext("2d");
      return Boolean(context?.isContextLost?.());
    });
  }
}
