// @ts-check
// Where the conversations of the account stand, by key. What happens to them is the inbox's.

import { Emitter } from "../lib/emitter.js";
import { Conversation } from "./conversation.js";

/** @typedef {import("./types.js").Key} Key */

/** Emits `change` with the key of what changed, `met` when a conversation became one's own, and `dropped` with a
 *  Conversation that another one took the place of. */
export class Shelf extends Emitter {
  /** @type {Map<Key, Conversation>} */
  #by_key = new Map();
  #news = 0;

  /** Those that are one's own. */
  get all() {
    return [...this.#by_key.values()].filter(({ gone }) => !gone);
  }

  /** @param {Key} key */
  find(key) {
    return this.#by_key.get(key);
  }

  /**
   * @param {Key} key
   * @returns {Conversation} A new one if there was none: with somebody to whom nothing was said yet.
   */
  get(key) {
    return this.find(key) ?? this.put(new Conversation(key));
  }

  /** @param {Conversation} conversation */
  put(conversation) {
    this.#by_key.set(conversation.key, conversation);
    return conversation;
  }

  /** @param {number} id */
  by_id(id) {
    return this.all.find((conversation) => conversation.id === id);
  }

  clear() {
    this.#by_key.clear();
  }

  /** How often one's views changed, as far as is known here. */
  get views() {
    return this.all.reduce((sum, { id, view }) => sum + (id === null ? 0 : view.version), 0);
  }

  /** Counts live news, to tell what is newer than a list that was asked for. */
  get news() {
    return this.#news;
  }

  /** Entries were taken in: what was asked before that is older. @param {Conversation} conversation */
  touch(conversation) {
    conversation.touched = ++this.#news;
  }

  /** One is no member any more, or never was. @param {Conversation} conversation */
  lose(conversation) {
    conversation.gone = true;
    this.touch(conversation);
    this.changed(conversation);
  }

  /** @param {Conversation} conversation */
  changed({ key }) {
    this.emit("change", key);
  }
}
