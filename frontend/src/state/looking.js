// @ts-check
// What is looked at: the conversation that is shown, as much of it as is wanted, how far it was read, and what of it one
// does not want to see again.

import { History } from "./history.js";
import { Reads } from "./reads.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./conversation.js").Conversation} Conversation
 *
 * @typedef {object} Parts
 * @property {number} me
 * @property {import("../lib/clock.js").Clock} clock
 * @property {import("./inbox.js").Inbox} inbox
 * @property {import("./catch_up.js").CatchUp} catch_up
 * @property {import("./keeping.js").Keeping} keeping
 * @property {Omit<ConstructorParameters<typeof History>[0], "changed">} pages  Where history comes from.
 * @property {(conversation_id: number, seq: number) => boolean} read  Tells the server.
 * @property {(key: Key) => void} moved  The open conversation looks otherwise.
 * @property {(key: Key) => void} tell  So does the list.
 * @property {(key: Key) => void} changed  So does what is kept.
 */

/** Entries that a conversation keeps in memory when it is left. */
const KEPT_IN_MEMORY = 200;

export class Looking {
  #parts;
  #history;
  #reads;
  /** The conversation that is shown. @type {Key | null} */
  at = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { clock, pages, read, moved } = parts;
    this.#history = new History({ ...pages, changed: ({ key }) => moved(key) });
    this.#reads = new Reads({ clock, tell: read });
  }

  stop() {
    this.#reads.stop();
  }

  /** @param {Key} key */
  open(key) {
    this.at = key;
    this.load(key);
  }

  close() {
    if (this.at) {
      const { inbox, me } = this.#parts;
      const conversation = inbox.get(this.at);
      conversation.recount(me);
      conversation.log.trim(KEPT_IN_MEMORY);
    }
    this.at = null;
  }

  /**
   * The conversation is shown, or to be tried again.
   *
   * @param {Key} key
   */
  load(key) {
    const { inbox, catch_up, moved } = this.#parts;
    const conversation = inbox.get(key);
    conversation.older = conversation.older === "error" ? "idle" : conversation.older;
    this.#history.open(conversation);
    if (conversation.group?.muted_until) {
      // It may have been taken back.
      inbox.listing.refresh();
    }
    if (conversation.behind) {
      catch_up.now(conversation, { first: true });
    }
    moved(key);
  }

  /** There is a line again: what failed on the one before is tried. */
  retry() {
    const shown = this.at && this.#parts.inbox.find(this.at);
    if (shown && (shown.loading === "error" || shown.older === "error")) {
      this.load(shown.key);
    }
  }

  /** @param {Key} key */
  older(key) {
    return this.#history.older(this.#parts.inbox.get(key));
  }

  /**
   * @param {Key} key
   * @param {number} before
   */
  fill(key, before) {
    return this.#history.fill(this.#parts.inbox.get(key), before);
  }

  /**
   * @param {Key} key
   * @param {number} seq
   */
  seen(key, seq) {
    if (this.#reads.seen(this.#parts.inbox.get(key), seq)) {
      this.#parts.changed(key);
    }
  }

  /**
   * How far the server knows one has read.
   *
   * @param {Conversation} conversation
   * @param {number} seq
   */
  confirmed(conversation, seq) {
    this.#reads.confirmed(conversation, seq);
  }

  /**
   * Deletes entries for oneself, on this device: their places stay, and what they said goes from the cache too.
   *
   * @param {Key} key
   * @param {number[]} seqs
   */
  deleteForMe(key, seqs) {
    const { inbox, keeping, tell } = this.#parts;
    const conversation = inbox.get(key);
    const gone = new Set(seqs.filter((seq) => !conversation.deleted.has(seq)));
    for (const seq of gone) {
      conversation.deleted.add(seq);
    }
    keeping.fetched(
      conversation,
      conversation.log.entries.filter(({ seq }) => gone.has(seq)),
    );
    // At once: whoever deletes something and closes the page does not want to see it again.
    keeping.flush();
    tell(key);
  }
}
