// @ts-check
// Conversations as views see them: rows of the list, and the open one. Made from state; only the list is kept until
// something of it changes.

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./types.js").ConversationRow} ConversationRow
 * @typedef {import("./types.js").LogView} LogView
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("../net/wire.js").User} User
 *
 * @typedef {object} Around  What a conversation itself does not know.
 * @property {number} me
 * @property {(id: number) => User | null} user
 * @property {Draft[]} drafts
 *
 * @typedef {object} Parts
 * @property {import("./inbox.js").Inbox} inbox
 * @property {import("./outbox.js").Outbox} outbox
 * @property {import("./composers.js").Composers} composers
 * @property {number} me
 * @property {(id: number) => User | null} user
 * @property {() => Key | null} current  The one that is open.
 */

export class Shown {
  #parts;
  /** @type {{ state: "loading" | "ready" | "error", error: string | null, settled: boolean, rows: ConversationRow[] } | null} */
  #listed = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Made once for all views that are told of the same change. */
  get conversations() {
    if (!this.#listed) {
      const { all, listing } = this.#parts.inbox;
      const rows = all.filter((one) => this.#is_listed(one)).map((one) => this.#row(one));
      rows.sort((a, b) => Number(b.pinned) - Number(a.pinned) || activityOf(b) - activityOf(a));
      this.#listed = { state: listing.state, error: listing.error, settled: listing.asked, rows };
      queueMicrotask(() => this.forget());
    }
    return this.#listed;
  }

  /** Something changed. */
  forget() {
    this.#listed = null;
  }

  /** @param {Key} key */
  log(key) {
    return viewOf(this.#parts.inbox.get(key), this.#around(key));
  }

  /** Somebody was looked at, and nothing was said: no row. @param {Conversation} conversation */
  #is_listed({ key, id, group, hidden }) {
    const { outbox, composers, current } = this.#parts;
    const unsent = outbox.drafts(key).length > 0;
    if (hidden && key !== current() && !unsent) {
      return false;
    }
    return id !== null || unsent || group !== null || composers.text(key) !== "";
  }

  /** @param {Conversation} conversation */
  #row(conversation) {
    const { key } = conversation;
    return rowOf(conversation, { ...this.#around(key), draft: this.#parts.composers.text(key) });
  }

  /** @param {Key} key */
  #around(key) {
    const { me, user, outbox } = this.#parts;
    return { me, user, drafts: outbox.drafts(key) };
  }
}

/**
 * @param {Conversation} conversation
 * @param {Around & { draft: string }} around
 * @returns {ConversationRow}
 */
function rowOf(conversation, { draft, ...around }) {
  return {
    ...whoOf(conversation, around),
    last: around.drafts.at(-1) ?? conversation.last,
    unread: conversation.unread(around.me),
    draft,
    failed: around.drafts.filter(({ state }) => state === "failed").length,
    pinned: conversation.pinned,
    muted: conversation.muted,
    marked_unread: conversation.markedUnread,
  };
}

/**
 * @param {Conversation} conversation
 * @param {Around} around
 * @returns {LogView}
 */
function viewOf(conversation, around) {
  const { log, error, read_seq, read_elsewhere, peer_read_seq, landing, older } = conversation;
  return {
    ...whoOf(conversation, around),
    state: stateOf(conversation),
    error,
    entries: log.entries,
    holes: log.holes,
    deleted: conversation.deleted,
    drafts: [...landing.values(), ...around.drafts],
    older: log.from_start ? "end" : older,
    have: log.have ?? 0,
    read_seq,
    read_elsewhere,
    peer_read_seq,
    unread: conversation.unread(around.me),
  };
}

/**
 * Orders rows: the one written to last comes first.
 *
 * @param {ConversationRow} row
 * @returns {number} Milliseconds since 1970.
 */
function activityOf({ last, group }) {
  if (last && "written_at" in last) {
    return last.written_at;
  }
  return Date.parse(last?.created_at ?? group?.created_at ?? "") || 0;
}

/**
 * @param {Conversation} conversation
 * @param {Around} around
 */
function whoOf({ key, group, peer_id }, { me, user }) {
  return { key, group, peer: peer_id === null ? null : user(peer_id), is_notes: peer_id === me };
}

/**
 * @param {Conversation} conversation
 * @returns {LogView["state"]}
 */
function stateOf({ gone, log, loading, older }) {
  if (gone) {
    return "gone";
  }
  if (log.entries.length > 0 || log.from_start) {
    return "ready";
  }
  return loading === "error" || older === "error" ? "error" : "loading";
}
