/** How what a component shows lives on Streamlit's page. */

const LEAVE_MS = 200;

/**
 * What a component's script exports.
 *
 * @param {Function} View - a class, made of a component, with `show(component)`, which draws, or
 *     draws anew, what the component's data says, and `destroy()`.
 */
export function living(View) {
  const views = new WeakMap();
  const show = async (component) => {
    const { parentElement } = component;
    if (!views.has(parentElement)) views.set(parentElement, new View(component));
    await views.get(parentElement).show(component);
  };
  /** Free everything, if the component is gone for good. */
  const leave = (parentElement) => {
    setTimeout(() => {
      if (parentElement.isConnected) return;
      views.get(parentElement)?.destroy();
      views.delete(parentElement);
    }, LEAVE_MS);
  };
  return { show, leave };
}

/** Let an element be as high as the window has room below what the page has above. */
export function fitWindow(root) {
  const { top } = root.getBoundingClientRect();
  const scrolled = root.closest(".stMain")?.scrollTop ?? 0;
  root.style.setProperty("--top", `${Math.round(top + scrolled)}px`);
}
