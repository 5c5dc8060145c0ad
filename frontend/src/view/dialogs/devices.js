// @ts-check
// Where one is logged in, in a dialog. What stands in it has to ask the server anyway, so it is fetched when it is wanted.

import { openDialog } from "../parts/dialog.js";
import { createAlert } from "../parts/form.js";

/** @param {import("../context.js").ClientPage} page */
export async function openDevices(page) {
  const dialog = openDialog(page, { title: page.t("devices.title"), name: "devices" });
  const list = await import("./device-list.js").catch(() => null);
  if (list && !dialog.life.ended) {
    list.fillDevices(page, dialog);
  } else if (!list) {
    const alert = createAlert();
    alert.show(page.words.error("network"));
    dialog.body.append(alert.node);
  }
}
