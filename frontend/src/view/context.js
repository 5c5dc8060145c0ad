// @ts-check
// What every view is given, and the faces of what stands behind it: views know state and platform by these types only.
// main.js hands in the real ones, test/gallery its fixed ones.

import { createCalendar } from "../lib/time.js";

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
 * @typedef {import("../state/types.js").Hit} Hit
 */

/**
 * The faces of the real things, as their classes have them: what is private there is nobody's business here.
 *
 * @template T
 * @typedef {Pick<T, keyof T>} Face
 */

/**
 * @typedef {"start" | "stop" | "flush" | "adopt" | "lookedAt" | "unsent" | "deletedElsewhere"} Life  Of a client: main.js and the account see to it.
 * @typedef {Omit<Face<import("../state/client.js").Client>, Life | "devices" | "groups" | "search"> & {
 *   devices: Face<import("../state/devices.js").Devices>,
 *   groups: Face<import("../state/groups.js").Groups>,
 *   search: Face<import("../state/search.js").Search>,
 * }} Client  Somebody who is logged in.
 * @typedef {Omit<Face<import("../state/account.js").Account>, "client" | "start" | "heard"> & { client: Client | null }} Account
 * @typedef {Face<import("../platform/preferences.js").StoredPreferences>} Preferences
 * @typedef {Face<import("../platform/attention.js").Attention>} Attention
 * @typedef {Omit<Face<import("../platform/build.js").Build>, "check">} Build
 * @typedef {Omit<Face<import("../platform/desktop/desktop.js").Desktop>, "choices" | "tokens" | "notifications" | "takeLink"> & {
 *   choices: Face<import("../platform/desktop/choices.js").DesktopChoices>,
 *   tokens: Pick<import("../platform/desktop/tokens.js").KeyringTokens, "lasting" | "on">,
 * }} Desktop
 * @typedef {typeof import("./desktop/views.js")} DesktopViews
 *
 * @typedef {object} Device  What the device can do beside showing a page.
 * @property {Pick<import("../platform/notifications.js").Notifications, "permission" | "ask" | "show" | "close" | "on">} notifications
 * @property {Face<import("../platform/foremost.js").Foremost>} foremost
 * @property {Face<import("../platform/sound.js").Sound>} sound
 * @property {Face<import("../platform/badge.js").Badge>} badge
 * @property {Face<import("../platform/worker.js").Installing> | null} installing  Null where it is an app already.
 * @property {import("./dialogs/settings.js").Section[]} sections  Of the settings, which only this platform has.
 *
 * @typedef {object} Given  What main.js hands in.
 * @property {Account} account
 * @property {Preferences} preferences
 * @property {Attention} attention
 * @property {Build} build
 * @property {Device} device
 * @property {Desktop | null} [desktop]  In the desktop app.
 * @property {DesktopViews | null} [desktopViews]  What is seen only there; a browser does not load it.
 * @property {() => number} [now]
 */

/**
 * @typedef {object} Page  What every view gets.
 * @property {Account} account
 * @property {Preferences} preferences
 * @property {Attention} attention
 * @property {Build} build
 * @property {Device} device
 * @property {Desktop | null} desktop  In the desktop app.
 * @property {DesktopViews | null} desktopViews
 * @property {import("../lib/i18n.js").Translator} words
 * @property {import("../lib/i18n.js").Say} t
 * @property {import("../lib/time.js").Calendar} calendar
 * @property {HTMLElement} root  Where dialogs are put.
 *
 * @typedef {object} Columns  What the columns can ask of each other.
 * @property {(source: string, user_ids: number[]) => void} watch  Whose presence that view shows.
 * @property {(key: Key, found?: FoundThere) => void} go  Opens a conversation to write in it, or to see what was found there.
 *
 * @typedef {object} FoundThere
 * @property {string} words
 * @property {number} seq  The entry that has them.
 *
 * @typedef {Page & Columns & { client: Client }} ClientPage  Behind log-in.
 */

/**
 * @param {Given} given
 * @param {HTMLElement} root
 * @param {import("../lib/i18n.js").Translator} words
 * @returns {Page}
 */
export function createPage(
  { account, preferences, attention, build, device, desktop = null, desktopViews = null, now = Date.now },
  root,
  words,
) {
  return {
    account,
    preferences,
    attention,
    build,
    device,
    desktop,
    desktopViews,
    words,
    t: words.t,
    calendar: createCalendar(words.tag, now),
    root,
  };
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
