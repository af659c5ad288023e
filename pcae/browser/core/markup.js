/** Names in Plotly's figures, which take tags, entities and more in texts: `pcae/figures/markup.py`. */

const LONGEST = 14; // letters, of one of many names
const SIGN = /[&<>$%]|\((?=--)/g;
const ENTITY = /&#(\d+);/g;

/** Plotly's markup for a text, which it shows as it is. @param {string} text */
export function asMarkup(text) {
  return text.replace(SIGN, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The text of such markup. @param {string} markup */
export function fromMarkup(markup) {
  return markup.replace(ENTITY, (_, code) => String.fromCharCode(Number(code)));
}

/** A name where there is room for few letters. @param {string} name */
export function shortened(name) {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trim()}…` : name;
}
