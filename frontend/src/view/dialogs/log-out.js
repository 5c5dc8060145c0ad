// @ts-check
// Logs out, and asks before that if something that was written and not sent would be lost.

import { h } from "../../lib/dom.js";
import { openDialog } from "../parts/dialog.js";
import { isDraft } from "../parts/entries.js";
import { createAlert, handleSubmit } from "../parts/form.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/**
 * @param {ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} before  Closes when there is nothing to ask.
 */
export async function openLogOut(page, before) {
  const count = unsent(page);
  if (count > 0) {
    return askFirst(page, count);
  }
  before.close();
  await page.account.logOut();
}

/**
 * In how many conversations something stands unsent.
 *
 * @param {ClientPage} page
 */
function unsent({ client }) {
  const { rows } = client.conversations;
  return rows.filter(
    (row) => row.draft.trim() !== "" || row.failed > 0 || (row.last !== null && isDraft(row.last)),
  ).length;
}

/**
 * @param {ClientPage} page
 * @param {number} count
 */
function askFirst(page, count) {
  const { t } = page;
  const dialog = openDialog(page, { title: t("logout.title"), name: "confirm" });
  const alert = createAlert();
  const cancel = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("dialog.cancel"));
  const button = h("button", { type: "submit", class: "button", "data-kind": "danger" }, t("logout.confirm"));
  const text = h("p", { class: "form__text" }, t("logout.lost", { count }));
  const form = h(
    "form",
    { class: "form" },
    text,
    alert.node,
    h("div", { class: "form__buttons" }, cancel, button),
  );
  dialog.body.append(form);
  dialog.life.listen(cancel, "click", dialog.close);
  handleSubmit(page, dialog.life, {
    form,
    button,
    alert,
    busy: t("mine.log_out"),
    submit: () => page.account.logOut(),
  });
  cancel.focus();
}
