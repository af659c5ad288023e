/** Keeping what was opened, so that it opens without a network: by `sw.js`, where browsers let it. */

/** @import { SiteManifest, SiteNetwork } from "../types.d.ts" */

const WAIT_MS = 3000; // until what is shown has come

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/**
 * Keep the site's scripts and a network with its digits, once nothing else is to be fetched.
 *
 * @param {SiteManifest} manifest
 * @param {SiteNetwork} network
 */
export function keep({ datasets, figures }, network) {
  if (!("serviceWorker" in navigator)) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const { addresses, dataset, key } = network;
    const pieces = Math.ceil(datasets[dataset].tests / datasets[dataset].piece);
    const { run, decoder, encoder, frames, pca, digits } = addresses;
    const images = Array.from({ length: pieces }, (_, n) => `${digits}test/${n}`);
    const drawn = Object.keys(figures).filter((name) => name.endsWith(key));
    const arrays = [`${run}test`, `${decoder}test`, encoder, pca, frames, ...images];
    const wanted = [...arrays, ...drawn.map((name) => figures[name])];
    const { serviceWorker } = navigator;
    await serviceWorker.register(new URL("sw.js", document.baseURI));
    const { active } = await serviceWorker.ready;
    active?.postMessage({ keep: wanted.filter((address) => address) });
  }, WAIT_MS);
}
