/**
 * The explorer as others follow it: it says what it shows, and shows what another's says; only what
 * is another than before is drawn.
 */

import { isHeard, say, showWith } from "../core/led.js";
import { readLink, writeLink } from "./link.js";
import { canDrawSolid } from "./solid.js";
import { restricted } from "./state.js";
import { differs } from "./store.js";

/** @import { Pointed } from "../types.d.ts" */
/** @import { Scene } from "./scene.js" */
/** @import { Shown, State } from "./state.js" */
/**
 * @typedef {Object} Views
 * @property {import("./inspection.js").Inspection} inspection
 * @property {import("./planes.js").Planes} planes
 * @property {import("./timeline.js").Timeline} timeline
 */

export class Followed {
  /**
   * @param {Scene} scene
   * @param {Views} views
   * @param {() => Shown} shown
   */
  constructor(scene, views, shown) {
    this.scene = scene;
    this.views = views;
    this.shown = shown;
    views.inspection.inspected = (pointer) => {
      if (isHeard()) say({ pointer });
    };
    scene.store.subscribe((now, before) => {
      if (differs(now, before, names(now))) scene.life.frame("followed", () => this.tell());
    });
  }

  /** Say what is shown, but for what is pointed at. */
  tell() {
    if (isHeard()) say({ hash: writeLink({ ...this.scene.state, held: 0 }, this.shown()) });
  }

  /** All is drawn. */
  begin() {
    this.tell();
    const { at } = this.views.inspection;
    if (isHeard()) say({ pointer: at ?? { i: this.scene.state.held } });
    showWith((hash, pointer) => this.show(hash, pointer));
  }

  /** Show what another explorer shows. @param {string} hash @param {Pointed | null} pointer */
  async show(hash, pointer) {
    const { scene, views: { planes, timeline } } = this;
    const { state: said } = readLink(hash, this.shown());
    const solid = said.solid && canDrawSolid();
    const wanted = restricted({ ...said, solid }, scene.world);
    const change = changed(scene.state, wanted);
    if (wanted.moment === null && scene.state.moment !== null) timeline.open(timeline.address);
    scene.set({ ...change, ...(wanted.moment === null && { moment: null }) });
    if (change.cameras) planes.draw();
    const { moment } = wanted;
    if (moment !== null && moment !== scene.state.moment) await timeline.goToMoment(moment);
    this.point(pointer);
  }

  /** Inspect what another inspects. @param {Pointed | null} pointer */
  point(pointer) {
    const { scene: { world, n, state }, views: { inspection } } = this;
    if (pointer === null) return;
    if ("i" in pointer) {
      const { i } = pointer;
      const known = i < n && world.knows(i);
      if (known && (inspection.at || i !== state.held)) inspection.point(i);
    } else inspection.between(pointer);
  }
}

/** What is said after the "#" but for the digit that is pointed at. @param {State} state */
function names(state) {
  const all = /** @type {(keyof State)[]} */ (Object.keys(state));
  return all.filter((name) => name !== "held");
}

/**
 * What of a state another wants changed; the moment and the digit pointed at have ways of their own.
 *
 * @param {State} state
 * @param {State} wanted
 * @returns {Partial<State>}
 */
export function changed(state, wanted) {
  const own = names(state).filter((name) => name !== "moment");
  const found = own.filter((name) => JSON.stringify(state[name]) !== JSON.stringify(wanted[name]));
  return Object.fromEntries(found.map((name) => [name, wanted[name]]));
}
