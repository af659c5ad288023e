/** The state as text, as it stands after "#" in the page's address; what is usual is left out. */

import { PARTS, usual } from "./state.js";

/** @import { Of, Shown, State } from "./state.js" */

/**
 * A state as text.
 *
 * @param {State} state
 * @param {Shown} shown
 */
export function writeLink(state, shown) {
  const plain = { ...usual(shown.world), solid: state.solid };
  const said = Object.entries(PARTS).flatMap(([name, { write }]) => {
    const text = write(state, shown);
    const usual = name === "show" ? "" : write(plain, shown);
    return text && text !== usual ? [`${name}=${text}`] : [];
  });
  return said.join("&");
}

/**
 * The state that a text says, all else as usual, and the parts of it that cannot be.
 *
 * @param {string} text anybody's
 * @param {Of} shown
 * @returns {{state: State, wrong: string[]}}
 */
export function readLink(text, shown) {
  const found = new URLSearchParams(text);
  const wrong = [];
  let state = usual(shown.world);
  for (const [name, { read }] of Object.entries(PARTS)) {
    const part = found.get(name);
    if (part === null) continue;
    const change = read(part, state, shown);
    if (change) state = { ...state, ...change };
    else wrong.push(name);
  }
  if ([...found.keys()].some((name) => !Object.hasOwn(PARTS, name))) wrong.push("unknown parts");
  return { state, wrong };
}
