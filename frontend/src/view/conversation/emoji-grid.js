// @ts-check
// Emoji in rows, of which one is a stop for Tab: the arrows go from there.

import { h, setAttribute } from "../../lib/dom.js";

/** How many stand in a row, as the style sheet says it. @param {Element} grid */
const columns = (grid) => getComputedStyle(grid).gridTemplateColumns.split(" ").length;

/**
 * @param {import("../context.js").Page} page
 * @param {object} parts
 * @param {import("../../lib/dom.js").Lifetime} parts.life
 * @param {(emoji: string) => void} parts.chosen
 * @param {(label: string) => void} parts.shown  One is pointed at or has the focus.
 * @param {HTMLElement} parts.above  Where one gets from the first row upwards.
 */
export function createGrid({ t }, { life, chosen, shown, above }) {
  const node = h("div", { class: "emoji__grid", role: "group", "aria-label": t("emoji.label") });

  const all = () => /** @type {HTMLElement[]} */ ([...node.children]);

  /** @param {HTMLElement | undefined} cell */
  function focus(cell) {
    for (const one of node.querySelectorAll('[tabindex="0"]')) {
      setAttribute(one, "tabindex", -1);
    }
    if (cell) {
      setAttribute(cell, "tabindex", 0);
      cell.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const cells = all();
    const at = cells.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns(node),
      ArrowUp: at - columns(node),
      Home: 0,
      End: cells.length - 1,
    }[event.key];
    if (at < 0 || to === undefined) {
      return;
    }
    event.preventDefault();
    if (event.key === "ArrowUp" && to < 0) {
      above.focus();
    } else {
      focus(cells[Math.max(0, Math.min(cells.length - 1, to))]);
    }
  }

  /** @param {Event} event */
  const cellOf = (event) => /** @type {Element} */ (event.target).closest(".emoji__cell");

  life.listen(node, "keydown", onKey);
  life.listen(node, "click", (event) => {
    const cell = cellOf(event);
    if (cell) {
      chosen(cell.textContent ?? "");
    }
  });
  for (const type of ["pointerover", "focusin"]) {
    life.listen(node, /** @type {"focusin"} */ (type), (event) => {
      shown(cellOf(event)?.getAttribute("aria-label") ?? "");
    });
  }

  return {
    node,
    /** @param {{ emoji: string, label: string }[]} wanted */
    show(wanted) {
      node.replaceChildren(
        ...wanted.map(({ emoji, label }, index) =>
          h(
            "button",
            { type: "button", class: "emoji__cell", "aria-label": label, tabindex: index === 0 ? 0 : -1 },
            emoji,
          ),
        ),
      );
      node.scrollTop = 0;
    },
    focusFirst: () => focus(all()[0]),
    pickFirst: () => all()[0]?.click(),
  };
}
