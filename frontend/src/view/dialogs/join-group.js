// @ts-check
// Joins a group by its number and opens it.

import { h } from "../../lib/dom.js";
import { createAlert, createField, handleSubmit } from "../parts/form.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 */
export function fill(page, dialog) {
  const { client, t } = page;
  const attributes = {
    name: "group-number",
    inputmode: "numeric",
    autocomplete: "off",
    required: true,
    maxlength: 20,
  };
  const number = createField(t("join.number"), attributes, { hint: t("join.hint") });
  const alert = createAlert();
  const button = h("button", { type: "submit", class: "button", "data-kind": "main" }, t("join.submit"));
  const form = h(
    "form",
    { class: "form" },
    number.node,
    alert.node,
    h("div", { class: "form__buttons" }, button),
  );
  dialog.body.append(form);

  async function submit() {
    const key = await client.groups.join(readNumber(number.input.value));
    if (dialog.life.ended) {
      return;
    }
    dialog.close();
    page.go(key);
  }

  const explain = (/** @type {any} */ error) => (error?.code === "not_found" ? t("join.none") : null);
  handleSubmit(page, dialog.life, { form, button, alert, busy: t("join.busy"), submit, explain });
  number.input.focus();
}

/**
 * Digits of a Chinese keyboard are wide ones.
 *
 * @param {string} text
 * @returns {number}
 */
function readNumber(text) {
  const digits = text.normalize("NFKC").trim();
  const number = Number(digits);
  if (!/^\d+$/u.test(digits) || number < 1 || !Number.isSafeInteger(number)) {
    throw Object.assign(new Error("not a group number"), { code: "bad_id" });
  }
  return number;
}
