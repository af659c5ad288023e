/** Where a page that follows has to go: worked out from where it is and where the teacher leads. */

/** @import { Lead, Pointed, Shown } from "../types.d.ts" */
/**
 * To another address, after the request's name and a blank; or within it.
 *
 * @typedef {{ go: string } | { show: string } | null} Step
 */

/** What is each screen's own. */
const OWN = ["projector"];
export const PATIENCE_MS = 10_000; // an address that was asked for has not come

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
  /**
   * The address that was asked for last: where to, under which name, and where that has led.
   *
   * @type {{ there: string, name: string, reached: string | null, until: number }}
   */
  last = { there: "", name: "", reached: null, until: 0 };
  asked = 0;

  /** Whether the page is where the teacher leads. @param {Shown} own @param {Lead} lead */
  isThere(own, lead) {
    const { last } = this;
    const there = place(lead.page, new URLSearchParams(lead.query));
    const here = place(own.page, Object.entries(own.query));
    return here === there || (last.there === there && last.reached === here);
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
   * @param {number} now in milliseconds
   * @returns {Step}
   */
  step(own, lead, pointer, now) {
    if (this.isThere(own, lead)) return lead.page === "explore" ? { show: lead.hash } : null;
    const there = place(lead.page, new URLSearchParams(lead.query));
    const { last } = this;
    if (last.there === there && last.reached === null && now < last.until) return null; // on its way
    const name = `${now.toString(36)}-${++this.asked}`;
    this.last = { there, name, reached: null, until: now + PATIENCE_MS };
    return { go: `${name} ${address(own, lead, pointer)}` };
  }

  /** Whether what was asked for last has not come. */
  isWaiting() {
    return this.last.reached === null && this.last.name !== "";
  }

  /** What was asked for last does not come: ask for it anew. */
  giveUp() {
    this.last.until = 0;
  }

  /** The page is another, or said anew. @param {Shown} own @param {string} gone which request's */
  arrived(own, gone) {
    if (gone !== this.last.name) return;
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
