// @ts-check
// Somebody closes the window for the first time: does that end the app? Asked once, and kept.

import { h } from "../../lib/dom.js";
import { openDialog } from "../parts/dialog.js";

/** @param {import("../context.js").Page} page */
export function openClosing(page) {
  const { t, desktop, root } = page;
  // Whoever closes again while being asked means it no more than before.
  if (!desktop || root.querySelector("dialog[data-name=closing]")) {
    return;
  }
  const dialog = openDialog(page, { title: t("closing.title"), name: "closing" });
  const quit = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("closing.quit"));
  const hide = h("button", { type: "button", class: "button", "data-kind": "main" }, t("closing.hide"));
  dialog.body.append(
    h("p", { class: "form__text desktop__lead" }, t("closing.text")),
    h("p", { class: "field__hint desktop__lead" }, t("closing.later")),
    h("div", { class: "form__buttons" }, quit, hide),
  );
  dialog.life.listen(hide, "click", () => {
    desktop.choices.set("closing", "hide");
    dialog.close();
    desktop.hide();
  });
  dialog.life.listen(quit, "click", () => {
    desktop.choices.set("closing", "quit");
    desktop.quit();
  });
  hide.focus();
}
