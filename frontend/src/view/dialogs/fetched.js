// @ts-check
// Dialogs whose content is fetched when it is wanted: what they are for has to ask the server anyway.

import { openDialog } from "../parts/dialog.js";
import { createAlert } from "../parts/form.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/** @param {ClientPage} page */
export const openDevices = (page) => open(page, "devices", import("./devices.js"));
/** @param {ClientPage} page */
export const openCreateGroup = (page) => open(page, "create", import("./create-group.js"));
/** @param {ClientPage} page */
export const openJoinGroup = (page) => open(page, "join", import("./join-group.js"));

/**
 * @param {ClientPage} page
 * @param {"devices" | "create" | "join"} name
 * @param {Promise<{ fill: (page: ClientPage, dialog: import("../parts/dialog.js").Dialog) => void }>} fetched
 */
async function open(page, name, fetched) {
  const dialog = openDialog(page, { title: page.t(`${name}.title`), name });
  const content = await fetched.catch(() => null);
  if (!content) {
    const alert = createAlert();
    alert.show(page.words.error("network"));
    dialog.body.append(alert.node);
  } else if (!dialog.life.ended) {
    content.fill(page, dialog);
  }
}
