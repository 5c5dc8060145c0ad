// @ts-check
// The server's list of conversations, taken in: what goes on, what begins anew, what is not one's own any more.

import { Conversation } from "./conversation.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./shelf.js").Shelf} Shelf
 * @typedef {import("../net/wire.js").ListedConversation} ListedConversation
 */

/**
 * @param {Shelf} shelf
 * @param {ListedConversation[]} listed
 * @param {object} answer
 * @param {number} answer.asked_at  The news that there was when it was asked for: what is newer, it does not know.
 * @param {(conversation: Conversation, one: ListedConversation) => void} answer.took
 */
export function takeList(shelf, listed, { asked_at, took }) {
  const keys = new Set();
  for (const one of listed) {
    const key = keyOf(one);
    if (!key) {
      continue;
    }
    keys.add(key);
    const known = shelf.find(key);
    // Left meanwhile, or left before and joined again elsewhere.
    if (known?.gone && known.touched > asked_at) {
      continue;
    }
    const conversation = continued(known, one, asked_at) ?? anew(shelf, key, known);
    shelf.put(conversation);
    if (conversation.id === null) {
      shelf.emit("met");
    }
    conversation.meet_listed(one);
    took(conversation, one);
    shelf.changed(conversation);
  }
  for (const conversation of shelf.all) {
    if (conversation.id !== null && !keys.has(conversation.key) && conversation.touched <= asked_at) {
      shelf.lose(conversation);
    }
  }
}

/**
 * @param {ListedConversation} one
 * @returns {Key | null}
 */
function keyOf({ peer, group }) {
  return group ? `g:${group.id}` : peer && `u:${peer.id}`;
}

/**
 * Whether what is held goes on. Not, if one left and joined again; nor if more is held than the database has, which then
 * was restored from a copy without being given another epoch.
 *
 * @param {Conversation | undefined} known
 * @param {ListedConversation} one
 * @param {number} asked_at
 */
function continued(known, one, asked_at) {
  if (!known || known.gone) {
    return undefined;
  }
  const rejoined = (one.group?.joined_seq ?? 0) > (known.group?.joined_seq ?? Number.POSITIVE_INFINITY);
  const ahead = (known.log.have ?? 0) > one.last_seq && known.touched <= asked_at;
  return rejoined || ahead ? undefined : known;
}

/**
 * @param {Shelf} shelf
 * @param {Key} key
 * @param {Conversation | undefined} known  What was held is of no use any more.
 */
function anew(shelf, key, known) {
  if (known) {
    known.gone = true;
    shelf.emit("dropped", known);
  }
  return new Conversation(key);
}
