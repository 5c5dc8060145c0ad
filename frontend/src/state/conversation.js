// @ts-check
// One conversation: its log, its cursors, and what follows from them. Nothing here waits for anything.

import { kindOf } from "../net/wire.js";
import { Log } from "./log.js";

/**
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Group} Group
 * @typedef {import("../net/wire.js").Head} Head
 * @typedef {import("../net/wire.js").ListedConversation} ListedConversation
 * @typedef {import("../net/wire.js").Target} Target
 * @typedef {import("../net/wire.js").View} View
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Draft} Draft
 *
 * @typedef {object} Counted  The server's count of what is unread, and what it was counted over.
 * @property {number} unread
 * @property {number} read_seq
 * @property {number} through
 *
 * @typedef {object} Kept  What the cache keeps of it, beside its entries.
 * @property {Key} key
 * @property {number} id
 * @property {Group | null} group
 * @property {number} have
 * @property {number} read_seq
 * @property {number} peer_read_seq
 * @property {Counted} counted
 * @property {Message | null} last
 * @property {boolean} opened
 * @property {number[]} [deleted]
 * @property {View} [view]  Not kept by an older client.
 */

/** As every conversation is kept at first. @type {View} */
const PLAIN = { pinned: false, muted: false, hidden_seq: 0, unread_seq: 0, version: 0 };

/** As far as unread entries are counted: "99+". */
const UNREAD_MOST = 100;

export class Conversation {
  log = new Log();
  /** @type {number | null} Known once something was said. */
  id = null;
  /** @type {Group | null} */
  group = null;
  /** The highest `seq` that was heard of. */
  head = 0;
  read_seq = 0;
  /** How far one had read on another device when that was heard of last. */
  read_elsewhere = 0;
  peer_read_seq = 0;
  /** @type {Counted} */
  counted = { unread: 0, read_seq: 0, through: 0 };
  /** How one keeps it on the list, as far as the server said. */
  view = PLAIN;
  /** Changes of it that have no answer yet, oldest first. @type {Set<Partial<View>>} */
  wished = new Set();
  /** One is no member any more. */
  gone = false;
  /** When something live was heard of it, in the inbox's count: an older list does not remove it. */
  touched = 0;
  /** @type {"idle" | "loading" | "ready" | "error"} */
  loading = "idle";
  /** @type {string | null} */
  error = null;
  /** @type {"idle" | "loading" | "error"} */
  older = "idle";
  /** Whether it was ever shown on this device. Of the others the list's last line is enough. */
  opened = false;
  /** @type {Map<number, Draft>} Own drafts that are stored, but whose entry still waits for one before it. */
  landing = new Map();
  /** What one deleted for oneself, by `seq`: held all the same, since nothing may be missing, but never shown. */
  deleted = new Set();
  /** @type {Message | null} The list's newest entry. */
  #listed = null;

  /** @param {Key} key */
  constructor(key) {
    this.key = key;
    const [kind, id] = key.split(":");
    this.peer_id = kind === "u" ? Number(id) : null;
    this.group_id = kind === "g" ? Number(id) : null;
  }

  /** @returns {Target} */
  get target() {
    return this.peer_id === null ? { group_id: this.group_id ?? 0 } : { receiver_id: this.peer_id };
  }

  /** The view as one wants it. @returns {View} */
  get #kept_as() {
    return Object.assign({}, this.view, ...this.wished);
  }

  get pinned() {
    return this.#kept_as.pinned;
  }

  get muted() {
    return this.#kept_as.muted;
  }

  /** Until something new is written. */
  get hidden() {
    const { hidden_seq } = this.#kept_as;
    return hidden_seq > 0 && hidden_seq >= Math.max(this.head, this.log.highest);
  }

  /** Until the cursor moves, on any device. */
  get markedUnread() {
    return this.#kept_as.unread_seq > this.read_seq;
  }

  /** An older one than is known is late news. @param {View} view */
  keep_as(view) {
    this.view = view.version >= this.view.version ? view : this.view;
  }

  /** Whether entries are known of that are not held. */
  get behind() {
    return this.log.have !== null && Math.max(this.head, this.log.highest) > this.log.have;
  }

  /** The newest entry that can be shown. */
  get last() {
    const held = this.log.entries.findLast((entry) => this.#is_shown(entry));
    const listed = this.#listed && this.#is_shown(this.#listed) ? this.#listed : null;
    return held && held.seq >= (listed?.seq ?? 0) ? held : listed;
  }

  /** @param {Message} entry */
  #is_shown({ message_type, seq }) {
    return kindOf(message_type) !== "unknown" && !this.deleted.has(seq);
  }

  /**
   * What is to be kept of an entry: of one that was deleted for oneself its place, and not what it said.
   *
   * @param {Message} entry
   * @returns {Message}
   */
  keepable(entry) {
    return this.deleted.has(entry.seq) ? { ...entry, content: "" } : entry;
  }

  /** @param {Head} head */
  meet([last_seq, read_seq, peer_read_seq]) {
    this.head = Math.max(this.head, last_seq);
    if (read_seq > this.read_seq) {
      this.read_seq = this.read_elsewhere = read_seq;
    }
    this.peer_read_seq = Math.max(this.peer_read_seq, peer_read_seq);
  }

  /** @param {ListedConversation} listed */
  meet_listed(listed) {
    this.id = listed.id;
    this.group = listed.group ?? this.group;
    this.gone = false;
    this.keep_as(listed.view ?? this.view);
    this.meet([listed.last_seq, listed.read_seq, listed.peer_read_seq]);
    if (listed.last_seq >= this.counted.through) {
      this.counted = { unread: listed.unread, read_seq: listed.read_seq, through: listed.last_seq };
      this.#listed = listed.last_message;
    }
  }

  /** Whether every entry after one's own cursor is held. */
  get #held() {
    const { first, from_start } = this.log;
    return (from_start || first <= this.read_seq + 1) && this.#whole_after(this.read_seq);
  }

  /** Whether the server's count begins at one's cursor, and what is held goes on where it ended. */
  get #goes_on() {
    const { log, counted, read_seq } = this;
    const { through } = counted;
    return read_seq === counted.read_seq && log.first <= through + 1 && this.#whole_after(through);
  }

  /** @param {number} seq */
  #whole_after(seq) {
    return ![...this.log.holes].some((hole) => hole > seq + 1);
  }

  /** Whether what is unread can be told without asking. */
  get countable() {
    return this.read_seq >= (this.log.have ?? 0) || this.#held || this.#goes_on;
  }

  /**
   * What others wrote after one's cursor, up to 100. Where it is not countable, at least so much.
   *
   * @param {number} me
   */
  unread(me) {
    const { log, counted, read_seq } = this;
    if (log.have !== null && read_seq >= log.have) {
      return 0;
    }
    if (!this.#held && this.#goes_on) {
      return Math.min(UNREAD_MOST, counted.unread + this.#written(Math.max(counted.through, read_seq), me));
    }
    const written = this.#written(read_seq, me);
    return read_seq === counted.read_seq ? Math.max(counted.unread, written) : written;
  }

  /**
   * @param {number} after
   * @param {number} me
   */
  #written(after, me) {
    let count = 0;
    for (let at = this.log.entries.length - 1; at >= 0 && count < UNREAD_MOST; at -= 1) {
      const entry = this.log.entries[at];
      if (!entry || entry.seq <= after) {
        break;
      }
      count += entry.sender_id !== me && kindOf(entry.message_type) === "written" ? 1 : 0;
    }
    return count;
  }

  /**
   * The server's list names its head: where the log begins, or, of one that was never shown, where it goes on.
   *
   * @param {number} head
   */
  take_up(head) {
    if (!this.opened) {
      this.log.skip(head);
    } else if (this.loading !== "loading") {
      this.log.begin(head);
    }
  }

  /**
   * Entries that were counted here may go: the count stays.
   *
   * @param {number} me
   */
  recount(me) {
    const { have } = this.log;
    if (have === null || !this.countable) {
      return;
    }
    // The server's count may go further than what is held yet.
    const own_count = this.read_seq >= have || this.#held;
    const through = own_count ? have : Math.max(have, this.counted.through);
    this.counted = { unread: this.unread(me), read_seq: this.read_seq, through };
  }

  /**
   * What the cache keeps. Whoever takes it up has none of the entries yet, so what is unread is counted for them.
   *
   * @param {number} me
   * @returns {Kept | null}  Null while there is nothing worth keeping.
   */
  kept(me) {
    this.recount(me);
    const { key, id, group, read_seq, peer_read_seq, counted, last, opened, view } = this;
    const deleted = [...this.deleted];
    const { have } = this.log;
    if (id === null || have === null) {
      return null;
    }
    return { key, id, group, have, read_seq, peer_read_seq, counted, last, opened, view, deleted };
  }

  /**
   * As it was kept: its tip, and nothing of its history yet.
   *
   * @param {Kept} kept
   */
  static restored(kept) {
    const conversation = new Conversation(kept.key);
    const { id, group, have, read_seq, peer_read_seq, counted, opened } = kept;
    Object.assign(conversation, { id, group, head: have, read_seq, peer_read_seq, counted, opened });
    conversation.view = kept.view ?? PLAIN;
    conversation.#listed = kept.last;
    conversation.deleted = new Set(kept.deleted ?? []);
    conversation.log.begin(kept.have);
    return conversation;
  }
}

/**
 * The conversation that an entry belongs to, as `me` names it.
 *
 * @param {Message} entry
 * @param {number} me
 * @returns {Key}
 */
export function keyOfEntry(entry, me) {
  if (entry.group_id !== null) {
    return `g:${entry.group_id}`;
  }
  return `u:${(entry.sender_id === me ? entry.receiver_id : null) ?? entry.sender_id}`;
}
