/** How what a component shows lives on Streamlit's page, and ends with it. */

/** @import { Component, View, ViewClass } from "../types.d.ts" */

const LEAVE_MS = 200;

/**
 * What a component's script exports.
 *
 * @template Data
 * @param {ViewClass<Data>} Kind
 */
export function living(Kind) {
  /** @type {WeakMap<HTMLElement, { life: Life, view: View<Data> }>} */
  const views = new WeakMap();
  /** @param {Component<Data>} component */
  const show = async (component) => {
    const { parentElement } = component;
    let lives = views.get(parentElement);
    if (!lives) {
      const life = new Life(parentElement);
      lives = { life, view: new Kind(component, life) };
      views.set(parentElement, lives);
    }
    await lives.view.show(component);
  };
  /**
   * Free everything, if the component is gone for good.
   *
   * @param {HTMLElement} parentElement
   */
  const leave = (parentElement) => {
    setTimeout(() => {
      const found = views.get(parentElement);
      if (parentElement.isConnected || !found) return;
      found.life.end();
      found.view.destroy?.();
      views.delete(parentElement);
    }, LEAVE_MS);
  };
  return { show, leave };
}

/**
 * What a view does later: nothing of it happens once its element is off the page.
 *
 * An element that is off the page has neither sizes nor colours, so that drawing would throw.
 */
export class Life {
  #element;
  #ending = new AbortController();
  /** @type {Map<string, number>} */
  #frames = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  /** @type {ResizeObserver | null} */
  #observer = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** Aborts at the end: for listeners and fetches. */
  get signal() {
    return this.#ending.signal;
  }

  /** Whether the element is off the page. */
  get over() {
    return this.signal.aborted || !this.#element.isConnected;
  }

  /**
   * Act with the next frame, once for all who ask under a name before it; the last one acts.
   *
   * @param {string} name
   * @param {(time: number) => void} act - `time` in milliseconds, as `performance.now()` has it.
   */
  frame(name, act) {
    this.dropFrame(name);
    const now = (/** @type {number} */ time) => this.over || act(time);
    this.#frames.set(name, requestAnimationFrame(now));
  }

  /**
   * Let what was asked for under this name be.
   *
   * @param {string} name
   */
  dropFrame(name) {
    cancelAnimationFrame(this.#frames.get(name) ?? 0);
  }

  /**
   * Act a while after it was last asked for under this name.
   *
   * @param {string} name
   * @param {number} ms
   * @param {() => void} act
   */
  later(name, ms, act) {
    clearTimeout(this.#timers.get(name));
    if (this.signal.aborted) return;
    const now = () => this.over || act();
    this.#timers.set(name, setTimeout(now, ms));
  }

  /**
   * Act when the size of one of these elements has changed, and of no others.
   *
   * @param {(Element | null)[]} elements
   * @param {() => void} act
   */
  resized(elements, act) {
    this.#observer?.disconnect();
    const observer = new ResizeObserver(() => this.over || act());
    for (const element of elements) if (element) observer.observe(element);
    this.#observer = observer;
  }

  end() {
    this.#ending.abort();
    this.#observer?.disconnect();
    for (const frame of this.#frames.values()) cancelAnimationFrame(frame);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}

/**
 * Let an element be as high as the window has room between what the page has above and below it.
 *
 * @param {HTMLElement} root
 */
export function fitWindow(root) {
  const { top, bottom } = root.getBoundingClientRect();
  const scrolled = root.closest(".stMain")?.scrollTop ?? globalThis.scrollY;
  root.style.setProperty("--top", `${Math.round(top + scrolled)}px`);
  const page = root.closest(".stMainBlockContainer")?.getBoundingClientRect();
  if (page) root.style.setProperty("--below", `${Math.ceil(page.bottom - bottom)}px`);
}
