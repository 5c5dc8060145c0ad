// @ts-check
// Time and chance, handed to whoever needs them, so that tests turn the clock by hand.

/**
 * @typedef {object} Clock
 * @property {() => number} now  Milliseconds since 1970.
 * @property {() => number} random  0 to 1.
 * @property {(run: () => void, ms: number) => () => void} after  Runs it once, later; the answer calls it off.
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * How long to wait before try number `attempt` (0 is the first): anything up to a bound that doubles. Spread over the
 * whole of it, so that ten thousand clients of a node that died do not come back in step ("full jitter").
 *
 * @param {number} attempt
 * @param {Clock} clock
 */
export function backoff(attempt, clock) {
  return clock.random() * Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16));
}

const FIRST = 1000;
const LONGEST = 30_000;
