// @ts-check
// Searching what this device holds: of one conversation what is in memory, or of all of them that and what the cache
// keeps. How the latter goes comes when it is first asked for.

import { matches } from "./matching.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Found} Found
 *
 * @typedef {object} Parts
 * @property {import("./inbox.js").Inbox} inbox
 * @property {Pick<import("./keeping.js").Cache, "all">} cache
 */

export class Search {
  #parts;
  /** How often all of them were searched. */
  #asked = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {Key} key
   * @param {string} text
   * @returns {number[]} Where it stands, ascending.
   */
  within(key, text) {
    const { log, deleted } = this.#parts.inbox.get(key);
    return matches({ entries: log.entries, deleted }, text).map(({ seq }) => seq);
  }

  /**
   * Of all conversations. Whoever asks anew does not want the answer any more that is still to come.
   *
   * @param {string} text  Empty: nothing is wanted any more.
   * @returns {Promise<Found | null>} Null: something else was asked for meanwhile.
   */
  async everywhere(text) {
    this.#asked += 1;
    const asked = this.#asked;
    const { searchAll } = await import("./everywhere.js");
    return searchAll(this.#parts, text, () => asked === this.#asked);
  }
}
