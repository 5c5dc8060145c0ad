// @ts-check
// Asking for the list of conversations: not too often, once at a time, and until it comes. What the answer means is for
// the inbox.

import { backoff } from "../lib/clock.js";
import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";

/** @typedef {import("../lib/clock.js").Clock} Clock */

/** A list is asked for at most so often. */
const ASKED_EVERY = 2000;

/** Emits `change` when its state did. */
export class Listing extends Emitter {
  #clock;
  #ask;
  #asking = false;
  #again = false;
  #asked_at = -Infinity;
  /** How often in a row it failed. */
  #failed = 0;
  #stopped = false;
  #cancel = () => {};
  /** Whether the server has answered in this page's life; what was kept may be old. */
  asked = false;
  /** @type {"loading" | "ready" | "error"} */
  state = "loading";
  /** @type {string | null} */
  error = null;

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {() => Promise<void>} parts.ask  Asks, and takes the answer in.
   */
  constructor({ clock, ask }) {
    super();
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Whether what is known is what the server said last. */
  get settled() {
    return this.asked && this.error === null && !this.#asking;
  }

  /** Something is known without asking: what was kept. */
  begin() {
    this.state = "ready";
    this.emit("change");
  }

  /** Nothing is known any more. */
  forget() {
    this.asked = false;
    this.state = "loading";
    this.error = null;
    this.emit("change");
  }

  refresh() {
    if (this.#asking) {
      this.#again = true;
    } else {
      this.#in(this.#asked_at + ASKED_EVERY - this.#clock.now());
    }
  }

  stop() {
    this.#stopped = true;
    this.#cancel();
  }

  /** @param {number} ms */
  #in(ms) {
    this.#cancel();
    if (!this.#stopped) {
      this.#cancel = this.#clock.after(() => this.#run(), Math.max(0, ms));
    }
  }

  async #run() {
    this.#asking = true;
    this.#asked_at = this.#clock.now();
    try {
      await this.#ask();
      this.asked = true;
      this.state = "ready";
      this.error = null;
      this.#failed = 0;
    } catch (error) {
      this.#fail(Failure.of(error));
    }
    this.#asking = false;
    this.emit("change");
    if (this.#again) {
      this.#again = false;
      this.refresh();
    }
  }

  /** @param {Failure} failure */
  #fail(failure) {
    this.error = failure.code;
    this.state = this.state === "ready" ? "ready" : "error";
    if (failure.passing) {
      const ms = backoff(this.#failed, this.#clock);
      this.#failed += 1;
      this.#in(Math.max(failure.retry_after_ms ?? ASKED_EVERY, ms));
    }
  }
}
