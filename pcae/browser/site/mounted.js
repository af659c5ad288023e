/** A component of the app's within a page of a site: a chart, or the close-ups. */

import { element } from "../core/element.js";

/**
 * @template Data
 * @typedef {{ show(component: import("../types.d.ts").Component<Data>): unknown,
 *     leave(parentElement: HTMLElement): void }} Script
 */

/** @template Data */
export class Mounted {
  root = element("div");
  #left = false;

  /** @param {() => Promise<Script<Data>>} fetchScript */
  constructor(fetchScript) {
    this.fetchScript = fetchScript;
  }

  /** Draw it, or draw it anew. @param {Data} data */
  async show(data) {
    this.script = await this.fetchScript();
    if (this.#left) return;
    const silent = { setStateValue() {}, setTriggerValue() {} };
    await this.script.show({ name: "", parentElement: this.root, data, ...silent });
  }

  /** Free what it holds, once it is off the page. */
  leave() {
    this.#left = true;
    this.script?.leave(this.root);
  }
}

/** A chart, see `share/chart.js`. @returns {Mounted<import("../types.d.ts").ChartData>} */
export function chart() {
  return new Mounted(() => import("../share/chart.js"));
}
