/** What the teacher's page posts while it leads: the last of many changes, one message at a time. */

import { posted } from "./following.js";

const APART_MS = 60; // between two messages
const STAYS_MS = 10_000; // a sign that it still leads
const NOWHERE = ["", "teacher"]; // pages to which nobody is led

/** @import { Shown } from "../types.d.ts" */

export class Leading {
  /** @type {Shown | null} what is still to be posted */
  next = null;
  busy = false;
  begins = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  signs = undefined;

  /**
   * @param {string} by this tab
   * @param {(message: object) => Promise<Response>} post
   * @param {() => void} lost called when another leads
   */
  constructor(by, post, lost) {
    this.by = by;
    this.post = post;
    this.lost = lost;
  }

  /** Lead, from where the page is. @param {Shown} here @param {boolean} begins or goes on */
  begin(here, begins) {
    this.begins = begins;
    clearInterval(this.signs);
    this.signs = setInterval(() => this.send({ stays: true }), STAYS_MS);
    this.tell(here);
  }

  /** The page is elsewhere. @param {Shown} here */
  tell(here) {
    if (NOWHERE.includes(here.page)) return;
    this.next = here;
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    let before = "";
    for (let next = this.take(); next; next = this.take()) {
      // a page is told of at once
      if (next.page === before) await new Promise((resolve) => setTimeout(resolve, APART_MS));
      before = next.page;
      const { page, query, hash, pointer } = this.take() ?? next;
      const explores = page === "explore";
      const place = {
        page,
        query: posted(query),
        hash: explores ? hash : "",
        pointer: explores ? pointer : null,
        ...(this.begins && { begins: true }),
      };
      if (await this.send(place)) this.begins = false;
    }
    this.busy = false;
  }

  /** What is to be posted next. */
  take() {
    const { next } = this;
    this.next = null;
    return next;
  }

  /** Whether a message arrived. @param {object} message */
  async send(message) {
    try {
      const answer = await this.post({ by: this.by, ...message });
      if (answer.status === 409) this.lost();
      return answer.ok;
    } catch {
      return false; // the server is away; the stream tells when it is back
    }
  }

  /** Lead no more. */
  end() {
    this.next = null;
    clearInterval(this.signs);
  }
}
