// @ts-check
// All conversations of the account, and what events do to them: entries, heads, cursors, comings and goings. It decides
// what is to be fetched; CatchUp fetches it.

import { Emitter } from "../lib/emitter.js";
import { Conversation, keyOfEntry } from "./conversation.js";
import { Listing } from "./listing.js";

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

/** Emits `change` with the key of what changed, `met` when a conversation became one's own, and `dropped` with a
 *  Conversation that another one took the place of. */
export class Inbox extends Emitter {
  #parts;
  /** @type {Map<Key, Conversation>} */
  #by_key = new Map();
  /** @type {CatchUp} */
  #catch_up;
  /** Counts live news, to tell what is newer than a list that was asked for. */
  #news = 0;
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
    const found = this.#by_key.get(key) ?? new Conversation(key);
    this.#by_key.set(key, found);
    return found;
  }

  /** @param {number} id */
  by_id(id) {
    return this.all.find((conversation) => conversation.id === id);
  }

  /** The sum of all `have`, where everything is known and nothing under way. */
  get sum() {
    const placed = this.all.filter(({ id }) => id !== null);
    const known = this.listing.settled && this.#catch_up.idle;
    return known && placed.every(({ log }) => log.have !== null)
      ? placed.reduce((sum, { log }) => sum + (log.have ?? 0), 0)
      : undefined;
  }

  /** How often one's views changed, as far as is known here. */
  get views() {
    return this.all.reduce((sum, { id, view }) => sum + (id === null ? 0 : view.version), 0);
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
    this.#changed(conversation);
  }

  /** @param {Kept[]} kept */
  restore(kept) {
    for (const one of kept) {
      this.#by_key.set(one.key, Conversation.restored(one));
    }
    if (kept.length > 0) {
      this.listing.begin();
    }
  }

  /** Another database: everything that was known is about something else. */
  forget() {
    this.#by_key.clear();
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
    this.#changed(conversation);
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
      this.#changed(conversation);
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
    this.#changed(conversation);
  }

  /**
   * One is no member any more, or never was.
   *
   * @param {Conversation} conversation
   */
  lose(conversation) {
    conversation.gone = true;
    this.touch(conversation);
    this.#changed(conversation);
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
    this.#by_key.set(conversation.key, conversation);
    this.touch(conversation);
    conversation.id = group.conversation_id;
    conversation.group = group;
    this.emit("met");
    this.#changed(conversation);
    return conversation;
  }

  async #list() {
    const asked_at = this.#news;
    const answer = await this.#parts.list();
    this.#parts.epoch(answer.epoch);
    this.#apply(answer.conversations, asked_at);
  }

  /**
   * @param {ListedConversation[]} listed
   * @param {number} asked_at
   */
  #apply(listed, asked_at) {
    this.#parts.learn(listed.flatMap(({ peer }) => (peer ? [peer] : [])));
    const keys = new Set();
    for (const one of listed) {
      const key = this.#key_of(one);
      if (!key) {
        continue;
      }
      keys.add(key);
      const known = this.find(key);
      // Left meanwhile, or left before and joined again elsewhere.
      if (known?.gone && known.touched > asked_at) {
        continue;
      }
      const conversation = this.#continued(known, one, asked_at) ?? this.#anew(key, known);
      this.#by_key.set(key, conversation);
      if (conversation.id === null) {
        this.emit("met");
      }
      conversation.meet_listed(one);
      this.#parts.confirmed(conversation, one.read_seq);
      conversation.take_up(one.last_seq);
      this.#follow(conversation);
      this.#changed(conversation);
    }
    for (const conversation of this.all) {
      if (conversation.id !== null && !keys.has(conversation.key) && conversation.touched <= asked_at) {
        this.lose(conversation);
      }
    }
  }

  /**
   * Whether what is held goes on. Not, if one left and joined again; nor if more is held than the database has, which then
   * was restored from a copy without being given another epoch.
   *
   * @param {Conversation | undefined} known
   * @param {ListedConversation} one
   * @param {number} asked_at
   */
  #continued(known, one, asked_at) {
    if (!known || known.gone) {
      return undefined;
    }
    const rejoined = (one.group?.joined_seq ?? 0) > (known.group?.joined_seq ?? Number.POSITIVE_INFINITY);
    const ahead = (known.log.have ?? 0) > one.last_seq && known.touched <= asked_at;
    return rejoined || ahead ? undefined : known;
  }

  /**
   * @param {Key} key
   * @param {Conversation | undefined} known  What was held is of no use any more.
   */
  #anew(key, known) {
    if (known) {
      known.gone = true;
      this.emit("dropped", known);
    }
    return new Conversation(key);
  }

  /** Entries were taken in: what was asked before that is older. @param {Conversation} conversation */
  touch(conversation) {
    conversation.touched = ++this.#news;
  }

  /**
   * @param {ListedConversation} one
   * @returns {Key | null}
   */
  #key_of({ peer, group }) {
    return group ? `g:${group.id}` : peer && `u:${peer.id}`;
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

  /** @param {Conversation} conversation */
  #changed(conversation) {
    this.emit("change", conversation.key);
  }
}

/**
 * Whom an entry says to have joined or left.
 *
 * @param {Message} entry
 * @returns {number | null}
 */
export function memberOf({ message_type, content }) {
  if (message_type !== "member_joined" && message_type !== "member_left") {
    return null;
  }
  try {
    return JSON.parse(content).user_id ?? null;
  } catch {
    return null;
  }
}
