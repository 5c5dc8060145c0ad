// @ts-check
// Whether the line still lives: asks at every beat, sooner when there is a reason to doubt it, and tells of one that does
// not answer. Now and then the question carries how much is held here, for the server to compare.

/**
 * @typedef {object} Parts
 * @property {import("../lib/clock.js").Clock} clock
 * @property {() => number | undefined} sum  The sum of all `have`, where it can be told.
 * @property {(ping: { event_type: "ping", sum?: number }) => void} say
 * @property {() => void} silent  The line is dead.
 */

/** How long a line that says nothing to a ping is waited for; shorter when there is a reason to doubt it. */
const SPEAKS_WITHIN = 10_000;
const SPEAKS_WITHIN_IN_DOUBT = 4000;
/** How often a ping carries the sum, but for a spread of a sixth. */
const COMPARES_EVERY = 60_000;

export class Heartbeat {
  #parts;
  #clock;
  #every = 25_000;
  /** When the line is given up if nothing is heard before; null: nothing is waited for. @type {number | null} */
  #silent_until = null;
  #compare_at = 0;
  #cancel = { beat: () => {}, silence: () => {} };

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  /** A line is there. @param {number} every  Milliseconds. */
  start(every) {
    this.#every = every;
    this.#compare_at = this.#next_compare();
    this.#beat();
  }

  /** It is gone. */
  stop() {
    this.#silent_until = null;
    this.#cancel.beat();
    this.#cancel.silence();
  }

  /** Whatever is heard answers a ping. */
  heard() {
    this.#cancel.silence();
    this.#silent_until = null;
  }

  /** There is a reason to ask now, and to wait for less long. */
  doubt() {
    this.#ping(SPEAKS_WITHIN_IN_DOUBT);
  }

  #beat() {
    const due = this.#clock.now() + this.#every;
    this.#cancel.beat = this.#clock.after(() => {
      // A timer that comes late tells of a machine that slept, and maybe of a line that died meanwhile.
      const slept = this.#clock.now() - due > SPEAKS_WITHIN_IN_DOUBT;
      this.#ping(slept ? SPEAKS_WITHIN_IN_DOUBT : SPEAKS_WITHIN);
      this.#beat();
    }, this.#every);
  }

  /**
   * A ping that is still unanswered keeps its moment: asking again gains no time.
   *
   * @param {number} within
   */
  #ping(within) {
    const now = this.#clock.now();
    this.#parts.say({ event_type: "ping", ...this.#compare(now) });
    if (this.#silent_until !== null && this.#silent_until <= now + within) {
      return;
    }
    this.#silent_until = now + within;
    this.#cancel.silence();
    this.#cancel.silence = this.#clock.after(this.#parts.silent, within);
  }

  /** @param {number} now */
  #compare(now) {
    const sum = now >= this.#compare_at ? this.#parts.sum() : undefined;
    if (sum === undefined) {
      return {};
    }
    this.#compare_at = this.#next_compare();
    return { sum };
  }

  #next_compare() {
    return this.#clock.now() + (COMPARES_EVERY * (5 + this.#clock.random() * 2)) / 6 - this.#every / 2;
  }
}
