// @ts-check
// Going from message to message by the arrow keys. There may be hundreds, so none of them is a stop for Tab: the log is,
// and from it the arrows lead in.

import { inSight } from "./position.js";

/**
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 * @returns {() => void} Ends it.
 */
export function walkMessages(log, rows) {
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const from = document.activeElement;
    if (!step || !(from === log || from?.matches(".entry"))) {
      return;
    }
    const next = from === log ? entriesInSight(log, rows).at(-1) : neighbour(rows, from, step);
    if (!next) {
      return;
    }
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  log.addEventListener("keydown", onKey);
  return () => log.removeEventListener("keydown", onKey);
}

/**
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 */
function entriesInSight(log, rows) {
  return /** @type {HTMLElement[]} */ (inSight(log, rows).filter((row) => row.matches(".entry")));
}

/**
 * @param {HTMLElement} rows
 * @param {Element | null} from
 * @param {number} step
 */
function neighbour(rows, from, step) {
  const all = /** @type {HTMLElement[]} */ ([...rows.querySelectorAll(".entry")]);
  return all[all.indexOf(/** @type {HTMLElement} */ (from)) + step];
}
