// @ts-check
// Picking several messages: which are picked, and the bar in the place of the composer that says how many, copies them
// or deletes them for oneself.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";

/** @typedef {import("./rows.js").EntryRow} EntryRow */

/**
 * @typedef {object} Picking
 * @property {boolean} on
 * @property {(row: EntryRow) => boolean} has
 */

/**
 * @typedef {object} Deeds
 * @property {() => void} changed
 * @property {(rows: EntryRow[]) => void} copy
 * @property {(rows: EntryRow[]) => void} remove
 */

/**
 * @param {import("../context.js").Page} page
 * @param {Deeds} deeds
 */
export function createPicking({ t }, { changed, copy, remove }) {
  /** By their place. @type {Map<number, EntryRow>} */
  const picked = new Map();
  let on = false;
  const count = h("span", { class: "picking__count", role: "status" });
  const copying = createButton("copy", t("menu.copy"), "quiet");
  const removing = createButton("remove", t("menu.remove"), "danger");
  const cancel = createButton("close", t("dialog.cancel"), "quiet");
  const bar = h("div", { class: "picking", role: "toolbar", "aria-label": t("picking.label"), hidden: true });
  bar.append(count, copying, removing, cancel);

  function show() {
    bar.hidden = !on;
    setText(count, t("picking.count", { count: picked.size }));
    for (const button of [copying, removing]) {
      setAttribute(button, "aria-disabled", String(picked.size === 0));
    }
    changed();
  }

  function end() {
    on = false;
    picked.clear();
    show();
  }

  /** @param {(rows: EntryRow[]) => void} deed */
  function withPicked(deed) {
    if (picked.size > 0) {
      deed([...picked.values()].sort((a, b) => Number(a.seq) - Number(b.seq)));
    }
  }

  copying.addEventListener("click", () => withPicked(copy));
  removing.addEventListener("click", () => withPicked(remove));
  cancel.addEventListener("click", end);
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      end();
    }
  });

  return {
    bar,
    get on() {
      return on;
    },
    /** @param {EntryRow} row */
    has: ({ seq }) => seq !== null && picked.has(seq),
    /** @param {EntryRow} row */
    begin(row) {
      on = true;
      if (row.seq !== null) {
        picked.set(row.seq, row);
      }
      show();
    },
    /** @param {EntryRow} row */
    toggle(row) {
      if (row.seq !== null && !picked.delete(row.seq)) {
        picked.set(row.seq, row);
      }
      show();
    },
    /** What was deleted elsewhere is not picked any more. @param {import("../context.js").LogView} view */
    follow(view) {
      const gone = [...picked.keys()].filter((seq) => view.deleted.has(seq));
      for (const seq of gone) {
        picked.delete(seq);
      }
      if (gone.length > 0) {
        show();
      }
    },
    end,
  };
}

/**
 * @param {"copy" | "remove" | "close"} which
 * @param {string} label
 * @param {"quiet" | "danger"} kind
 */
function createButton(which, label, kind) {
  const button = h("button", { type: "button", class: "button picking__button", "data-kind": kind });
  button.append(icon(which), h("span", {}, label));
  return button;
}
