// @ts-check
// The menu of one message, where one pressed or at the message that has the focus: arrows move, Enter chooses, Esc and a
// press elsewhere close it, and the focus goes back to where it came from.

import { h, Lifetime } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";
import { moveByKey } from "../parts/menu.js";

/** @typedef {import("../parts/menu.js").MenuItem & { danger?: boolean }} Item */

/** So far it stays away from the edges of its frame, in px. */
const MARGIN = 8;

/**
 * @param {object} asked
 * @param {HTMLElement} asked.frame  Holds it.
 * @param {string} asked.label
 * @param {Item[]} asked.items
 * @param {{ x: number, y: number }} asked.at  In the window.
 * @param {HTMLElement} asked.back  Gets the focus when it closes.
 * @param {() => void} asked.closed
 * @returns {() => void} Closes it.
 */
export function openMessageMenu({ frame, label, items, at, back, closed }) {
  const life = new Lifetime();
  const choices = items.map(({ icon: name, label: text, danger }) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: "menu__item",
        tabindex: -1,
        "data-kind": danger ? "danger" : null,
      },
      icon(name),
      text,
    ),
  );
  const list = h("div", { class: "menu__list message-menu", role: "menu", "aria-label": label }, ...choices);

  /** @param {boolean} returning */
  function close(returning) {
    if (life.ended) {
      return;
    }
    life.end();
    list.remove();
    if (returning && back.isConnected) {
      back.focus({ preventScroll: true });
    }
    closed();
  }

  choices.forEach((choice, index) => {
    life.listen(choice, "click", () => {
      close(true);
      items[index].choose();
    });
  });
  life.listen(list, "keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else {
      moveByKey(event, choices);
    }
  });
  life.listen(list, "contextmenu", (event) => event.preventDefault());
  life.listen(document, "pointerdown", (event) => {
    if (!list.contains(/** @type {Node} */ (event.target))) {
      close(false);
    }
  });
  life.listen(window, "blur", () => close(false));
  life.listen(window, "resize", () => close(false));
  frame.append(list);
  place(frame, list, at);
  choices[0]?.focus({ preventScroll: true });
  return () => close(false);
}

/**
 * Where it was asked for, but within the frame.
 *
 * @param {HTMLElement} frame
 * @param {HTMLElement} list
 * @param {{ x: number, y: number }} at
 */
function place(frame, list, { x, y }) {
  const outer = frame.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const within = (/** @type {number} */ wanted, /** @type {number} */ room) =>
    Math.max(MARGIN, Math.min(wanted, room - MARGIN));
  list.style.setProperty("left", `${within(x - outer.left, outer.width - width)}px`);
  list.style.setProperty("top", `${within(y - outer.top, outer.height - height)}px`);
}
