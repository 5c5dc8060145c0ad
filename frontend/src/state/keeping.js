// @ts-check
// What is written to the cache, and when: a moment after it changed, entries together with how far they reach, so that
// the cache never claims what it does not hold. Losing the last moment costs a fetch and nothing else.

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./conversation.js").Kept} Kept
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").User} User
 *
 * @typedef {object} Batch
 * @property {string | null} epoch  Of the database that it is from. Another tab may have met the next one already.
 * @property {Kept[]} conversations
 * @property {Message[]} entries
 * @property {{ key: Key, id: number | null }[]} lost  Conversations that are not one's own any more.
 * @property {User[]} people
 *
 * @typedef {object} Stored
 * @property {string | null} epoch
 * @property {Kept[]} conversations
 * @property {User[]} people
 *
 * @typedef {object} Cache  Nothing in it ever rejects: a browser that keeps nothing is a slower one, not a broken one.
 * @property {() => Promise<Stored>} load
 * @property {(batch: Batch) => Promise<void>} keep  Nothing, if the batch is of another epoch than the cache.
 * @property {(id: number, before: number, limit: number) => Promise<Message[]>} before
 * @property {(id: number) => Promise<Message[]>} all  Every entry of a conversation, ascending, whatever is missing between.
 * @property {(epoch: string) => Promise<void>} begin  Of another epoch: everything goes.
 * @property {() => void} close
 */

const KEPT_AFTER = 400;

export class Keeping {
  #me;
  #epoch;
  #cache;
  #clock;
  #people;
  /** @type {Set<Conversation>} */
  #changed = new Set();
  /** @type {Map<number, number>} By conversation id: up to where its entries were given to the cache. */
  #kept_up_to = new Map();
  /** @type {Set<Message>} Older entries that were fetched. */
  #older = new Set();
  #people_kept = 0;
  /** @type {(() => void) | null} */
  #waiting = null;

  /**
   * @param {{ me: number, cache: Cache, clock: Clock, epoch: () => string | null, people: () => User[] }} parts
   */
  constructor({ me, cache, clock, epoch, people }) {
    this.#me = me;
    this.#epoch = epoch;
    this.#cache = cache;
    this.#clock = clock;
    this.#people = people;
  }

  /** @param {Conversation} conversation */
  changed(conversation) {
    this.#changed.add(conversation);
    this.#waiting ??= this.#clock.after(() => this.flush(), KEPT_AFTER);
  }

  /**
   * History that a fetch brought.
   *
   * @param {Conversation} conversation
   * @param {Message[]} entries
   */
  fetched(conversation, entries) {
    for (const entry of entries) {
      this.#older.add(conversation.keepable(entry));
    }
    this.changed(conversation);
  }

  /** Another database: what waits to be written is of the one before. */
  forget() {
    this.#changed.clear();
    this.#older.clear();
    this.#kept_up_to.clear();
  }

  /** Writes now what waits to be written. */
  async flush() {
    this.#waiting?.();
    this.#waiting = null;
    const changed = [...this.#changed];
    const entries = new Set(this.#older);
    this.#changed.clear();
    this.#older.clear();
    const lost = changed.filter(({ gone }) => gone);
    for (const { id } of lost) {
      this.#kept_up_to.delete(id ?? 0);
    }
    for (const conversation of changed) {
      for (const entry of this.#new_entries(conversation)) {
        entries.add(entry);
      }
    }
    const here = changed.filter(({ gone }) => !gone);
    await this.#cache.keep({
      epoch: this.#epoch(),
      conversations: here.map((one) => one.kept(this.#me)).filter((kept) => kept !== null),
      entries: [...entries],
      lost: lost.map(({ key, id }) => ({ key, id })),
      people: this.#new_people(),
    });
  }

  stop() {
    this.#waiting?.();
    this.#waiting = null;
  }

  /** @param {Conversation} conversation */
  #new_entries(conversation) {
    const { id, log, gone } = conversation;
    if (id === null || gone || log.have === null) {
      return [];
    }
    const after = this.#kept_up_to.get(id) ?? 0;
    this.#kept_up_to.set(id, log.have);
    const from = log.entries.findLastIndex(({ seq }) => seq <= after) + 1;
    return log.entries.slice(from).map((entry) => conversation.keepable(entry));
  }

  #new_people() {
    const people = this.#people();
    const changed = people.length !== this.#people_kept;
    this.#people_kept = people.length;
    return changed ? people : [];
  }
}
