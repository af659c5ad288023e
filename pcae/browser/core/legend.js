/**
 * The classes as buttons that show and hide them. More than a line or two of them lie in a box that
 * scrolls, with a search: what is typed leaves the buttons of the classes whose names hold it, and
 * Enter shows these classes alone.
 */

import { element } from "./element.js";
import { addStyle } from "./fetched.js";

export const FEW = 20; // classes, that need no search
const TITLE = "Click to hide or show; double-click to show it alone";
const HOW = "Type a part of a name; Enter shows these classes alone";

/**
 * @typedef {Object} Acts
 * @property {(label: number, alone: boolean) => void} toggle hide or show; or, by a second click, alone
 * @property {(hidden: number[]) => void} hide these, and no others
 */

addStyle("core/legend.css");

export class Legend {
  /** @type {string[]} */
  classes = [];
  /** @type {HTMLElement[]} by label */
  chips = [];
  /** @type {number[]} */
  hidden = [];

  /** @param {string} chip the class of a button @param {Acts} acts */
  constructor(chip, acts) {
    this.chip = chip;
    this.acts = acts;
    this.search = element("input", { type: "search", placeholder: "Find a class", title: HOW });
    this.search.ariaLabel = "Find a class by its name";
    this.search.addEventListener("input", () => this.sift());
    this.search.addEventListener("keydown", (event) => this.typed(event));
    const about = {
      className: "pcae-many-chips",
      tabIndex: 0,
      role: "group",
      ariaLabel: "Classes",
    };
    this.box = element("div", about);
    this.count = element("span", { role: "status" });
    this.all = element("button", { textContent: "Show all", onclick: () => acts.hide([]) });
    const side = element("div", { className: "pcae-many-side" }, this.search, this.count, this.all);
    this.root = element("div", { className: "pcae-x-many" }, side, this.box);
  }

  /**
   * What to put into a legend.
   *
   * @param {string[]} classes
   * @param {number[]} hidden labels
   * @param {(label: number) => string} colorOf
   * @returns {HTMLElement[]}
   */
  parts(classes, hidden, colorOf) {
    this.hidden = hidden;
    if (classes.join("\n") !== this.classes.join("\n")) this.search.value = "";
    this.classes = classes;
    this.chips = classes.map((name, label) => {
      const ariaPressed = String(!hidden.includes(label));
      const dot = element("i");
      dot.style.background = colorOf(label);
      const about = { className: this.chip, ariaPressed, title: TITLE };
      const chip = element("button", about, dot, element("span", {}, name));
      chip.addEventListener("click", (event) => this.acts.toggle(label, event.detail === 2));
      return chip;
    });
    if (classes.length <= FEW) return this.chips;
    const { scrollTop } = this.box;
    this.box.replaceChildren(...this.chips);
    this.sift();
    this.box.scrollTop = scrollTop;
    return [this.root];
  }

  /** The classes whose names hold what is sought. */
  get found() {
    const sought = folded(this.search.value.trim());
    return [...this.classes.keys()].filter((label) => folded(this.classes[label]).includes(sought));
  }

  /** Leave the buttons of these. */
  sift() {
    const { found, chips, classes, hidden } = this;
    const there = new Set(found);
    chips.forEach((chip, label) => chip.hidden = !there.has(label));
    const shown = classes.length - hidden.length;
    const [count, what] = this.search.value.trim() ? [found.length, "found"] : [shown, "shown"];
    this.count.textContent = `${count} of ${classes.length} ${what}`;
    this.all.disabled = !hidden.length;
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    if (event.key === "Enter" && this.found.length) {
      const there = new Set(this.found);
      this.acts.hide([...this.classes.keys()].filter((label) => !there.has(label)));
    } else if (event.key === "Escape" && this.search.value) {
      this.search.value = "";
      this.sift();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }
}

/** A text in which small and capital letters are the same. @param {string} text */
function folded(text) {
  return text.normalize("NFC").toLocaleLowerCase();
}
