/**
 * What the server tells of the room: one stream while the page is seen, or, where none comes through
 * (a proxy keeps it back, or other tabs of this browser hold as many as there may be), asked again
 * and again.
 */

const SILENT_MS = 3000; // a stream tells what is so at once
const DEAD_MS = 40_000; // it gives a sign every 15 s
const ASK_MS = 400;
const AGAIN_MS = 30_000; // after so long a stream is tried again

/** @import { Pointed, RoomState } from "../types.d.ts" */
/**
 * @typedef {Object} Heard
 * @property {(state: RoomState) => void} state
 * @property {(pointer: Pointed | null) => void} pointer
 */

export class Stream {
  /** @type {EventSource | null} */
  source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;
  asking = false;
  tryAt = 0; // when to try a stream again
  last = ["", ""]; // what an answer said

  /**
   * @param {(path: string) => URL} address
   * @param {Heard} heard
   */
  constructor(address, heard) {
    this.address = address;
    this.heard = heard;
  }

  /** Begin, or go on. */
  open() {
    if (this.source || this.asking) return;
    this.last = ["", ""];
    const source = this.source = new EventSource(this.address("room/events"));
    let heard = false;
    const alive = () => {
      heard = true;
      this.await(DEAD_MS);
    };
    source.addEventListener("state", (event) => {
      alive();
      this.heard.state(JSON.parse(event.data));
    });
    source.addEventListener("pointer", (event) => {
      alive();
      this.heard.pointer(JSON.parse(event.data));
    });
    source.addEventListener("beat", alive);
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.ask();
      else if (heard) alive(); // the browser tries again by itself
    });
    this.await(SILENT_MS);
  }

  /** Let go of it, as long as nobody sees the page. */
  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.asking = false;
  }

  /** Ask instead, unless something comes within a time. @param {number} ms */
  await(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ms);
  }

  ask() {
    this.close();
    this.asking = true;
    this.tryAt = Date.now() + AGAIN_MS;
    this.askOnce();
  }

  async askOnce() {
    try {
      const answer = await fetch(this.address("room/now"));
      if (answer.ok && this.asking) this.take(await answer.json());
    } catch {
      // the server is away for a while
    }
    if (!this.asking) return;
    if (Date.now() > this.tryAt) {
      this.close();
      this.open();
    } else this.timer = setTimeout(() => this.askOnce(), ASK_MS);
  }

  /** @param {{state: RoomState, pointer: Pointed | null}} answer */
  take({ state, pointer }) {
    const [before, pointed] = this.last;
    this.last = [JSON.stringify(state), JSON.stringify(pointer)];
    if (this.last[0] !== before) this.heard.state(state);
    if (this.last[1] !== pointed) this.heard.pointer(pointer);
  }
}
