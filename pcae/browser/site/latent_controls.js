/** The controls of Latent plane, with the words of the app's page. */

import { element } from "../core/element.js";
import { firstOther, inWords, SHARES } from "./latent_state.js";
import { CLASS, meaningOf } from "./plane_colour.js";
import { button, number, select, slider, toggle } from "./widgets.js";

/** @import { Bounds, State } from "./latent_state.js" */

/**
 * @typedef {Object} Acts
 * @property {(state: State) => void} changed
 * @property {() => [a: number, b: number] | null} pair another one
 */

export class LatentControls {
  /**
   * @param {State} state
   * @param {Bounds} bounds
   * @param {string} noun
   * @param {string} tiles - what tiles are called.
   * @param {HTMLElement} table - a link to them as a table.
   * @param {Acts} acts
   */
  constructor(state, { k, tests, colours }, noun, tiles, table, { changed, pair }) {
    this.state = state;
    this.caption = element("p", { className: "pcae-site-caption" });
    this.meaning = (/** @type {string} */ colour) => meaningOf(colour, colours, noun);
    const change = (/** @type {Partial<State>} */ part) => {
      this.set({ ...this.state, ...part });
      changed(this.state);
    };
    const across = k > 1 ? `${tiles} across and up` : `${tiles} in a row`;
    this.tiles = slider(across, 5, 30, state.tiles, (tiles) => change({ tiles }));
    this.share = slider(
      "Part of the plane",
      0,
      SHARES.length - 1,
      SHARES.indexOf(state.share),
      (step) => change({ share: SHARES[step] }),
      (step) => inWords(SHARES[step]),
    );
    this.share.root.title =
      `How many of the test ${noun}s lie in the part that is drawn, along each axis.`;
    this.quantiles = toggle(
      "Spread crowded places",
      state.quantiles,
      (quantiles) => change({ quantiles }),
    );
    this.quantiles.root.title =
      `On: each column of pictures, and each row, holds as many test ${noun}s as another. Off: ` +
      "equal steps of the numbers.";
    this.colour = colours.length
      ? select("Colour", colours, state.colour, (colour) => change({ colour }))
      : byClass(state.colour, (colour) => change({ colour }));
    this.axes = k > 2 ? this.#axes(k, change) : null;
    const named = (/** @type {string} */ name) =>
      `${noun[0].toUpperCase()}${noun.slice(1)} ${name}`;
    this.a = number(named("A"), 0, tests - 1, state.pair[0], (a) => {
      change({ pair: [a, this.state.pair[1]] });
    });
    this.b = number(named("B"), 0, tests - 1, state.pair[1], (b) => {
      change({ pair: [this.state.pair[0], b] });
    });
    const other = button("Another pair", () => {
      const found = pair();
      if (found) change({ pair: found });
    });
    const beside = (/** @type {HTMLElement[]} */ ...parts) =>
      element("div", { className: "pcae-l-beside" }, ...parts);
    const axes = this.axes ? [beside(this.axes[0].root, this.axes[1].root)] : [];
    this.parts = [
      element("div", { className: "pcae-l-group" }, this.tiles.root, this.share.root),
      element("div", { className: "pcae-l-group" }, this.quantiles.root, this.colour.root),
      element(
        "div",
        { className: "pcae-l-group" },
        ...axes,
        beside(this.a.root, this.b.root),
        other.root,
        table,
        this.caption,
      ),
    ];
    this.set(state);
  }

  /**
   * Which of the k numbers the planes show.
   *
   * @param {number} k
   * @param {(part: Partial<State>) => void} change
   */
  #axes(k, change) {
    const choices = Array.from({ length: k }, (_, number) => named(number + 1));
    const { across, up } = this.state;
    return /** @type {const} */ ([
      select("Across", choices, String(across), (text) => {
        const across = Number(text);
        const { up } = this.state;
        change({ across, up: up === across ? firstOther(across) : up });
      }),
      select("Up", choices, String(up), (text) => change({ up: Number(text) })),
    ]);
  }

  /** Show a state. @param {State} state */
  set(state) {
    this.state = state;
    this.tiles.set(state.tiles);
    this.share.set(SHARES.indexOf(state.share));
    this.quantiles.set(state.quantiles);
    this.colour.set(state.colour);
    this.a.set(state.pair[0]);
    this.b.set(state.pair[1]);
    this.caption.textContent = this.meaning(state.colour);
    this.caption.hidden = !state.colour;
    if (!this.axes) return;
    const [across, up] = this.axes;
    across.set(String(state.across));
    for (const option of up.root.querySelectorAll("option")) {
      option.hidden = option.disabled = option.value === String(state.across);
    }
    up.set(String(state.up));
  }
}

/**
 * Whether classes are shown, as a choice of colour.
 *
 * @param {string} colour
 * @param {(colour: string) => void} onChange
 */
function byClass(colour, onChange) {
  const box = toggle("Colour by class", colour === CLASS, (on) => onChange(on ? CLASS : ""));
  return {
    root: box.root,
    set: (/** @type {string} */ colour) => box.set(colour === CLASS),
  };
}

/** @param {number} number @returns {[string, string]} */
function named(number) {
  return [String(number), String(number)];
}
