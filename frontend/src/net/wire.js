// @ts-check
// What the server and this client say to each other: the shapes of docs/protocol.md, and the reading of a frame.
// The examples in shared/tests/wire are read by the tests of both sides. Nothing here touches a socket.

/**
 * @typedef {"online" | "away" | "offline"} Status  As chosen; `offline` chosen means invisible.
 *
 * @typedef {object} User
 * @property {number} id
 * @property {string} username
 * @property {string} [email]  One's own only.
 * @property {string} avatar  An address, or empty.
 * @property {Status | null} status  One's own: the choice. Another's: what is shown; null while nobody can tell.
 * @property {string} created_at
 *
 * @typedef {object} Group
 * @property {number} id
 * @property {number} conversation_id
 * @property {string} name
 * @property {string} description
 * @property {string} avatar
 * @property {number} owner_id
 * @property {string} join_policy
 * @property {Role} role  One's own.
 * @property {number} joined_seq  The first entry that one may see.
 * @property {string} [muted_until]  Until when oneself may not write there.
 * @property {string} created_at
 *
 * @typedef {"owner" | "admin" | "member"} Role
 *
 * @typedef {object} Member
 * @property {User} user
 * @property {Role} role
 * @property {string} joined_at
 * @property {string} [muted_until]
 *
 * @typedef {object} Message  An entry, as REST gives it.
 * @property {number} id
 * @property {number} conversation_id
 * @property {number} seq
 * @property {number} sender_id
 * @property {number | null} receiver_id
 * @property {number | null} group_id
 * @property {string} content
 * @property {string} message_type
 * @property {string} client_message_id
 * @property {string} created_at
 * @property {boolean} [is_read]
 *
 * @typedef {object} ListedConversation
 * @property {number} id
 * @property {User | null} peer
 * @property {Group | null} group
 * @property {number} last_seq
 * @property {number} read_seq
 * @property {number} peer_read_seq
 * @property {number} unread
 * @property {View} [view]  Not from an older server.
 * @property {Message | null} last_message
 *
 * @typedef {object} View  How one keeps a conversation on one's list, on all one's devices.
 * @property {boolean} pinned
 * @property {boolean} muted
 * @property {number} hidden_seq  It is hidden while it has no entry after this one.
 * @property {number} unread_seq  It is marked unread while one's cursor is before this place.
 * @property {number} version  How often it changed.
 *
 * @typedef {object} Device  A log-in of one's own.
 * @property {number} id
 * @property {string} device  What it called itself.
 * @property {string} created_at
 * @property {string} refreshed_at
 * @property {boolean} current
 *
 * @typedef {object} Page
 * @property {Message[]} messages  Ascending `seq`.
 * @property {boolean} has_more
 * @property {number} through_seq
 * @property {string} epoch
 *
 * @typedef {object} Session
 * @property {string} token
 * @property {number} expires_in  Seconds.
 * @property {User} user
 */

/**
 * @typedef {[last_seq: number, read_seq: number, peer_read_seq: number]} Head
 * @typedef {Map<number, Head>} Heads  By conversation id.
 *
 * @typedef {object} Target
 * @property {number} [receiver_id]
 * @property {number} [group_id]
 *
 * @typedef {(
 *   | { event_type: "auth", token: string }
 *   | { event_type: "message", receiver_id?: number, group_id?: number, content: string, message_type?: string,
 *       client_message_id?: string }
 *   | { event_type: "read", conversation_id: number, seq: number }
 *   | { event_type: "typing", receiver_id?: number, group_id?: number }
 *   | { event_type: "watch", user_ids: number[] }
 *   | { event_type: "ping", sum?: number }
 * )} ClientEvent
 *
 * @typedef {{ event_type: "ready", connection_id: string, user_id: number, epoch: string, heartbeat_ms: number,
 *   heads: Heads, views?: number }} ReadyEvent
 * @typedef {{ event_type: "message", entry: Message }} EntryEvent
 * @typedef {{ event_type: "ack", client_message_id: string, message_id: number, conversation_id: number, seq: number,
 *   created_at: string }} AckEvent
 * @typedef {{ event_type: "error", code: string, message: string, client_message_id?: string,
 *   retry_after_ms?: number }} ErrorEvent
 * @typedef {{ event_type: "presence", user_id: number, status: Status }} PresenceEvent
 * @typedef {{ event_type: "typing", user_id: number, group_id?: number }} TypingEvent
 * @typedef {{ event_type: "read", user_id: number, conversation_id: number, seq: number }} ReadEvent
 * @typedef {{ event_type: "view", conversation_id: number, view: View }} ViewEvent
 * @typedef {{ event_type: "logged_in", session_id: number, device: string, created_at: string }} LoggedInEvent
 * @typedef {{ event_type: "heads", heads: Heads }} HeadsEvent
 * @typedef {{ event_type: "resync", conversations: number[] | null }} ResyncEvent
 * @typedef {{ event_type: "drain", reconnect_in_ms: number }} DrainEvent
 * @typedef {{ event_type: "pong" }} PongEvent
 * @typedef {ReadyEvent | EntryEvent | AckEvent | ErrorEvent | PresenceEvent | TypingEvent | ReadEvent | ViewEvent
 *   | LoggedInEvent | HeadsEvent
 *   | ResyncEvent | DrainEvent | PongEvent} ServerEvent
 */

/**
 * @typedef {"written" | "note" | "unknown"} EntryKind  What people write; a change of the group; and what a newer server
 *   invented: it holds a place, and is shown as nothing at all.
 */

/** @type {Map<string, EntryKind>} */
const KINDS = new Map([
  ["text", "written"],
  ["image", "written"],
  ["file", "written"],
  ["member_joined", "note"],
  ["member_left", "note"],
]);

/**
 * @param {string} messageType
 * @returns {EntryKind}
 */
export function kindOf(messageType) {
  return KINDS.get(messageType) ?? "unknown";
}

/**
 * Reads one frame. An event that a newer server invented is `null`: it is passed over.
 *
 * @param {string} text
 * @returns {ServerEvent | null}
 * @throws {SyntaxError} It is not JSON.
 */
export function readEvent(text) {
  const event = JSON.parse(text);
  const known = Object.hasOwn(READERS, event?.event_type ?? "");
  return known ? (READERS[event.event_type]?.(event) ?? null) : null;
}

/** @type {Record<string, (event: any) => ServerEvent>} */
const READERS = {
  ready: (event) => ({ ...event, heads: readHeads(event.heads) }),
  heads: (event) => ({ ...event, heads: readHeads(event.heads) }),
  resync: (event) => ({ ...event, conversations: event.conversations ?? null }),
  message: readEntry,
  ack: (event) => event,
  error: (event) => event,
  presence: (event) => event,
  typing: (event) => event,
  read: (event) => event,
  view: (event) => event,
  logged_in: (event) => event,
  drain: (event) => event,
  pong: (event) => event,
};

/** The event types that this client understands; a test compares them with the examples. */
export const SERVER_EVENTS = Object.keys(READERS);

/**
 * JSON has no keys but text.
 *
 * @param {Record<string, Head>} heads
 * @returns {Heads}
 */
function readHeads(heads) {
  return new Map(Object.entries(heads).map(([id, head]) => [Number(id), head]));
}

/**
 * Live, an entry has the names of an event; here it gets those of REST, so that there is one shape of it.
 *
 * @param {any} event
 * @returns {EntryEvent}
 */
function readEntry({ event_type, user_id, message_id, ...same }) {
  return { event_type, entry: { ...same, id: message_id, sender_id: user_id } };
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
