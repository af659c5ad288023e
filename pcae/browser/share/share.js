/**
 * The address of what is shown, kept right, and the way to hand it on.
 *
 * It replaces the address in the browser's history: one step back is one page back.
 */

import { addStyle } from "../core/fetched.js";
import { say } from "../core/led.js";
import { living } from "../core/living.js";
import { element } from "../core/element.js";
import "./painted.js";

/** @import { Component, LinkData, Named } from "../types.d.ts" */
/** @import { Life } from "../core/living.js" */

/** @typedef {keyof typeof RECIPES} Recipe */
/** @typedef {{ input: HTMLInputElement, root: HTMLElement }} Box - to tick, with its label. */

const FIRST = "pcae_first_address";
const CHOSEN = "pcae_files_chosen";
const COPIED_MS = 2500;
const HERE = ["localhost", "127.0.0.1", "[::1]"];
const ONLY_HERE =
  "This address works on this computer alone. For others, start the dashboard with make class " +
  "(python -m pcae class), and open it under the address that it prints.";
const WORDS = {
  reset: "Back to what this tab was opened with",
  share: "A link to what is shown, and what a class may change",
  code: "The link as a QR code",
  enlarge: "Click the code to make it large.",
  long: "The link is too long for a QR code.",
  projector: "Large type, for a projector",
  link: "A link to what is shown",
  recipes: "What a class can do with it",
  pages: "Pages in the navigation",
  controls: "What can be changed",
  keep: "Keep this view as a step",
  kept: "of a lesson that you write",
};
const RECIPES = {
  "As it is": "Everybody sees what you see now, and can do what you can.",
  "This page only": "Everybody stays on this page: the navigation is gone.",
  "Epochs only": "On the page Train nothing but the number of epochs can be changed.",
};
const TRAIN = "train";
const EPOCHS = "train.epochs";

let visit = ""; // that the page belongs to

addStyle("share/share.css");
rememberFirst();

/** Remember what the tab was opened with, through reloads. */
function rememberFirst() {
  const [visit] = performance.getEntriesByType("navigation");
  const reloaded = visit instanceof PerformanceNavigationTiming && visit.type === "reload";
  if (!reloaded || !sessionStorage.getItem(FIRST)) {
    sessionStorage.setItem(FIRST, location.href);
  }
}

/**
 * Whether files that were chosen in this tab went with a visit that the server has forgotten.
 *
 * @param {LinkData["files"]} files
 */
function lost(files) {
  const chosen = sessionStorage.getItem(CHOSEN) !== null;
  if (files === "wait") sessionStorage.setItem(CHOSEN, "");
  else sessionStorage.removeItem(CHOSEN);
  return chosen && files === "";
}

/** Open what the tab was opened with, anew. */
function reset() {
  history.replaceState(history.state, "", sessionStorage.getItem(FIRST));
  location.reload();
}

/**
 * An address with these parameters, of this page or from the ground of another.
 *
 * @param {Record<string, string>} parameters
 * @param {string | null} page - its address, relative to the app's.
 */
function addressOf(parameters, page = null) {
  const address = page === null ? new URL(location.href) : new URL(page, document.baseURI);
  const embedded = [...address.searchParams].filter(([name]) => name.startsWith("embed"));
  const query = new URLSearchParams([...Object.entries(parameters), ...embedded]);
  address.search = query.toString().replaceAll("%2C", ",");
  return address.href;
}

/**
 * The names of the boxes that are not ticked.
 *
 * @param {Box[]} boxes
 */
function without(boxes) {
  return boxes.filter(({ input }) => !input.checked).map(({ input }) => input.value);
}

/**
 * @param {string} textContent
 * @param {() => void} onclick
 */
function button(textContent, onclick, more = {}) {
  return element("button", { textContent, type: "button", onclick, ...more });
}

class Share {
  /** @type {Box[]} */
  pages = [];
  /** @type {Box[]} */
  controls = [];
  /** @type {Recipe | null} */
  recipe = "As it is"; // null once a box was ticked by hand

  /**
   * @param {Component<LinkData>} component
   * @param {Life} life
   */
  constructor({ parentElement, data, setTriggerValue }, life) {
    this.life = life;
    this.data = data;
    this.tell = setTriggerValue;
    this.dialog = element("dialog", { className: "pcae-share" });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.address = element("input", { readOnly: true, ariaLabel: "Link" });
    this.copied = button("Copy", () => this.copy());
    this.note = element("p");
    this.picture = element("img", { alt: WORDS.code });
    this.picture.addEventListener("click", () => this.dialog.classList.toggle("pcae-share-large"));
    this.picture.addEventListener("error", () => {
      this.note.textContent = WORDS.long;
    });
    this.projector = this.box("projector", WORDS.projector, false);
    this.projector.input.onchange = () => this.renew();
    const names = /** @type {Recipe[]} */ (Object.keys(RECIPES));
    this.recipes = names.map((name) => button(name, () => this.take(name)));
    this.says = element("p", { role: "status" });
    this.keep = button(WORDS.keep, () => this.tell("kept", this.view()));
    this.kept = element("span", { role: "status" }, WORDS.kept);
    const bar = element(
      "div",
      { className: "pcae-share-bar" },
      button("Reset", reset, { title: WORDS.reset }),
      button("Share", () => this.open(), { title: WORDS.share }),
    );
    parentElement.replaceChildren(bar, this.dialog);
  }

  /**
   * Have the address say what the page shows.
   *
   * @param {Component<LinkData>} component
   */
  show({ data, setTriggerValue }) {
    this.data = data;
    this.tell = setTriggerValue;
    if (data.kept) this.kept.textContent = data.kept;
    const address = addressOf(data.query);
    const forgotten = visit && visit !== data.visit; // the server was started anew
    visit = data.visit;
    if (forgotten && address !== location.href) {
      // Streamlit began the visit with an address of before, the browser has the right one
      return setTriggerValue("before", data.page + location.search + location.hash);
    }
    if (address !== location.href) history.replaceState(history.state, "", address);
    say({ page: data.page, query: data.query });
    if (lost(data.files)) setTriggerValue("lost", true);
  }

  // ------------------------------------------------------------------ the dialog

  open() {
    const { data, dialog } = this;
    const hidden = new Set((data.query.hide ?? "").split(","));
    this.copied.textContent = "Copy";
    this.note.textContent = HERE.includes(location.hostname) ? ONLY_HERE : "";
    this.projector.input.checked = data.query.projector === "1";
    this.pages = data.pages.map(([name, title]) => this.box(name, title, !hidden.has(name)));
    this.controls = [];
    const groups = data.controls.map(([title, controls]) => this.group(title, controls, hidden));
    const hint = element("small", {}, WORDS.enlarge);
    dialog.replaceChildren(
      element("section", {}, this.picture, hint),
      this.choices(groups),
      button("Close", () => dialog.close(), { className: "pcae-share-close" }),
    );
    dialog.classList.remove("pcae-share-large");
    this.recipe = "As it is";
    this.renew();
    dialog.showModal();
    this.copied.focus();
  }

  /**
   * The part of the dialog with the link, and what a class may do.
   *
   * @param {HTMLElement[]} groups - of controls.
   */
  choices(groups) {
    const pages = this.pages.map(({ root }) => root);
    const first = /** @type {Box} */ (this.pages.find((box) => box.input.value === this.data.page));
    const open = without([...this.pages, ...this.controls]).length > 0;
    return element(
      "section",
      { className: "pcae-share-right" },
      element("h2", {}, WORDS.link),
      element("div", { className: "pcae-share-line" }, this.address, this.copied),
      this.note,
      element("h2", {}, WORDS.recipes),
      element("div", { className: "pcae-share-recipes" }, ...this.recipes),
      this.says,
      this.projector.root,
      element("div", { className: "pcae-share-keep" }, this.keep, this.kept),
      element(
        "details",
        { className: "pcae-share-more", open },
        element("summary", {}, "More"),
        element("h3", {}, WORDS.pages),
        element("div", { className: "pcae-share-boxes" }, ...pages),
        this.every(this.pages, [first]),
        element("h3", {}, WORDS.controls),
        ...groups,
        this.every(this.controls),
      ),
    );
  }

  /**
   * The buttons that tick all of some boxes, or none but a few.
   *
   * @param {Box[]} boxes
   * @param {Box[]} but
   */
  every(boxes, but = []) {
    const tick = (/** @type {boolean} */ all) => {
      for (const box of boxes) box.input.checked = all || but.includes(box);
      this.change();
    };
    const buttons = [button("all", () => tick(true)), button("none", () => tick(false))];
    return element("div", { className: "pcae-share-every" }, ...buttons);
  }

  /**
   * Tick the boxes as a recipe says.
   *
   * @param {Recipe} recipe
   */
  take(recipe) {
    const { page, query } = this.data;
    const hidden = new Set((query.hide ?? "").split(","));
    const trains = (/** @type {string} */ name) => name.startsWith(`${TRAIN}.`);
    for (const { input } of this.pages) {
      const stays = input.value === (recipe === "Epochs only" ? TRAIN : page);
      input.checked = stays || (recipe !== "This page only" && !hidden.has(input.value));
    }
    for (const { input } of this.controls) {
      input.checked = recipe === "Epochs only" && trains(input.value)
        ? input.value === EPOCHS
        : !hidden.has(input.value);
    }
    this.recipe = recipe;
    this.renew();
  }

  /** A box was ticked by hand. */
  change() {
    this.recipe = null;
    this.renew();
  }

  /**
   * A page's controls, open where some are hidden.
   *
   * @param {string} title
   * @param {Named[]} controls
   * @param {Set<string>} hidden
   */
  group(title, controls, hidden) {
    const boxes = controls.map(([name, label]) => this.box(name, label, !hidden.has(name)));
    this.controls.push(...boxes);
    const inside = element("div", {}, ...boxes.map(({ root }) => root), this.every(boxes));
    const open = without(boxes).length > 0;
    return element("details", { open }, element("summary", {}, title), inside);
  }

  /**
   * @param {string} value
   * @param {string} text
   * @param {boolean} checked
   * @returns {Box}
   */
  box(value, text, checked) {
    const onchange = () => this.change();
    const input = element("input", { type: "checkbox", value, checked, onchange });
    return { input, root: element("label", {}, input, ` ${text}`) };
  }

  /** The link with what is chosen, and its picture. */
  renew() {
    const { data } = this;
    const hidden = without(this.pages);
    const last = this.pages.filter(({ input }) => input.checked);
    for (const box of this.pages) box.input.disabled = last.length === 1 && last[0] === box;
    const hide = [...hidden, ...without(this.controls)].join();
    const lesson = {
      ...(hide ? { hide } : {}),
      ...(this.projector.input.checked ? { projector: "1" } : {}),
    };
    const { hide: _, projector: __, ...shown } = data.query;
    const [home] = data.pages[0];
    const first = last[0]?.input.value ?? home;
    const away = hidden.includes(data.page);
    const page = first === home ? "." : first;
    let link = away ? addressOf(lesson, page) : addressOf({ ...shown, ...lesson });
    if (this.recipe === "Epochs only" && data.page !== TRAIN) {
      link = addressOf({ ...this.settings(shown), ...lesson }, TRAIN);
    }
    for (const of of this.recipes) {
      of.ariaPressed = String(of.textContent === this.recipe);
    }
    this.says.textContent = this.recipe ? RECIPES[this.recipe] : "";
    this.address.value = link;
    this.picture.src = new URL(`explorer/qr?text=${encodeURIComponent(link)}`, document.baseURI)
      .href;
  }

  /**
   * What an address says of a network's settings.
   *
   * @param {Record<string, string>} query
   */
  settings(query) {
    const named = new Set(this.controls.map(({ input }) => input.value));
    const found = Object.entries(query).filter(([name]) => named.has(`${TRAIN}.${name}`));
    return Object.fromEntries(found);
  }

  /** What is shown, as a step of a lesson has it: which lesson and step one is at is not said. */
  view() {
    const { page, query: { lesson: _, step: __, projector: ___, ...shown } } = this.data;
    return `${page}?${new URLSearchParams(shown)}${location.hash}`;
  }

  async copy() {
    this.address.select();
    try {
      await navigator.clipboard.writeText(this.address.value);
    } catch {
      document.execCommand("copy"); // without https there is no clipboard
    }
    this.copied.textContent = "Copied";
    this.life.later("copied", COPIED_MS, () => {
      this.copied.textContent = "Copy";
    });
  }
}

export const { show, leave } = living(Share);
