// @ts-check
// Who is typing where. Told at most every few seconds, and forgotten by itself: the other side may vanish in mid-word.

import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./types.js").Key} Key
 */

/** Somebody of whom nothing more is heard has stopped typing. */
const LASTS = 5000;
/** How often typing is told. */
const TOLD_EVERY = 3000;

/** Emits `typing` with the key. */
export class Typing extends Emitter {
  #clock;
  #tell;
  /** @type {Map<Key, Map<number, () => void>>} */
  #typists = new Map();
  /** @type {Map<Key, number>} */
  #told = new Map();

  /**
   * @param {{ clock: Clock, tell: (key: Key) => void }} parts
   */
  constructor({ clock, tell }) {
    super();
    this.#clock = clock;
    this.#tell = tell;
  }

  /** @param {Key} key */
  typists(key) {
    return [...(this.#typists.get(key)?.keys() ?? [])];
  }

  /**
   * @param {Key} key
   * @param {number} user
   */
  heard(key, user) {
    const typists = this.#typists.get(key) ?? new Map();
    this.#typists.set(key, typists);
    typists.get(user)?.();
    typists.set(
      user,
      this.#clock.after(() => this.over(key, user), LASTS),
    );
    this.later("typing", key);
  }

  /**
   * @param {Key} key
   * @param {number} user
   */
  over(key, user) {
    const typists = this.#typists.get(key);
    typists?.get(user)?.();
    if (typists?.delete(user)) {
      this.later("typing", key);
    }
  }

  /** Oneself types. @param {Key} key */
  typing(key) {
    const now = this.#clock.now();
    if (now - (this.#told.get(key) ?? -TOLD_EVERY) >= TOLD_EVERY) {
      this.#told.set(key, now);
      this.#tell(key);
    }
  }

  /** Oneself has sent what one typed: the next word is news again. @param {Key} key */
  sent(key) {
    this.#told.delete(key);
  }

  stop() {
    for (const typists of this.#typists.values()) {
      for (const cancel of typists.values()) {
        cancel();
      }
    }
    this.#typists.clear();
  }
}
