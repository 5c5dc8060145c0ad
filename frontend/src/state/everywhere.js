// @ts-check
// A search through all conversations, one after the other, the one written to last first. Of each, what is in memory and
// what the cache keeps are one: the cache is read once, and only one of them at a time. It ends when all that is still to
// be looked through is older than enough of what was found.

import { matches } from "./matching.js";

/**
 * @typedef {import("./types.js").Found} Found
 * @typedef {import("./types.js").Hit} Hit
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../net/wire.js").Message} Message
 */

/** So many are shown. */
export const HITS_MOST = 100;

/**
 * @param {import("./search.js").Parts} parts
 * @param {string} text
 * @param {() => boolean} wanted  Whether somebody still waits for it.
 * @returns {Promise<Found | null>}
 */
export async function searchAll({ inbox, cache }, text, wanted) {
  if (text.trim() === "") {
    return wanted() ? { hits: [], more: false } : null;
  }
  /** One more than are shown. @type {{ hit: Hit, of: Conversation }[]} */
  let found = [];
  for (const conversation of lastWrittenFirst(inbox.all)) {
    const last = found[HITS_MOST];
    if (last && timeOf(last.hit.message) >= activityOf(conversation)) {
      break;
    }
    const entries = await heldOf(conversation, cache);
    if (!wanted()) {
      return null;
    }
    const hits = matches({ entries, deleted: conversation.deleted }, text);
    const more = hits.map((message) => ({ hit: { key: conversation.key, message }, of: conversation }));
    found = [...found, ...more].sort((a, b) => newerFirst(a.hit, b.hit)).slice(0, HITS_MOST + 1);
  }
  // Meanwhile a group may have been left, or what was held become another database's.
  const hits = found.filter(({ of }) => !of.gone && inbox.find(of.key) === of).map(({ hit }) => hit);
  return { hits: hits.slice(0, HITS_MOST), more: found.length > HITS_MOST };
}

/**
 * Everything that is held of a conversation, each entry once. What is in memory counts as it was before the cache is read:
 * an entry may leave the memory meanwhile, and then the cache has had it for long.
 *
 * @param {Conversation} conversation
 * @param {import("./search.js").Parts["cache"]} cache
 */
async function heldOf({ id, log, last }, cache) {
  // Of a conversation that was never opened the list's last line is all that may be held.
  const here = last ? [last, ...log.entries] : log.entries.slice();
  const kept = id === null ? [] : await cache.all(id);
  return [...new Map([...kept, ...here].map((entry) => [entry.seq, entry])).values()];
}

/** @param {Conversation[]} all */
function lastWrittenFirst(all) {
  return all.sort((a, b) => activityOf(b) - activityOf(a));
}

/**
 * When something was written there last. Where that is not known it may have been just now.
 *
 * @param {Conversation} conversation
 */
function activityOf({ last }) {
  return last ? timeOf(last) : Number.MAX_VALUE;
}

/** @param {Message} message */
function timeOf({ created_at }) {
  return Date.parse(created_at);
}

/**
 * @param {Hit} a
 * @param {Hit} b
 */
function newerFirst(a, b) {
  return timeOf(b.message) - timeOf(a.message) || b.message.id - a.message.id;
}
