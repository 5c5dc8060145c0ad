// @ts-check
// What stands unsent in each conversation's composer. In memory at once, on disk a moment later, and at once when the
// page goes away: so it sits in a store that can be written without waiting.

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./types.js").Key} Key
 */

const KEPT_AFTER = 300;

export class Composers {
  #store;
  #clock;
  /** @type {Map<Key, string>} */
  #texts;
  /** @type {(() => void) | null} */
  #waiting = null;

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {{ read: () => Record<string, string>, write: (texts: Record<string, string>) => void }} parts.store
   */
  constructor({ clock, store }) {
    this.#clock = clock;
    this.#store = store;
    this.#texts = new Map(/** @type {[Key, string][]} */ (Object.entries(store.read())));
  }

  /** @param {Key} key */
  text(key) {
    return this.#texts.get(key) ?? "";
  }

  /**
   * @param {Key} key
   * @param {string} text
   */
  write(key, text) {
    if (text === "") {
      this.#texts.delete(key);
    } else {
      this.#texts.set(key, text);
    }
    this.#waiting ??= this.#clock.after(() => this.flush(), KEPT_AFTER);
  }

  flush() {
    if (this.#waiting) {
      this.#waiting();
      this.#waiting = null;
      this.#store.write(Object.fromEntries(this.#texts));
    }
  }
}
