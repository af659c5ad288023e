/** The two planes on plotly.js: their points and axes, in two dimensions or three. */

import { AXIS_NAMES, BOTH, CODE_AT, KINDS, OPACITY, TITLES } from "../core/both.js";
import { quantile } from "../core/numerics.js";

const GREY = "rgba(128,136,148,0.35)";
const REST_MS = 200; // without a move
const MANY = 20_000; // digits, from which on they are drawn smaller
const ERRORS = { name: "Viridis", stops: ["#440154", "#31688e", "#35b779", "#fde725"] };

export class Planes {
  /**
   * @param {Object} view - the explorer: `state`, `world`, `colors`, `text`, `lines`, `font`.
   * @param {Element} plot - where Plotly draws.
   */
  constructor(view, plot) {
    this.view = view;
    this.plot = plot;
  }

  /** Whether something is drawn in two dimensions. */
  get flat() {
    return Boolean(this.plot._fullLayout) && !this.view.state.solid;
  }

  // ------------------------------------------------------------------ what is drawn

  /** The coordinates of every digit in both planes, anew. */
  place() {
    const { world, state } = this.view;
    this.at = KINDS.map((kind, p) => world.coordinates(kind, state.axes[p]));
  }

  /** The ranges that show the whole of a plane. */
  whole(p) {
    const { state, world } = this.view;
    const n = Math.min(state.count, world.size);
    return this.at[p].map((values) => limits(values, n));
  }

  /** A digit's place in both planes. */
  placesOf(i) {
    return this.at.map(([x, y]) => [x[i], y[i]]);
  }

  /** How the points of each plane are coloured: values, and what they stand for. */
  paint() {
    const { world, state, colors } = this.view;
    if (state.colour === "digit") {
      const n = world.classes.length;
      const colorscale = colors.slice(0, n).flatMap((c, i) => [
        [i / n, c],
        [(i + 1) / n, c],
      ]);
      return { values: [world.labels, world.labels], colorscale, cmin: -0.5, cmax: n - 0.5 };
    }
    const pca = world.pcaErrors(state.k);
    const network = world.errors;
    if (state.colour === "error") {
      const cmax = Math.max(quantile(pca, 0.98), quantile(network, 0.98));
      const key = { stops: ERRORS.stops, low: "error 0", high: cmax.toFixed(3) };
      return { values: [pca, network], colorscale: ERRORS.name, cmin: 0, cmax, ...key };
    }
    // positive where the autoencoder is better; PCA's and the autoencoder's colour on every page
    const gain = Float32Array.from(pca, (error, i) => error - network[i]);
    const most = quantile(gain.map(Math.abs), 0.95);
    const stops = [colors[6], "rgb(160,164,170)", colors[0]];
    const colorscale = stops.map((color, i) => [i / 2, color]);
    const key = { stops, low: "PCA", high: "autoencoder" };
    return { values: [gain, gain], colorscale, cmin: -most, cmax: most, ...key };
  }

  /** Draw points and axes in the WebGL contexts there are. */
  async draw() {
    const { state, world } = this.view;
    const n = Math.min(state.count, world.size);
    const all = Int32Array.from({ length: n }, (_, i) => i);
    this.shown = all.filter((i) => world.knows(i) && !state.hidden.has(world.labels[i]));
    await (state.solid ? this.drawSolid() : this.drawFlat());
  }

  drawFlat() {
    const { state, timed } = this.view;
    const { shown } = this;
    const paint = this.paint();
    const selected = new Set(state.selected);
    const places = Array.from(shown.keys()).filter((at) => selected.has(shown[at]));
    const pick = (values) => Float32Array.from(shown, (i) => values[i]);
    const traces = BOTH.map((p) => ({
      type: "scattergl",
      mode: "markers",
      hoverinfo: "none",
      x: pick(this.at[p][0]),
      y: pick(this.at[p][1]),
      xaxis: p ? "x2" : "x",
      yaxis: p ? "y2" : "y",
      visible: !(timed && p === CODE_AT), // the timeline draws them
      marker: {
        size: shown.length > MANY ? 3 : 5,
        opacity: state.pictures ? 0.12 : OPACITY,
        color: pick(paint.values[p]),
        colorscale: paint.colorscale,
        cmin: paint.cmin,
        cmax: paint.cmax,
      },
      selectedpoints: selected.size ? places : undefined,
      selected: { marker: { opacity: state.pictures ? 0.3 : 0.95 } },
      unselected: { marker: { color: GREY, opacity: 0.35 } },
    }));
    return this.view.Plotly.react(this.plot, traces, this.layout(), {
      displayModeBar: false,
      scrollZoom: true,
      showTips: false,
      doubleClick: false, // Plotly takes two clicks at different digits for one
    });
  }

  layout() {
    const { state, world, text, lines, font, type } = this.view;
    const layout = {
      margin: { l: 44 * type, r: 8, t: 30 * type, b: 40 * type },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: text, size: 13 * type, family: font },
      showlegend: false,
      hovermode: false,
      clickmode: "none",
      dragmode: state.mode === "path" ? false : state.mode,
      selections: [],
      newselection: { line: { color: text, width: 1.5 } },
      annotations: TITLES.map((title, p) => ({
        text: `<b>${p === CODE_AT && world.title ? asText(world.title) : title}</b>`,
        font: { size: 15 * type },
        x: p ? 0.765 : 0.235,
        y: 1,
        xref: "paper",
        yref: "paper",
        xanchor: "center",
        yanchor: "bottom",
        showarrow: false,
      })),
    };
    for (const p of BOTH) {
      state.ranges[p] ??= this.whole(p);
      const name = (d) => world.k === 1 && d ? "label" : `${AXIS_NAMES[p]} ${state.axes[p][d] + 1}`;
      const shared = { zeroline: false, gridcolor: lines, ticks: "" };
      layout[p ? "xaxis2" : "xaxis"] = {
        ...shared,
        domain: p ? [0.53, 1] : [0, 0.47],
        anchor: p ? "y2" : "y",
        title: { text: name(0), standoff: 6 },
        range: [...state.ranges[p][0]],
      };
      layout[p ? "yaxis2" : "yaxis"] = {
        ...shared,
        anchor: p ? "x2" : "x",
        title: { text: name(1), standoff: 4 },
        range: [...state.ranges[p][1]],
      };
    }
    return layout;
  }

  async drawSolid() {
    const { world, text, font, type, Plotly } = this.view;
    const { cameras } = this.view.state;
    const { shown } = this;
    const paint = this.paint();
    const pick = (values) => Array.from(shown, (i) => values[i]);
    const each = (of) => Object.fromEntries(["x", "y", "z"].map(of));
    const traces = BOTH.map((p) => ({
      type: "scatter3d",
      mode: "markers",
      hoverinfo: "none",
      showlegend: false,
      scene: p ? "scene2" : "scene",
      ...each((d, j) => [d, pick(world.column(KINDS[p], j))]),
      marker: {
        size: 2.5,
        opacity: 0.8,
        color: pick(paint.values[p]),
        colorscale: paint.colorscale,
        cmin: paint.cmin,
        cmax: paint.cmax,
      },
    }));
    const scene = (p) => ({
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
      scene: scene(0),
      scene2: scene(1),
      uirevision: "keep",
    };
    await Plotly.react(this.plot, traces, layout, { displayModeBar: false, showTips: false });
  }

  /**
   * Draw with new WebGL contexts: for the first time, or between two and three dimensions.
   *
   * @param {Object} act - what to do when Plotly says: `axesMove`, `axesMoved`, `selected` with
   *     indices of digits, and in three dimensions `turned`, `pointed` and `clicked` with one.
   */
  async renew(act) {
    this.free();
    this.plot.className = "pcae-x-plot";
    await this.draw();
    if (this.view.life.over) return;
    const digit = (point) => this.shown[point.pointNumber];
    const on = (name, then) => this.plot.on(`plotly_${name}`, then);
    if (this.view.state.solid) {
      on("relayout", () => this.turn(act.turned));
      on("hover", (event) => act.pointed(digit(event.points[0])));
      on("click", (event) => act.clicked(digit(event.points[0])));
      return;
    }
    on("relayouting", act.axesMove);
    on("relayout", act.axesMoved);
    on("deselect", () => act.selected([]));
    on("selected", (event) => {
      if (event?.points) act.selected([...new Set(event.points.map(digit))].sort((a, b) => a - b));
    });
  }

  /** Keep the cameras once they rest: Plotly tells of a turn before its last frames. */
  turn(then, before = "") {
    this.view.life.later("turn", REST_MS, () => {
      const { state } = this.view;
      if (!state.solid || !this.plot._fullLayout?.scene2) return;
      const scenes = ["scene", "scene2"].map((name) => this.plot._fullLayout[name]._scene);
      const cameras = scenes.map((scene) => scene.getCamera());
      const now = JSON.stringify(cameras);
      if (now !== before) {
        this.turn(then, now);
        return;
      }
      state.cameras = cameras;
      then();
    });
  }

  /** Give the WebGL contexts back. */
  free() {
    const used = [...this.plot.querySelectorAll("canvas")];
    if (this.plot._fullLayout) this.view.Plotly.purge(this.plot);
    for (const canvas of used) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }

  // ------------------------------------------------------------------ where things are

  /** An axis of a plane: 0 across, 1 up. Its range is right also while it is dragged. */
  axis(p, d) {
    return this.plot._fullLayout[`${d ? "y" : "x"}axis${p ? 2 : ""}`];
  }

  /** The ranges of both planes' axes. */
  ranges() {
    return BOTH.map((p) => [0, 1].map((d) => [...this.axis(p, d).range]));
  }

  /** Where a point of a plane is on the stage, in pixels. */
  pixel(p, x, y) {
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    return [
      h._offset + ((x - h.range[0]) / (h.range[1] - h.range[0])) * h._length,
      v._offset + ((v.range[1] - y) / (v.range[1] - v.range[0])) * v._length,
    ];
  }

  /** The same of a digit. */
  pixelOf(p, i) {
    return this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
  }

  /** Whether a pixel of the stage is in a plane. */
  inside(p, [px, py]) {
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    const across = px >= h._offset && px <= h._offset + h._length;
    return across && py >= v._offset && py <= v._offset + v._length;
  }

  /** The plane and the point in it at a pixel of the stage; null where there is none. */
  under(px, py) {
    if (!this.flat) return null;
    const p = BOTH.find((plane) => this.inside(plane, [px, py]));
    if (p === undefined) return null;
    const h = this.axis(p, 0);
    const v = this.axis(p, 1);
    const x = h.range[0] + ((px - h._offset) / h._length) * (h.range[1] - h.range[0]);
    const y = v.range[1] - ((py - v._offset) / v._length) * (v.range[1] - v.range[0]);
    return { p, x, y };
  }

  /** The shown digit for which `far` is least, given its distance across and up in pixels. */
  least({ p, x, y }, far, most = Infinity) {
    const [xs, ys] = this.at[p];
    const scales = [0, 1].map((d) => {
      const axis = this.axis(p, d);
      return axis._length / (axis.range[1] - axis.range[0]);
    });
    let best = -1;
    let least = most;
    for (const i of this.shown) {
      const distance = far((xs[i] - x) * scales[0], (ys[i] - y) * scales[1]);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** The digit nearest to a point of a plane, within some pixels; -1 if there is none. */
  nearest(at, within) {
    return this.least(at, (dx, dy) => dx * dx + dy * dy, within * within);
  }

  /** The nearest digit on one side of another; -1 if there is none. */
  neighbour(p, i, [right, up]) {
    const [x, y] = this.placesOf(i)[p];
    return this.least({ p, x, y }, (dx, dy) => {
      const ahead = dx * right + dy * up;
      const aside = Math.abs(dx * up - dy * right);
      return ahead > 0 && aside <= ahead ? dx * dx + dy * dy : Infinity;
    });
  }
}

/** Plotly's markup for a text. */
function asText(text) {
  return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Limits that hold the first n values, with a little air. */
function limits(values, n) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const air = 0.04 * (high - low) || 1;
  return [low - air, high + air];
}
