// @ts-check
// The button above the list, and the three ways to begin a conversation behind it.

import { h } from "../../lib/dom.js";
import { openCreateGroup, openJoinGroup, openMessageSomeone } from "../dialogs/fetched.js";
import { icon } from "../parts/icon.js";
import { createMenu } from "../parts/menu.js";

/** @param {import("../context.js").ClientPage} page */
export function createNewButton(page) {
  const { t } = page;
  const button = h("button", {
    type: "button",
    class: "icon-button",
    "aria-label": t("list.new"),
    title: t("list.new"),
  });
  button.append(icon("plus"));
  return createMenu(button, [
    { icon: "person", label: t("find.title"), choose: () => openMessageSomeone(page) },
    { icon: "group", label: t("create.title"), choose: () => openCreateGroup(page) },
    { icon: "enter", label: t("join.title"), choose: () => openJoinGroup(page) },
  ]);
}
