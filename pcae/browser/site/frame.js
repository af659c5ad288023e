/** The frame around a site's pages: navigation, heading, the open network and its figures, the foot. */

import { element } from "../core/element.js";
import { button } from "./widgets.js";

/** @import { SiteData, SiteManifest, SiteNetwork, SitePage } from "../types.d.ts" */

/**
 * What the frame tells of.
 *
 * @typedef {Object} Acts
 * @property {(page: string) => void} go
 * @property {(key: string) => void} choose a network
 * @property {(page: string) => string} address of a page, relative to the site
 */

const COPIED_MS = 2500;
const SHARE = "Share";
const LEFT_OUT =
  "This site has the test images alone: training images, codes of one's own and training are in " +
  "the program.";

export class Frame {
  /**
   * @param {SiteManifest} manifest
   * @param {Acts} acts
   */
  constructor(manifest, acts) {
    this.manifest = manifest;
    this.acts = acts;
    this.links = manifest.pages.map((page) => this.link(page));
    const about = { className: "pcae-s-pages", ariaLabel: "Pages" };
    const share = button(SHARE, () => this.copy());
    share.root.title = "Copy a link to what is shown";
    this.share = share;
    this.top = element("header", { className: "pcae-s-top" });
    this.top.append(element("nav", about, ...this.links.map(({ root }) => root)), share.root);
    this.question = element("h1");
    this.answer = element("p");
    this.picker = element("select", { ariaLabel: "Network" }, ...this.choices());
    this.picker.addEventListener("change", () => acts.choose(this.picker.value));
    this.figures = element("div", { className: "pcae-s-figures" });
    this.opened = element(
      "div",
      { className: "pcae-s-opened" },
      element("div", { className: "pcae-w" }, this.picker),
      this.figures,
    );
    this.notice = element("p", { className: "pcae-s-notice", hidden: true });
    this.warning = element("p", { className: "pcae-s-warning", role: "status", hidden: true });
    this.place = element("div", { className: "pcae-s-place" });
    this.foot = element("footer", { className: "pcae-s-foot" });
    const heading = element("div", { className: "pcae-s-heading" }, this.question, this.answer);
    // the class is Streamlit's: by it what fills the window sees how much room there is
    const main = element("main", { className: "pcae-s-main stMainBlockContainer" });
    main.append(heading, this.opened, this.notice, this.warning, this.place, this.foot);
    this.root = element("div", { className: "pcae-s" }, this.top, main);
  }

  /**
   * Show the frame of a page.
   *
   * @param {SitePage} page
   * @param {SiteData} data
   */
  draw(page, { network, dataset, projector }) {
    const explores = page.name === "explore";
    document.title = `${page.title} · pcae`;
    document.documentElement.classList.toggle("pcae-s-projector", projector);
    for (const { name, root } of this.links) {
      root.href = this.acts.address(name);
      if (name === page.name) root.setAttribute("aria-current", "page");
      else root.removeAttribute("aria-current");
    }
    this.question.textContent = explores ? network.question : page.heading;
    this.answer.textContent = explores ? network.worth : page.purpose;
    this.answer.classList.toggle("pcae-s-strong", explores);
    this.opened.hidden = !page.ofRun;
    this.picker.value = network.key;
    const worth = explores ? [] : [element("b", {}, network.worth)];
    const lines = [
      ...worth,
      element("span", {}, network.name),
      element("span", {}, network.errors),
    ];
    this.figures.replaceChildren(...lines);
    this.notice.textContent = dataset.notice;
    this.notice.hidden = !dataset.notice;
    this.foot.textContent = `Images: ${dataset.shown} (${dataset.licence}). ${LEFT_OUT} ` +
      `Made with pcae ${this.manifest.version}.`;
  }

  /**
   * Say in a sentence what of the link could not be used; nothing where all could.
   *
   * @param {string[]} wrong
   */
  complain(wrong) {
    this.warning.hidden = !wrong.length;
    this.warning.textContent = wrong.length
      ? `The link’s ${wrong.join(", ")} cannot be used: the usual is shown instead.`
      : "";
  }

  /** @param {SitePage} page */
  link({ name, title }) {
    const root = element("a", {}, title);
    root.addEventListener("click", (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.acts.go(name);
    });
    return { name, root };
  }

  /** The networks to choose from, those of one data set after another. */
  choices() {
    const { networks, datasets } = this.manifest;
    const option = (/** @type {SiteNetwork} */ { key, title }) =>
      element("option", { value: key }, title);
    const groups = Object.values(datasets).map(({ name, title }) => {
      const of = networks.filter(({ dataset }) => dataset === name);
      return element("optgroup", { label: title }, ...of.map(option));
    });
    return groups.length > 1 ? groups : networks.map(option);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.share.set("Link copied");
    } catch {
      prompt("The link to what is shown:", location.href); // without https there is no clipboard
    }
    setTimeout(() => this.share.set(SHARE), COPIED_MS);
  }
}
