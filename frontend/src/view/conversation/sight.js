// @ts-check
// What the reader has really had before their eyes: the newest entry in sight while the window is looked at. From it
// follow what counts as read and how much waits below.

import { kindOf } from "../../net/wire.js";
import { inSight } from "./position.js";
import { placeOf } from "./rows.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/** Of a long message so much must be in sight, in px. */
const ENOUGH = 40;

/**
 * @param {ClientPage} page
 * @param {import("../context.js").Key} key
 * @param {{ log: HTMLElement, rows: HTMLElement }} places
 */
export function createSight({ client, attention }, key, { log, rows }) {
  /** The newest that was on the screen, looked at or not. */
  let deepest = 0;
  let told = 0;

  function look() {
    const newest = Math.max(newestInSight(log, rows), 0);
    if (newest === 0 && rows.childElementCount > 0) {
      return;
    }
    const seq = throughUnknown(client.log(key), newest);
    deepest = Math.max(deepest, seq);
    if (!attention.looking || seq <= told) {
      return;
    }
    told = seq;
    if (seq > client.log(key).read_seq) {
      client.seen(key, seq);
    }
  }

  /** Messages of others below all that has been on the screen. */
  function countBelow() {
    const { entries } = client.log(key);
    let count = 0;
    for (let index = entries.length - 1; index >= 0 && entries[index].seq > deepest; index -= 1) {
      const { message_type, sender_id } = entries[index];
      if (kindOf(message_type) === "written" && sender_id !== client.me.id) {
        count += 1;
      }
    }
    return count;
  }

  return { look, countBelow };
}

/**
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 * @returns {number} 0: none.
 */
function newestInSight(log, rows) {
  const { bottom } = log.getBoundingClientRect();
  for (const node of inSight(log, rows).reverse()) {
    const seq = Number(node.getAttribute("data-seq"));
    const box = node.getBoundingClientRect();
    if (seq > 0 && (box.bottom <= bottom + 1 || bottom - box.top >= ENOUGH)) {
      return seq;
    }
  }
  return 0;
}

/**
 * What is not shown counts as seen with the entry before them.
 *
 * @param {import("../context.js").LogView} view
 * @param {number} seq
 */
function throughUnknown({ entries, deleted }, seq) {
  let index = placeOf(entries, seq + 1);
  let through = seq;
  while (
    index < entries.length &&
    (kindOf(entries[index].message_type) === "unknown" || deleted.has(entries[index].seq))
  ) {
    through = entries[index].seq;
    index += 1;
  }
  return through;
}
