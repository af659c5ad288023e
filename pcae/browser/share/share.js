/**
 * The address of what is shown, kept right, and the way to hand it on.
 *
 * It replaces the address in the browser's history: one step back is one page back.
 */

import { addStyle } from "../core/fetched.js";
import { living } from "../core/living.js";
import { element } from "../core/element.js";

const FIRST = "pcae_first_address";
const COPIED_MS = 2500;
const HERE = ["localhost", "127.0.0.1", "[::1]"];
const ONLY_HERE =
  "This address works on this computer alone. For others, start the dashboard with " +
  "--server.address 0.0.0.0 --server.allowedHosts NAME, where NAME is this computer's name or " +
  "address in the network, and open it under that name.";

addStyle("share/share.css");
rememberFirst();

/** Remember what the tab was opened with, through reloads. */
function rememberFirst() {
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type !== "reload" || !sessionStorage.getItem(FIRST)) {
    sessionStorage.setItem(FIRST, location.href);
  }
}

/** Open what the tab was opened with, anew. */
function reset() {
  history.replaceState(history.state, "", sessionStorage.getItem(FIRST));
  location.reload();
}

/** An address with these parameters, of this page or from the ground of another. */
function addressOf(parameters, page = null) {
  const address = page === null ? new URL(location.href) : new URL(page, document.baseURI);
  const embedded = [...address.searchParams].filter(([name]) => name.startsWith("embed"));
  const query = new URLSearchParams([...Object.entries(parameters), ...embedded]);
  address.search = query.toString().replaceAll("%2C", ",");
  return address.href;
}

class Share {
  constructor({ parentElement }, life) {
    this.life = life;
    const say = (textContent, title, onclick) =>
      element("button", { textContent, title, onclick, type: "button" });
    this.dialog = element("dialog", { className: "pcae-share" });
    const bar = element(
      "div",
      { className: "pcae-share-bar" },
      say("Reset", "Back to what this tab was opened with", reset),
      say("Share", "A link to what is shown, and what a class may change", () => this.open()),
    );
    parentElement.replaceChildren(bar, this.dialog);
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  /** Have the address say what the page shows. */
  show({ data }) {
    this.data = data;
    const address = addressOf(data.query);
    if (address !== location.href) history.replaceState(history.state, "", address);
  }

  // ------------------------------------------------------------------ the dialog

  open() {
    const { data, dialog } = this;
    const now = new Set((data.query.hide ?? "").split(","));
    this.controls = [];
    const box = (value, text, checked) =>
      element(
        "label",
        {},
        element("input", { type: "checkbox", value, checked, onchange: () => this.renew() }),
        ` ${text}`,
      );
    this.address = element("input", { readOnly: true, ariaLabel: "Link" });
    this.copied = element("button", { textContent: "Copy", type: "button" });
    this.copied.addEventListener("click", () => this.copy());
    this.picture = element("img", { alt: "The link as a QR code" });
    this.picture.addEventListener("click", () => dialog.classList.toggle("pcae-share-large"));
    this.picture.addEventListener("error", () => {
      this.note.textContent = "The link is too long for a QR code.";
    });
    const here = HERE.includes(location.hostname) ? ONLY_HERE : "";
    this.note = element("p", {}, here);
    this.projector = box("projector", "Large type, for a projector", data.query.projector === "1");
    this.pages = data.pages.map(([name, title]) => box(name, title, !now.has(name)));
    const groups = data.controls.map(([title, controls]) => {
      const boxes = controls.map(([name, label]) => box(name, label, !now.has(name)));
      const turn = () => {
        const all = boxes.every(({ control }) => control.checked);
        for (const { control } of boxes) control.checked = !all;
        this.renew();
      };
      const every = element("button", {
        textContent: "all or none",
        type: "button",
        onclick: turn,
      });
      const summary = element("summary", {}, title);
      const some = boxes.some(({ control }) => !control.checked);
      const inside = element("div", {}, ...boxes, every);
      this.controls.push(...boxes);
      return element("details", { open: some }, summary, inside);
    });
    const close = { textContent: "Close", type: "button", onclick: () => dialog.close() };
    dialog.replaceChildren(
      element(
        "section",
        {},
        this.picture,
        element("small", {}, "Click the code to make it large."),
      ),
      element(
        "section",
        { className: "pcae-share-right" },
        element("h3", {}, "A link to what is shown"),
        element("div", { className: "pcae-share-line" }, this.address, this.copied),
        this.note,
        element("h3", {}, "For a class"),
        this.projector,
        element("h4", {}, "Pages in the navigation"),
        element("div", { className: "pcae-share-boxes" }, ...this.pages),
        element("h4", {}, "What can be changed"),
        ...groups,
      ),
      element("button", { className: "pcae-share-close", ...close }),
    );
    dialog.classList.remove("pcae-share-large");
    this.renew();
    dialog.showModal();
    this.copied.focus();
  }

  /** The link with what is chosen, and its picture. */
  renew() {
    const { data } = this;
    const without = (boxes) => boxes.map((box) => box.control).filter((box) => !box.checked);
    const hidden = without(this.pages).map((box) => box.value);
    const first = data.pages.find(([name]) => !hidden.includes(name));
    const last = this.pages.filter((box) => box.control.checked);
    for (const box of this.pages) box.control.disabled = last.length === 1 && last[0] === box;
    const hide = [...hidden, ...without(this.controls).map((box) => box.value)].join();
    const lesson = {
      ...(hide ? { hide } : {}),
      ...(this.projector.control.checked ? { projector: "1" } : {}),
    };
    const { hide: _, projector: __, ...shown } = data.query;
    const away = hidden.includes(data.page);
    const page = first[0] === data.pages[0][0] ? "." : first[0];
    const link = away ? addressOf(lesson, page) : addressOf({ ...shown, ...lesson });
    this.address.value = link;
    this.picture.src = new URL(`explorer/qr?text=${encodeURIComponent(link)}`, document.baseURI);
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
