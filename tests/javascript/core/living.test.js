/** What a view does later is done on the page, once, and ends with the view. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { Life, living } from "../../../pcae/browser/core/living.js";

/** @type {Map<number, (time: number) => void>} */
const frames = new Map();
/** @type {{ seen: unknown[], act: () => void }[]} */
let observers = [];
let asked = 0;

Object.assign(globalThis, {
  requestAnimationFrame(/** @type {(time: number) => void} */ act) {
    frames.set(++asked, act);
    return asked;
  },
  cancelAnimationFrame: (/** @type {number} */ frame) => frames.delete(frame),
  ResizeObserver: class {
    /** @type {unknown[]} */
    seen = [];
    /** @param {() => void} act */
    constructor(act) {
      this.act = act;
      observers.push(this);
    }
    /** @param {unknown} element */
    observe(element) {
      this.seen.push(element);
    }
    disconnect() {
      observers = observers.filter((other) => other !== this);
    }
  },
});

/** Stands for an element: on the page or off it is all that is asked of one. */
function onPage() {
  return /** @type {HTMLElement} */ (/** @type {unknown} */ ({ isConnected: true }));
}

/** @param {HTMLElement} element */
function takeOff(element) {
  Object.assign(element, { isConnected: false });
}

/** The next frame comes. */
function paint(time = 0) {
  const due = [...frames.values()];
  frames.clear();
  for (const act of due) act(time);
}

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("of all who ask for a frame under a name the last acts, with its time", () => {
  const life = new Life(onPage());
  /** @type {(string | number)[]} */
  const done = [];
  life.frame("draw", () => done.push("first"));
  life.frame("draw", (time) => done.push("last", time));
  life.frame("other", () => done.push("other"));
  life.frame("dropped", () => done.push("dropped"));
  life.dropFrame("dropped");
  paint(16);
  deepStrictEqual(done, ["last", 16, "other"]);
});

Deno.test("off the page nothing is done that was asked for on it", async () => {
  const element = onPage();
  const life = new Life(element);
  /** @type {string[]} */
  const done = [];
  life.frame("draw", () => done.push("frame"));
  life.later("say", 1, () => done.push("timer"));
  life.resized([element, null], () => done.push("size"));
  deepStrictEqual(observers[0].seen, [element]);
  equal(life.over, false);
  takeOff(element);
  equal(life.over, true);
  paint();
  observers[0].act();
  await wait(10);
  deepStrictEqual(done, []);
  life.end();
});

Deno.test("what is put off again is done once, by the last who asked", async () => {
  const life = new Life(onPage());
  /** @type {string[]} */
  const done = [];
  life.later("say", 5, () => done.push("first"));
  life.later("say", 5, () => done.push("last"));
  await wait(30);
  deepStrictEqual(done, ["last"]);
});

Deno.test("at the end nothing waits any more, and nothing new begins to", async () => {
  const life = new Life(onPage());
  /** @type {string[]} */
  const done = [];
  life.frame("draw", () => done.push("frame"));
  life.later("say", 1, () => done.push("timer"));
  life.resized([], () => done.push("size"));
  life.end();
  equal(life.signal.aborted, true);
  deepStrictEqual([frames.size, observers.length], [0, 0]);
  const { setTimeout: real } = globalThis;
  let set = 0;
  Object.assign(globalThis, { setTimeout: () => ++set });
  life.later("say", 1, () => done.push("late"));
  Object.assign(globalThis, { setTimeout: real });
  equal(set, 0);
  await wait(10);
  deepStrictEqual(done, []);
});

Deno.test("a view is made once an element, and freed once that is gone for good", async () => {
  /** @type {string[]} */
  const done = [];
  const { show, leave } = living(
    class {
      constructor() {
        done.push("made");
      }
      show() {
        done.push("shown");
      }
      destroy() {
        done.push("destroyed");
      }
    },
  );
  const element = onPage();
  const component = {
    name: "view",
    parentElement: element,
    data: null,
    setStateValue: () => {},
    setTriggerValue: () => {},
  };
  await show(component);
  await show(component);
  leave(element); // Streamlit moves it: it is back by the time that it is looked for
  await wait(250);
  deepStrictEqual(done, ["made", "shown", "shown"]);
  takeOff(element);
  leave(element);
  leave(element);
  await wait(250);
  deepStrictEqual(done.slice(3), ["destroyed"]);
});
