// @ts-check
// Goes to another server. What is kept of this one stays, also the log-in: coming back finds it.

import { h } from "../../lib/dom.js";
import { openDialog } from "../parts/dialog.js";
import { createServerForm } from "./server-form.js";

/**
 * @param {import("../context.js").Page} page
 * @param {import("../context.js").Desktop} desktop
 */
export function openServer(page, desktop) {
  const dialog = openDialog(page, { title: page.t("server.title"), name: "server" });
  const form = createServerForm(page, desktop, dialog.life, dialog.close);
  dialog.body.append(h("p", { class: "form__text desktop__lead" }, page.t("server.other")), form.node);
  form.input.select();
}
