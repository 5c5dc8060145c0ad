// @ts-check
// How far oneself has read, told to the server a moment later, at most twice a second, and again after a reconnect if the
// server does not know it yet. A cursor never goes back.

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./conversation.js").Conversation} Conversation
 */

const TOLD_EVERY = 500;

export class Reads {
  #clock;
  #tell;
  /** @type {Map<Conversation, number>} How far the server is known to know. */
  #known = new Map();
  /** @type {Set<Conversation>} */
  #moved = new Set();
  /** @type {(() => void) | null} */
  #waiting = null;

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {(conversation_id: number, seq: number) => boolean} parts.tell  Whether it went out.
   */
  constructor({ clock, tell }) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * Everything up to `seq` was seen.
   *
   * @param {Conversation} conversation
   * @param {number} seq
   * @returns {boolean} Whether that is news.
   */
  seen(conversation, seq) {
    const upto = Math.min(seq, conversation.log.have ?? 0);
    if (upto <= conversation.read_seq) {
      return false;
    }
    conversation.read_seq = upto;
    this.#moved.add(conversation);
    this.#waiting ??= this.#clock.after(() => this.#flush(), TOLD_EVERY);
    return true;
  }

  /**
   * The server says how far it knows.
   *
   * @param {Conversation} conversation
   * @param {number} seq
   */
  confirmed(conversation, seq) {
    this.#known.set(conversation, Math.max(seq, this.#known.get(conversation) ?? 0));
    if (conversation.read_seq > seq) {
      this.#moved.add(conversation);
      this.#waiting ??= this.#clock.after(() => this.#flush(), TOLD_EVERY);
    }
  }

  stop() {
    this.#waiting?.();
    this.#waiting = null;
  }

  #flush() {
    this.#waiting = null;
    for (const conversation of this.#moved) {
      const { id, read_seq } = conversation;
      // What does not go out now is found again by the heads that the next connection begins with.
      if (id !== null && read_seq > (this.#known.get(conversation) ?? 0)) {
        this.#tell(id, read_seq);
      }
    }
    this.#moved.clear();
  }
}
