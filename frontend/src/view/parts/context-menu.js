// @ts-check
// A menu at a place on the page, for what was pressed there: arrows move, Enter chooses; Esc, Tab, scrolling and a press
// elsewhere close it, and what had the focus gets it back.

import { h, Lifetime } from "../../lib/dom.js";
import { icon } from "./icon.js";
import { moveByKey } from "./menu.js";

/**
 * @typedef {import("./menu.js").MenuItem & { danger?: boolean }} MenuItem
 *
 * @typedef {object} Around
 * @property {HTMLElement} [back]  Gets the focus when it closes; what has it now, unless told otherwise.
 * @property {() => void} [closed]  It is gone.
 */

/** How near to the edge of the window it comes. */
const MARGIN = 4;

/**
 * @param {HTMLElement} root  Where it is put: a part of the page that has a name, as everything is in one.
 * @param {{ x: number, y: number }} at
 * @param {string} label
 * @param {MenuItem[]} items
 * @param {Around} [around]
 */
export function openContextMenu(root, { x, y }, label, items, { back, closed } = {}) {
  const life = new Lifetime();
  const opener = back ?? document.activeElement;
  const choices = items.map((item) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: "menu__item",
        tabindex: -1,
        "data-kind": item.danger ? "danger" : null,
      },
      icon(item.icon),
      item.label,
    ),
  );
  const node = h("div", { class: "menu__list menu__list--placed", role: "menu", "aria-label": label });
  node.append(...choices);

  /** @param {boolean} returning  Whether the focus goes back. */
  function close(returning) {
    if (life.ended) {
      return;
    }
    life.end();
    node.remove();
    if (returning && opener instanceof HTMLElement && opener.isConnected) {
      opener.focus({ preventScroll: true });
    }
    closed?.();
  }

  choices.forEach((choice, index) => {
    life.listen(choice, "click", () => {
      close(true);
      items[index]?.choose();
    });
  });
  life.listen(node, "keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close(true);
    } else {
      moveByKey(event, choices);
    }
  });
  life.listen(node, "contextmenu", (event) => event.preventDefault());
  life.listen(
    document,
    "pointerdown",
    (event) => {
      if (!node.contains(/** @type {Node} */ (event.target))) {
        close(false);
      }
    },
    { capture: true },
  );
  life.listen(window, "blur", () => close(false));
  life.listen(window, "resize", () => close(false));
  root.append(node);
  const { width, height } = node.getBoundingClientRect();
  node.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
  node.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
  choices[0]?.focus({ preventScroll: true });
  return { close: () => close(false) };
}
