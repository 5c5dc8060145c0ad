// @ts-check
// Asks for name and description of a new group, makes it and opens it.

import { h } from "../../lib/dom.js";
import { createAlert, createField, handleSubmit } from "../parts/form.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 */
export function fill(page, dialog) {
  const { client, t } = page;
  const name = createField(t("create.name"), {
    name: "group-name",
    autocomplete: "off",
    required: true,
    maxlength: 400,
  });
  const description = createField(
    t("create.description"),
    { name: "group-description", maxlength: 8000 },
    { rows: 3 },
  );
  const alert = createAlert();
  const button = h("button", { type: "submit", class: "button", "data-kind": "main" }, t("create.submit"));
  const form = h(
    "form",
    { class: "form" },
    name.node,
    description.node,
    alert.node,
    h("div", { class: "form__buttons" }, button),
  );
  dialog.body.append(form);

  async function submit() {
    const asked = { name: name.input.value.trim(), description: description.input.value.trim() };
    const key = await client.groups.create(asked);
    if (dialog.life.ended) {
      return;
    }
    dialog.close();
    page.go(key);
  }

  handleSubmit(page, dialog.life, { form, button, alert, busy: t("create.busy"), submit });
  name.input.focus();
}
