// @ts-check
// What the desktop app says of new messages outside its window: a notification for what nobody looks at, and the count
// beside the clock. What was unread when this began is counted, and not told again.

import { h, Lifetime } from "../../lib/dom.js";
import { titleOf } from "../context.js";
import { saidOf } from "../conversations/preview.js";
import { isDraft } from "../parts/entries.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").ConversationRow} ConversationRow */
/** @typedef {import("../context.js").Key} Key */

/**
 * @param {ClientPage} page
 * @returns {() => void} Ends it.
 */
export function mountAlerts(page) {
  const { client, desktop, attention, t } = page;
  const life = new Lifetime();
  if (!desktop) {
    return () => {};
  }
  const heard = createHeard();

  function update() {
    const { state, rows } = client.conversations;
    if (state !== "ready") {
      return;
    }
    for (const row of heard.news(rows, client.me.id)) {
      if (!desktop?.choices.get("muted") && !isMuted(row) && !isLookedAt(row.key)) {
        desktop?.notifications.show(noticeOf(page, row));
      }
    }
    for (const row of rows.filter((one) => one.unread === 0)) {
      desktop?.notifications.take_away(row.key);
    }
    show(rows);
  }

  /** @param {Key} key */
  function isLookedAt(key) {
    return attention.looking && client.current === key;
  }

  /** @param {ConversationRow[]} rows */
  function show(rows) {
    const unread = unreadOf(rows);
    desktop?.show({
      unread,
      words: {
        show: t("tray.show"),
        mute: t("tray.mute"),
        quit: t("tray.quit"),
        tooltip: unread > 0 ? t("tray.unread", { count: unread }) : t("app.name"),
      },
    });
  }

  life.add(client.on("conversations", update));
  show(client.conversations.rows);
  update();
  return () => {
    life.end();
    // Nobody is logged in, or it comes again at once in another language.
    show([]);
  };
}

/** @param {ConversationRow} row */
function isMuted(row) {
  return /** @type {{ muted?: boolean }} */ (row).muted === true;
}

/** Of those that may call for somebody. @param {ConversationRow[]} rows */
export function unreadOf(rows) {
  return rows.filter((row) => !isMuted(row)).reduce((sum, row) => sum + row.unread, 0);
}

/** How far was heard of each conversation: the first look tells nothing. */
export function createHeard() {
  /** @type {Map<Key, number> | null} */
  let known = null;
  return {
    /**
     * The conversations in which somebody else said something since.
     *
     * @param {ConversationRow[]} rows
     * @param {number} me
     */
    news(rows, me) {
      const before = known;
      known = new Map(before ?? []);
      const found = [];
      for (const row of rows) {
        const { key, last, unread } = row;
        if (!last || isDraft(last)) {
          continue;
        }
        const is_new = before !== null && last.seq > (before.get(key) ?? 0);
        known.set(key, Math.max(last.seq, before?.get(key) ?? 0));
        if (is_new && unread > 0 && last.sender_id !== me) {
          found.push(row);
        }
      }
      return found;
    },
  };
}

/**
 * @param {ClientPage} page
 * @param {ConversationRow} row
 */
function noticeOf(page, row) {
  const title = titleOf(page, row);
  if (page.desktop?.choices.get("hides_text") || !row.last) {
    return { key: row.key, title, text: page.t("notice.new") };
  }
  const text = h("span", {}, ...saidOf(page, row, row.last)).textContent ?? "";
  return { key: row.key, title, text };
}
