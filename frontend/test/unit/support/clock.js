// @ts-check
// A clock that a test turns by hand, and chance that it chooses.

/**
 * @param {number} [start]
 * @returns {import("../../../src/lib/clock.js").Clock & {
 *   turn(ms: number): Promise<void>, waiting: number, chance: number }}
 */
export function manualClock(start = 1_700_000_000_000) {
  let now = start;
  /** @type {Set<{ at: number, run: () => void }>} */
  const timers = new Set();
  return {
    chance: 0.5,
    now: () => now,
    random() {
      return this.chance;
    },
    after(run, ms) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    /** Lets time pass, timer by timer, and after each one whatever it set going. */
    async turn(ms) {
      const end = now + ms;
      await settled();
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) {
          break;
        }
        now = Math.max(now, due.at);
        timers.delete(due);
        due.run();
        await settled();
      }
      now = end;
    },
  };
}

/** After every promise that can go on by itself has done so. */
export async function settled() {
  for (let turns = 0; turns < 20; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
