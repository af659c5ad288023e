/** A choice of several out of many, each chosen one on a plate that takes it out again. */

import { element } from "../core/element.js";

/** @import { Choice, Control } from "./widgets.js" */

/**
 * @param {string} label - for those who do not see what it is about.
 * @param {string} empty - what stands where another one is chosen.
 * @param {Choice[]} options
 * @param {string[]} value - in the order in which they are shown.
 * @param {(value: string[]) => void} onChange
 * @returns {Control<string[]>}
 */
export function several(label, empty, options, value, onChange) {
  let chosen = value;
  const titles = new Map(options);
  const plates = element("span", { className: "pcae-w-plates" });
  const more = element("select", { ariaLabel: label });
  const change = (/** @type {string[]} */ keys) => {
    set(keys);
    onChange(keys);
  };
  const clear = element(
    "button",
    { type: "button", className: "pcae-w-clear", ariaLabel: "Take all out", title: "Take all out" },
    "×",
  );
  const plate = (/** @type {string} */ key) => {
    const title = titles.get(key) ?? key;
    const out = element("button", { type: "button", ariaLabel: `Take out ${title}` }, "×");
    out.addEventListener("click", () => {
      change(chosen.filter((of) => of !== key));
      more.focus();
    });
    return element("span", {}, title, out);
  };
  const set = (/** @type {string[]} */ keys) => {
    chosen = keys.filter((key) => titles.has(key));
    plates.replaceChildren(...chosen.map(plate));
    const left = options.filter(([key]) => !chosen.includes(key));
    more.replaceChildren(
      element("option", { value: "" }, empty),
      ...left.map(([key, title]) => element("option", { value: key }, title)),
    );
    more.disabled = !left.length;
    clear.hidden = !chosen.length;
  };
  more.addEventListener("change", () => more.value && change([...chosen, more.value]));
  clear.addEventListener("click", () => {
    change([]);
    more.focus();
  });
  set(value);
  const parts = [plates, more, clear];
  const root = element("div", { className: "pcae-w pcae-w-several", role: "group" }, ...parts);
  root.ariaLabel = label;
  return {
    root,
    get value() {
      return chosen;
    },
    set,
  };
}
