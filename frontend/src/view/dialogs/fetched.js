// @ts-check
// Dialogs whose content is fetched when it is wanted: few want it at first, and what most of them are for has to ask the
// server anyway. Those that need no server are asked for by `await import`, which is what the worker keeps.

import { openDialog } from "../parts/dialog.js";
import { openFinder } from "../parts/finder.js";
import { createAlert } from "../parts/form.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../parts/dialog.js").Dialog} Dialog */

/** @param {ClientPage} page */
export const openDevices = (page) => open(page, "devices", page.t("devices.title"), import("./devices.js"));
/** @param {ClientPage} page */
export const openMessageSomeone = (page) =>
  open(page, "find", page.t("find.title"), import("./message-someone.js"));
/** @param {ClientPage} page */
export const openCreateGroup = (page) =>
  open(page, "create", page.t("create.title"), import("./create-group.js"));
/** @param {ClientPage} page */
export const openJoinGroup = (page) => open(page, "join", page.t("join.title"), import("./join-group.js"));
/** @param {ClientPage} page @param {import("../context.js").Group} group */
export const openLeaveGroup = (page, group) =>
  open(page, "confirm", page.t("leave.title"), import("./leave-group.js"), group);
/** @param {ClientPage} page @param {number} count @param {() => void} remove */
export const openDeleteMessages = (page, count, remove) =>
  open(page, "confirm", page.t("remove.title", { count }), deleteMessages(), remove);
const deleteMessages = async () => await import("./delete-messages.js");

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
  return fill(page, finder.dialog, search(), finder);
}
const search = async () => await import("./search.js");

/**
 * @param {ClientPage} page
 * @param {string} name
 * @param {string} title
 * @param {Promise<{ fill: (page: ClientPage, dialog: Dialog, about: any) => void }>} fetched
 * @param {unknown} [about]
 */
function open(page, name, title, fetched, about) {
  return fill(page, openDialog(page, { title, name }), fetched, about);
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
