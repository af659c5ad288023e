/** Where a page that follows has to go: worked out from where it is and where the teacher leads. */

/** @import { Lead, Pointed, Shown } from "../types.d.ts" */
/** @typedef {{ go: string } | { show: string } | null} Step - to another address, or within it. */

/** What is each screen's own. */
const OWN = ["projector"];
const PATIENCE_MS = 5000; // an address that was asked for has not come

/**
 * An address's parameters, but for what is each screen's own, in one order.
 *
 * @param {Iterable<[string, string]>} parameters
 */
function plain(parameters) {
  const left = [...parameters].filter(([name]) => !OWN.includes(name) && !name.startsWith("embed"));
  return left.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A page and its parameters as one text. @param {string} page @param {Iterable<[string, string]>} of */
function place(page, of) {
  return `${page}?${new URLSearchParams(plain(of))}`;
}

/** What a page posts as its parameters. @param {Record<string, string>} query */
export function posted(query) {
  return new URLSearchParams(plain(Object.entries(query))).toString();
}

export class Following {
  /** @type {{ asked: string, reached: string | null, until: number }} what was asked for last */
  last = { asked: "", reached: null, until: 0 };

  /** Whether the page is where the teacher leads. @param {Shown} own @param {Lead} lead */
  isThere(own, lead) {
    const { asked, reached } = this.last;
    const there = place(lead.page, new URLSearchParams(lead.query));
    const here = place(own.page, Object.entries(own.query));
    return here === there || (asked === there && reached === here);
  }

  /**
   * What to do so that the page is where the teacher leads.
   *
   * An address may lead to another one, as where a network is not here: once it was asked for and
   * has come, it is not asked for again before the teacher goes on.
   *
   * @param {Shown} own
   * @param {Lead} lead
   * @param {Pointed | null} pointer
   * @param {number} now - in milliseconds.
   * @returns {Step}
   */
  step(own, lead, pointer, now) {
    if (this.isThere(own, lead)) return lead.page === "explore" ? { show: lead.hash } : null;
    const there = place(lead.page, new URLSearchParams(lead.query));
    const { asked, reached, until } = this.last;
    if (asked === there && reached === null && now < until) return null; // on its way
    this.last = { asked: there, reached: null, until: now + PATIENCE_MS };
    return { go: address(own, lead, pointer) };
  }

  /** The page is another, or said anew. @param {Shown} own */
  arrived(own) {
    this.last.reached ??= place(own.page, Object.entries(own.query));
  }
}

/**
 * The address that the server is to open.
 *
 * @param {Shown} own
 * @param {Lead} lead
 * @param {Pointed | null} pointer
 */
function address(own, lead, pointer) {
  const query = new URLSearchParams(lead.query);
  for (const name of OWN) if (own.query[name]) query.set(name, own.query[name]);
  const at = lead.page === "explore" && pointer && "i" in pointer ? `at=${pointer.i}` : "";
  const hash = [lead.hash, at].filter(Boolean).join("&");
  return `${lead.page}?${query}${hash && `#${hash}`}`;
}
