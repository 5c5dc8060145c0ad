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

/** A name that is still looked up is waited for as long: "User 7 wrote" helps nobody. */
const PATIENCE = 3000;
/** More than so many at once, as after a long sleep, are told in one. */
const MOST = 3;

/**
 * @param {ClientPage} page
 * @returns {() => void} Ends it.
 */
export function mountAlerts(page) {
  const { client, desktop, attention, calendar, t } = page;
  const life = new Lifetime();
  if (!desktop) {
    return () => {};
  }
  const heard = createHeard();
  /** Since when a name is waited for. @type {Map<Key, number>} */
  const nameless = new Map();

  function update() {
    const { state, rows } = client.conversations;
    if (state !== "ready") {
      return;
    }
    const news = heard.news(rows, client.me.id, isNamed);
    if (!desktop?.choices.get("muted")) {
      tell(news.filter((row) => !isMuted(row) && !isLookedAt(row.key)));
    }
    for (const row of rows.filter((one) => one.unread === 0)) {
      desktop?.notifications.take_away(row.key);
    }
    show(rows);
  }

  /** @param {ConversationRow[]} news */
  function tell(news) {
    const [newest] = news;
    if (news.length > MOST) {
      const text = t("tray.unread", { count: unreadOf(news) });
      desktop?.notifications.show({ key: newest.key, title: t("app.name"), text });
      return;
    }
    for (const row of news) {
      desktop?.notifications.show(noticeOf(page, row));
    }
  }

  /** @param {ConversationRow} row */
  function isNamed({ key, peer, group, is_notes }) {
    if (peer || group || is_notes) {
      nameless.delete(key);
      return true;
    }
    const since = nameless.get(key);
    if (since === undefined) {
      nameless.set(key, calendar.now());
      life.after(PATIENCE, update);
    }
    return since !== undefined && calendar.now() - since >= PATIENCE;
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
  life.add(client.on("people", update));
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
  let first = true;
  /** @type {Map<Key, number>} */
  const known = new Map();
  return {
    /**
     * The conversations in which somebody else said something since.
     *
     * @param {ConversationRow[]} rows
     * @param {number} me
     * @param {(row: ConversationRow) => boolean} [ready]  Those that are not are told the next time.
     */
    news(rows, me, ready = () => true) {
      const newer = rows.filter((row) => seqOf(row) > (known.get(row.key) ?? 0));
      const told = newer.filter((row) => first || !isFromOthers(row, me) || ready(row));
      for (const row of told) {
        known.set(row.key, seqOf(row));
      }
      const found = first ? [] : told.filter((row) => isFromOthers(row, me));
      first = false;
      return found;
    },
  };
}

/** The place of what was said last; 0 while that is a draft. @param {ConversationRow} row */
function seqOf({ last }) {
  return last && !isDraft(last) ? last.seq : 0;
}

/** @param {ConversationRow} row @param {number} me */
function isFromOthers({ last, unread }, me) {
  return unread > 0 && last !== null && !isDraft(last) && last.sender_id !== me;
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
