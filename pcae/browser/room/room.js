/**
 * The room of a class, as every page has it: the teacher leads, others follow, and what the page
 * shows of the room is drawn anew when something of it is new.
 *
 * It outlives its page: the stream goes on while Streamlit draws the next.
 */

import { element } from "../core/element.js";
import { addStyle } from "../core/fetched.js";
import { hear, here, onReady, show as showThere } from "../core/led.js";
import { Life } from "../core/living.js";
import { Following, PATIENCE_MS } from "./following.js";
import { Leading } from "./leading.js";
import { Stream } from "./stream.js";

/** @import { Component, Pointed, RoomData, RoomState } from "../types.d.ts" */

const FOLLOW = "pcae_room_follow";
const LEAD = "pcae_room_lead";
const TAB = "pcae_room_tab";
const NOTE_MS = 5000;
const AGAIN_MS = 3000; // something new is asked for again that has not come
const NEWS_MS = 150; // what is new meanwhile is drawn with it
const DRAWN_MS = 60; // the page may be drawn then
const LOST_MS = 500;
const STALE_MS = 1000; // what is told so soon may be of before
const WORDS = {
  lead: "Lead",
  leading: "Leading",
  leads: "Students’ pages go where yours is: page, network, zoom, pins, and what is pointed at",
  stop: "Let everybody go",
  follow: "Follow the teacher",
  follows: "You follow the teacher",
  go: "Let go",
  over: "The teacher does not lead any more.",
  another: "Another tab or device of yours leads now.",
};

addStyle("room/room.css");

class Room {
  /** @type {Component<RoomData> | null} */
  component = null;
  /** @type {RoomState | null} */
  state = null;
  /** @type {Pointed | null} */
  pointer = null;
  leads = sessionStorage.getItem(LEAD) === "1";
  /** @type {boolean | null} whether it follows; null until it is said */
  follows = asFlag(sessionStorage.getItem(FOLLOW));
  following = new Following();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  later = undefined; // until the page is drawn
  began = 0; // when it began to lead
  drawn = ""; // what of the room is drawn, or asked for
  asks = false; // soon
  note = "";

  constructor() {
    const by = sessionStorage.getItem(TAB) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    sessionStorage.setItem(TAB, by);
    this.by = by;
    this.root = element("div", { className: "pcae-room", role: "status" });
    this.life = new Life(this.root);
    const address = (/** @type {string} */ path) => new URL(path, document.baseURI);
    this.stream = new Stream(address, {
      state: (state) => this.told(state),
      pointer: (pointer) => this.pointed(pointer),
    });
    const headers = { "Content-Type": "application/json" };
    this.leading = new Leading(
      by,
      (message) =>
        fetch(address("room/lead"), { method: "POST", headers, body: JSON.stringify(message) }),
      () => this.lose(WORDS.another),
    );
    hear((now, change) => {
      if (this.leads) return this.leading.tell(now);
      if (change.page !== undefined && this.component) {
        this.following.arrived(now, this.component.data.gone);
      }
    });
    onReady(() => this.within());
    addEventListener("pagehide", () => {
      if (!this.leads) return;
      const body = new Blob([JSON.stringify({ by, leaves: true })], { type: "application/json" });
      navigator.sendBeacon(address("room/lead"), body);
    });
    document.addEventListener("visibilitychange", () => this.listen());
  }

  /** Hear of the room while somebody sees the page, or it leads. */
  listen() {
    if (document.hidden && !this.leads) this.stream.close();
    else this.stream.open();
  }

  /** Come onto a page, or hear what is drawn of the room. @param {Component<RoomData>} component */
  show(component) {
    const { parentElement, data } = component;
    if (data.mark !== this.component?.data.mark) this.drawn = data.mark;
    this.component = component;
    // a page that was being drawn meanwhile takes no requests for the one before
    if (data.gone !== this.following.last.name && this.following.isWaiting()) {
      this.askAgain(LOST_MS);
    }
    if (this.root.parentElement !== parentElement) parentElement.replaceChildren(this.root);
    this.follows ??= !data.teacher;
    this.draw();
    this.listen();
    this.renew();
  }

  // ------------------------------------------------------------------ what is told

  /** @param {RoomState} state */
  told(state) {
    const before = this.state;
    this.state = state;
    if (this.leads) this.see(state, before);
    else if (before?.lead && !state.lead && this.follows) this.say(WORDS.over);
    this.draw();
    if (JSON.stringify(state.lead) !== JSON.stringify(before?.lead)) this.follow();
    this.renew();
  }

  /** See whether this tab leads still. @param {RoomState} state @param {RoomState | null} before */
  see(state, before) {
    const { leading } = this;
    if (Date.now() - this.began < STALE_MS) return;
    if (state.lead && state.lead.by !== this.by) this.lose(WORDS.another);
    else if (!state.lead && !leading.begins) this.lose("");
    else if (before?.boot !== state.boot) leading.begin(here(), leading.begins); // what was lost
  }

  /** @param {Pointed | null} pointer */
  pointed(pointer) {
    this.pointer = pointer;
    this.within();
  }

  /** Go where the teacher leads: what somebody does who follows holds until the teacher's next step. */
  follow() {
    const { component, pointer, lead } = this;
    if (!lead || !component) return;
    if (isDrawing()) {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.follow(), DRAWN_MS);
      return;
    }
    const step = this.following.step(here(), lead, pointer, Date.now());
    if (step && "go" in step) {
      component.setTriggerValue("go", step.go);
      this.askAgain(PATIENCE_MS);
    } else this.within();
  }

  /** Ask anew for an address that has not come within a time. @param {number} ms */
  askAgain(ms) {
    const { name } = this.following.last;
    setTimeout(() => {
      if (name !== this.following.last.name || !this.following.isWaiting()) return;
      this.following.giveUp();
      this.follow();
    }, ms);
  }

  /** Show what the teacher's explorer shows, where the page is there. */
  within() {
    const { lead, pointer } = this;
    if (lead?.page !== "explore" || !this.following.isThere(here(), lead)) return;
    showThere(lead.hash, pointer);
  }

  /** Where to follow to, if anywhere. */
  get lead() {
    return this.follows && !this.leads && here().page ? this.state?.lead : null;
  }

  /**
   * Have the page draw what is new in the room.
   *
   * After a start of the server the session is a new one, which has drawn nothing: it is asked until
   * it has.
   */
  renew() {
    const { state } = this;
    if (!state || !this.component || state.mark === this.drawn || this.asks) return;
    this.asks = true;
    setTimeout(() => {
      this.asks = false;
      this.ask();
    }, NEWS_MS);
  }

  ask() {
    const { component, state } = this;
    if (!component || !state || state.mark === this.drawn) return;
    if (isDrawing()) return this.renew();
    component.setTriggerValue("news", state.mark);
    if (component.data.mark.startsWith(state.boot)) this.drawn = state.mark;
    else setTimeout(() => this.renew(), AGAIN_MS);
  }

  // ------------------------------------------------------------------ what is pressed

  begin() {
    this.leads = true;
    this.began = Date.now();
    sessionStorage.setItem(LEAD, "1");
    this.leading.begin(here(), true);
    this.say("");
  }

  stop() {
    this.leading.send({ stops: true });
    this.lose("");
  }

  /** Lead no more, and say why. @param {string} why */
  lose(why) {
    if (!this.leads) return;
    this.leads = false;
    sessionStorage.removeItem(LEAD);
    this.leading.end();
    this.say(why);
  }

  /** @param {boolean} follows */
  choose(follows) {
    this.follows = follows;
    sessionStorage.setItem(FOLLOW, follows ? "1" : "0");
    this.following = new Following();
    this.draw();
    this.follow();
  }

  // ------------------------------------------------------------------ what is seen

  /** Say something for a while. @param {string} note */
  say(note) {
    this.note = note;
    this.draw();
    this.life.later("note", NOTE_MS, () => {
      this.note = "";
      this.draw();
    });
  }

  draw() {
    if (!this.component) return;
    const { teacher } = this.component.data;
    const led = Boolean(this.state?.lead) && !this.leads;
    const parts = [];
    if (this.note) parts.push(element("span", {}, this.note));
    if (led && this.follows) {
      parts.push(element("span", {}, WORDS.follows), button(WORDS.go, () => this.choose(false)));
    } else if (led) parts.push(button(WORDS.follow, () => this.choose(true)));
    if (teacher && !(led && this.follows)) {
      const [text, title, act] = this.leads
        ? [WORDS.leading, WORDS.stop, () => this.stop()]
        : [WORDS.lead, WORDS.leads, () => this.begin()];
      parts.push(button(text, act, { title, ariaPressed: String(this.leads) }));
    }
    this.root.replaceChildren(...parts);
    this.root.dataset.led = String(led && this.follows);
  }
}

/**
 * Whether the server is drawing the page: what is asked for meanwhile names the page of before, to
 * which Streamlit then goes back, and takes the place of what was drawn and not sent yet.
 */
function isDrawing() {
  const app =
    /** @type {HTMLElement | null} */ (document.querySelector("[data-test-script-state]"));
  return app !== null && app.dataset.testScriptState !== "notRunning";
}

/** @param {string | null} text */
function asFlag(text) {
  return text === null ? null : text === "1";
}

/** @param {string} textContent @param {() => void} onclick */
function button(textContent, onclick, more = {}) {
  return element("button", { textContent, type: "button", onclick, ...more });
}

/** @type {Room | null} */
let room = null;

/** @param {Component<RoomData>} component */
export function show(component) {
  room ??= new Room();
  room.show(component);
}

/** The room stays, for the next page. */
export function leave() {}
