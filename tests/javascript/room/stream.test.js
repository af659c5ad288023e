/** How a page hears of the room where the stream fails. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { Stream } from "../../../pcae/browser/room/stream.js";

/** @import { Pointed, RoomState } from "../../../pcae/browser/types.d.ts" */

/** A source of events that the test speaks for. */
class Source extends EventTarget {
  static CLOSED = 2;
  /** @type {Source[]} */
  static made = [];
  readyState = 1;

  constructor() {
    super();
    Source.made.push(this);
  }

  /** @param {string} kind @param {object | null} data */
  tell(kind, data) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }

  close() {
    this.readyState = Source.CLOSED;
  }
}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A stream with a server behind it, and what it heard. @param {object} answer */
function listening(answer) {
  Source.made = [];
  let asked = 0;
  Object.assign(globalThis, {
    EventSource: Source,
    fetch: () => {
      asked++;
      return Promise.resolve(Response.json(answer));
    },
  });
  /** @type {(RoomState | Pointed | null)[]} */
  const heard = [];
  const stream = new Stream((path) => new URL(path, "http://here/"), {
    state: (state) => heard.push(state),
    pointer: (pointer) => heard.push(pointer),
  });
  return { stream, heard, asked: () => asked };
}

const PLAIN = { fetch: globalThis.fetch, EventSource: globalThis.EventSource };

Deno.test("what the stream tells is heard, and nothing is asked", async () => {
  const { stream, heard, asked } = listening({});
  stream.open();
  stream.open();
  equal(Source.made.length, 1);
  Source.made[0].tell("state", { mark: "a" });
  Source.made[0].tell("pointer", { i: 3 });
  await wait(50);
  deepStrictEqual(heard, [{ mark: "a" }, { i: 3 }]);
  equal(asked(), 0);
  stream.close();
  equal(Source.made[0].readyState, Source.CLOSED);
  Object.assign(globalThis, PLAIN);
});

Deno.test("where it is refused, the page asks, and hears what is new once", async () => {
  const { stream, heard, asked } = listening({ state: { mark: "a" }, pointer: null });
  stream.open();
  Source.made[0].readyState = Source.CLOSED;
  Source.made[0].dispatchEvent(new Event("error"));
  await wait(1000);
  stream.close();
  const before = asked();
  deepStrictEqual(heard, [{ mark: "a" }, null]);
  equal(before >= 2, true);
  await wait(500);
  equal(asked(), before);
  Object.assign(globalThis, PLAIN);
});
