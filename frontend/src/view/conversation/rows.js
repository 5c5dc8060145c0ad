// @ts-check
// What the log shows, as a plain list: entries and drafts, the pills that say when, the line above what is new, the
// places where something is missing. Pure: the same view gives the same rows with the same keys.

import { dayKey } from "../../lib/time.js";
import { kindOf } from "../../net/wire.js";
import { isDraft, timeOf } from "../parts/entries.js";
import { chunkOf } from "./extent.js";

/** @typedef {import("../context.js").LogView} LogView */
/** @typedef {import("../context.js").Message} Message */
/** @typedef {import("../context.js").Draft} Draft */
/** @typedef {"sent" | "read" | "received" | "pending" | "failed"} EntryState */

/**
 * @typedef {{ kind: "pill", key: string, chunk: number, at: number, day: boolean }} PillRow
 * @typedef {{ kind: "new", key: string, chunk: number }} NewRow
 * @typedef {{ kind: "hole", key: string, chunk: number, seq: number }} HoleRow
 * @typedef {{ kind: "note", key: string, chunk: number, seq: number, message: Message }} NoteRow
 * @typedef {object} EntryRow
 * @property {"entry"} kind
 * @property {string} key
 * @property {number} chunk  Which chunk of the log it stands in; a separator stands in that of what it is above.
 * @property {number | null} seq  Null for a draft.
 * @property {Message | Draft} item
 * @property {number} sender_id
 * @property {boolean} own
 * @property {boolean} follows  It stands right below another one of the same person.
 * @property {number} at
 * @property {EntryState} state
 *
 * @typedef {PillRow | NewRow | HoleRow | NoteRow | EntryRow} LogRow
 */

/** What one person writes within this time stands together; after a longer silence the time is said again. */
export const TOGETHER = 5 * 60_000;

/**
 * @typedef {object} Asked
 * @property {LogView} view
 * @property {number} me
 * @property {number | null} newAfter  What is beyond this seq was new when the conversation was opened; null: nothing was.
 * @property {number} first  The seq from which on entries are shown.
 * @property {number} [last]  The one up to which they are; infinite: all, and the drafts after them.
 */

/** So many entries before the first one are looked at, for what depends on them. */
const LOOKED_BACK = 20;

/**
 * @param {Asked} asked
 * @returns {LogRow[]}
 */
export function rowsOf({ view, me, newAfter, first, last = Number.POSITIVE_INFINITY }) {
  const { entries } = view;
  const from = placeOf(entries, first);
  const writer = new RowWriter(view, me, newAfter);
  for (let index = Math.max(0, from - LOOKED_BACK); index < entries.length; index += 1) {
    if (entries[index].seq > last) {
      return writer.rows;
    }
    // What is shown looks the same wherever the window begins.
    if (index === from) {
      writer.begin();
    }
    writer.message(entries[index]);
  }
  if (from === entries.length) {
    writer.begin();
  }
  if (last === Number.POSITIVE_INFINITY) {
    for (const draft of view.drafts) {
      writer.draft(draft);
    }
  }
  return writer.rows;
}

/**
 * The place of the first entry from that seq on.
 *
 * @param {Message[]} entries
 * @param {number} seq
 */
export function placeOf(entries, seq) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].seq < seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

class RowWriter {
  /** @type {LogRow[]} */
  rows = [];
  /** @type {Set<string>} */
  #keys = new Set();
  #last = Number.NEGATIVE_INFINITY;
  /** The hole before an entry that is not shown stands before the next one that is. */
  #hole = 0;
  /** The last row, be it shown or before all that is. @type {LogRow | undefined} */
  #above;
  /** The chunk of what is written now. */
  #chunk = 0;
  #drafts = 0;

  /**
   * @param {LogView} view
   * @param {number} me
   * @param {number | null} newAfter
   */
  constructor(view, me, newAfter) {
    this.view = view;
    this.me = me;
    this.newAfter = newAfter;
  }

  /** What was written so far is not shown. */
  begin() {
    this.rows = [];
    this.#keys.clear();
  }

  /** @param {Message} message */
  message(message) {
    const { seq, sender_id } = message;
    this.#hole = this.view.holes.has(seq) ? seq : this.#hole;
    this.#chunk = chunkOf(seq);
    const kind = kindOf(message.message_type);
    if (kind === "unknown" || this.view.deleted.has(seq)) {
      return;
    }
    this.#missing();
    this.#pill(timeOf(message));
    this.#line(message);
    if (kind === "note") {
      this.#add({ kind, key: `note:${seq}`, chunk: this.#chunk, seq, message });
    } else {
      this.#entry(message, sender_id, seq);
    }
  }

  /**
   * One that just became an entry may be in both lists for a moment.
   *
   * @param {Draft} draft
   */
  draft(draft) {
    if (this.#keys.has(`${this.me}:${draft.client_message_id}`)) {
      return;
    }
    // Where its entry will most likely stand: then the bubble stays the same element.
    this.#drafts += 1;
    this.#chunk = Math.max(this.#chunk, chunkOf((this.view.entries.at(-1)?.seq ?? 0) + this.#drafts));
    this.#pill(draft.written_at);
    this.#entry(draft, this.me, null);
  }

  #missing() {
    if (this.#hole > 0) {
      this.#add({ kind: "hole", key: `hole:${this.#hole}`, chunk: this.#chunk, seq: this.#hole });
      this.#hole = 0;
    }
  }

  /** @param {Message} message */
  #line({ seq, sender_id }) {
    if (this.newAfter !== null && seq > this.newAfter && sender_id !== this.me) {
      this.#add({ kind: "new", key: "new", chunk: this.#chunk });
      this.newAfter = null;
    }
  }

  /** @param {LogRow} row */
  #add(row) {
    this.#keys.add(row.key);
    this.rows.push(row);
    this.#above = row;
  }

  /**
   * Says the day when it is another one, and the time after a silence. A clock that went back says nothing.
   *
   * @param {number} at
   */
  #pill(at) {
    const day = at > this.#last && dayKey(at) !== dayKey(this.#last);
    const silence = at - this.#last > TOGETHER;
    // The first pill of a day keeps its key while older entries of that day come above it.
    if (day || silence) {
      this.#add({ kind: "pill", key: this.#pillKey(at, day), chunk: this.#chunk, at, day });
    }
    this.#last = Math.max(at, this.#last);
  }

  /** @param {number} at @param {boolean} day */
  #pillKey(at, day) {
    const key = day ? `day:${dayKey(at)}` : `time:${at}`;
    return this.#keys.has(key) ? `${key}:${this.rows.length}` : key;
  }

  /**
   * A draft and the entry that it becomes have one key: the bubble stays the same element.
   *
   * @param {Message | Draft} item
   * @param {number} sender_id
   * @param {number | null} seq
   */
  #entry(item, sender_id, seq) {
    const above = this.#above;
    const at = timeOf(item);
    const follows = above?.kind === "entry" && above.sender_id === sender_id && at - above.at <= TOGETHER;
    const named = `${sender_id}:${item.client_message_id}`;
    const key = this.#keys.has(named) || !item.client_message_id ? `seq:${seq}` : named;
    const own = sender_id === this.me;
    this.#add({
      kind: "entry",
      key,
      chunk: this.#chunk,
      seq,
      item,
      sender_id,
      own,
      follows,
      at,
      state: this.#stateOf(item, own),
    });
  }

  /**
   * @param {Message | Draft} item
   * @param {boolean} own
   * @returns {EntryState}
   */
  #stateOf(item, own) {
    if (isDraft(item)) {
      return item.state;
    }
    if (!own) {
      return "received";
    }
    const { group, is_notes, peer_read_seq } = this.view;
    return !group && !is_notes && item.seq <= peer_read_seq ? "read" : "sent";
  }
}
