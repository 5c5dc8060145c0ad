// @ts-check
// What can be done with the list as a whole.

import { h } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";
import { createMenu } from "../parts/menu.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {(error: unknown) => void} failed
 */
export function createHeadMenu(page, failed) {
  const { client, t } = page;
  const label = t("list.more");
  const button = h("button", { type: "button", class: "icon-button", "aria-label": label, title: label });
  button.append(icon("more"));
  return createMenu(button, [
    { icon: "read", label: t("list.read_all"), choose: () => void client.markAllRead().catch(failed) },
  ]);
}
