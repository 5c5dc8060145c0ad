// @ts-check
// What the log says about itself: that it is loading or empty, that it could not be loaded, what is known about the
// history above its first entry.

import { h, setAttribute } from "../../lib/dom.js";
import { createNotice, createSkeleton } from "../parts/notice.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */
/** @typedef {import("../context.js").LogView} LogView */

/**
 * The line above the first entry. It has the same height in all its states, so that nothing moves when they change.
 *
 * @param {ClientPage} page
 * @param {Key} key
 */
export function createOlder({ client, t }, key) {
  const retry = h("button", { type: "button", class: "button", "data-kind": "text" }, t("log.retry"));
  const failed = h("span", { class: "log__older-text" }, t("log.older_error"), " ", retry);
  const loading = h("span", { class: "log__older-text" }, t("log.older_loading"));
  const start = h("span", { class: "log__older-text" }, t("log.start"));
  const node = h("div", { class: "log__older" }, failed, loading, start);
  retry.addEventListener("click", () => client.loadOlder(key).catch(() => {}));
  return {
    node,
    /**
     * @param {LogView} view
     * @param {boolean} atTop  The first entry that is held is shown.
     */
    update(view, atTop) {
      const some = view.entries.length > 0;
      failed.hidden = !(some && atTop && view.older === "error");
      loading.hidden = !(some && atTop && view.older === "loading");
      start.hidden = !(some && atTop && view.older === "end");
      node.hidden = !some;
    },
  };
}

/**
 * What went wrong while there is something to show none the less.
 *
 * @param {ClientPage} page
 * @param {Key} key
 */
export function createTrouble({ client, t }, key) {
  const retry = h("button", { type: "button", class: "button", "data-kind": "small" }, t("log.retry"));
  const node = h(
    "div",
    { class: "log-frame__trouble", role: "alert", hidden: true },
    h("span", {}, t("conversation.error")),
    retry,
  );
  retry.addEventListener("click", () => client.reload(key));
  return {
    node,
    /** @param {LogView} view */
    update(view) {
      node.hidden = !(view.state === "error" && view.entries.length > 0 && client.link.state === "online");
    },
  };
}

/**
 * Stands over the log while that has nothing to show. Built anew only when it is another one.
 *
 * @param {ClientPage} page
 * @param {HTMLElement} place
 * @param {LogView} view
 */
export function showInstead(page, place, view) {
  const { state } = page.client.link;
  const which = whichInstead(view, state === "offline" || state === "waiting");
  place.hidden = which === null;
  if (!setWhich(place, which)) {
    return;
  }
  const { client, t, words } = page;
  if (which === "offline") {
    const words = { title: t("conversation.offline"), hint: t("conversation.offline_hint") };
    place.replaceChildren(createNotice(page, { icon: "offline", ...words }));
  } else if (which === "loading") {
    place.replaceChildren(createSkeleton(t("conversation.loading"), 5, "bubble"));
  } else if (which === "empty") {
    place.replaceChildren(createNotice(page, { icon: "messages", title: t("conversation.empty") }));
  } else if (which === "notes") {
    place.replaceChildren(createNotice(page, { icon: "messages", title: t("conversation.empty_notes") }));
  } else if (which === "error") {
    const action = { label: t("log.retry"), run: () => client.reload(view.key) };
    const hint = words.error(view.error ?? "internal");
    place.replaceChildren(
      createNotice(page, { icon: "failed", title: t("conversation.error"), hint, code: view.error, action }),
    );
  } else {
    place.replaceChildren();
  }
}

/**
 * @param {LogView} view
 * @param {boolean} offline
 */
function whichInstead({ state, entries, drafts, is_notes }, offline) {
  if (entries.length > 0 || drafts.length > 0) {
    return null;
  }
  if (offline && (state === "loading" || state === "error")) {
    return "offline";
  }
  if (state === "loading" || state === "error") {
    return state;
  }
  return state === "gone" ? null : is_notes ? "notes" : "empty";
}

/**
 * @param {HTMLElement} place
 * @param {string | null} which
 * @returns {boolean} Whether it is another one than before.
 */
function setWhich(place, which) {
  const before = place.getAttribute("data-which");
  setAttribute(place, "data-which", which);
  return before !== which;
}
