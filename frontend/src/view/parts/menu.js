// @ts-check
// A button that opens a menu: arrows move, Enter chooses, Esc and a press elsewhere close it and the button gets the
// focus back.

import { h, Lifetime, setAttribute } from "../../lib/dom.js";
import { icon } from "./icon.js";

/** @typedef {{ icon: string, label: string, choose: () => void }} MenuItem */

/**
 * @param {HTMLButtonElement} button
 * @param {MenuItem[]} items
 */
export function createMenu(button, items) {
  const life = new Lifetime();
  const choices = items.map((item) =>
    h(
      "button",
      { type: "button", role: "menuitem", class: "menu__item", tabindex: -1 },
      icon(item.icon),
      item.label,
    ),
  );
  const list = h("div", {
    class: "menu__list",
    role: "menu",
    hidden: true,
    "aria-label": button.getAttribute("aria-label"),
  });
  list.append(...choices);
  const node = h("div", { class: "menu" }, button, list);
  setAttribute(button, "aria-haspopup", "menu");
  setAttribute(button, "aria-expanded", "false");

  /** @param {boolean} open */
  function show(open) {
    list.hidden = !open;
    setAttribute(button, "aria-expanded", String(open));
    if (open) {
      choices[0].focus();
    }
  }

  life.listen(button, "click", () => show(list.hasAttribute("hidden")));
  life.listen(list, "keydown", (event) => moveByKey(event, choices));
  life.listen(node, "keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) {
      return;
    }
    event.stopPropagation();
    show(false);
    button.focus();
  });
  // Also when the focus leaves by Tab.
  life.listen(node, "focusout", (event) => {
    if (!node.contains(/** @type {Node | null} */ (event.relatedTarget))) {
      show(false);
    }
  });
  life.listen(document, "pointerdown", (event) => {
    if (!node.contains(/** @type {Node} */ (event.target))) {
      show(false);
    }
  });
  choices.forEach((choice, index) => {
    life.listen(choice, "click", () => {
      button.focus();
      show(false);
      items[index].choose();
    });
  });
  return { node, destroy: () => life.end() };
}

/**
 * Up, Down, Home and End among elements of which one has the focus.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} among
 * @returns {HTMLElement | null} What has the focus now, if the key meant something.
 */
export function moveByKey(event, among) {
  const at = among.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: among.length - 1 }[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) {
    return null;
  }
  event.preventDefault();
  const target = among[Math.max(0, Math.min(among.length - 1, to))];
  target?.focus();
  return target ?? null;
}
