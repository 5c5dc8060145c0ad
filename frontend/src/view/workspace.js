// @ts-check
// The columns of somebody who is logged in, what holds for all of them (title, keys that work everywhere, whose
// presence is on the screen) and which of them a narrow window shows.

import { h, Lifetime } from "../lib/dom.js";
import { mountBanner } from "./banner.js";
import { mountConversation } from "./conversation/conversation.js";
import { mountNoConversation } from "./conversation/none.js";
import { mountConversations } from "./conversations/list.js";
import { focusRow, handleKeys } from "./keys.js";
import { mountNewVersion } from "./new-version.js";
import { mountRail } from "./rail.js";

/** @typedef {import("./context.js").Page} Page */
/** @typedef {import("./context.js").Client} Client */
/** @typedef {import("./context.js").ClientPage} ClientPage */
/** @typedef {import("./context.js").Key} Key */

/**
 * @param {Page} base
 * @param {Client} client
 */
export function mountWorkspace(base, client) {
  const life = new Lifetime();
  /** @type {ClientPage} */
  const page = { ...base, client, watch: createWatch(client), go };
  const rail = mountRail(page);
  const banner = mountBanner(page);
  const version = mountNewVersion(page);
  const list = mountConversations(page);
  const place = h("div", { class: "workspace__conversation" });
  const banners = h("div", { class: "workspace__banners" }, banner.node, version.node);
  const node = h("div", { class: "workspace" }, rail.node, banners, list.node, place);
  /** @type {{ node: HTMLElement, focus(): void, destroy(): void } | null} */
  let conversation = null;
  /** @type {Key | null | undefined} */
  let shown;
  let going = false;

  /** @param {Key} key */
  function go(key) {
    going = true;
    if (client.current !== key) {
      client.open(key);
    } else {
      showCurrent();
    }
  }

  function showCurrent() {
    const hadFocus = place.contains(document.activeElement);
    if (client.current !== shown) {
      conversation?.destroy();
      shown = client.current;
      node.dataset.column = shown ? "conversation" : "list";
      // In the page before it is filled: what measures itself has to be laid out.
      conversation = shown ? mountConversation(page, shown, place) : mountNoConversation(page, place);
      if (hadFocus && !shown) {
        focusRow(node);
      }
    }
    if (going || hadFocus) {
      conversation?.focus();
    }
    going = false;
  }

  function showUnread() {
    document.title = titleFor(page);
  }

  life.add(client.on("current", showCurrent));
  life.add(client.on("conversations", showUnread));
  life.add(handleKeys(page, node));
  page.root.append(node);
  list.fill();
  showCurrent();
  showUnread();

  return {
    destroy() {
      life.end();
      for (const view of [rail, banner, version, list, conversation]) {
        view?.destroy();
      }
      for (const dialog of page.root.querySelectorAll("dialog")) {
        dialog.close();
      }
      node.remove();
    },
  };
}

/** @param {ClientPage} page */
function titleFor({ t, client, words }) {
  const unread = client.conversations.rows.reduce((sum, row) => sum + (row.muted ? 0 : row.unread), 0);
  if (unread === 0) {
    return t("app.name");
  }
  const count = new Intl.NumberFormat(words.tag);
  return t("app.title_unread", {
    count: unread > 99 ? t("app.more_than", { count: count.format(99) }) : count.format(unread),
  });
}

/**
 * Several views show people; the client wants to know of all of them at once, and only when it is different.
 *
 * @param {Client} client
 */
function createWatch(client) {
  /** @type {Map<string, number[]>} */
  const sources = new Map();
  let last = "";
  /** @param {string} source @param {number[]} user_ids */
  return (source, user_ids) => {
    sources.set(source, user_ids);
    const all = [...new Set([...sources.values()].flat())].sort((a, b) => a - b);
    if (all.join() === last) {
      return;
    }
    last = all.join();
    client.showing(all);
  };
}
