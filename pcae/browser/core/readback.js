/**
 * Grey pictures as they were drawn. A browser that does not want to be recognised (Brave, a strict
 * Firefox) flips the lowest bit of a few channels of what a page reads back from a canvas.
 */

/**
 * The grey of every pixel: of a grey picture the middle one of its three channels, so that one that
 * was flipped does not count; and a pixel is as those around it where it is one level off.
 *
 * @param {Uint8ClampedArray} data red, green, blue and opacity in turns
 * @param {number} width
 * @returns {Uint8Array}
 */
export function greyOf(data, width) {
  const read = new Uint8Array(data.length / 4);
  const shade = isGrey(data) ? middle : luma;
  for (let i = 0, at = 0; i < read.length; i++, at += 4) {
    read[i] = shade(data[at], data[at + 1], data[at + 2]);
  }
  return steady(read, width);
}

/** Whether no pixel has a colour. @param {Uint8ClampedArray} data */
function isGrey(data) {
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    if (r - g > 1 || g - r > 1 || g - b > 1 || b - g > 1) return false;
  }
  return true;
}

/** @param {number} r @param {number} g @param {number} b */
function middle(r, g, b) {
  return r === g || r === b ? r : g === b ? g : Math.max(Math.min(r, g), Math.min(g, b));
}

/** @param {number} r @param {number} g @param {number} b */
function luma(r, g, b) {
  return Math.round(0.299 * r + 0.587 * g + 0.114 * b);
}

/**
 * Grey whose pixels are as those around them, where these are alike and they are one level off.
 *
 * @param {Uint8Array} read
 * @param {number} width
 */
function steady(read, width) {
  const out = read.slice();
  for (let i = 0; i < read.length; i++) {
    const value = read[i];
    if (value === read[i - 1] || value === read[i + 1]) continue;
    const column = i % width;
    const around = [
      ...(column > 0 ? [read[i - 1]] : []),
      ...(column < width - 1 ? [read[i + 1]] : []),
      ...(i >= width ? [read[i - width]] : []),
      ...(i + width < read.length ? [read[i + width]] : []),
    ];
    const [first] = around;
    if (Math.abs(value - first) === 1 && around.every((other) => other === first)) out[i] = first;
  }
  return out;
}
