// @ts-check
// Dialogs whose content is fetched when it is wanted: few want it at first, and what most of them are for has to ask the
// server anyway.

import { openDialog } from "../parts/dialog.js";
import { openFinder } from "../parts/finder.js";
import { createAlert } from "../parts/form.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../parts/dialog.js").Dialog} Dialog */

/** @param {ClientPage} page */
export const openDevices = (page) => open(page, "devices", import("./devices.js"));
/** @param {ClientPage} page */
export const openMessageSomeone = (page) => open(page, "find", import("./message-someone.js"));
/** @param {ClientPage} page */
export const openCreateGroup = (page) => open(page, "create", import("./create-group.js"));
/** @param {ClientPage} page */
export const openJoinGroup = (page) => open(page, "join", import("./join-group.js"));
/** @param {ClientPage} page @param {import("../context.js").Group} group */
export const openLeaveGroup = (page, group) =>
  open(page, "leave", import("./leave-group.js"), { name: "confirm", about: group });
/** @param {ClientPage} page @param {number} count @param {() => void} remove */
export const openDeleteMessages = (page, count, remove) =>
  open(page, "remove", import("./delete-messages.js"), { name: "confirm", about: remove, count });

/**
 * The search through all conversations. What is typed before its content is there is not lost.
 *
 * @param {ClientPage} page
 * @param {string} [typed]  Already, elsewhere.
 */
export function openSearch(page, typed) {
  const { t } = page;
  const finder = openFinder(page, {
    name: "search",
    title: t("everywhere.title"),
    placeholder: t("everywhere.placeholder"),
    results: t("log.label"),
    typed,
  });
  return fill(page, finder.dialog, import("./search.js"), finder);
}

/**
 * @param {ClientPage} page
 * @param {"devices" | "find" | "create" | "join" | "leave" | "remove"} what
 * @param {Promise<{ fill: (page: ClientPage, dialog: Dialog, about: any) => void }>} fetched
 * @param {{ name?: string, about?: unknown, count?: number }} [more]  `name`: for the style sheet.
 */
function open(page, what, fetched, { name = what, about, count = 1 } = {}) {
  const dialog = openDialog(page, { title: page.t(`${what}.title`, { count }), name });
  return fill(page, dialog, fetched, about);
}

/**
 * @param {ClientPage} page
 * @param {Dialog} dialog
 * @param {Promise<{ fill: (page: ClientPage, dialog: Dialog, about: any) => void }>} fetched
 * @param {unknown} about
 */
async function fill(page, dialog, fetched, about) {
  const content = await fetched.catch(() => null);
  if (!content) {
    const alert = createAlert();
    alert.show(page.words.error("network"));
    dialog.body.append(alert.node);
  } else if (!dialog.life.ended) {
    content.fill(page, dialog, about);
  }
}
