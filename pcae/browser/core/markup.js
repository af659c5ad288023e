/** Names in Plotly's figures, which take tags, entities and more in texts: `pcae/figures/markup.py`. */

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
