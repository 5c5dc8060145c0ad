// @ts-check
// Looking back: the first page of a conversation that is opened, older pages before it, and holes. From the cache where
// it has them, otherwise from the server.

import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Page} Page
 *
 * @typedef {object} Parts
 * @property {(conversation: Conversation, cursor: Record<string, number>) => Promise<Page>} list
 * @property {(id: number, before: number, limit: number) => Promise<Message[]>} cached  The entries right before that
 *   place, ascending and without a hole; as many as there are.
 * @property {(conversation: Conversation, page: Page | null) => void} arrived
 * @property {(conversation: Conversation) => void} changed
 * @property {(conversation: Conversation) => void} refused
 */

const PAGE = 50;

export class History {
  #parts;
  /** @type {Set<string>} Holes that are being filled. */
  #filling = new Set();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * The conversation is shown: its newest page, if that is not held.
   *
   * @param {Conversation} conversation
   */
  async open(conversation) {
    const { log } = conversation;
    conversation.opened = true;
    if (conversation.loading === "loading") {
      return;
    }
    if (log.have !== null) {
      // How far it goes is known; what is not held is history.
      conversation.loading = "ready";
      return this.#fill_page(conversation);
    }
    conversation.loading = "loading";
    conversation.error = null;
    this.#parts.changed(conversation);
    try {
      const page = await this.#parts.list(conversation, { limit: PAGE });
      conversation.id ??= page.messages[0]?.conversation_id ?? null;
      log.jump(page);
      conversation.loading = "ready";
      this.#parts.arrived(conversation, page);
    } catch (error) {
      this.#failed(conversation, Failure.of(error), "loading");
    }
  }

  /**
   * A page of entries to show: once for what the cache has, once for what it lacks.
   *
   * @param {Conversation} conversation
   */
  async #fill_page(conversation) {
    for (let time = 0; time < 2 && conversation.log.entries.length < PAGE; time += 1) {
      await this.older(conversation);
      if (conversation.older === "error") {
        return;
      }
    }
  }

  /**
   * The page before the first entry that is held.
   *
   * @param {Conversation} conversation
   */
  async older(conversation) {
    const { log } = conversation;
    if (conversation.older === "loading" || log.from_start || log.have === null || conversation.gone) {
      return;
    }
    conversation.older = "loading";
    this.#parts.changed(conversation);
    const before = log.first;
    try {
      const kept = conversation.id === null ? [] : await this.#parts.cached(conversation.id, before, PAGE);
      const page =
        kept.length > 0 ? null : await this.#parts.list(conversation, { before_seq: before, limit: PAGE });
      log.insert(before, page ?? { messages: kept, has_more: true });
      conversation.older = "idle";
      this.#parts.arrived(conversation, page);
    } catch (error) {
      this.#failed(conversation, Failure.of(error), "older");
    }
  }

  /**
   * One page of what is missing right before the entry `before`.
   *
   * @param {Conversation} conversation
   * @param {number} before
   */
  async fill(conversation, before) {
    const name = `${conversation.key} ${before}`;
    if (this.#filling.has(name) || !conversation.log.holes.has(before)) {
      return;
    }
    this.#filling.add(name);
    try {
      const page = await this.#parts.list(conversation, { before_seq: before, limit: PAGE });
      conversation.log.insert(before, page);
      this.#parts.arrived(conversation, page);
    } catch (error) {
      // The hole stays where it is, with its button.
      if (Failure.of(error).code === "not_found") {
        this.#parts.refused(conversation);
      }
    } finally {
      this.#filling.delete(name);
    }
  }

  /**
   * @param {Conversation} conversation
   * @param {Failure} failure
   * @param {"loading" | "older"} what
   */
  #failed(conversation, failure, what) {
    conversation[what] = "error";
    conversation.error = failure.code;
    if (failure.code === "not_found") {
      this.#parts.refused(conversation);
    }
    this.#parts.changed(conversation);
  }
}
