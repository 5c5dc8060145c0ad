// @ts-check
// Fetching what is missing: for one conversation after the other, a few at a time, until each holds everything up to its
// head. Called whenever an entry, an ack or a head speaks of something that is not held.

import { backoff } from "../lib/clock.js";
import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../net/wire.js").Page} Page
 * @typedef {import("../lib/clock.js").Clock} Clock
 *
 * @typedef {object} Parts
 * @property {Clock} clock
 * @property {(conversation: Conversation, cursor: Record<string, number>) => Promise<Page>} list
 * @property {(conversation: Conversation, page: Page) => void} arrived  After a page was taken in.
 * @property {(conversation: Conversation) => void} refused  One may not read it any more.
 */

/** Entries a request. */
const PAGE = 200;
/** Further behind than this, the newest page comes first and the rest stays a hole until somebody looks. */
const TOO_FAR = 500;
const NEWEST = 50;
/** In a direct conversation, an entry that was merely overtaken gets this long. In a group the gateway waits for it. */
const OVERTAKEN = 300;
/** Conversations that are fetched at once. */
const AT_ONCE = 3;

export class CatchUp {
  #parts;
  /** @type {Map<Conversation, "waiting" | "running" | "again">} */
  #wanted = new Map();
  /** @type {Map<Conversation, () => void>} What waits for its moment, and how to call that off. */
  #later = new Map();
  /** @type {Map<Conversation, number>} */
  #failed = new Map();
  #running = 0;
  #stopped = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Whether nothing is being fetched or about to be: only then the sum of all `have` means something. */
  get idle() {
    return this.#wanted.size === 0 && this.#later.size === 0;
  }

  /**
   * An entry beyond what is held was heard of. What waits for its moment already keeps it.
   *
   * @param {Conversation} conversation
   */
  noticed(conversation) {
    if (this.#later.has(conversation) || this.#wanted.has(conversation)) {
      return;
    }
    if (conversation.peer_id === null) {
      this.now(conversation);
    } else {
      this.#wait(conversation, OVERTAKEN);
    }
  }

  /**
   * Fetches without waiting, and once more if that is under way already.
   *
   * @param {Conversation} conversation
   * @param {{ first?: boolean }} [wish]  `first`: before all others that wait.
   */
  now(conversation, { first = false } = {}) {
    this.#call_off(conversation);
    const state = this.#wanted.get(conversation);
    if (state === "running" || state === "again") {
      this.#wanted.set(conversation, "again");
      return;
    }
    if (first) {
      this.#wanted = new Map([[conversation, "waiting"], ...this.#wanted]);
    } else {
      this.#wanted.set(conversation, "waiting");
    }
    this.#next();
  }

  stop() {
    this.#stopped = true;
    for (const conversation of [...this.#later.keys()]) {
      this.#call_off(conversation);
    }
  }

  #next() {
    for (const [conversation, state] of this.#wanted) {
      if (this.#running >= AT_ONCE || this.#stopped) {
        return;
      }
      if (state === "waiting") {
        this.#wanted.set(conversation, "running");
        this.#running += 1;
        this.#run(conversation);
      }
    }
  }

  /** @param {Conversation} conversation */
  async #run(conversation) {
    try {
      await this.#fetch(conversation);
      this.#failed.delete(conversation);
    } catch (error) {
      this.#put_off(conversation, Failure.of(error));
    }
    this.#running -= 1;
    const again = this.#wanted.get(conversation) === "again";
    this.#wanted.delete(conversation);
    if (again && !conversation.gone) {
      this.now(conversation);
    }
    this.#next();
  }

  /** @param {Conversation} conversation */
  async #fetch(conversation) {
    const { log } = conversation;
    for (let more = true; more && !conversation.gone && !this.#stopped; ) {
      const have = log.have ?? 0;
      const far = conversation.head - have > TOO_FAR;
      const page = await this.#parts.list(
        conversation,
        far ? { limit: NEWEST } : { after_seq: have, limit: PAGE },
      );
      if (far) {
        log.jump(page);
      } else {
        log.extend(page);
      }
      this.#parts.arrived(conversation, page);
      // A head that the database does not have (a restore that nobody announced) must not be asked for for ever.
      more = (!far && page.has_more) || (conversation.behind && (log.have ?? 0) > have);
    }
  }

  /**
   * @param {Conversation} conversation
   * @param {Failure} failure
   */
  #put_off(conversation, failure) {
    if (failure.code === "not_found") {
      this.#parts.refused(conversation);
    } else if (failure.passing && !this.#stopped) {
      const times = this.#failed.get(conversation) ?? 0;
      this.#failed.set(conversation, times + 1);
      this.#wait(conversation, Math.max(failure.retry_after_ms ?? 500, backoff(times, this.#parts.clock)));
    }
  }

  /**
   * @param {Conversation} conversation
   * @param {number} ms
   */
  #wait(conversation, ms) {
    this.#call_off(conversation);
    const cancel = this.#parts.clock.after(() => {
      this.#later.delete(conversation);
      if (conversation.behind) {
        this.now(conversation);
      }
    }, ms);
    this.#later.set(conversation, cancel);
  }

  /** @param {Conversation} conversation */
  #call_off(conversation) {
    this.#later.get(conversation)?.();
    this.#later.delete(conversation);
  }
}
