// @ts-check
// What stands unsent in each conversation's composer. In memory at once, on disk a moment later, and at once when the
// page goes away: so it sits in a store that can be written without waiting. Each text is kept by itself, since several
// tabs write here, and none may put back what another one has changed.

import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./types.js").Key} Key
 *
 * @typedef {object} Store
 * @property {() => [Key, string][]} all
 * @property {(key: Key, text: string) => void} write  An empty text removes it.
 * @property {(changed: (key: Key, text: string) => void) => () => void} follow  What other tabs write.
 */

const KEPT_AFTER = 300;

/** Emits `change` with the key when another tab wrote there. */
export class Composers extends Emitter {
  #store;
  #clock;
  /** @type {Map<Key, string>} */
  #texts;
  /** @type {Set<Key>} */
  #unkept = new Set();
  /** @type {(() => void) | null} */
  #waiting = null;
  #unfollow;

  /** @param {{ clock: Clock, store: Store }} parts */
  constructor({ clock, store }) {
    super();
    this.#clock = clock;
    this.#store = store;
    this.#texts = new Map(store.all());
    this.#unfollow = store.follow((key, text) => {
      if (!this.#unkept.has(key)) {
        this.#texts.set(key, text);
        this.emit("change", key);
      }
    });
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
    if (text !== this.text(key)) {
      this.#texts.set(key, text);
      this.#unkept.add(key);
      this.#waiting ??= this.#clock.after(() => this.flush(), KEPT_AFTER);
    }
  }

  flush() {
    this.#waiting?.();
    this.#waiting = null;
    for (const key of this.#unkept) {
      this.#store.write(key, this.text(key));
    }
    this.#unkept.clear();
  }

  stop() {
    this.flush();
    this.#unfollow();
  }
}
