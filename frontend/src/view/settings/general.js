// @ts-check
// Settings: the language, which key sends, and the client as an app of its own.

import { h, setText } from "../../lib/dom.js";
import { createChoice } from "../parts/choice.js";

/** @type {import("../dialogs/settings.js").Section} */
export const general = {
  id: "general",
  icon: "settings",
  label: ({ t }) => t("settings.general"),
  build(page, dialog) {
    const { preferences, t } = page;
    // A language is named in itself: who cannot read the others must find it.
    const language = createChoice(t("settings.language"), [
      { value: "auto", label: t("settings.language_auto") },
      { value: "en", label: "English", lang: "en" },
      { value: "zh-CN", label: "简体中文", lang: "zh-CN" },
    ]);
    const key = createChoice(t("settings.send_key"), [
      { value: "enter", label: t("settings.send_enter"), hint: t("settings.send_enter_hint") },
      { value: "ctrl_enter", label: t("settings.send_ctrl_enter"), hint: t("settings.send_ctrl_enter_hint") },
    ]);
    language.set(preferences.get("language"));
    key.set(preferences.get("send_key"));
    language.onChoice((value) => preferences.set("language", /** @type {any} */ (value)));
    key.onChoice((value) => preferences.set("send_key", /** @type {any} */ (value)));
    const { installing } = page.device;
    return [language.node, key.node, ...(installing ? [installation(page, installing, dialog)] : [])];
  },
};

/**
 * @param {import("../context.js").ClientPage} page
 * @param {NonNullable<import("../context.js").Device["installing"]>} installing
 * @param {import("../parts/dialog.js").Dialog} dialog
 */
function installation({ t }, installing, { life }) {
  const said = h("p", { class: "setting__hint" });
  const button = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("install.button"));
  const node = h(
    "div",
    { class: "setting" },
    h("h3", { class: "choice__label" }, t("install.title")),
    h("div", { class: "setting__row" }, said, button),
  );

  function update() {
    button.hidden = !installing.offered;
    setText(said, t(installing.offered ? "install.offered" : `install.${installing.instead}`));
  }

  life.listen(button, "click", () => installing.ask());
  life.add(installing.on("change", update));
  update();
  return node;
}
