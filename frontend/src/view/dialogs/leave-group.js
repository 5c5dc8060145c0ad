// @ts-check
// Asks once more before one leaves a group, and says what it means for its owner.

import { h } from "../../lib/dom.js";
import { createAlert, handleSubmit } from "../parts/form.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 * @param {import("../context.js").Group} group
 */
export function fill(page, dialog, group) {
  const { client, t } = page;
  const hint = t(group.owner_id === client.me.id ? "leave.owner_hint" : "leave.hint", { name: group.name });
  const alert = createAlert();
  const cancel = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("dialog.cancel"));
  const button = h("button", { type: "submit", class: "button", "data-kind": "danger" }, t("leave.submit"));
  const form = h(
    "form",
    { class: "form" },
    h("p", { class: "form__text" }, hint),
    alert.node,
    h("div", { class: "form__buttons" }, cancel, button),
  );
  dialog.body.append(form);

  async function submit() {
    await client.groups.leave(group.id);
    dialog.close();
  }

  dialog.life.listen(cancel, "click", dialog.close);
  handleSubmit(page, dialog.life, { form, button, alert, busy: t("leave.busy"), submit });
  cancel.focus();
}
