// @ts-check
// Tells of what came while nobody looked: a notification, a sound, the number in the title and on the icon. Never of the
// conversation that is looked at, of one that is muted, of what was read meanwhile here or on another device, and never
// from two tabs.

import { Lifetime } from "../lib/dom.js";
import { plainName } from "../lib/text.js";
import { kindOf } from "../net/wire.js";
import { titleOf } from "./context.js";
import { faceOfConversation } from "./parts/avatar.js";
import { isDraft, lineOf, nameOf } from "./parts/entries.js";

/** @typedef {import("./context.js").ClientPage} ClientPage */
/** @typedef {import("./context.js").ConversationRow} ConversationRow */
/** @typedef {import("./context.js").Key} Key */

/** Whoever reads it within so many ms, here or elsewhere, needs no notification. */
const READ_WITHIN = 400;

/** So often it is waited for a name that is still looked up: that "User 7" wrote helps nobody. */
const NAME_TRIES = 8;

/**
 * @param {ClientPage} page
 * @returns {{ destroy(): void }}
 */
export function mountAlerts(page) {
  const { client, device } = page;
  const life = new Lifetime();
  /** The newest entry that was known, by conversation. @type {Map<Key, number>} */
  const known = new Map();
  /** What was there when the page came is no news: it counts from the first list that the server gave. */
  let begun = false;

  function update() {
    const { rows, settled } = client.conversations;
    document.title = titleFor(page);
    device.badge.show(unreadIn(rows));
    for (const row of rows) {
      const seq = newestOf(row);
      const fresh = begun && seq > (known.get(row.key) ?? 0) && isWanted(page) && isWorth(page, row);
      known.set(row.key, Math.max(known.get(row.key) ?? 0, seq));
      if (fresh) {
        life.after(READ_WITHIN, () => alert(row.key, seq));
      }
      if (row.unread === 0) {
        device.notifications.close(row.key);
      }
    }
    begun ||= settled;
  }

  /**
   * @param {Key} key
   * @param {number} seq
   * @param {number} [tries]
   */
  function alert(key, seq, tries = 1) {
    const row = client.conversations.rows.find((one) => one.key === key);
    // A newer one has its own turn.
    if (!row || newestOf(row) !== seq || row.unread === 0 || !isWorth(page, row) || !device.foremost.mine) {
      return;
    }
    if (!isNamed(row) && tries < NAME_TRIES) {
      life.after(READ_WITHIN, () => alert(key, seq, tries + 1));
      return;
    }
    if (page.preferences.get("sound")) {
      device.sound.play();
    }
    if (page.preferences.get("notify")) {
      device.notifications.show({ tag: key, ...wordsFor(page, row) });
    }
  }

  life.add(client.on("conversations", update));
  life.add(device.notifications.on("open", (/** @type {Key} */ key) => page.go(key)));
  update();
  return {
    destroy() {
      life.end();
      device.badge.show(0);
      for (const key of known.keys()) {
        device.notifications.close(key);
      }
    },
  };
}

/** @param {ClientPage} page */
function isWanted({ preferences }) {
  return preferences.get("notify") || preferences.get("sound");
}

/**
 * Whether it is one to be told of, should it stay unread: how much is unread may be known a little later than what came.
 *
 * @param {ClientPage} page
 * @param {ConversationRow} row
 */
function isWorth({ client, attention, preferences }, row) {
  const { last } = row;
  if (!last || isDraft(last) || last.sender_id === client.me.id || kindOf(last.message_type) !== "written") {
    return false;
  }
  const looked = attention.looking && client.current === row.key;
  return !row.muted && !looked && !preferences.get("quiet");
}

/** @param {ConversationRow} row */
function isNamed({ peer, group, is_notes }) {
  return Boolean(peer || group || is_notes);
}

/** @param {ConversationRow} row */
function newestOf({ last }) {
  return last && !isDraft(last) ? last.seq : 0;
}

/**
 * @param {ClientPage} page
 * @param {ConversationRow} row
 */
function wordsFor(page, row) {
  const { t } = page;
  const { last } = row;
  if (!page.preferences.get("notify_content") || !last || isDraft(last)) {
    return { title: t("app.name"), body: t("notify.something") };
  }
  const text = lineOf(page, last);
  const body = row.group ? t("log.announce", { name: nameOf(page, last.sender_id), text }) : text;
  const name = titleOf(page, row);
  return { title: plainName(name), body, face: faceOfConversation(row, name) };
}

/** Muted conversations call nobody. @param {ConversationRow[]} rows */
export function unreadIn(rows) {
  return rows.reduce((sum, row) => sum + (row.muted ? 0 : row.unread), 0);
}

/** @param {ClientPage} page */
function titleFor({ t, client, words }) {
  const unread = unreadIn(client.conversations.rows);
  if (unread === 0) {
    return t("app.name");
  }
  const count = new Intl.NumberFormat(words.tag);
  return t("app.title_unread", {
    count: unread > 99 ? t("app.more_than", { count: count.format(99) }) : count.format(unread),
  });
}
