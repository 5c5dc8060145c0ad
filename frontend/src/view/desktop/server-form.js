// @ts-check
// Which server the desktop app talks to: the form of the first start and of the settings.

import { h } from "../../lib/dom.js";
import { createAlert, createField, handleSubmit } from "../parts/form.js";

/** @typedef {import("../context.js").Page} Page */

/**
 * @param {Page} page
 * @param {import("../context.js").Desktop} desktop
 * @param {import("../../lib/dom.js").Lifetime} life
 * @param {() => void} [done]  The server is the one that it was.
 */
export function createServerForm(page, desktop, life, done = () => {}) {
  const { t } = page;
  const attributes = {
    name: "server",
    required: true,
    maxlength: 255,
    dir: "ltr",
    inputmode: "url",
    autocomplete: "off",
    autocapitalize: "none",
    placeholder: "chat.example.org",
  };
  const { node: field, input } = createField(t("server.address"), attributes, {
    hint: t("server.address_hint"),
  });
  input.value = desktop.server?.replace(/^https:\/\//, "") ?? "";
  const alert = createAlert();
  const button = h(
    "button",
    { type: "submit", class: "button login__submit", "data-kind": "main" },
    t("server.submit"),
  );
  const node = h("form", { class: "form" }, field, alert.node, button);
  handleSubmit(page, life, {
    form: node,
    button,
    alert,
    busy: t("server.busy"),
    submit: async () => {
      await desktop.use(input.value);
      done();
    },
  });
  return { node, input };
}
