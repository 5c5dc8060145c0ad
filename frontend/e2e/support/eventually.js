// Waiting for what has to come true, with a limit and a sentence that says what did not. Tests wait with this or with
// Playwright's own waits; they never sleep and hope.

/** Anything may take this long, on two busy cores. Nothing is expected to. */
export const LIMIT_MS = 15_000;

/** How often it is looked again. */
const EVERY_MS = 40;

/**
 * Asks until the answer is true (or truthy), and gives it.
 *
 * @template T
 * @param {string} sentence  What should come true.
 * @param {() => T | Promise<T>} ask
 * @param {{ limit?: number, found?: () => unknown }} [options]  `found`: what to show when it did not.
 * @returns {Promise<T>}
 */
export async function eventually(sentence, ask, { limit = LIMIT_MS, found } = {}) {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      const seen = found ? `\n  found: ${JSON.stringify(await found(), null, 2)}` : "";
      throw new Error(`not within ${limit} ms: ${sentence}${seen}`);
    }
    await pause(EVERY_MS);
  }
}

/**
 * For waits that are the subject of a test themselves ("nothing comes within a second").
 *
 * @param {number} ms
 */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
