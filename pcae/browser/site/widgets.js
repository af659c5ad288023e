/**
 * Small labelled controls, for the pages of a site, which has no Streamlit to draw them.
 *
 * Each has its element as `root`, what it shows as `value`, and `set`, which shows another value
 * without telling anybody: `onChange` hears of what the visitor chooses alone.
 */

import { element } from "../core/element.js";

/**
 * @template Value
 * @typedef {{ root: HTMLElement, readonly value: Value, set: (value: Value) => void }} Control
 */
/** @typedef {[value: string, text: string]} Choice */

let count = 0; // of groups of radio buttons, which need a name each

/**
 * One of a few choices, all seen.
 *
 * @param {string} label
 * @param {Choice[]} options
 * @param {string} value
 * @param {(value: string) => void} onChange
 * @returns {Control<string>}
 */
export function segmented(label, options, value, onChange) {
  const name = `pcae-w-${count++}`;
  const inputs = options.map(([value]) => element("input", { type: "radio", name, value }));
  const chosen = () => inputs.find((input) => input.checked)?.value ?? "";
  const set = (/** @type {string} */ value) => {
    for (const input of inputs) input.checked = input.value === value;
  };
  for (const input of inputs) input.addEventListener("change", () => onChange(chosen()));
  const parts = inputs.map((input, i) =>
    element("label", {}, input, element("span", {}, options[i][1]))
  );
  const row = element("div", { className: "pcae-w-segments" }, ...parts);
  const words = element("legend", {}, label);
  const root = element("fieldset", { className: "pcae-w pcae-w-segmented" }, words, row);
  set(value);
  return {
    root,
    get value() {
      return chosen();
    },
    set,
  };
}

/**
 * One of some choices, in a list that opens.
 *
 * @param {string} label
 * @param {Choice[]} options
 * @param {string} value
 * @param {(value: string) => void} onChange
 * @returns {Control<string>}
 */
export function select(label, options, value, onChange) {
  const parts = options.map(([value, text]) => element("option", { value }, text));
  const box = element("select", {}, ...parts);
  box.value = value;
  box.addEventListener("change", () => onChange(box.value));
  return {
    root: labelled(label, box),
    get value() {
      return box.value;
    },
    set(value) {
      box.value = value;
    },
  };
}

/**
 * A whole number to type; what lies beyond the limits becomes the nearest one, what is no number
 * what it was before.
 *
 * @param {string} label
 * @param {number} min
 * @param {number} max
 * @param {number} value
 * @param {(value: number) => void} onChange
 * @returns {Control<number>}
 */
export function number(label, min, max, value, onChange) {
  const box = element("input", { type: "number", min, max, step: "1" });
  let now = value;
  const set = (/** @type {number} */ value) => {
    now = value;
    box.value = String(value);
  };
  box.addEventListener("change", () => {
    const typed = box.value.trim() === "" ? NaN : Math.round(Number(box.value));
    const before = now;
    set(Number.isNaN(typed) ? now : Math.min(Math.max(typed, min), max));
    if (now !== before) onChange(now);
  });
  set(value);
  return {
    root: labelled(label, box),
    get value() {
      return now;
    },
    set,
  };
}

/**
 * A whole number to slide; `onChange` hears of it while it moves.
 *
 * @param {string} label
 * @param {number} min
 * @param {number} max
 * @param {number} value
 * @param {(value: number) => void} onChange
 * @param {(value: number) => string} words what is said of a value
 * @returns {Control<number>}
 */
export function slider(label, min, max, value, onChange, words = String) {
  const box = element("input", { type: "range", min, max, step: "1" });
  const said = element("span", { className: "pcae-w-value" });
  const say = () => {
    said.textContent = words(Number(box.value));
    box.setAttribute("aria-valuetext", said.textContent);
  };
  box.addEventListener("input", () => {
    say();
    onChange(Number(box.value));
  });
  const set = (/** @type {number} */ value) => {
    box.value = String(value);
    say();
  };
  set(value);
  return {
    root: labelled(label, said, box),
    get value() {
      return Number(box.value);
    },
    set,
  };
}

/**
 * On or off.
 *
 * @param {string} label
 * @param {boolean} value
 * @param {(value: boolean) => void} onChange
 * @returns {Control<boolean>}
 */
export function toggle(label, value, onChange) {
  const box = element("input", { type: "checkbox", role: "switch", checked: value });
  box.addEventListener("change", () => onChange(box.checked));
  return {
    root: element("label", { className: "pcae-w pcae-w-toggle" }, box, element("span", {}, label)),
    get value() {
      return box.checked;
    },
    set(value) {
      box.checked = value;
    },
  };
}

/**
 * A button; its value is what stands on it.
 *
 * @param {string} text
 * @param {() => void} onClick
 * @returns {Control<string> & { root: HTMLButtonElement }}
 */
export function button(text, onClick) {
  const root = element("button", { type: "button", className: "pcae-w-button" }, text);
  root.addEventListener("click", onClick);
  return {
    root,
    get value() {
      return root.textContent ?? "";
    },
    set(text) {
      root.textContent = text;
    },
  };
}

/**
 * A label over its control.
 *
 * @param {string} label
 * @param {HTMLElement[]} parts
 */
function labelled(label, ...parts) {
  return element("label", { className: "pcae-w" }, element("span", {}, label), ...parts);
}
