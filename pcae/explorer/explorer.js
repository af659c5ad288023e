/**
 * Two linked scatters of digits, PCA's scores and an autoencoder's codes, on plotly.js.
 *
 * Streamlit's component calls `show` with every change of its data and `leave` when it may be gone.
 * Plotly draws points and axes, pans, zooms, and draws lassos; whatever follows the pointer is
 * drawn here, over it: a ring costs 0.01 ms as an element and 69 ms as one of Plotly's traces.
 */

import { quantile } from "./numerics.js";
import { drawPictures, fitCanvas, inkOf, spread } from "./pictures.js";
import { Inspector, Strip, element } from "./panel.js";
import { Timeline } from "./timeline.js";
import { World } from "./world.js";

const MOST_PINS = 12, MOST_K = 100, COUNTS = [1000, 2000, 5000, 10_000];
const NEAR = 9, NEAR_TOUCH = 22; // how far from a digit the pointer still is at it, in pixels
const CLICK = 4; // how far a click may move
const PICTURE = 22, MANIFOLD_TILE = 28;
const SETTLE = 120; // ms after the last change of the axes, until the layers are drawn anew
const MS_A_FRAME = 300, MORPH_MS = 2400;
const OPACITY = 0.75, GREY = "rgba(128,136,148,0.35)";
const [PCA_AT, CODE_AT] = [0, 1];
const KINDS = ["pca", "code"], AXIS_NAMES = ["PC", "code"];
const TITLES = ["PCA scores", "Bottleneck codes"];
const COLOURS = { digit: "digit", error: "error", better: "better of the two" };
const MODES = { pan: "Move", select: "Box", lasso: "Lasso", path: "Path" };
const ERROR_SCALE = "Viridis";
const HINT = "Click a digit to keep it here. Draw around digits with Box or Lasso. Between the digits, "
  + "the decoders show what they make of that point; with Path, drag to see one digit become another. The wheel zooms; "
  + "a double click shows the whole plane again.";

const explorers = new WeakMap();
const remembered = new Map(); // what a visitor set, by component, for when the page comes back

const plotly = new Promise((resolve, reject) => {
  const script = element("script", { src: new URL("plotly.min.js", import.meta.url).href });
  script.addEventListener("load", () => resolve(window.Plotly));
  script.addEventListener("error", () => reject(new Error("Plotly could not be fetched: reload the page.")));
  document.head.append(script);
});
document.head.append(element("link", { rel: "stylesheet", href: new URL("explorer.css", import.meta.url).href }));

/** Draw, or draw anew, what a component's data says. */
export async function show(component) {
  const { parentElement } = component;
  let explorer = explorers.get(parentElement);
  if (!explorer) explorers.set(parentElement, explorer = new Explorer(component));
  await explorer.show(component);
}

/** Free everything, if the component is gone for good. */
export function leave(parentElement) {
  setTimeout(() => {
    if (parentElement.isConnected) return;
    explorers.get(parentElement)?.destroy();
    explorers.delete(parentElement);
  }, 200);
}

/** What a visitor sets; kept through reruns and page switches. */
const fresh = () => ({
  count: 10_000, k: null, colour: "digit", mode: "pan", hidden: new Set(), pictures: false,
  manifold: false, solid: false, axes: [[0, 1], [0, 1]], ranges: [null, null], selected: [], pinned: [],
  run: "", held: null,
});

class Explorer {
  constructor(component) {
    const { name, parentElement, setStateValue } = component;
    this.state = remembered.get(name) ?? fresh();
    remembered.set(name, this.state);
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.stop = new AbortController();
    this.build(parentElement);
    for (const kind of ["selected", "pinned"]) { // a new session knows nothing of them
      if (this.state[kind].length) setStateValue(kind, this.state[kind]);
    }
  }

  // ------------------------------------------------------------------ the page's elements

  build(parent) {
    this.inspector = new Inspector((k) => this.setK(k));
    this.strip = new Strip({ point: (i) => this.point(i), unpin: (i) => this.pin(i) });
    this.plot = element("div", { className: "pcae-x-plot" });
    this.behind = element("canvas", { className: "pcae-x-layer" });
    this.over = element("canvas", { className: "pcae-x-layer" });
    this.rings = [0, 1].map(() => element("div", { className: "pcae-x-ring", hidden: true }));
    this.pinRings = element("div", { className: "pcae-x-pins" });
    this.line = element("div", { className: "pcae-x-line", hidden: true });
    this.stage = element("div", { className: "pcae-x-stage" },
      this.behind, this.plot, this.over, this.pinRings, ...this.rings, this.line);
    this.legend = element("div", { className: "pcae-x-legend", role: "group", ariaLabel: "Classes" });
    this.bar = element("div", { className: "pcae-x-bar" });
    this.time = element("div", { className: "pcae-x-time", hidden: true });
    this.spoken = element("div", { className: "pcae-x-spoken", role: "status", ariaLive: "polite" });
    this.message = element("p", { className: "pcae-x-message" }, "Reading the digits …");
    this.root = element("section", {
      className: "pcae-x", tabIndex: 0,
      ariaLabel: "Digits as points in the planes of PCA and of the autoencoder. Arrow keys walk from "
        + "digit to digit, 0 to 9 hide classes, f finds a digit, Escape clears.",
    }, this.message);
    parent.replaceChildren(this.root);
    const on = (target, name, act, options) =>
      target.addEventListener(name, act.bind(this), { signal: this.stop.signal, ...options });
    on(this.stage, "pointermove", this.moved);
    on(this.stage, "pointerdown", this.pressed, { capture: true });
    on(window, "pointerup", this.released, { capture: true });
    on(this.stage, "dblclick", this.whole);
    on(this.root, "keydown", this.typed);
    this.resizer = new ResizeObserver(() => this.later("resize", SETTLE, () => this.resized()));
    this.resizer.observe(this.root);
  }

  controls() {
    const { state, world } = this;
    const button = (text, pressed, act, title = "") => element("button",
      { textContent: text, ariaPressed: String(pressed), title, onclick: () => { act(); this.controls(); } });
    const choice = (label, values, value, act, ariaLabel = label) => {
      const box = element("select", { ariaLabel, onchange: () => act(box.value) },
        ...Object.entries(values).map(([v, text]) => element("option", { value: v, textContent: text })));
      box.value = value;
      return element("label", {}, `${label} `, box);
    };
    const modes = Object.entries(MODES).map(([mode, text]) =>
      button(text, state.mode === mode, () => this.setMode(mode)));
    const all = (n) => (n === world.everything ? `${n.toLocaleString("en")}, training too` : n.toLocaleString("en"));
    const counts = Object.fromEntries(this.counts().map((n) => [n, all(n)]));
    const find = element("input", { type: "number", min: 0, max: world.size - 1, placeholder: "no.", ariaLabel: "Find a digit by its number" });
    find.addEventListener("change", () => this.find(find.value));
    this.finder = find;
    const parts = [
      element("span", { className: "pcae-x-group", role: "group", ariaLabel: "What dragging does" }, ...modes),
      choice("Digits", counts, state.count, (n) => this.setCount(Number(n))),
      choice("Colour", COLOURS, state.colour, (colour) => { state.colour = colour; this.draw(); this.controls(); }),
      button("Pictures", state.pictures, () => { state.pictures = !state.pictures; this.draw(); }),
      button("Manifold", state.manifold, () => { state.manifold = !state.manifold; this.layers(); },
        "The plane decoded on a grid"),
    ];
    if (world.k === 3) parts.push(button("3-D", state.solid, () => { state.solid = !state.solid; this.renew(); }));
    parts.push(element("label", {}, "Find ", find));
    if (state.selected.length) parts.push(button("Clear", false, () => this.select([])));
    this.bar.replaceChildren(...parts);
    this.axisChoices = world.k > 2 ? this.choices(choice) : [];
    this.drawLegend();
    this.cursor();
  }

  /** Which components and which codes span the planes. */
  choices(choice) {
    const names = (of) => Object.fromEntries(
      Array.from({ length: of === PCA_AT ? Math.max(this.state.k, this.world.k) : this.world.k }, (_, j) => [j, j + 1]));
    return [PCA_AT, CODE_AT].flatMap((p) => [0, 1].map((d) =>
      choice(d === 0 ? AXIS_NAMES[p] : "×", names(p), this.state.axes[p][d], (axis) => {
        this.state.axes[p][d] = Number(axis);
        this.state.ranges[p] = null;
        this.place();
        this.draw();
      }, `${AXIS_NAMES[p]}, ${d ? "up" : "across"}`)));
  }

  drawLegend() {
    const { state, world } = this;
    const chips = world.classes.map((name, label) => {
      const chip = element("button", {
        className: "pcae-x-chip", ariaPressed: String(!state.hidden.has(label)),
        title: "Click to hide or show; double-click to show it alone",
      }, element("i"), name);
      chip.firstChild.style.background = state.colour === "digit" ? this.colors[label % 10] : "currentColor";
      chip.addEventListener("click", (event) => this.toggle(label, event.detail === 2));
      return chip;
    });
    this.legend.replaceChildren(...chips);
    if (state.colour !== "digit") this.legend.append(this.scale());
    this.legend.append(element("span", { className: "pcae-x-axes" }, ...this.axisChoices));
  }

  /** A bar that says what the colours of errors mean. */
  scale() {
    const { stops, low, high } = this.paint();
    const bar = element("i", { className: "pcae-x-scale" });
    bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    return element("span", { className: "pcae-x-key" }, low, bar, high);
  }

  // ------------------------------------------------------------------ data

  async show(component) {
    this.component = component;
    const { data } = component;
    this.theme();
    const sources = JSON.stringify([data, this.split()]);
    if (this.sources === sources) return this.world && this.draw();
    this.sources = sources;
    delete this.root.dataset.ready;
    try {
      const [Plotly, world] = await Promise.all([plotly, World.fetch(data, this.split())]);
      if (this.sources !== sources || this.stop.signal.aborted) return; // something newer was asked for
      this.Plotly = Plotly;
      this.open(world, data);
    } catch (problem) {
      this.sources = null;
      this.fail(problem.message);
    }
  }

  fail(text) {
    this.message.textContent = text;
    this.root.replaceChildren(this.message);
  }

  open(world, data) {
    const { state } = this;
    this.stopTime();
    if (state.run !== data.run) {
      state.ranges = [state.k === 1 || world.k === 1 ? null : state.ranges[PCA_AT], null];
      state.k = world.k;
      state.run = data.run;
      state.held = null;
    }
    if (state.digits !== data.digits) {
      const digits = data.digits;
      Object.assign(state, { digits, ranges: [null, null], selected: [], pinned: [], hidden: new Set() });
    }
    state.k = Math.min(state.k, MOST_K);
    state.axes = state.axes.map((pair) => (Math.max(...pair) < world.k ? pair : [0, Math.min(1, world.k - 1)]));
    if (world.k !== 3) state.solid = false;
    this.world = world;
    state.count = this.counts().includes(state.count) ? state.count : this.counts().filter((n) => n <= world.tests).at(-1);
    this.timeline = null;
    this.inspector.k.max = MOST_K;
    this.root.replaceChildren(this.bar, this.legend, this.stage, this.time, this.strip.root, this.inspector.root, this.spoken);
    this.timeControls();
    this.place();
    this.renew();
    this.drawStrip();
    this.point(state.held ?? state.pinned[0] ?? 0, false);
  }

  split() { return this.state.count > (this.world?.tests ?? COUNTS.at(-1)) ? "all" : "test"; }

  /** How many digits can be shown: rounded parts of the test digits, all of them, or all there are. */
  counts() {
    const { tests } = this.world;
    return [...COUNTS.filter((n) => n < tests), tests, this.world.everything];
  }

  setCount(count) {
    this.state.count = count;
    this.show(this.component);
    this.place();
    this.draw();
  }

  /** The coordinates of every digit in both planes. */
  place() {
    const { world, state } = this;
    this.at = KINDS.map((kind, p) => {
      const x = world.column(kind, state.axes[p][0]);
      if (world.k === 1) return [x, Float32Array.from(world.labels, (label, i) => label + jitter(i))];
      return [x, world.column(kind, state.axes[p][1])];
    });
  }

  /** Indices of the digits that are shown. */
  filter() {
    const { state, world } = this, n = Math.min(state.count, world.size);
    if (!state.hidden.size) return Int32Array.from({ length: n }, (_, i) => i);
    return Int32Array.from({ length: n }, (_, i) => i).filter((i) => !state.hidden.has(world.labels[i]));
  }

  // ------------------------------------------------------------------ the plot

  theme() {
    const style = getComputedStyle(this.root), of = (name) => style.getPropertyValue(name).trim();
    this.text = of("--st-text-color") || style.color;
    this.font = style.fontFamily;
    this.lines = of("--st-border-color-light") || "rgba(128,128,128,0.2)";
    const listed = of("--st-chart-categorical-colors").match(/#[0-9a-f]{6}/gi);
    this.colors = listed?.length >= 10 ? listed : this.colors;
    this.inks = this.colors.map(inkOf);
    this.textInk = inkOf(this.text);
  }

  /** How the points of each plane are coloured. */
  paint() {
    const { world, state, colors } = this;
    if (state.colour === "digit") {
      const stops = colors.flatMap((c, i) => [[i / 10, c], [(i + 1) / 10, c]]);
      return { values: [world.labels, world.labels], colorscale: stops, cmin: -0.5, cmax: 9.5 };
    }
    const pca = world.pcaErrors(state.k), network = world.errors;
    if (state.colour === "error") {
      const cmax = Math.max(quantile(pca, 0.98), quantile(network, 0.98));
      return {
        values: [pca, network], colorscale: ERROR_SCALE, cmin: 0, cmax,
        stops: ["#440154", "#31688e", "#35b779", "#fde725"], low: "error 0", high: cmax.toFixed(3),
      };
    }
    // positive where the autoencoder is better
    const gain = Float32Array.from(pca, (error, i) => error - network[i]);
    const most = quantile(gain.map(Math.abs), 0.95);
    const stops = [colors[6], GREY, colors[0]]; // PCA's and the autoencoder's colour on every page
    return {
      values: [gain, gain], colorscale: [[0, stops[0]], [0.5, "rgb(160,164,170)"], [1, stops[2]]],
      cmin: -most, cmax: most, stops, low: "PCA", high: "autoencoder",
    };
  }

  /** Draw points and axes, in the same WebGL contexts as before. */
  draw() {
    if (!this.world) return;
    if (this.state.solid) return this.drawSolid();
    this.shown = this.filter();
    const { state } = this, paint = this.paint(), many = this.shown.length > 20_000;
    const selected = new Set(state.selected);
    const pick = (values) => Float32Array.from(this.shown, (i) => values[i]);
    const chosen = selected.size
      ? Array.from(this.shown.keys()).filter((at) => selected.has(this.shown[at])) : undefined;
    const traces = [PCA_AT, CODE_AT].map((p) => ({
      type: "scattergl", mode: "markers", hoverinfo: "none", showlegend: false,
      x: pick(this.at[p][0]), y: pick(this.at[p][1]),
      xaxis: p ? "x2" : "x", yaxis: p ? "y2" : "y",
      visible: !(p === CODE_AT && this.moment != null),
      marker: {
        size: many ? 3 : 5, opacity: state.pictures ? 0.12 : OPACITY, color: pick(paint.values[p]),
        colorscale: paint.colorscale, cmin: paint.cmin, cmax: paint.cmax, showscale: false,
      },
      selectedpoints: chosen,
      selected: { marker: { opacity: state.pictures ? 0.3 : 0.95 } },
      unselected: { marker: { color: GREY, opacity: 0.35 } },
    }));
    // Plotly takes two clicks at different digits for a double click
    const config = { displayModeBar: false, scrollZoom: true, showTips: false, doubleClick: false };
    this.Plotly.react(this.plot, traces, this.layout(), config).then(() => { this.root.dataset.ready = "true"; });
    this.layers();
  }

  layout() {
    const { state, world } = this;
    const layout = {
      margin: { l: 44, r: 8, t: 30, b: 40 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: this.text, size: 13, family: this.font }, hovermode: false, clickmode: "none", selections: [],
      dragmode: state.mode === "path" ? false : state.mode, showlegend: false,
      newselection: { line: { color: this.text, width: 1.5 } },
      annotations: TITLES.map((text, p) => ({
        text: `<b>${text}</b>`, x: p ? 0.76 : 0.24, y: 1, xref: "paper", yref: "paper",
        xanchor: "center", yanchor: "bottom", showarrow: false, font: { size: 15 },
      })),
    };
    for (const p of [PCA_AT, CODE_AT]) {
      state.ranges[p] ??= [0, 1].map((d) => range(this.at[p][d], Math.min(state.count, world.size)));
      const name = (d) => (world.k === 1 && d === 1 ? "label" : `${AXIS_NAMES[p]} ${state.axes[p][d] + 1}`);
      const shared = { zeroline: false, gridcolor: this.lines, ticks: "", fixedrange: false };
      layout[p ? "xaxis2" : "xaxis"] = {
        ...shared, domain: p ? [0.53, 1] : [0, 0.47], anchor: p ? "y2" : "y",
        title: { text: name(0), standoff: 6 }, range: [...state.ranges[p][0]],
      };
      layout[p ? "yaxis2" : "yaxis"] = {
        ...shared, anchor: p ? "x2" : "x", title: { text: name(1), standoff: 4 }, range: [...state.ranges[p][1]],
      };
    }
    return layout;
  }

  /** Draw with new WebGL contexts: for the first time, or between two and three dimensions. */
  renew() {
    this.freeContexts();
    this.plot.className = "pcae-x-plot";
    this.controls();
    this.draw();
    this.time.hidden = this.state.solid || !this.component.data.frames;
    if (this.state.solid) return;
    this.plot.on("plotly_relayouting", () => this.axesMove());
    this.plot.on("plotly_relayout", () => this.axesMoved());
    this.plot.on("plotly_selected", (event) => {
      if (!event?.points) return;
      const found = new Set(event.points.map((point) => this.shown[point.pointNumber ?? point.pointIndex]));
      this.select([...found].sort((a, b) => a - b));
    });
    this.plot.on("plotly_deselect", () => this.select([]));
  }

  drawSolid() {
    this.shown = this.filter();
    const paint = this.paint(), { world } = this;
    const pick = (values) => Array.from(this.shown, (i) => values[i]);
    const traces = KINDS.map((kind, p) => ({
      type: "scatter3d", mode: "markers", hoverinfo: "none", showlegend: false, scene: p ? "scene2" : "scene",
      ...Object.fromEntries(["x", "y", "z"].map((d, j) => [d, pick(world.column(kind, j))])),
      marker: {
        size: 2.5, opacity: 0.8, color: pick(paint.values[p]), colorscale: paint.colorscale,
        cmin: paint.cmin, cmax: paint.cmax,
      },
    }));
    const scene = (p) => ({
      domain: { x: p ? [0.5, 1] : [0, 0.5], y: [0, 1] },
      ...Object.fromEntries(["x", "y", "z"].map((d, j) => [`${d}axis`, {
        title: { text: `${AXIS_NAMES[p]} ${j + 1}` }, gridcolor: GREY, color: this.text, showspikes: false,
      }])),
    });
    this.Plotly.react(this.plot, traces, {
      margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", font: { color: this.text, size: 12, family: this.font },
      scene: scene(0), scene2: scene(1), uirevision: "keep",
    }, { displayModeBar: false, showTips: false });
    this.plot.removeAllListeners?.("plotly_hover");
    this.plot.on("plotly_hover", (event) => this.point(this.shown[event.points[0].pointNumber]));
    this.plot.removeAllListeners?.("plotly_click");
    this.plot.on("plotly_click", (event) => this.pin(this.shown[event.points[0].pointNumber]));
    this.layers();
  }

  axis(p, d) { return this.plot._fullLayout?.[`${d ? "y" : "x"}axis${p ? 2 : ""}`]; }

  /** Where a point of a plane is on the stage, in pixels. */
  pixel(p, x, y) {
    const h = this.axis(p, 0), v = this.axis(p, 1);
    return [
      h._offset + ((x - h.range[0]) / (h.range[1] - h.range[0])) * h._length,
      v._offset + ((v.range[1] - y) / (v.range[1] - v.range[0])) * v._length,
    ];
  }

  /** The plane and the point in it at a pixel of the stage; null between the planes. */
  plane(px, py) {
    if (!this.plot._fullLayout || this.state.solid) return null;
    for (const p of [PCA_AT, CODE_AT]) {
      const h = this.axis(p, 0), v = this.axis(p, 1);
      const across = (px - h._offset) / h._length, up = 1 - (py - v._offset) / v._length;
      if (across < 0 || across > 1 || up < 0 || up > 1) continue;
      return {
        p, x: h.range[0] + across * (h.range[1] - h.range[0]), y: v.range[0] + up * (v.range[1] - v.range[0]),
      };
    }
    return null;
  }

  inside(p, [px, py]) {
    const h = this.axis(p, 0), v = this.axis(p, 1);
    return px >= h._offset && px <= h._offset + h._length && py >= v._offset && py <= v._offset + v._length;
  }

  axesMove() {
    this.drawRings(false);
    this.behind.style.opacity = 0;
    if (this.state.pictures || this.moment != null) this.drawOver();
  }

  axesMoved() {
    for (const p of [PCA_AT, CODE_AT]) this.state.ranges[p] = [0, 1].map((d) => [...this.axis(p, d).range]);
    this.axesMove();
    this.layers();
  }

  /** Show the whole plane again. */
  whole(event) {
    const box = this.stage.getBoundingClientRect();
    const at = this.world && this.plane(event.clientX - box.left, event.clientY - box.top);
    if (!at) return;
    this.state.ranges[at.p] = null;
    this.draw();
  }

  resized() {
    if (!this.world || !this.plot._fullLayout) return;
    this.Plotly.Plots.resize(this.plot);
    this.layers();
  }

  // ------------------------------------------------------------------ what lies over and behind

  layers() {
    this.drawRings(false);
    this.drawOver();
    this.later("manifold", SETTLE, () => this.drawManifold());
  }

  /** Pictures instead of dots, or the points of a moment of the timeline. */
  drawOver() {
    const { state, world, over } = this, { clientWidth: width, clientHeight: height } = this.stage;
    const points = [];
    if (state.solid || !(state.pictures || this.moment != null)) return void (over.hidden = true);
    over.hidden = false;
    if (state.pictures) {
      const selected = new Set(state.selected);
      for (const p of [PCA_AT, CODE_AT]) {
        const place = (i) => {
          const at = this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
          return this.inside(p, at) ? at : null;
        };
        const order = selected.size
          ? [...state.selected, ...this.shown.filter((i) => !selected.has(i))] : this.shown;
        points.push(...spread(order, place, PICTURE));
      }
      const inkOfDigit = (i) => (selected.size && !selected.has(i) ? 0x888888 : this.inks[world.labels[i] % 10]);
      drawPictures(over, width, height, points, world.images, inkOfDigit);
    } else {
      const ratio = fitCanvas(over, width, height), context = over.getContext("2d");
      context.clearRect(0, 0, over.width, over.height);
      this.drawMoving(context, ratio);
    }
    this.pictured = points.length;
  }

  drawMoving(context, ratio) {
    const byClass = this.world.classes.map(() => []), [x, y] = this.at[CODE_AT];
    for (const i of this.shown) if (!Number.isNaN(x[i])) byClass[this.world.labels[i]].push(i);
    context.globalAlpha = OPACITY;
    byClass.forEach((digits, label) => {
      context.fillStyle = this.colors[label % 10];
      for (const i of digits) {
        const at = this.pixel(CODE_AT, x[i], y[i]);
        if (this.inside(CODE_AT, at)) context.fillRect((at[0] - 2) * ratio, (at[1] - 2) * ratio, 4 * ratio, 4 * ratio);
      }
    });
    context.globalAlpha = 1;
  }

  /** Both planes decoded on a grid, a few tiles at a time. */
  drawManifold() {
    const { behind, state } = this, { clientWidth: width, clientHeight: height } = this.stage;
    behind.hidden = !state.manifold || state.solid;
    if (behind.hidden) return;
    fitCanvas(behind, width, height);
    behind.style.opacity = 1;
    const context = behind.getContext("2d"), tiles = [];
    context.clearRect(0, 0, behind.width, behind.height);
    for (const p of [PCA_AT, CODE_AT]) {
      const h = this.axis(p, 0), v = this.axis(p, 1);
      const across = Math.floor(h._length / MANIFOLD_TILE), down = Math.floor(v._length / MANIFOLD_TILE);
      for (let r = 0; r < down; r++) {
        for (let c = 0; c < across; c++) {
          tiles.push({ p, left: h._offset + (c * h._length) / across, top: v._offset + (r * v._length) / down,
            width: h._length / across, height: v._length / down });
        }
      }
    }
    const turn = (this.manifoldTurn = (this.manifoldTurn ?? 0) + 1);
    const canvas = new OffscreenCanvas(28, 28), ratio = behind.width / width;
    const work = () => {
      if (turn !== this.manifoldTurn || this.stop.signal.aborted) return;
      const until = performance.now() + 8;
      while (tiles.length && performance.now() < until) {
        const tile = tiles.shift(), at = this.plane(tile.left + tile.width / 2, tile.top + tile.height / 2);
        if (!at) continue;
        drawInk(canvas, this.decodeAlone(at), this.textInk);
        context.drawImage(canvas, tile.left * ratio, tile.top * ratio, tile.width * ratio, tile.height * ratio);
      }
      if (tiles.length) requestAnimationFrame(work);
      else behind.dataset.done = turn;
    };
    work();
  }

  /** Rings round the digit or the point that is inspected, in both planes, and the pinned digits. */
  drawRings(move = true) {
    const places = this.state.solid || !this.plot._fullLayout ? [] : this.ringed ?? [];
    this.rings.forEach((ring, p) => {
      const at = places[p] && this.pixel(p, ...places[p]);
      ring.hidden = !at || !this.inside(p, at) || Number.isNaN(at[0]);
      if (ring.hidden) return;
      ring.style.transition = move && !this.reduced ? "" : "none";
      ring.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
    });
    const pins = this.state.solid || !this.plot._fullLayout ? [] : this.state.pinned;
    this.pinRings.replaceChildren(...pins.flatMap((i) => [PCA_AT, CODE_AT].map((p) => {
      const at = this.pixel(p, this.at[p][0][i], this.at[p][1][i]);
      const dot = element("i", { hidden: !this.inside(p, at) });
      dot.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
      dot.style.borderColor = this.colors[this.world.labels[i] % 10];
      return dot;
    })));
  }

  // ------------------------------------------------------------------ inspecting

  /** Follow the pointer. Browsers send its moves once a frame, before they draw. */
  moved(event) {
    if (!this.world) return;
    if (this.press && distance(event, this.press) >= CLICK) this.press.moved = true;
    const box = this.stage.getBoundingClientRect();
    const px = event.clientX - box.left, py = event.clientY - box.top;
    if (this.drawn) return this.drawLine(px, py);
    const at = this.plane(px, py);
    const dragging = event.buttons && (event.pointerType !== "touch" || this.state.mode !== "pan");
    if (!at || dragging) return;
    const i = this.nearest(at, event.pointerType === "touch" ? NEAR_TOUCH : NEAR);
    this.active = at.p;
    if (i >= 0) this.point(i);
    else this.between(at);
  }

  /** The digit nearest to a point of a plane, within some pixels; -1 if there is none. */
  nearest({ p, x, y }, within) {
    const [xs, ys] = this.at[p], h = this.axis(p, 0), v = this.axis(p, 1);
    const sx = h._length / (h.range[1] - h.range[0]), sy = v._length / (v.range[1] - v.range[0]);
    let best = -1, least = within * within;
    for (const i of this.shown) {
      const dx = (xs[i] - x) * sx, dy = (ys[i] - y) * sy, d = dx * dx + dy * dy;
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }

  /** Inspect a digit. */
  point(i, aloud = true) {
    const { world, state } = this, shown = world.show(i, state.k);
    state.held = i;
    this.inspected = { i };
    const label = world.classes[world.labels[i]];
    const passes = shown.passes < 0 ? "PCA never gets as near to this digit."
      : `For this digit PCA passes the autoencoder at k = ${shown.passes}.`;
    this.inspector.draw(`${label}, ${world.name(i)}`, shown, {
      original: "Original", pca: `PCA: error ${shown.pcaError.toFixed(4)}`,
      network: `Autoencoder: error ${shown.networkError.toFixed(4)}`,
    }, state.k, passes);
    this.ringed = [PCA_AT, CODE_AT].map((p) => [this.at[p][0][i], this.at[p][1][i]]);
    const color = this.colors[world.labels[i] % 10];
    for (const ring of this.rings) ring.style.borderColor = color;
    this.drawRings();
    if (aloud) {
      this.say(`${label}, ${world.name(i)}. Error of PCA ${shown.pcaError.toFixed(4)}, `
        + `of the autoencoder ${shown.networkError.toFixed(4)}.`);
    }
  }

  /** Inspect a point of a plane where there is no digit. */
  between(at) {
    const { state } = this, shown = this.decode(at);
    this.inspected = { at };
    const others = this.others(at.p) ? `, the other ${at.p === PCA_AT ? "scores" : "codes"} as in ${this.world.name(state.held)}` : "";
    const captions = at.p === PCA_AT
      ? { original: `no digit here${others}`, pca: "PCA, of this point", network: "Autoencoder, of PCA's picture" }
      : { original: `no digit here${others}`, pca: "PCA, of the autoencoder's", network: "Autoencoder, of this point" };
    this.inspector.draw(`${AXIS_NAMES[at.p]}: ${at.x.toFixed(1)}, ${at.y.toFixed(1)}`,
      { pca: shown.pca, network: shown.network }, captions, state.k, "");
    this.ringed = shown.places;
    for (const ring of this.rings) ring.style.borderColor = this.text;
    this.drawRings(false);
  }

  /** Whether decoding a point of a plane needs more numbers than its two. */
  others(p) { return this.world.k !== 1 && (p === PCA_AT ? this.state.k : this.world.k) > 2; }

  /** The scores or the code that a point of a plane stands for; what it leaves open is the held digit's. */
  full({ p, x, y }) {
    const { world, state } = this, [across, up] = state.axes[p];
    const length = p === PCA_AT ? Math.max(state.k, across + 1, world.k === 1 ? 1 : up + 1) : world.k;
    let values = new Float32Array(length);
    if (this.others(p) && state.held != null) {
      values = p === CODE_AT ? world.code(state.held) : world.pca.transform(world.image(state.held), length);
    }
    values[across] = x;
    if (world.k !== 1) values[up] = y;
    return values;
  }

  /** What a plane's own decoder makes of a point. */
  decodeAlone(at) {
    const values = this.full(at);
    return at.p === PCA_AT ? this.world.pca.inverse(values) : this.world.network.decode(values);
  }

  /** What both make of a point, and where that is in both planes. */
  decode(at) {
    const { world, state } = this, values = this.full(at);
    const axes = state.axes[1 - at.p], here = [at.x, at.y];
    if (at.p === PCA_AT) {
      const shown = world.showScores(values);
      return { ...shown, places: [here, world.k === 1 ? null : axes.map((a) => shown.code[a])] };
    }
    const shown = world.showCode(values, Math.max(state.k, ...axes.map((a) => a + 1)));
    return { ...shown, places: [world.k === 1 ? null : axes.map((a) => shown.scores[a]), here] };
  }

  say(text) { this.later("say", 300, () => { this.spoken.textContent = text; }); }

  setK(k) {
    this.state.k = k;
    if (this.inspected?.at) this.between(this.inspected.at);
    else this.point(this.inspected.i, false);
    this.later("k", SETTLE, () => {
      if (this.state.colour !== "digit") this.draw();
      this.controls();
      this.drawStrip();
    });
  }

  // ------------------------------------------------------------------ pressing, choosing, pinning

  pressed(event) {
    if (!this.world || event.button) return;
    const box = this.stage.getBoundingClientRect();
    const at = this.plane(event.clientX - box.left, event.clientY - box.top);
    this.press = at && { clientX: event.clientX, clientY: event.clientY, at };
    if (at && this.state.mode === "path") {
      this.stopMorph();
      this.drawn = { from: at, to: at };
      event.preventDefault();
    }
  }

  released(event) {
    const { press, drawn } = this;
    this.press = this.drawn = null;
    if (!press) return;
    const still = !press.moved && distance(event, press) < CLICK;
    if (drawn && !still) return this.morph(drawn);
    if (drawn) this.line.hidden = true;
    if (!still) return;
    const i = this.nearest(press.at, event.pointerType === "touch" ? NEAR_TOUCH : NEAR);
    if (i < 0) return;
    this.point(i);
    this.pin(i);
  }

  /** Keep a digit in the tray, or take it out. */
  pin(i) {
    const { state } = this, has = state.pinned.includes(i);
    if (!has && state.pinned.length >= MOST_PINS) {
      return this.say(`There are ${MOST_PINS} digits in the tray already: take one out.`);
    }
    state.pinned = has ? state.pinned.filter((other) => other !== i) : [...state.pinned, i];
    this.component.setStateValue("pinned", state.pinned);
    this.drawRings(false);
    this.drawStrip();
  }

  /** Select digits, in both planes and for the other pages. */
  select(indices) {
    const { state } = this;
    this.stopMorph();
    if (!indices.length && !state.selected.length) return this.drawStrip();
    state.selected = indices;
    this.component.setStateValue("selected", indices);
    this.draw();
    this.controls();
    this.drawStrip();
    this.say(indices.length ? `${indices.length} digits selected.` : "Nothing is selected.");
  }

  drawStrip() {
    const { state, world } = this;
    if (this.morphing) return;
    if (state.selected.length) this.strip.selection(world, state.selected, state.k);
    else this.strip.hint(HINT);
    this.strip.pins(world, state.pinned, state.k);
  }

  setMode(mode) {
    this.stopMorph();
    this.state.mode = mode;
    if (!this.state.solid) this.Plotly.relayout(this.plot, { dragmode: mode === "path" ? false : mode });
    this.drawStrip();
  }

  cursor() { this.stage.dataset.mode = this.state.mode; }

  /** Hide or show a class, or show it alone; after that, all again. */
  toggle(label, alone = false) {
    const { world, state } = this, others = world.classes.map((_, other) => other).filter((other) => other !== label);
    if (alone) { // its first click has toggled already
      const before = this.hiddenBefore, was = others.every((other) => before.has(other)) && !before.has(label);
      state.hidden = new Set(was ? [] : others);
    } else {
      this.hiddenBefore = new Set(state.hidden);
      if (!state.hidden.delete(label)) state.hidden.add(label);
    }
    this.draw();
    this.drawLegend();
  }

  find(text) {
    const i = Number(text), { count } = this.state;
    if (!Number.isInteger(i) || i < 0 || text === "") return;
    if (i >= Math.min(count, this.world.size)) {
      return this.say(`There are digits 0 to ${Math.min(count, this.world.size) - 1}.`);
    }
    this.point(i);
    this.root.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------ morphs

  drawLine(px, py) {
    const to = this.plane(px, py);
    if (!to || to.p !== this.drawn.from.p) return;
    this.drawn.to = to;
    this.between(to);
    this.placeLine(this.drawn);
  }

  placeLine({ from, to }) {
    const a = this.pixel(from.p, from.x, from.y), b = this.pixel(to.p, to.x, to.y);
    this.line.hidden = false;
    this.line.style.width = `${Math.hypot(b[0] - a[0], b[1] - a[1])}px`;
    this.line.style.transform = `translate(${a[0]}px, ${a[1]}px) rotate(${Math.atan2(b[1] - a[1], b[0] - a[0])}rad)`;
  }

  /** Play what both make of the straight way from one point to another, each in its own plane. */
  morph({ from, to }) {
    const { world } = this, ends = [from, to].map((at) => {
      const values = this.full(at);
      if (at.p === PCA_AT) return { scores: values, code: world.network.encode(world.pca.inverse(values)) };
      return { code: values, scores: world.pca.transform(world.network.decode(values), this.state.k) };
    });
    const mix = (name, t) => ends[0][name].map((v, j) => v + t * (ends[1][name][j] - v));
    const at = (t) => ({ pca: world.pca.inverse(mix("scores", t)), network: world.network.decode(mix("code", t)) });
    this.morphing = { draw: this.strip.morph(at), at };
    this.placeLine({ from, to });
    if (this.reduced) return;
    const start = performance.now(), { morphing } = this;
    const play = (now) => {
      if (this.morphing !== morphing || this.stop.signal.aborted) return;
      const t = ((now - start) / MORPH_MS) % 2;
      morphing.draw(t < 1 ? t : 2 - t);
      requestAnimationFrame(play);
    };
    requestAnimationFrame(play);
  }

  stopMorph() {
    this.line.hidden = true;
    this.morphing = null;
  }

  // ------------------------------------------------------------------ timeline

  timeControls() {
    const { data } = this.component;
    this.time.hidden = !data.frames;
    if (!data.frames) return;
    const button = element("button", { textContent: "Play", onclick: () => this.play() });
    const slider = element("input", { type: "range", min: 0, max: 1, step: "any", value: 1, ariaLabel: "Epoch" });
    const label = element("span", { textContent: "Codes through training" });
    slider.addEventListener("input", async () => {
      this.pause();
      await this.readFrames();
      this.goTo(Number(slider.value) * this.timeline.last);
    });
    this.time.replaceChildren(button, slider, label);
    Object.assign(this, { timeButton: button, timeSlider: slider, timeLabel: label });
  }

  async readFrames() {
    this.timeline ??= await Timeline.fetch(this.component.data.frames, this.world);
  }

  async play() {
    if (this.playing) return this.pause();
    const turn = this.playing = {};
    try {
      await this.readFrames();
    } catch (problem) {
      this.playing = null;
      return void (this.timeLabel.textContent = problem.message);
    }
    if (this.playing !== turn) return;
    this.timeButton.textContent = "Pause";
    let moment = this.moment ?? 0, before = performance.now();
    const step = (now) => {
      if (this.playing !== turn || this.stop.signal.aborted) return;
      moment += Math.max(0, now - before) / MS_A_FRAME;
      before = now;
      if (moment >= this.timeline.last) this.pause();
      this.goTo(Math.min(moment, this.timeline.last));
      if (this.playing === turn) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  pause() {
    this.playing = null;
    this.timeButton.textContent = "Play";
  }

  /** Show the codes at a moment; at the last one, Plotly's points again. */
  goTo(moment) {
    const { world, state, timeline } = this, end = moment >= timeline.last;
    const shown = this.reduced ? Math.round(moment) : moment;
    this.timeSlider.value = moment / timeline.last;
    this.timeLabel.textContent = `after epoch ${timeline.label(moment)}`;
    const started = this.moment == null;
    this.moment = end ? null : shown;
    if (end) this.place();
    else {
      if (started) this.at[CODE_AT] = [new Float32Array(world.size), Float32Array.from(this.at[CODE_AT][1])];
      const axes = world.k === 1 ? state.axes[CODE_AT].slice(0, 1) : state.axes[CODE_AT];
      axes.forEach((axis, d) => timeline.write(shown, axis, this.at[CODE_AT][d]));
    }
    if (started !== end) this.draw();
    else this.drawOver();
    if (this.inspected?.i != null) {
      const { i } = this.inspected;
      this.ringed = [PCA_AT, CODE_AT].map((p) => [this.at[p][0][i], this.at[p][1][i]]);
      this.drawRings(false);
    }
  }

  stopTime() {
    this.playing = this.moment = null;
  }

  // ------------------------------------------------------------------ keys

  typed(event) {
    if (!this.world || event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Escape") this.root.focus();
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way) this.walk(way);
    else if (/^[0-9]$/.test(event.key) && Number(event.key) < this.world.classes.length) this.toggle(Number(event.key));
    else if (event.key === "Escape") this.select([]);
    else if (event.key === "f") this.finder.focus();
    else if (event.key === "Enter" && this.inspected?.i != null && event.target === this.root) this.pin(this.inspected.i);
    else return;
    event.preventDefault();
  }

  /** Go to the nearest digit on that side, in the plane that was pointed at last. */
  walk([right, up]) {
    if (this.state.solid) return;
    const p = this.active ?? CODE_AT, [xs, ys] = this.at[p], from = this.state.held;
    const h = this.axis(p, 0), v = this.axis(p, 1);
    const sx = h._length / (h.range[1] - h.range[0]), sy = v._length / (v.range[1] - v.range[0]);
    let best = -1, least = Infinity;
    for (const i of this.shown) {
      const dx = (xs[i] - xs[from]) * sx, dy = (ys[i] - ys[from]) * sy;
      const ahead = dx * right + dy * up, aside = Math.abs(dx * up - dy * right);
      if (i === from || ahead <= 0 || aside > ahead) continue;
      const d = dx * dx + dy * dy;
      if (d < least) [best, least] = [i, d];
    }
    if (best >= 0) this.point(best);
  }

  // ------------------------------------------------------------------ the end

  later(name, ms, act) {
    this.timers ??= {};
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => { if (!this.stop.signal.aborted) act(); }, ms);
  }

  freeContexts() {
    const used = [...this.plot.querySelectorAll("canvas")];
    if (this.Plotly && this.plot._fullLayout) this.Plotly.purge(this.plot);
    for (const canvas of used) canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
  }

  destroy() {
    this.stop.abort();
    this.resizer.disconnect();
    for (const timer of Object.values(this.timers ?? {})) clearTimeout(timer);
    this.freeContexts();
    this.world = this.timeline = null;
  }
}

/** Limits that hold the first n values, with a little air. */
function range(values, n) {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < n; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const air = 0.04 * (high - low) || 1;
  return [low - air, high + air];
}

function distance(a, b) { return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); }

/** A fixed small shift, so that digits of one label do not lie in one line. */
function jitter(i) { return (((i * 2654435761) >>> 0) / 2 ** 32 - 0.5) * 0.6; }

/** Pixels as ink of one colour on nothing. */
function drawInk(canvas, pixels, ink) {
  const context = canvas.getContext("2d"), picture = context.createImageData(28, 28);
  const out = new Uint32Array(picture.data.buffer);
  for (let p = 0; p < out.length; p++) out[p] = ((150 * Math.min(1, Math.max(0, pixels[p]))) << 24) | ink;
  context.putImageData(picture, 0, 0);
}
