// @ts-check
// What the browser keeps of an account beside its cache, and what tabs tell each other.

import { wipeCache } from "./cache.js";
import { readJson, storeUnder, writeJson } from "./storage.js";

/**
 * @typedef {import("../state/account.js").Browser} Browser
 * @typedef {import("../state/account.js").TabNews} TabNews
 * @typedef {import("../state/types.js").Key} Key
 */

const MARKER = "imtt.account";
const OWES_LOGOUT = "imtt.owes_logout";
/** These two with the account's id behind them. */
const COMPOSERS = "imtt.composers";
const DRAFTS = "imtt.drafts";
const CHANNEL = "imtt";

/**
 * @param {(news: TabNews) => void} hear  What another tab says.
 * @param {string} [scope]  Whose accounts these are, where there is more than one server: ids are each server's own.
 * @returns {Browser}
 */
export function thisBrowser(hear, scope = "") {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
  channel?.addEventListener("message", ({ data }) => hear(data));
  return {
    marker: () => readJson(MARKER + scope),
    mark: (marker) => writeJson(MARKER + scope, marker),
    owes_logout: () => readJson(OWES_LOGOUT + scope) === true,
    owe_logout: (owes) => writeJson(OWES_LOGOUT + scope, owes ? true : null),
    async wipe(user_id) {
      for (const what of [COMPOSERS, DRAFTS]) {
        storeUnder(prefixOf(what, user_id, scope)).clear();
      }
      await wipeCache(`${user_id}${scope}`);
    },
    tell: (news) => channel?.postMessage(news),
    reload: () => location.reload(),
  };
}

/**
 * Where composers keep what is unsent: a name each.
 *
 * @param {number} user_id
 * @param {string} [scope]
 * @returns {import("../state/composers.js").Store}
 */
export function composerStore(user_id, scope) {
  const texts = storeUnder(prefixOf(COMPOSERS, user_id, scope));
  return {
    all: () => /** @type {[Key, string][]} */ (texts.all()),
    write: (key, text) => texts.write(key, text || null),
    follow: (changed) => texts.follow((key, text) => changed(/** @type {Key} */ (key), text ?? "")),
  };
}

/**
 * Where the outbox keeps its drafts.
 *
 * @param {number} user_id
 * @param {string} [scope]
 * @returns {import("../state/outbox.js").DraftStore}
 */
export function draftStore(user_id, scope) {
  const drafts = storeUnder(prefixOf(DRAFTS, user_id, scope));
  return {
    all: () => drafts.all().map(([, draft]) => draft),
    put: (draft) => drafts.write(draft.client_message_id, draft),
    remove: (id) => drafts.write(id, null),
    follow: (removed) => drafts.follow((id, draft) => draft === null && removed(id)),
  };
}

/**
 * @param {string} what
 * @param {number} user_id
 * @param {string} [scope]
 */
function prefixOf(what, user_id, scope = "") {
  return `${what}${scope}.${user_id}.`;
}
