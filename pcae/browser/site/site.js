/**
 * The pages of a site of plain files, each shown by a script of its own as a component.
 *
 * What is shown is in the address: the page and, before the "#", the network and what its widgets
 * show; after it the explorer's state, which the explorer itself reads and writes. An address of the
 * app shows the same here with this site's in the place of the app's.
 */

import { element } from "../core/element.js";
import { Frame } from "./frame.js";
import { keep } from "./offline.js";
import { readPlace, writePlace } from "./place.js";

/** @import { Component, SiteData, SiteManifest, SitePage } from "../types.d.ts" */
/** @import { Place } from "./place.js" */
/** @typedef {{ show: (component: Component<SiteData>) => unknown, leave: (parent: HTMLElement) => void }} Script */

const WITHOUT_WIDGETS = ["explore", "draw"]; // in the part of the address before the "#"
const SELECTED = "Selected in Explore"; // what Reconstructions then shows
const OTHER_FORM =
  "Drawings are brought into MNIST’s form, 28×28 pixels, and this network’s data " +
  "is of another: choose a network of such pictures.";
const RELOAD = "A script of this page could not be fetched: reload the page.";
const GROUND = document.baseURI; // does not change with the page
const INDEX = location.pathname.endsWith("/index.html") ? "index.html" : ""; // where none is served

class Site {
  /** @type {{ parent: HTMLElement, script: Script | null } | null} */
  shown = null;
  turn = 0; // of showing
  /** @type {string[]} */
  wrong = []; // of the link, but for what the page's script finds

  /** @param {SiteManifest} manifest */
  constructor(manifest) {
    this.manifest = manifest;
    /** @type {Place} */
    this.place = readPlace("", manifest);
    this.page = manifest.pages[0];
    this.frame = new Frame(manifest, {
      go: (name) => this.go(name),
      choose: (key) => this.choose(key),
      address: (name) => this.addressOf(this.called(name), { ...this.place, query: {} }),
    });
    document.body.replaceChildren(this.frame.root);
    addEventListener("popstate", () => this.arrive());
    const theme = matchMedia("(prefers-color-scheme: dark)");
    theme.addEventListener("change", () => this.show());
  }

  /** @param {string} page its name */
  called(page) {
    const { pages } = this.manifest;
    return pages.find(({ name }) => name === page) ?? pages[0];
  }

  /** Show what the browser's address says. */
  arrive() {
    const found = readPlace(location.search, this.manifest);
    this.place = found;
    const [name] = location.href.slice(GROUND.length).split(/[/?#]/, 1);
    this.page = this.called(name);
    const unknown = Object.keys(found.query).length && WITHOUT_WIDGETS.includes(this.page.name);
    if (unknown) found.query = {};
    this.wrong = unknown ? [...found.wrong, "unknown parts"] : found.wrong;
    this.complain([]);
    this.write();
    return this.show();
  }

  /** Say what of the link cannot be used, here and by the page's script. @param {string[]} wrong */
  complain(wrong) {
    this.frame.complain([...new Set([...this.wrong, ...wrong])]);
  }

  /** Go to another page, with the network and the digits that are chosen. @param {string} name */
  go(name) {
    if (name === this.page.name) return;
    this.page = this.called(name);
    this.place = { ...this.place, query: {} };
    history.pushState(null, "", this.addressOf(this.page, this.place));
    this.wrong = [];
    this.complain([]);
    scrollTo(0, 0);
    this.show();
  }

  /** Open another network. @param {string} key */
  choose(key) {
    const network = this.manifest.networks.find((of) => of.key === key);
    if (!network) return;
    const same = network.dataset === this.place.network.dataset;
    const chosen = same ? {} : { selected: [], pinned: [] };
    this.place = { ...this.place, ...chosen, network };
    this.wrong = [];
    this.complain([]);
    this.write();
    this.show();
  }

  /**
   * The address of a page that shows this.
   *
   * @param {SitePage} page
   * @param {Place} place
   */
  addressOf({ name, ofRun }, place) {
    const explore = name === "explore";
    const selected = place.query.which === SELECTED ? place.selected : [];
    const compares = ["compare", "reconstructions"].includes(name);
    const compared = compares ? place.compared : [];
    const said = { ...place, selected, compared };
    const query = writePlace(said, this.manifest, { ofRun, explore });
    return new URL((explore ? "" : `${name}/`) + INDEX + query, GROUND).href;
  }

  /** Have the browser's address say what is shown. */
  write() {
    const explores = this.page.name === "explore";
    const address = this.addressOf(this.page, this.place) + (explores ? location.hash : "");
    if (address !== location.href) history.replaceState(history.state, "", address);
  }

  /** Show the page, with what is chosen. */
  async show() {
    const { page, frame } = this;
    const turn = ++this.turn;
    const data = this.data();
    frame.draw(page, data);
    const draws = page.name !== "draw" || data.dataset.shape?.join() === "28,28";
    const same = this.shown?.parent.dataset.page === page.name && draws && this.shown.script;
    if (!same) this.clear(draws ? "" : OTHER_FORM);
    if (!draws) return;
    try {
      const script = /** @type {Script} */ (
        await import(new URL(data.code + page.script, GROUND).href)
      );
      if (turn !== this.turn || !this.shown) return;
      this.shown.script = script;
      await script.show(this.component(this.shown.parent, data));
      document.body.dataset.shown = page.name;
    } catch (problem) {
      console.warn(problem);
      if (turn === this.turn) this.clear(RELOAD);
    }
    keep(this.manifest, this.place.network);
  }

  /** Leave the page that is shown, for an empty one, or one that says something. @param {string} words */
  clear(words) {
    const left = this.shown;
    const parent = element("div", { className: "pcae-s-page" }, words);
    parent.dataset.page = this.page.name;
    this.shown = { parent, script: null };
    this.frame.place.replaceChildren(parent);
    if (left) left.script?.leave(left.parent);
    delete document.body.dataset.shown;
  }

  /** @returns {SiteData} */
  data() {
    const { networks, datasets, labels, figures } = this.manifest;
    const { network, query, selected, pinned, compared, projector } = this.place;
    const dataset = datasets[network.dataset];
    const shown = { networks, datasets, labels, figures, query, selected, pinned, compared };
    return { ...network.addresses, network, dataset, projector, ...shown };
  }

  /**
   * @param {HTMLElement} parentElement
   * @param {SiteData} data
   * @returns {Component<SiteData>}
   */
  component(parentElement, data) {
    const page = this.page.name;
    return {
      name: page,
      parentElement,
      data,
      setStateValue: (name, value) => {
        if (
          this.page.name !== page || !["query", "selected", "pinned", "compared"].includes(name)
        ) {
          return;
        }
        this.place = { ...this.place, [name]: value };
        this.write();
      },
      setTriggerValue: (name, value) => {
        if (name !== "wrong") return;
        const wrong = /** @type {string[]} */ (value);
        this.complain(wrong);
        const used = Object.entries(this.place.query).filter(([name]) => !wrong.includes(name));
        this.place = { ...this.place, query: Object.fromEntries(used) };
        this.write();
      },
    };
  }
}

const answer = await fetch(new URL(document.body.dataset.manifest ?? "", GROUND));
await new Site(await answer.json()).arrive();
