// @ts-check
// What events do to the conversations: entries, heads, cursors, comings and goings. It decides what is to be fetched;
// CatchUp fetches it.

import { memberOf } from "../net/wire.js";
import { Conversation, keyOfEntry } from "./conversation.js";
import { takeList } from "./intake.js";
import { Listing } from "./listing.js";
import { Shelf } from "./shelf.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./conversation.js").Kept} Kept
 * @typedef {import("./catch_up.js").CatchUp} CatchUp
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Heads} Heads
 * @typedef {import("../net/wire.js").ListedConversation} ListedConversation
 * @typedef {import("../lib/clock.js").Clock} Clock
 *
 * @typedef {object} Parts
 * @property {number} me
 * @property {Clock} clock
 * @property {() => Promise<{ conversations: ListedConversation[], epoch: string }>} list
 * @property {(epoch: string) => void} epoch  An answer names the database's epoch.
 * @property {(users: import("../net/wire.js").User[]) => void} learn  An answer names people.
 * @property {(conversation: Conversation, read_seq: number) => void} confirmed  How far the server knows one has read.
 */

/** How often heads that lack a conversation make us ask whether it is still ours. */
const DOUBTED_EVERY = 30_000;

export class Inbox extends Shelf {
  #parts;
  /** @type {CatchUp} */
  #catch_up;
  #doubted_at = -Infinity;

  /**
   * @param {Parts} parts
   * @param {CatchUp} catch_up
   */
  constructor(parts, catch_up) {
    super();
    this.#parts = parts;
    this.#catch_up = catch_up;
    this.listing = new Listing({ clock: parts.clock, ask: () => this.#list() });
  }

  /** The sum of all `have`, where everything is known and nothing under way. */
  get sum() {
    const placed = this.all.filter(({ id }) => id !== null);
    const known = this.listing.settled && this.#catch_up.idle;
    return known && placed.every(({ log }) => log.have !== null)
      ? placed.reduce((sum, { log }) => sum + (log.have ?? 0), 0)
      : undefined;
  }

  /**
   * A device of one's own changed how a conversation is kept on the list.
   *
   * @param {number} id
   * @param {import("../net/wire.js").View} view
   */
  viewed(id, view) {
    const conversation = this.by_id(id);
    if (!conversation) {
      return this.listing.refresh();
    }
    conversation.keep_as(view);
    this.changed(conversation);
  }

  /** @param {Kept[]} kept */
  restore(kept) {
    for (const one of kept) {
      this.put(Conversation.restored(one));
    }
    if (kept.length > 0) {
      this.listing.begin();
    }
  }

  /** Another database: everything that was known is about something else. */
  forget() {
    this.clear();
    this.listing.forget();
  }

  /**
   * An entry, live or by an ack.
   *
   * @param {Message} entry
   */
  heard(entry) {
    const conversation = this.get(keyOfEntry(entry, this.#parts.me));
    if (entry.message_type === "member_left" && memberOf(entry) === this.#parts.me) {
      // The bus may repeat how an earlier membership ended.
      return entry.seq > (conversation.group?.joined_seq ?? 0) ? this.lose(conversation) : undefined;
    }
    if (conversation.gone) {
      // Late news of a group that was left; or one joined it again elsewhere, and only the list knows what is ours now.
      return memberOf(entry) === this.#parts.me ? this.listing.refresh() : undefined;
    }
    if (conversation.id === null) {
      this.#found(conversation, entry);
    }
    this.touch(conversation);
    conversation.head = Math.max(conversation.head, entry.seq);
    if (conversation.log.add(entry) === "beyond") {
      this.#missing(conversation);
    }
    this.changed(conversation);
  }

  /**
   * What `ready` lists is everything; an event `heads` may be about some only.
   *
   * @param {Heads} heads
   * @param {{ all: boolean }} what
   */
  compare(heads, { all }) {
    let unknown = false;
    const by_id = new Map(this.all.map((conversation) => [conversation.id, conversation]));
    for (const [id, head] of heads) {
      const conversation = by_id.get(id);
      if (!conversation) {
        unknown = true;
        continue;
      }
      // Heads may be older than a page that was fetched meanwhile; the list tells.
      unknown ||= all && head[0] < (conversation.log.have ?? 0);
      conversation.meet(head);
      this.#parts.confirmed(conversation, head[1]);
      unknown = this.#follow(conversation) || !conversation.countable || unknown;
      this.changed(conversation);
    }
    const missing = this.all.filter(({ id }) => id !== null && !heads.has(id));
    // What `ready` lacks is not one's own any more, or so new that it was looked up too early: the list tells.
    unknown ||= all && missing.length > 0;
    if (unknown || !this.listing.asked || (missing.length > 0 && this.#may_doubt())) {
      this.listing.refresh();
    }
  }

  /**
   * Something was left out by the server.
   *
   * @param {number[] | null} ids  Null: anywhere.
   */
  resync(ids) {
    const named = ids?.map((id) => this.by_id(id)) ?? [undefined];
    const placed = named.filter(
      (conversation) => conversation !== undefined && conversation.log.have !== null,
    );
    for (const conversation of placed) {
      this.#catch_up.now(/** @type {Conversation} */ (conversation));
    }
    if (placed.length < named.length) {
      this.listing.refresh();
    }
  }

  /**
   * @param {number} user
   * @param {number} id
   * @param {number} seq
   */
  read(user, id, seq) {
    const conversation = this.by_id(id);
    if (!conversation) {
      return;
    }
    if (user === this.#parts.me) {
      conversation.meet([0, seq, 0]);
      this.#parts.confirmed(conversation, seq);
    } else if (user === conversation.peer_id) {
      conversation.meet([0, 0, seq]);
    }
    if (!conversation.countable) {
      this.listing.refresh();
    }
    this.changed(conversation);
  }

  /**
   * One joined, or made the group: what was held of an earlier membership is not continued.
   *
   * @param {import("../net/wire.js").Group} group
   * @returns {Conversation}
   */
  joined(group) {
    const known = this.find(`g:${group.id}`);
    const conversation = known && !known.gone ? known : new Conversation(`g:${group.id}`);
    this.put(conversation);
    this.touch(conversation);
    conversation.id = group.conversation_id;
    conversation.group = group;
    this.emit("met");
    this.changed(conversation);
    return conversation;
  }

  async #list() {
    const asked_at = this.news;
    const answer = await this.#parts.list();
    this.#parts.epoch(answer.epoch);
    this.#parts.learn(answer.conversations.flatMap(({ peer }) => (peer ? [peer] : [])));
    takeList(this, answer.conversations, {
      asked_at,
      took: (conversation, { read_seq, last_seq }) => {
        this.#parts.confirmed(conversation, read_seq);
        conversation.take_up(last_seq);
        this.#follow(conversation);
      },
    });
  }

  /**
   * An entry of a conversation that is not known yet. With one person it can be made up from the entry; of a group only
   * the list knows the name.
   *
   * @param {Conversation} conversation
   * @param {Message} entry
   */
  #found(conversation, entry) {
    conversation.id = entry.conversation_id;
    this.emit("met");
    if (entry.seq === 1) {
      conversation.log.begin(0);
      conversation.log.from_start = conversation.log.entries.length === 0;
    } else if (conversation.log.have === null) {
      this.listing.refresh();
    }
    if (conversation.group_id !== null && !conversation.group) {
      this.listing.refresh();
    }
  }

  /**
   * What is behind is fetched, if it was ever shown; of the others the list's last line is enough.
   *
   * @param {Conversation} conversation
   * @returns {boolean} Whether the list has to be asked for.
   */
  #follow(conversation) {
    if (conversation.log.have === null) {
      return conversation.loading !== "loading";
    }
    if (!conversation.behind) {
      return false;
    }
    if (!conversation.opened) {
      return true;
    }
    this.#catch_up.now(conversation);
    return false;
  }

  /** @param {Conversation} conversation */
  #missing(conversation) {
    if (conversation.log.have !== null) {
      this.#catch_up.noticed(conversation);
    } else if (conversation.loading !== "loading") {
      this.listing.refresh();
    }
  }

  #may_doubt() {
    const now = this.#parts.clock.now();
    const may = now - this.#doubted_at >= DOUBTED_EVERY;
    this.#doubted_at = may ? now : this.#doubted_at;
    return may;
  }
}
