// @ts-check
// What the browser keeps of an account beside its cache, and what tabs tell each other.

import { wipeCache } from "./cache.js";
import { namesWith, readJson, writeJson } from "./storage.js";

/**
 * @typedef {import("../state/account.js").Browser} Browser
 * @typedef {import("../state/account.js").TabNews} TabNews
 * @typedef {import("../state/types.js").Key} Key
 */

const MARKER = "imtt.account";
const OWES_LOGOUT = "imtt.owes_logout";
const COMPOSERS = "imtt.composers";
const CHANNEL = "imtt";

/**
 * @param {(news: TabNews) => void} hear  What another tab says.
 * @returns {Browser}
 */
export function thisBrowser(hear) {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
  channel?.addEventListener("message", ({ data }) => hear(data));
  return {
    marker: () => readJson(MARKER),
    mark: (marker) => writeJson(MARKER, marker),
    owes_logout: () => readJson(OWES_LOGOUT) === true,
    owe_logout: (owes) => writeJson(OWES_LOGOUT, owes ? true : null),
    async wipe(user_id) {
      for (const name of namesWith(composersOf(user_id))) {
        writeJson(name, null);
      }
      await wipeCache(user_id);
    },
    tell: (news) => channel?.postMessage(news),
    reload: () => location.reload(),
  };
}

/**
 * Where composers keep what is unsent: a name each.
 *
 * @param {number} user_id
 * @returns {import("../state/composers.js").Store}
 */
export function composerStore(user_id) {
  const prefix = composersOf(user_id);
  const keyOf = (/** @type {string} */ name) => /** @type {Key} */ (name.slice(prefix.length));
  return {
    all: () => namesWith(prefix).map((name) => [keyOf(name), readJson(name) ?? ""]),
    write: (key, text) => writeJson(`${prefix}${key}`, text || null),
    follow(changed) {
      const hear = (/** @type {StorageEvent} */ { key: name }) => {
        if (name?.startsWith(prefix)) {
          changed(keyOf(name), readJson(name) ?? "");
        }
      };
      addEventListener("storage", hear);
      return () => removeEventListener("storage", hear);
    },
  };
}

/** @param {number} user_id */
const composersOf = (user_id) => `${COMPOSERS}.${user_id}.`;
