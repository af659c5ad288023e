/** What Latent plane's controls show, and how its address says it: as that of the app's page. */

export const SHARES = [0.5, 0.75, 0.9, 0.95, 0.98, 1, 1.5, 2];

/**
 * @typedef {Object} State
 * @property {number} tiles - across and up.
 * @property {number} share
 * @property {boolean} quantiles
 * @property {boolean} regions - whether they are shown.
 * @property {number} across - which number, from 1; of one or two numbers always the first.
 * @property {number} up
 * @property {[a: number, b: number]} pair - test digits.
 */

/**
 * @typedef {Object} Bounds
 * @property {number} k
 * @property {string} digest - of the data.
 * @property {number} tests
 * @property {[a: number, b: number]} pair - where the address names none.
 */

/**
 * What an address says, and the names of what it says in vain.
 *
 * @param {Record<string, string>} query
 * @param {Bounds} bounds
 * @returns {{ state: State, wrong: string[] }}
 */
export function readState(query, { k, digest, tests, pair }) {
  /** @type {string[]} */
  const wrong = [];
  /** @type {(name: string, usual: number, known: (value: number) => boolean) => number} */
  const number = (name, usual, known) => {
    const text = query[name];
    if (text === undefined) return usual;
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && known(value)) return value;
    wrong.push(name);
    return usual;
  };
  const whole = (/** @type {number} */ least, /** @type {number} */ most) => {
    return (/** @type {number} */ value) =>
      Number.isInteger(value) && value >= least && value <= most;
  };
  const flag = (/** @type {string} */ name) => {
    if (!["True", "False", undefined].includes(query[name])) wrong.push(name);
    return query[name] !== "False";
  };
  const across = number(`across_${k}`, 1, whole(1, k));
  const isOther = (/** @type {number} */ value) => whole(1, k)(value) && value !== across;
  const digit = (/** @type {0 | 1} */ d) =>
    number(`digit_${"ab"[d]}_${digest}`, pair[d], whole(0, tests - 1));
  const state = {
    tiles: number("tiles", 18, whole(5, 30)),
    share: number("share", 0.98, (value) => SHARES.includes(value)),
    quantiles: flag("quantiles"),
    regions: flag("regions"),
    across,
    up: number(`up_${k}`, firstOther(across), isOther),
    pair: /** @type {[number, number]} */ ([digit(0), digit(1)]),
  };
  return { state, wrong };
}

/**
 * What an address says of a state: what is not usual.
 *
 * @param {State} state
 * @param {Bounds} bounds
 */
export function queryOf({ tiles, share, quantiles, regions, across, up, pair }, bounds) {
  const { k, digest } = bounds;
  /** @type {Record<string, string>} */
  const query = {};
  if (tiles !== 18) query.tiles = String(tiles);
  if (share !== 0.98) query.share = Number.isInteger(share) ? share.toFixed(1) : String(share);
  if (!quantiles) query.quantiles = "False";
  if (!regions) query.regions = "False";
  if (across !== 1) query[`across_${k}`] = String(across);
  if (up !== firstOther(across)) query[`up_${k}`] = String(up);
  pair.forEach((i, d) => {
    if (i !== bounds.pair[d]) query[`digit_${"ab"[d]}_${digest}`] = String(i);
  });
  return query;
}

/** What is up at first. @param {number} across */
export function firstOther(across) {
  return across === 1 ? 2 : 1;
}

/** A part of the plane for people. @param {number} share */
export function inWords(share) {
  if (share === 1) return "all of it";
  return share < 1 ? `middle ${Math.round(100 * share)}%` : `${share} times as wide`;
}

/**
 * Two test digits of different classes by chance, where there are classes.
 *
 * @param {ArrayLike<number>} labels
 * @returns {[a: number, b: number]}
 */
export function anyPair(labels) {
  const draw = () => Math.floor(Math.random() * labels.length);
  const a = draw();
  let b = draw();
  for (let n = 0; n < 100 && (b === a || labels[b] === labels[a]); n++) b = draw();
  return [a, b];
}
