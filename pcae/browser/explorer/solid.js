/** Both planes in three dimensions, on plotly.js: fetched when they are first wanted. */

import { AXIS_NAMES, BOTH, KINDS } from "../core/both.js";
import { element } from "../core/element.js";
import { fetchPlotly } from "../core/fetched.js";
import { colorOf } from "./paint.js";

export const NO_WEBGL =
  "This browser has no WebGL, without which nothing is drawn in three dimensions";
const REST_MS = 200; // without a move
const CONFIG = { displayModeBar: false, showTips: false };
const GREY = "rgba(128,136,148,0.35)";
const DIMENSIONS = /** @type {const} */ (["x", "y", "z"]);

/** @import { Side } from "../core/both.js" */
/** @import { GraphDiv } from "../types.d.ts" */
/** @import { Paint } from "./paint.js" */
/** @import { Scene } from "./scene.js" */
/**
 * @typedef {Object} Heard what Plotly tells of
 * @property {(i: number) => void} pointed
 * @property {(i: number) => void} clicked
 */

export class Solid {
  /** @type {Int32Array} indices */
  shown = new Int32Array();
  drawing = false; // on WebGL contexts that are not given back yet

  /**
   * @param {Scene} scene
   * @param {Heard} heard
   */
  constructor(scene, heard) {
    this.scene = scene;
    this.heard = heard;
    const plot = element("div", { className: "pcae-x-solid", hidden: true });
    this.plot = /** @type {GraphDiv} */ (/** @type {unknown} */ (plot));
  }

  /** Draw digits. @param {Int32Array} shown @param {Paint} paint */
  async draw(shown, paint) {
    const plotly = await fetchPlotly();
    if (this.scene.life.over || !this.scene.state.solid) return;
    this.shown = shown;
    const { plot, heard } = this;
    const first = !this.drawing;
    this.drawing = true;
    plot.hidden = false;
    const { data, layout } = this.figure(paint);
    await plotly.react(plot, data, layout, CONFIG);
    if (!first) return;
    const { scene: one, scene2: other } = plot._fullLayout;
    for (const drawn of [one, other]) {
      if (drawn?._scene.glplot) drawn._scene.glplot.oncontextloss = null; // see lost.js
    }
    const digit = (/** @type {{pointNumber: number}} */ point) => this.shown[point.pointNumber];
    plot.on("plotly_relayout", () => this.turn());
    plot.on("plotly_hover", (event) => heard.pointed(digit(event.points[0])));
    plot.on("plotly_click", (event) => heard.clicked(digit(event.points[0])));
  }

  /** Keep the cameras once they rest: Plotly tells of a turn before its last frames. */
  turn(before = "") {
    this.scene.life.later("turn", REST_MS, () => {
      const { scene, scene2 } = this.plot._fullLayout ?? {};
      if (!this.scene.state.solid || !scene || !scene2) return;
      const [first, second] = [scene, scene2].map((of) => of._scene.getCamera());
      const now = JSON.stringify([first, second]);
      if (now !== before) this.turn(now);
      else this.scene.set({ cameras: [first, second] });
    });
  }

  resize() {
    if (this.drawing) globalThis.Plotly.Plots.resize(this.plot);
  }

  /** Give the WebGL contexts back. */
  free() {
    if (!this.drawing) return;
    this.drawing = false;
    const used = [...this.plot.querySelectorAll("canvas")];
    globalThis.Plotly.purge(this.plot);
    for (const canvas of used) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
    this.plot.className = "pcae-x-solid";
    this.plot.hidden = true;
  }

  /** What Plotly draws. @param {Paint} paint */
  figure({ inkOf }) {
    const { shown } = this;
    const { world, theme: { text, font, type }, state: { cameras } } = this.scene;
    /** @param {(d: string, j: number) => [string, unknown]} of */
    const each = (of) => Object.fromEntries(DIMENSIONS.map(of));
    const data = BOTH.map((p) => ({
      type: "scatter3d",
      mode: "markers",
      hoverinfo: "none",
      showlegend: false,
      scene: p ? "scene2" : "scene",
      ...each((d, j) => {
        const values = world.column(KINDS[p], j);
        return [d, Array.from(shown, (i) => values[i])];
      }),
      marker: {
        size: 2.5,
        opacity: 0.8,
        color: Array.from(shown, (i) => colorOf(inkOf[p](i))),
      },
    }));
    const of = (/** @type {Side} */ p) => ({
      domain: { x: p ? [0.5, 1] : [0, 0.5], y: [0, 1] },
      ...(cameras[p] && { camera: cameras[p] }),
      ...each((d, j) => {
        const title = { text: `${AXIS_NAMES[p]} ${j + 1}` };
        return [`${d}axis`, { title, gridcolor: GREY, color: text, showspikes: false }];
      }),
    });
    const layout = {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      font: { color: text, size: 12 * type, family: font },
      scene: of(0),
      scene2: of(1),
      uirevision: "keep",
    };
    return { data, layout };
  }
}

/** @type {boolean | undefined} */
let can;

/** Whether the browser can draw in three dimensions. */
export function canDrawSolid() {
  if (can === undefined) {
    const context = element("canvas").getContext("webgl");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    can = Boolean(context);
  }
  return can;
}
