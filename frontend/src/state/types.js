// @ts-check
// The words between state and view. Only types live here: state/client.js gives these objects, views read them and
// never write to them.

/**
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Group} Group
 * @typedef {import("../net/wire.js").Member} Member
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Status} Status
 */

/**
 * Names a conversation also before it has an id: `u:7` with user 7 (oneself: notes), `g:5` in group 5.
 *
 * @typedef {`u:${number}` | `g:${number}`} Key
 */

/**
 * What was asked to be sent and is not known to be stored.
 *
 * @typedef {object} Draft
 * @property {string} client_message_id
 * @property {Key} key
 * @property {string} content
 * @property {number} written_at  Milliseconds since 1970, by this device's clock.
 * @property {"pending" | "failed"} state
 * @property {string | null} code  Why it failed: an error code of the protocol.
 */

/**
 * A row of the list of conversations.
 *
 * @typedef {object} ConversationRow
 * @property {Key} key
 * @property {User | null} peer  In a direct conversation; oneself in notes.
 * @property {Group | null} group
 * @property {boolean} is_notes  A conversation with oneself.
 * @property {Message | Draft | null} last  The newest thing said that can be shown.
 * @property {number} unread  100 stands for more than 99.
 * @property {string} draft  What stands unsent in the composer.
 * @property {number} failed  Drafts that failed.
 * @property {boolean} pinned  Stands on top.
 * @property {boolean} muted  Counted quietly, and not in the sum.
 * @property {boolean} marked_unread  Bears a dot until it is opened or read.
 */

/**
 * One conversation as the log shows it.
 *
 * @typedef {object} LogView
 * @property {Key} key
 * @property {User | null} peer
 * @property {Group | null} group
 * @property {boolean} is_notes
 * @property {"loading" | "ready" | "error" | "gone"} state  `gone`: one is no member any more.
 * @property {string | null} error  The code of what went wrong while loading.
 * @property {Message[]} entries  Ascending `seq`; kinds that are not to be shown are in it too.
 * @property {Set<number>} holes  Entries before which something is missing that `fillHole` fetches.
 * @property {Set<number>} deleted  Entries that one deleted for oneself: they are held, and not shown.
 * @property {Draft[]} drafts  In the order of writing; they stand after all entries.
 * @property {"idle" | "loading" | "end" | "error"} older  What is known of the history before the first entry.
 * @property {number} have  Everything up to here is held, but for holes.
 * @property {number} read_seq  How far oneself has read.
 * @property {number} read_elsewhere  How far one had read on another device when that was heard of last; 0: never.
 * @property {number} peer_read_seq  How far the peer has read; 0 in groups.
 * @property {number} unread
 */

/**
 * What a search of all conversations found.
 *
 * @typedef {object} Found
 * @property {Hit[]} hits  The newest first.
 * @property {boolean} more  There are others, which are older.
 *
 * @typedef {object} Hit
 * @property {Key} key
 * @property {Message} message
 */

/**
 * @typedef {object} LinkView
 * @property {"connecting" | "online" | "waiting" | "offline" | "stopped"} state  `offline`: the device says it has no
 *   network. `waiting`: the next try comes at `retry_at`. `stopped`: it will not come back by itself.
 * @property {number | null} retry_at
 * @property {number | null} lost_at  Since when it has not been online; null while it is.
 * @property {number} attempt  How often connecting failed since it was last online.
 */

/**
 * @typedef {object} MembersView
 * @property {"loading" | "ready" | "error"} state
 * @property {string | null} error
 * @property {Member[]} members  The oldest member first.
 */

export {};
