/** How what a component shows lives on Streamlit's page, and ends with it. */

const LEAVE_MS = 200;

/**
 * What a component's script exports.
 *
 * @param {Function} View - a class, made of a component and its `Life`, with `show(component)`, which
 *     draws, or draws anew, what the component's data says, and perhaps `destroy()`.
 */
export function living(View) {
  const views = new WeakMap();
  const show = async (component) => {
    const { parentElement } = component;
    if (!views.has(parentElement)) {
      const life = new Life(parentElement);
      views.set(parentElement, { life, view: new View(component, life) });
    }
    await views.get(parentElement).view.show(component);
  };
  /** Free everything, if the component is gone for good. */
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
  #frames = new Map();
  #timers = new Map();
  #observer = null;

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

  /** Act with the next frame, once for all who ask under a name before it; the last one acts. */
  frame(name, act) {
    this.dropFrame(name);
    const now = (time) => this.over || act(time);
    this.#frames.set(name, requestAnimationFrame(now));
  }

  /** Let what was asked for under this name be. */
  dropFrame(name) {
    cancelAnimationFrame(this.#frames.get(name));
  }

  /** Act a while after it was last asked for under this name. */
  later(name, ms, act) {
    clearTimeout(this.#timers.get(name));
    if (this.signal.aborted) return;
    const now = () => this.over || act();
    this.#timers.set(name, setTimeout(now, ms));
  }

  /** Act when the size of one of these elements has changed. */
  resized(elements, act) {
    this.#observer = new ResizeObserver(() => this.over || act());
    for (const element of elements) if (element) this.#observer.observe(element);
  }

  end() {
    this.#ending.abort();
    this.#observer?.disconnect();
    for (const frame of this.#frames.values()) cancelAnimationFrame(frame);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}

/** Let an element be as high as the window has room below what the page has above. */
export function fitWindow(root) {
  const { top } = root.getBoundingClientRect();
  const scrolled = root.closest(".stMain")?.scrollTop ?? 0;
  root.style.setProperty("--top", `${Math.round(top + scrolled)}px`);
}
