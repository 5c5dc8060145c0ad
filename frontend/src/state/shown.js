// @ts-check
// Conversations as views see them: rows of the list, and the open one. Made from state anew each time; nothing is kept
// here.

/**
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./types.js").ConversationRow} ConversationRow
 * @typedef {import("./types.js").LogView} LogView
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("../net/wire.js").User} User
 *
 * @typedef {object} Around  What a conversation itself does not know.
 * @property {number} me
 * @property {(id: number) => User | null} user
 * @property {Draft[]} drafts
 */

/**
 * @param {Conversation} conversation
 * @param {Around & { draft: string }} around
 * @returns {ConversationRow}
 */
export function rowOf(conversation, { draft, ...around }) {
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
export function viewOf(conversation, around) {
  const { log, error, read_seq, peer_read_seq, landing, older } = conversation;
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
export function activityOf({ last, group }) {
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
