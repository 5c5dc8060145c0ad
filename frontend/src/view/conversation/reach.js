// @ts-check
// The way to an entry that may not be held yet: older pages and holes are loaded until it is.

import { placeOf } from "./rows.js";

/**
 * Ends when the entry is there, or does not come.
 *
 * @param {import("../context.js").Client} client
 * @param {import("../context.js").Key} key
 * @param {number} seq
 * @param {() => boolean} wanted  Asked before each page: whether one still wants to go there.
 */
export async function reach(client, key, seq, wanted) {
  let before = -1;
  while (wanted()) {
    const { entries, holes, older, state } = client.log(key);
    const at = placeOf(entries, seq);
    const entry = entries[at];
    if (older === "loading" || state === "loading") {
      await news(client, key);
      continue;
    }
    if (!entry || entry.seq === seq || entries.length === before) {
      return;
    }
    before = entries.length;
    if (at === 0 && older === "idle") {
      await client.loadOlder(key);
    } else if (holes.has(entry.seq)) {
      await client.fillHole(key, entry.seq);
    } else {
      return;
    }
  }
}

/**
 * Somebody else loads there: until that has come.
 *
 * @param {import("../context.js").Client} client
 * @param {import("../context.js").Key} key
 * @returns {Promise<void>}
 */
function news(client, key) {
  return new Promise((resolve) => {
    const off = client.on("log", (changed) => {
      if (changed === key) {
        off();
        resolve();
      }
    });
  });
}
