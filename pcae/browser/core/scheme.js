/**
 * Colours of more classes than a theme lists: each further one is the colour of a grid in OKLCH that
 * is farthest, in OKLab, from those before it. As `pcae/figures/colors.py` has it, which says more.
 */

const MOST_CLASSES = 200;
const TO_LMS = [ // from OKLab, to the cube roots of what the cones see
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.2914855480],
];
const TO_RGB = [ // linear, from what the cones see
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.7076147010],
];
const TO_LAB = inverse(TO_LMS);
const FROM_RGB = inverse(TO_RGB);
const LIGHTNESSES = { light: [27, 70, 6], dark: [52, 95, 6] }; // hundredths
const CHROMAS = [9, 14, 19, 24]; // hundredths
const HUES = [0, 360, 12]; // degrees
const FINE = 1000; // steps of OKLab, so that distances are whole numbers in every language
const FROM_METHODS = 60 ** 2; // of these steps, squared, that no class is nearer to a method

/** @typedef {[number, number, number]} Triple */
/** @typedef {{ place: Triple, color: string }} Spot of the grid; where in OKLab, in whole steps */

/** @type {Map<string, string[]>} */
const made = new Map();

/**
 * The colours of 200 classes.
 *
 * @param {string[]} listed - of the first classes.
 * @param {string[]} methods - colours that no class may be near to.
 * @param {keyof typeof LIGHTNESSES} theme
 */
export function schemeOf(listed, methods, theme) {
  const key = [theme, ...listed, ...methods].join();
  let found = made.get(key);
  if (!found) {
    found = [...listed, ...further(listed, methods, theme)];
    made.set(key, found);
  }
  return found;
}

/**
 * @param {string[]} listed
 * @param {string[]} methods
 * @param {keyof typeof LIGHTNESSES} theme
 */
function further(listed, methods, theme) {
  const [besides, before] = [methods, listed].map((colors) => colors.map(placeOf));
  const spots = grid(theme).filter(({ place }) => least(place, besides) >= FROM_METHODS);
  const free = spots.map(({ place }) => least(place, [...besides, ...before]));
  return Array.from({ length: MOST_CLASSES - listed.length }, () => {
    const farthest = free.indexOf(Math.max(...free));
    const { place, color } = spots[farthest];
    spots.forEach((spot, at) => free[at] = Math.min(free[at], distance(spot.place, place)));
    return color;
  });
}

/** Colours that a screen has. @param {keyof typeof LIGHTNESSES} theme @returns {Spot[]} */
function grid(theme) {
  return steps(LIGHTNESSES[theme]).flatMap((lightness) =>
    CHROMAS.flatMap((chroma) =>
      steps(HUES).flatMap((degrees) => {
        const hue = degrees * Math.PI / 180;
        const lab = [lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)].map((v) => v / 100);
        const rgb = times(TO_RGB, times(TO_LMS, lab).map((value) => value ** 3));
        if (Math.min(...rgb) < 0 || Math.max(...rgb) > 1) return [];
        return [{ place: whole(lab), color: hexOf(rgb) }];
      })
    )
  );
}

/** @param {number[]} range */
function steps([from, below, step]) {
  return Array.from({ length: Math.ceil((below - from) / step) }, (_, at) => from + at * step);
}

/** A colour's place. @param {string} color */
function placeOf(color) {
  const linear = [1, 3, 5].map((at) => {
    const signal = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return signal <= 0.04045 ? signal / 12.92 : ((signal + 0.055) / 1.055) ** 2.4;
  });
  return whole(times(TO_LAB, times(FROM_RGB, linear).map(Math.cbrt)));
}

/** @param {number[]} lab @returns {Triple} */
function whole([l, a, b]) {
  return [Math.round(FINE * l), Math.round(FINE * a), Math.round(FINE * b)];
}

/** @param {number[]} rgb linear */
function hexOf(rgb) {
  const signals = rgb.map((v) => v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
  return `#${signals.map((v) => Math.round(255 * v).toString(16).padStart(2, "0")).join("")}`;
}

/** @param {Triple} place @param {Triple[]} others */
function least(place, others) {
  return Math.min(...others.map((other) => distance(place, other)));
}

/** Squared. @param {Triple} one @param {Triple} other */
function distance(one, other) {
  return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2;
}

/** @param {number[][]} matrix @param {number[]} vector */
function times(matrix, vector) {
  return matrix.map((row) => row.reduce((sum, value, at) => sum + value * vector[at], 0));
}

/** Of three rows and columns. @param {number[][]} m */
function inverse(m) {
  const minor = (/** @type {number} */ r, /** @type {number} */ c) => {
    const [a, b] = [(r + 1) % 3, (r + 2) % 3];
    const [d, e] = [(c + 1) % 3, (c + 2) % 3];
    return m[a][d] * m[b][e] - m[a][e] * m[b][d];
  };
  const whole = [0, 1, 2].reduce((sum, c) => sum + m[0][c] * minor(0, c), 0);
  return [0, 1, 2].map((r) => [0, 1, 2].map((c) => minor(c, r) / whole));
}
