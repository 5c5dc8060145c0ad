// @ts-check
// What stands beside the list while no conversation is open.

import { h } from "../../lib/dom.js";
import { createNotice } from "../parts/notice.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {HTMLElement} place
 */
export function mountNoConversation(page, place) {
  const { t } = page;
  const notice = createNotice(page, {
    icon: "messages",
    title: t("conversation.none"),
    heading: true,
    hint: t("conversation.none_hint"),
  });
  const node = h("main", { class: "conversation", "data-empty": true }, notice);
  place.replaceChildren(node);
  return { node, focus() {}, destroy: () => node.remove() };
}
