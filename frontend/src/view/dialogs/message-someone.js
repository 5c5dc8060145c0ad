// @ts-check
// Finds a person by the whole user name and opens the conversation with them.

import { bdi, h } from "../../lib/dom.js";
import { createAvatar, faceOfUser } from "../parts/avatar.js";
import { createAlert, createField, handleSubmit } from "../parts/form.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/**
 * @param {ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 */
export function fill(page, dialog) {
  const { client, t } = page;
  const username = createField(
    t("find.username"),
    { name: "find-username", autocomplete: "off", autocapitalize: "none", required: true, maxlength: 200 },
    { hint: t("find.hint") },
  );
  const alert = createAlert();
  const found = h("div", { class: "found", role: "status" });
  const button = h("button", { type: "submit", class: "button", "data-kind": "main" }, t("find.submit"));
  const form = h(
    "form",
    { class: "form" },
    username.node,
    alert.node,
    h("div", { class: "form__buttons" }, button),
  );
  dialog.body.append(form, found);

  async function submit() {
    found.replaceChildren();
    const user = await client.findUser(username.input.value.trim());
    if (dialog.life.ended) {
      return;
    }
    const card = createFound(page, user, () => {
      dialog.close();
      page.go(client.keyOf(user));
    });
    found.replaceChildren(...card);
    found.querySelector("button")?.focus();
  }

  const explain = (/** @type {any} */ error) => (error?.code === "not_found" ? t("find.none") : null);
  dialog.life.listen(username.input, "input", () => found.replaceChildren());
  handleSubmit(page, dialog.life, { form, button, alert, busy: t("find.busy"), submit, explain });
  username.input.focus();
}

/**
 * @param {ClientPage} page
 * @param {import("../context.js").User} user
 * @param {() => void} choose
 */
function createFound(page, user, choose) {
  const avatar = createAvatar(page, 40);
  avatar.update(faceOfUser(user, page.client.status(user.id)));
  const message = h(
    "button",
    { type: "button", class: "button", "data-kind": "main" },
    page.t("find.message"),
  );
  message.addEventListener("click", choose);
  const mine = user.id === page.client.me.id && h("p", { class: "found__hint" }, page.t("find.yourself"));
  return [
    h("div", { class: "found__user" }, avatar.node, bdi(user.username, { class: "found__name" }), message),
    ...(mine ? [mine] : []),
  ];
}
