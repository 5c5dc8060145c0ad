// @ts-check
// What a search of messages finds: one rule, for the open conversation and for all of them.

import { kindOf } from "../net/wire.js";

/** @typedef {import("../net/wire.js").Message} Message */

/**
 * What people wrote with that in it, whatever its case: not what one deleted for oneself.
 *
 * @param {{ entries: Message[], deleted: Set<number> }} held
 * @param {string} typed
 * @returns {Message[]}
 */
export function matches({ entries, deleted }, typed) {
  const wanted = typed.trim().toLowerCase();
  return entries.filter(
    ({ seq, message_type, content }) =>
      wanted !== "" &&
      kindOf(message_type) === "written" &&
      !deleted.has(seq) &&
      content.toLowerCase().includes(wanted),
  );
}
