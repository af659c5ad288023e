/**
 * Opens a site without a network: what was opened once is kept, by addresses with digests, which
 * never hold anything else. Pages and the list of all files are asked for anew at every visit, so
 * that a new site is seen at once; then what it does not name is removed.
 */

const INDEX = "site.json"; // names every file
const PLOTLY = "plotly.min.js"; // larger than all else together, and so kept last
const FOR_GOOD = /^(code|digits|pca|networks|manifest|figures)\//;
const PATIENCE_MS = 4000; // before a kept page is shown in place of one that does not come
const AT_ONCE = 3;

/** @typedef {Event & { waitUntil: (work: Promise<unknown>) => void }} Lasting */
/** @typedef {Lasting & { request: Request, respondWith: (answer: Promise<Response>) => void }} Asked */
/** @typedef {Lasting & { data: { keep: string[] } }} Told */
/**
 * @typedef {EventTarget & { registration: ServiceWorkerRegistration, skipWaiting: () => unknown,
 *     clients: { claim: () => Promise<void> } }} Scope
 */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));
const ground = scope.registration.scope;
const cached = caches.open(`pcae ${ground}`); // other sites of this host have their own

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (event) => {
  /** @type {Lasting} */ (event).waitUntil(scope.clients.claim());
});
scope.addEventListener("message", (event) => {
  const told = /** @type {Told} */ (event);
  told.waitUntil(keep(told.data.keep));
});
scope.addEventListener("fetch", (event) => {
  const asked = /** @type {Asked} */ (event);
  const { request } = asked;
  const { origin, pathname } = new URL(request.url);
  const address = (origin + pathname).slice(ground.length);
  if (request.method !== "GET" || !request.url.startsWith(ground)) return;
  if (FOR_GOOD.test(address)) asked.respondWith(kept(address));
  else if (request.mode === "navigate") asked.respondWith(opened(address, request));
});

/** What never changes: what is kept, else what comes, which is kept then. @param {string} address */
async function kept(address) {
  const cache = await cached;
  const found = await cache.match(ground + address);
  if (found) return found;
  const answer = await fetch(ground + address);
  if (answer.ok) await cache.put(ground + address, answer.clone()).catch(() => {}); // no room
  return answer;
}

/**
 * A page as it is now, else as it is kept.
 *
 * @param {string} address
 * @param {Request} request
 */
async function opened(address, request) {
  const now = fetch(new Request(request, { cache: "no-cache" })); // whatever the host says of it
  try {
    return await Promise.race([now, late()]);
  } catch {
    const { search } = new URL(request.url);
    const isFolder = address === "" || address.endsWith("/");
    if (!isFolder && !address.endsWith(".html")) {
      return Response.redirect(`${ground}${address}/${search}`);
    }
    const cache = await cached;
    return await cache.match(ground + address + (isFolder ? "index.html" : "")) ?? now;
  }
}

/** @returns {Promise<never>} */
function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
}

/**
 * Keep pages, scripts and these addresses, and remove what the site does not name any more.
 *
 * @param {string[]} addresses
 */
async function keep(addresses) {
  const answer = await fetch(ground + INDEX, { cache: "no-cache" });
  if (!answer.ok) return;
  /** @type {{ files: string[] }} */
  const { files } = await answer.json();
  const cache = await cached;
  const there = new Set((await cache.keys()).map(({ url }) => url.slice(ground.length)));
  for (const address of there) if (!files.includes(address)) await cache.delete(ground + address);
  const pages = files.filter((address) => address.endsWith(".html"));
  const shell = files.filter((address) => /^(code|manifest)\//.test(address));
  const late = shell.filter((address) => address.endsWith(PLOTLY));
  const first = [...shell, ...addresses].filter((address) => !late.includes(address));
  const left = [...pages, ...[...first, ...late].filter((address) => !there.has(address))];
  const lane = async () => {
    for (let address; (address = left.shift()) !== undefined;) await fetchInto(cache, address);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/**
 * @param {Cache} cache
 * @param {string} address
 */
async function fetchInto(cache, address) {
  const answer = await fetch(ground + address);
  if (!answer.ok) return;
  const { status, headers } = answer;
  // of a host that redirects from index.html: such an answer is no page's
  await cache.put(ground + address, new Response(answer.body, { status, headers }));
}
