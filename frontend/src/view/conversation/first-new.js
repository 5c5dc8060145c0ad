// @ts-check
// The button at the top that goes up to the first message that is new, wherever that is: not in sight, not in the page,
// or not even loaded. It goes when one has been there.

import { h, setText } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";
import { reach } from "./reach.js";
import { placeOf } from "./rows.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").LogView} LogView */

/**
 * @param {ClientPage} page
 * @param {import("../context.js").Key} key
 * @param {object} parts
 * @param {import("../../lib/dom.js").Lifetime} parts.life
 * @param {HTMLElement} parts.log
 * @param {HTMLElement} parts.rows
 * @param {(seq: number) => void} parts.show  Goes to an entry that is held.
 */
export function createFirstNew({ client, t }, key, { life, log, rows, show }) {
  const text = h("span", {});
  const node = h("button", { type: "button", class: "first-new", hidden: true }, icon("up"), text);
  /** Of which new ones one has seen the first. @type {number | null} */
  let been = null;
  /** @type {number | null} */
  let after = null;
  let count = 0;
  let going = false;

  /**
   * How much is new is known before any of it is seen.
   *
   * @param {LogView} view
   * @param {number | null} now
   */
  function note(view, now) {
    if (now !== after) {
      after = now;
      count = 0;
    }
    count = Math.max(count, after === null ? 0 : view.unread);
  }

  /** @param {LogView} view */
  function update(view) {
    const above = isAbove(view);
    if (after !== null && !above) {
      been = after;
    }
    node.hidden = after === null || been === after || count === 0 || !above;
    const many = count > 99 ? t("log.first_new_many") : t("log.first_new", { count });
    setText(text, many);
  }

  /** Whether what is new begins above the upper edge. @param {LogView} view */
  function isAbove(view) {
    const line = rows.querySelector(".new-line");
    if (line) {
      const { top } = log.getBoundingClientRect();
      // First its chunk: within one that is out of sight nothing is laid out, and should not be for this.
      const chunk = line.parentElement?.getBoundingClientRect();
      return (
        chunk !== undefined &&
        (chunk.bottom < top || (chunk.top < top && line.getBoundingClientRect().bottom < top))
      );
    }
    const shown = rows.querySelector("[data-seq]");
    return view.entries.length > 0 && shown !== null && Number(shown.getAttribute("data-seq")) > (after ?? 0);
  }

  async function go() {
    if (going || after === null) {
      return;
    }
    going = true;
    node.setAttribute("aria-busy", "true");
    const wanted = after + 1;
    await reach(client, key, wanted, () => !life.ended);
    going = false;
    node.removeAttribute("aria-busy");
    if (life.ended) {
      return;
    }
    const { entries } = client.log(key);
    const there = entries[Math.min(placeOf(entries, wanted), entries.length - 1)];
    if (there) {
      log.focus({ preventScroll: true });
      show(there.seq);
    }
  }

  node.addEventListener("click", () => go().catch(() => {}));
  return { node, note, update };
}
