// @ts-check
// What the browser keeps of an account beside its cache, and what tabs tell each other.

import { wipeCache } from "./cache.js";
import { readJson, writeJson } from "./storage.js";

/**
 * @typedef {import("../state/account.js").Browser} Browser
 * @typedef {import("../state/account.js").TabNews} TabNews
 * @typedef {import("../state/account.js").Marker} Marker
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
      writeJson(`${COMPOSERS}.${user_id}`, null);
      await wipeCache(user_id);
    },
    tell: (news) => channel?.postMessage(news),
    reload: () => location.reload(),
  };
}

/**
 * Where composers keep what is unsent.
 *
 * @param {number} user_id
 */
export function composerStore(user_id) {
  const name = `${COMPOSERS}.${user_id}`;
  return {
    read: () => readJson(name) ?? {},
    /** @param {Record<string, string>} texts */
    write: (texts) => writeJson(name, Object.keys(texts).length > 0 ? texts : null),
  };
}
