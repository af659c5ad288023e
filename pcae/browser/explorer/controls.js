/** The explorer's buttons and choices above the plots. */

import { asCsv, downloadLink, save, savePicture } from "../core/saving.js";
import { element } from "../core/element.js";
import { AXIS_NAMES, BOTH, PCA_AT } from "../core/both.js";

export const MODES = { pan: "Move", select: "Box", lasso: "Lasso", path: "Path" };
export const COLOURS = { digit: "class", error: "error", better: "better of the two" };
const GRID = "The plane decoded on a grid";
const NO_PICTURES = "This needs pictures, and this data is a table of columns";

export class Controls {
  /** @param {Object} view - the explorer: what is shown, and what can be done with it. */
  constructor(view) {
    this.view = view;
    this.bar = element("div", { className: "pcae-x-bar" });
    const about = { className: "pcae-x-legend", role: "group", ariaLabel: "Classes" };
    this.legend = element("div", about);
  }

  draw() {
    const { view } = this;
    const { state, world } = view;
    const modes = Object.entries(MODES)
      .filter(([mode]) => mode !== "path" || world.network)
      .map(([mode, text]) => this.button(text, state.mode === mode, () => view.setMode(mode)));
    const pictures = this.button(
      "Pictures",
      state.pictures,
      () => view.set({ pictures: !state.pictures }),
    );
    const act = () => view.set({ manifold: !state.manifold });
    const manifold = this.button("Manifold", state.manifold, act, GRID);
    if (!world.shape) {
      for (const button of [...(world.network ? [modes.at(-1)] : []), pictures, manifold]) {
        Object.assign(button, { disabled: true, title: NO_PICTURES });
      }
    }
    const group = { className: "pcae-x-group", role: "group", ariaLabel: "What dragging does" };
    const number = { type: "number", min: 0, max: world.size - 1, placeholder: "no." };
    this.finder = element("input", { ...number, ariaLabel: "Find a digit by its number" });
    this.finder.addEventListener("change", () => view.find(this.finder.value));
    this.finder.addEventListener("focus", () => this.finder.select()); // the next one replaces it
    this.note = element("span", { className: "pcae-x-note" });
    const parts = [
      element("span", group, ...modes),
      choice(
        `${world.noun[0].toUpperCase()}${world.noun.slice(1)}s`,
        this.counts(),
        state.count,
        (n) => view.setCount(Number(n)),
      ),
      pictures,
    ];
    if (world.network) {
      const colour = choice("Colour", COLOURS, state.colour, (of) => view.set({ colour: of }));
      parts.splice(2, 0, colour);
      parts.push(manifold);
    }
    if (world.k === 3) parts.push(this.button("3-D", state.solid, () => view.turnSolid()));
    parts.push(element("label", {}, "Find ", this.finder));
    parts.push(element("span", { className: "pcae-d" }, ...this.downloads()));
    if (state.selected.length) parts.push(this.button("Clear", false, () => view.select([])));
    keepFocus(this.bar, () => this.bar.replaceChildren(...parts, this.note));
    keepFocus(this.legend, () => this.drawLegend());
  }

  button(textContent, pressed, onclick, title = "") {
    return element("button", {
      textContent,
      name: textContent,
      ariaPressed: String(pressed),
      title,
      onclick,
    });
  }

  /** Links to the planes as pictures, and to the digits' places in them as a table. */
  downloads() {
    const { plot } = this.view.planes;
    const picture = (format) => () => savePicture(plot, format, "explorer", this.legendBelow());
    const data = () => save(asCsv(this.table()), "explorer.csv");
    return [
      downloadLink("PNG", "The planes as PNG", picture("png")),
      downloadLink("SVG", "The planes as SVG", picture("svg")),
      downloadLink("CSV", "The digits' places as a table", data),
    ];
  }

  /** The classes' colours as a line of the picture: on the page they are buttons beside it. */
  legendBelow() {
    const { state, world, colors, planes } = this.view;
    if (state.colour !== "digit" || !world.labelled) return {};
    const dots = world.classes.map(
      (name, label) => `<span style="color:${colors[label]}">●</span> ${name}`,
    );
    const place = { xref: "paper", yref: "paper", x: 0.5, y: 0, yshift: -64, showarrow: false };
    const { annotations = [], margin } = planes.plot.layout;
    return {
      annotations: [...annotations, { ...place, text: dots.join("   ") }],
      margin: { ...margin, b: (margin.b ?? 0) + 36 },
    };
  }

  table() {
    const { world, state, planes } = this.view;
    const names = BOTH.flatMap((p) => state.axes[p].map((axis) => `${AXIS_NAMES[p]} ${axis + 1}`));
    const heads = [
      "digit",
      "label",
      ...(world.k > 1 ? names : [names[0], "drawn at", names[2], "drawn at"]),
    ];
    const rows = Array.from(planes.shown, (i) => [
      i,
      world.classes[world.labels[i]],
      ...planes.placesOf(i).flat(),
    ]);
    return [heads, ...rows];
  }

  counts() {
    const { world } = this.view;
    const more = (n) => (n > world.tests ? ", training too" : "");
    const name = (n) => world.among(n).toLocaleString("en") + more(n);
    return Object.fromEntries(this.view.counts().map((n) => [n, name(n)]));
  }

  drawLegend() {
    const { view } = this;
    const { state, world, colors } = view;
    const title = "Click to hide or show; double-click to show it alone";
    const classes = world.labelled ? world.classes : [];
    const chips = classes.map((name, label) => {
      const ariaPressed = String(!state.hidden.has(label));
      const dot = element("i");
      dot.style.background = state.colour === "digit" ? colors[label] : "currentColor";
      const chip = element("button", { className: "pcae-x-chip", ariaPressed, title }, dot, name);
      chip.addEventListener("click", (event) => view.toggle(label, event.detail === 2));
      return chip;
    });
    const key = state.colour === "digit" ? [] : [this.key()];
    const axes = world.k > 2 ? [element("span", { className: "pcae-x-axes" }, ...this.axes())] : [];
    this.legend.replaceChildren(...chips, ...key, ...axes);
  }

  /** Whether there is a button for a class; a lesson may hide it. */
  chipIsShown(label) {
    const chip = this.legend.querySelectorAll(".pcae-x-chip")[label];
    return Boolean(chip?.offsetParent);
  }

  /** A bar that says what the colours of errors mean. */
  key() {
    const { stops, low, high } = this.view.planes.paint();
    const bar = element("i", { className: "pcae-x-scale" });
    bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    return element("span", { className: "pcae-x-key" }, low, bar, high);
  }

  /** Which components and which codes span the planes. */
  axes() {
    const { state, world } = this.view;
    return BOTH.flatMap((p) => {
      const length = p === PCA_AT ? Math.max(state.k, world.k) : world.k;
      const numbers = Object.fromEntries(Array.from({ length }, (_, j) => [j, j + 1]));
      return [0, 1].map((d) => {
        const words = [d ? "×" : AXIS_NAMES[p], `${AXIS_NAMES[p]}, ${d ? "up" : "across"}`];
        const act = (axis) => this.view.setAxis(p, d, Number(axis));
        return choice(words[0], numbers, state.axes[p][d], act, words[1]);
      });
    });
  }
}

function choice(label, values, value, act, ariaLabel = label) {
  const options = Object.entries(values).map(([of, textContent]) =>
    element("option", { value: of, textContent })
  );
  const box = element("select", { ariaLabel, onchange: () => act(box.value) }, ...options);
  box.value = value;
  return element("label", {}, `${label} `, box);
}

/** Change what an element holds without taking the keyboard from who is in it. */
function keepFocus(holder, change) {
  const inside = () => [...holder.querySelectorAll("button, select, input")];
  const place = inside().indexOf(document.activeElement);
  change();
  if (place >= 0) inside()[place]?.focus();
}
