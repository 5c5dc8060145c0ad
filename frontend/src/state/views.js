// @ts-check
// Changing how a conversation is kept on the list: shown at once, and taken back if the server refuses it or does not
// answer. Nothing of it is queued: who is offline is told so, and presses again.

import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../net/wire.js").View} View
 *
 * @typedef {object} Change  One of them.
 * @property {boolean} [pinned]
 * @property {boolean} [muted]
 * @property {boolean} [hidden]
 * @property {boolean} [marked_unread]
 */

export class Views {
  #patch;
  #changed;

  /**
   * @param {object} parts
   * @param {(id: number, body: Record<string, boolean | number>) => Promise<{ view: View }>} parts.patch
   * @param {(conversation: Conversation) => void} parts.changed
   */
  constructor({ patch, changed }) {
    this.#patch = patch;
    this.#changed = changed;
  }

  /**
   * @param {Conversation} conversation
   * @param {Change} change
   * @throws {Failure}
   */
  async change(conversation, change) {
    const { id } = conversation;
    if (id === null) {
      throw new Failure("not_found");
    }
    const head = Math.max(conversation.head, conversation.log.highest);
    const wish = wished(change, head, conversation.read_seq);
    conversation.wished.add(wish);
    this.#changed(conversation);
    try {
      // What was written unseen by this device must not be hidden with the rest.
      const body = change.hidden && head > 0 ? { ...change, seq: head } : { ...change };
      const { view } = await this.#patch(id, body);
      conversation.keep_as(view);
    } finally {
      conversation.wished.delete(wish);
      this.#changed(conversation);
    }
  }
}

/**
 * As the server will put it.
 *
 * @param {Change} change
 * @param {number} head
 * @param {number} read_seq
 * @returns {Partial<View>}
 */
function wished({ pinned, muted, hidden, marked_unread }, head, read_seq) {
  return {
    ...(pinned === undefined ? {} : { pinned }),
    ...(muted === undefined ? {} : { muted }),
    ...(hidden === undefined ? {} : { hidden_seq: hidden ? head : 0 }),
    ...(marked_unread === undefined ? {} : { unread_seq: marked_unread ? read_seq + 1 : 0 }),
  };
}
