/// <reference lib="dom" />
// Elements, made and put in place without a framework.

/** What an element is made with: attributes, listeners (`onclick`), and `key`, by which it keeps the focus when it is made anew. */
export type Props = Readonly<Record<string, string | number | boolean | null | ((event: never) => void)>>;

const SVG = "http://www.w3.org/2000/svg";

/** An element of HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

/** An element of SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string | null)[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], props, children);
}

function fill<E extends Element>(element: E, props: Props, children: readonly (Node | string | null)[]): E {
  set(element, props);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets attributes: `null` and `false` take one away. */
export function set(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "key") element.setAttribute("data-key", String(value));
    else if (value === null || value === false) element.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

/** Puts other children into an element. What had the focus has it again, if there is something with its key. */
export function refill(parent: Element, ...children: (Node | string | null)[]): void {
  const active = document.activeElement;
  const key = active !== null && parent.contains(active) ? active.getAttribute("data-key") : null;
  parent.replaceChildren(...children.filter((child) => child !== null));
  if (key === null) return;
  const again = parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement || again instanceof SVGElement) again.focus({ preventScroll: true });
}

/** A button. Pressed by a pointer it does not keep the focus, so that the keys of the page go on working. */
export function button(label: string, key: string, onclick: () => void, props: Props = {}): HTMLButtonElement {
  const element = h("button", { type: "button", key, ...props }, label);
  element.addEventListener("click", (event) => {
    if (event.detail > 0) element.blur();
    onclick();
  });
  return element;
}
