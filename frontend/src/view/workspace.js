// @ts-check
// The columns of somebody who is logged in, what holds for all of them (news, keys that work everywhere, whose
// presence is on the screen) and which of them a narrow window shows.

import { h, Lifetime } from "../lib/dom.js";
import { mountAlerts } from "./alerts.js";
import { mountBanner } from "./banner.js";
import { mountConversation } from "./conversation/conversation.js";
import { mountNoConversation } from "./conversation/none.js";
import { mountConversations } from "./conversations/list.js";
import { openSettings } from "./dialogs/settings.js";
import { focusRow, handleKeys } from "./keys.js";
import { mountNewLogin } from "./new-login.js";
import { mountNewVersion } from "./new-version.js";
import { mountRail } from "./rail.js";
import { mountResizer } from "./resizer.js";

/** @typedef {import("./context.js").Page} Page */
/** @typedef {import("./context.js").Client} Client */
/** @typedef {import("./context.js").ClientPage} ClientPage */
/** @typedef {import("./context.js").Key} Key */
/** @typedef {import("./context.js").FoundThere} FoundThere */

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
  const logins = mountNewLogin(page);
  const keyring = page.desktopViews?.mountNoKeyring(page);
  const list = mountConversations(page);
  const resizer = mountResizer(page);
  const place = h("div", { class: "workspace__conversation" });
  const banners = h(
    "div",
    { class: "workspace__banners" },
    banner.node,
    version.node,
    logins.node,
    keyring?.node,
  );
  const node = h("div", { class: "workspace" }, rail.node, banners, list.node, place);
  // In a part of the page that has a name, as everything is.
  list.node.append(resizer.node);
  /** Or what stands in its place. @type {ReturnType<typeof mountConversation> | ReturnType<typeof mountNoConversation> | null} */
  let conversation = null;
  /** @type {Key | null | undefined} */
  let shown;
  let going = false;
  /** What one goes there for. @type {FoundThere | undefined} */
  let found;

  /** @param {Key} key @param {FoundThere} [what] */
  function go(key, what) {
    going = true;
    found = what;
    if (client.current !== key) {
      client.open(key);
    } else {
      showCurrent();
    }
  }

  function opened() {
    return conversation && "find" in conversation ? conversation : null;
  }

  function showCurrent() {
    const hadFocus = place.contains(document.activeElement);
    if (client.current !== shown) {
      mount(hadFocus);
    }
    if (going || hadFocus) {
      conversation?.focus();
    }
    going = false;
    if (found) {
      opened()?.find(found);
      found = undefined;
    }
  }

  /** @param {boolean} hadFocus */
  function mount(hadFocus) {
    conversation?.destroy();
    shown = client.current;
    node.dataset.column = shown ? "conversation" : "list";
    // In the page before it is filled: what measures itself has to be laid out.
    conversation = shown ? mountConversation(page, shown, place) : mountNoConversation(page, place);
    if (hadFocus && !shown) {
      focusRow(node);
    }
  }

  life.add(client.on("current", showCurrent));
  life.add(handleKeys(page, node, opened));
  if (page.desktopViews) {
    life.add(page.desktopViews.mountTray(page));
  }
  page.root.append(node);
  list.fill();
  showCurrent();
  const alerts = mountAlerts(page);

  return {
    /** @param {string} [section] */
    openSettings: (section) => openSettings(page, section),
    destroy() {
      life.end();
      for (const view of [alerts, rail, banner, version, logins, keyring, list, resizer, conversation]) {
        view?.destroy();
      }
      for (const dialog of page.root.querySelectorAll("dialog")) {
        dialog.close();
      }
      node.remove();
    },
  };
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
