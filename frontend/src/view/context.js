// @ts-check
// What every view is given, and the faces of what stands behind it: views know state and platform by these types only.
// main.js hands in the real ones, test/gallery its fixed ones.

import { chooseLanguage, createTranslator } from "../lib/i18n.js";
import { createClock } from "../lib/time.js";

/**
 * @typedef {import("../state/types.js").Key} Key
 * @typedef {import("../state/types.js").Draft} Draft
 * @typedef {import("../state/types.js").ConversationRow} ConversationRow
 * @typedef {import("../state/types.js").LogView} LogView
 * @typedef {import("../state/types.js").LinkView} LinkView
 * @typedef {import("../state/types.js").MembersView} MembersView
 * @typedef {import("../state/types.js").User} User
 * @typedef {import("../state/types.js").Group} Group
 * @typedef {import("../state/types.js").Member} Member
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Status} Status
 */

/**
 * @typedef {object} Client  Somebody who is logged in: state/client.js.
 * @property {User} me
 * @property {LinkView} link
 * @property {{ state: "loading" | "ready" | "error", error: string | null, rows: ConversationRow[] }} conversations
 * @property {Key | null} current
 * @property {Status | null} shownStatus
 * @property {(topic: any, handle: (detail: any) => void) => () => void} on
 * @property {() => void} retryNow
 * @property {() => void} reloadConversations
 * @property {(key: Key) => void} open
 * @property {() => void} close
 * @property {(key: Key) => LogView} log
 * @property {(key: Key) => Promise<void>} loadOlder
 * @property {(key: Key, seq: number) => Promise<void>} fillHole
 * @property {(key: Key) => void} reload
 * @property {(key: Key, seq: number) => void} seen
 * @property {(key: Key, text: string) => Draft} send
 * @property {(client_message_id: string) => void} retry
 * @property {(client_message_id: string) => void} discard
 * @property {(key: Key) => string} draftText
 * @property {(key: Key, text: string) => void} setDraftText
 * @property {(id: number) => User | null} user
 * @property {(id: number) => Status | null} status
 * @property {(user_ids: number[]) => void} showing
 * @property {(key: Key) => User[]} typists
 * @property {(key: Key) => void} typing
 * @property {(group_id: number) => MembersView} members
 * @property {(group_id: number) => void} reloadMembers
 * @property {(username: string) => Promise<User>} findUser
 * @property {(user: User) => Key} keyOf
 * @property {(asked: { name: string, description: string }) => Promise<Key>} createGroup
 * @property {(group_id: number) => Promise<Key>} joinGroup
 * @property {(group_id: number) => Promise<void>} leaveGroup
 * @property {(status: Status) => Promise<void>} setStatus
 *
 * @typedef {object} Account  state/account.js.
 * @property {"starting" | "out" | "in"} state
 * @property {string | null} reason
 * @property {string | null} [last_email]
 * @property {Client | null} client
 * @property {(topic: any, handle: (detail: any) => void) => () => void} on
 * @property {(asked: { email: string, password: string }) => Promise<unknown>} logIn
 * @property {(asked: { username: string, email: string, password: string }) => Promise<unknown>} register
 * @property {() => Promise<unknown>} logOut
 *
 * @typedef {object} Preferences  platform/preferences.js.
 * @property {(name: any) => any} get
 * @property {(name: any, value: any) => void} set
 * @property {(topic: any, handle: (name: any) => void) => () => void} on
 *
 * @typedef {object} Attention  platform/attention.js.
 * @property {boolean} looking
 * @property {(topic: any, handle: (detail: any) => void) => () => void} on
 *
 * @typedef {object} Build  platform/build.js.
 * @property {boolean} replaced  The server has a newer one than this page.
 * @property {() => void} reload
 * @property {(topic: any, handle: (detail: any) => void) => () => void} on
 *
 * @typedef {object} Given  What main.js hands in.
 * @property {Account} account
 * @property {Preferences} preferences
 * @property {Attention} attention
 * @property {Build} build
 * @property {() => number} [now]
 */

/**
 * @typedef {object} Page  What every view gets.
 * @property {Account} account
 * @property {Preferences} preferences
 * @property {Attention} attention
 * @property {Build} build
 * @property {import("../lib/i18n.js").Translator} words
 * @property {import("../lib/i18n.js").Say} t
 * @property {import("../lib/time.js").Clock} clock
 * @property {HTMLElement} root  Where dialogs are put.
 *
 * @typedef {object} Columns  What the columns can ask of each other.
 * @property {(source: string, user_ids: number[]) => void} watch  Whose presence that view shows.
 * @property {(key: Key) => void} go  Opens a conversation to write in it.
 *
 * @typedef {Page & Columns & { client: Client }} ClientPage  Behind log-in.
 */

/**
 * @param {Given} given
 * @param {HTMLElement} root
 * @returns {Page}
 */
export function createPage({ account, preferences, attention, build, now = Date.now }, root) {
  const { language, tag } = chooseLanguage(
    preferences.get("language"),
    navigator.languages ?? [navigator.language],
  );
  const words = createTranslator(language, tag);
  return { account, preferences, attention, build, words, t: words.t, clock: createClock(tag, now), root };
}

/**
 * The title of a conversation. Names come as they are: put them into a <bdi>.
 *
 * @param {Page} page
 * @param {{ key: Key, peer: User | null, group: Group | null, is_notes: boolean }} conversation
 */
export function titleOf(page, { key, peer, group, is_notes }) {
  if (is_notes) {
    return page.t("list.notes");
  }
  if (group) {
    return group.name;
  }
  if (peer) {
    return peer.username;
  }
  const number = key.slice(2);
  return page.t(key.startsWith("g:") ? "conversation.group" : "conversation.user", { number });
}

/**
 * What went wrong, in words. `error` is a Failure with a code; anything else is a bug and shows as such.
 *
 * @param {Page} page
 * @param {unknown} error
 */
export function failureText(page, error) {
  const { code, retry_after_ms } = /** @type {{ code?: string, retry_after_ms?: number }} */ (error ?? {});
  if (code === "too_fast" && retry_after_ms) {
    return page.t("error.wait", { count: Math.max(1, Math.ceil(retry_after_ms / 1000)) });
  }
  return page.words.error(code ?? "internal");
}
