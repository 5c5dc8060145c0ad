// @ts-check
// What the list and the log both say about an entry or draft: who, when, what in one line.

import { bdi } from "../../lib/dom.js";
import { oneLine } from "../../lib/text.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Message} Message */
/** @typedef {import("../context.js").Draft} Draft */

/**
 * @param {Message | Draft} item
 * @returns {item is Draft}
 */
export function isDraft(item) {
  return "written_at" in item;
}

/**
 * @param {Message | Draft} item
 * @returns {number} Milliseconds since 1970.
 */
export function timeOf(item) {
  return isDraft(item) ? item.written_at : Date.parse(item.created_at);
}

/**
 * @param {ClientPage} page
 * @param {number} id
 */
export function nameOf({ client, t }, id) {
  if (id === client.me.id) {
    return client.me.username;
  }
  return client.user(id)?.username ?? t("conversation.user", { number: id });
}

/**
 * The one that a note speaks of. Its content is written by the server, but what cannot be read must not break the log.
 *
 * @param {Message} message
 * @returns {number}
 */
function subjectOf(message) {
  try {
    const { user_id } = JSON.parse(message.content);
    return Number.isSafeInteger(user_id) ? user_id : message.sender_id;
  } catch {
    return message.sender_id;
  }
}

/**
 * The sentence of a note, with its names in elements of their own.
 *
 * @param {ClientPage} page
 * @param {Message} message
 * @returns {(Node | string)[]}
 */
export function noteParts(page, message) {
  const subject = subjectOf(message);
  const name = bdi(nameOf(page, subject));
  if (message.message_type === "member_joined") {
    return page.words.parts("note.joined", { name });
  }
  if (subject === message.sender_id) {
    return page.words.parts("note.left", { name });
  }
  return page.words.parts("note.removed", { name, by: bdi(nameOf(page, message.sender_id)) });
}

/**
 * What was said, in one line. Images and files have a text only to tell what they are.
 *
 * @param {ClientPage} page
 * @param {Message | Draft} item
 */
export function lineOf({ t }, item) {
  const text = oneLine(item.content);
  if (isDraft(item) || item.message_type === "text") {
    return text;
  }
  return text || t(item.message_type === "image" ? "kind.image" : "kind.file");
}
