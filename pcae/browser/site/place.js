/** What an address says before its "#": as the app's links do, see `pcae/ui/link.py`. */

/** @import { SiteManifest, SiteNetwork } from "../types.d.ts" */

/**
 * What is shown, as the address says it.
 *
 * @typedef {Object} Place
 * @property {SiteNetwork} network
 * @property {Record<string, string>} query of the page's widgets
 * @property {number[]} selected
 * @property {number[]} pinned
 * @property {string[]} compared keys of networks
 * @property {boolean} projector whether letters are large
 */

const INDICES = /^[0-9]{1,6}(,[0-9]{1,6})*$/;
const MOST_CHOSEN = { pinned: 12, selected: 40 };
const LESSONS = ["hide", "lesson", "step"]; // of a class, which has a server

/**
 * What a query says, and the names of what cannot be used of it.
 *
 * @param {string} search anybody's
 * @param {SiteManifest} manifest
 * @returns {Place & { wrong: string[] }}
 */
export function readPlace(search, manifest) {
  const asked = new Map([...new URLSearchParams(search)].filter(([name]) => !/^embed/.test(name)));
  const take = (/** @type {string} */ name) => {
    const text = asked.get(name);
    asked.delete(name);
    return text;
  };
  const wrong = LESSONS.filter((name) => take(name) !== undefined);
  const projector = take("projector") ?? "0";
  if (!["0", "1"].includes(projector)) wrong.push("projector");
  /** @type {Record<string, string>} */
  const settings = {};
  for (const name of Object.keys(manifest.labels)) {
    const text = take(name);
    if (text !== undefined) settings[name] = text;
  }
  const first = /** @type {SiteNetwork} */ (
    manifest.networks.find(({ key }) => key === manifest.first)
  );
  const run = take("run");
  const named = run === undefined
    ? Object.keys(settings).length ? withSettings(manifest, settings) : first
    : manifest.networks.find(({ key }) => key === run) ?? withSettings(manifest, settings, run);
  if (!named) wrong.push(run === undefined ? "settings" : "run (not in this site)");
  else if (run !== undefined && Object.keys(settings).length && !agrees(named, settings)) {
    wrong.push("settings");
  }
  const network = named ?? first;
  const { tests } = manifest.datasets[network.dataset];
  const chosen = (/** @type {keyof typeof MOST_CHOSEN} */ kind) => {
    const text = take(kind);
    if (text === undefined) return [];
    const indices = INDICES.test(text) ? text.split(",").map(Number) : [];
    const there = indices.length <= MOST_CHOSEN[kind] ? indices.filter((i) => i < tests) : [];
    if (!there.length || there.length < indices.length) wrong.push(kind);
    return there;
  };
  const [pinned, selected] = [chosen("pinned"), chosen("selected")];
  const texts = take("compare");
  const compared = texts === undefined
    ? []
    : texts.split("|").map((text) => withSettings(manifest, plain(text))?.key);
  if (compared.includes(undefined)) wrong.push("compare");
  const there = /** @type {string[]} */ (compared.filter((key) => key !== undefined));
  const query = Object.fromEntries(asked);
  const large = projector === "1";
  return {
    network,
    query,
    selected,
    pinned,
    compared: [...new Set(there)],
    projector: large,
    wrong,
  };
}

/**
 * The query of an address that says this.
 *
 * @param {Place} place
 * @param {SiteManifest} manifest
 * @param {{ ofRun: boolean, explore: boolean }} page
 */
export function writePlace(place, { networks }, { ofRun, explore }) {
  const { network, query, pinned, selected, compared, projector } = place;
  const settings = compared.map((of) => networks.find(({ key }) => key === of)?.settings ?? {});
  const said = new URLSearchParams({
    ...(ofRun ? { run: network.key, ...network.settings } : {}),
    ...query,
    ...(compared.length
      ? { compare: settings.map((of) => new URLSearchParams(of).toString()).join("|") }
      : {}),
    ...(selected.length ? { selected: selected.join() } : {}),
    ...(ofRun && !explore && pinned.length ? { pinned: pinned.join() } : {}),
    ...(projector ? { projector: "1" } : {}),
  });
  const text = said.toString().replaceAll("%2C", ",");
  return text && `?${text}`;
}

/** @param {string} text a query */
function plain(text) {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * The network with exactly these settings; none where the link has the key of another.
 *
 * @param {SiteManifest} manifest
 * @param {Record<string, string>} settings
 * @param {string} [key]
 */
function withSettings({ networks }, settings, key) {
  if (key !== undefined && !Object.keys(settings).length) return undefined;
  return networks.find((of) => agrees(of, settings));
}

/**
 * Whether these settings are a network's, all others as usual.
 *
 * @param {SiteNetwork} network
 * @param {Record<string, string>} settings
 */
function agrees(network, settings) {
  const names = new Set([...Object.keys(network.settings), ...Object.keys(settings)]);
  return [...names].every((name) => network.settings[name] === settings[name]);
}
