/**
 * The page's address says what the explorer shows, and the explorer shows what it says.
 *
 * The browser alone writes and reads it: no step of a zoom needs the server.
 */

import { readLink, writeLink } from "./link.js";

/** @import { Scene } from "./scene.js" */
/** @import { Of, Shown } from "./state.js" */

const SETTLE_MS = 300; // after the last of many changes

let known = ""; // what the address said when it was last read or written

export class Address {
  /**
   * @param {Scene} scene
   * @param {() => Shown} shown
   */
  constructor(scene, shown) {
    this.scene = scene;
    this.shown = shown;
    this.page = location.pathname;
    scene.store.subscribe(() => this.note());
  }

  /** Say soon what is shown now. */
  note() {
    this.scene.life.later("address", SETTLE_MS, () => this.write());
  }

  write() {
    const there = location.hash.slice(1);
    const unread = there && there !== known; // a link that has come meanwhile
    if (location.pathname !== this.page || unread) return;
    known = writeLink(this.scene.state, this.shown());
    const { pathname, search } = location;
    const address = pathname + search + (known && `#${known}`);
    if (address !== pathname + search + location.hash) {
      history.replaceState(history.state, "", address);
    }
  }
}

/**
 * What the address says, if it is news.
 *
 * @param {Of} of
 * @param {string | null} opened what another address says that the server has opened
 */
export function read(of, opened = null) {
  const text = opened ?? location.hash.slice(1);
  if (opened === null && (!text || text === known)) return null;
  known = location.hash.slice(1);
  return readLink(text, of);
}
