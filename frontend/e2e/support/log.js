// What stands in a conversation, read from the page.

/**
 * @typedef {"pending" | "failed" | "sent" | "read" | "received"} State
 *
 * @typedef {object} Entry
 * @property {string} text
 * @property {State} state
 * @property {"me" | "them"} from
 * @property {number | null} seq  Null while it is a draft.
 */

/**
 * The messages of a log, top to bottom, as they stand in the page. Notes ("X joined") are left out.
 *
 * @param {import("playwright-core").Locator} log
 * @returns {Promise<Entry[]>}
 */
export async function readLog(log) {
  if ((await log.count()) === 0) {
    return [];
  }
  return log.evaluate((node) => {
    const all = /** @type {HTMLElement[]} */ ([...node.querySelectorAll("[data-seq], [data-draft]")]);
    const bubbles = all.filter((each) => each.querySelector(".bubble__text"));
    return bubbles.map((each) => {
      const state = /** @type {any} */ (each.dataset.state);
      return {
        text: each.querySelector(".bubble__text")?.textContent ?? "",
        state,
        from: /** @type {"me" | "them"} */ (state === "received" ? "them" : "me"),
        seq: each.dataset.seq ? Number(each.dataset.seq) : null,
      };
    });
  });
}

/**
 * What two people must agree on: the same messages, in the same order, each once.
 *
 * @param {Entry[]} log
 */
export function agreed(log) {
  return log.map(({ seq, text }) => `${seq} ${text}`);
}
