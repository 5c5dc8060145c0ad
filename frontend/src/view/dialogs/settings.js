// @ts-check
// How the page looks and speaks on this device. Choices hold at once; a new language builds the page anew, so the
// dialog is opened again in it.

import { createDesktopSection } from "../desktop/section.js";
import { createChoice } from "../parts/choice.js";
import { openDialog } from "../parts/dialog.js";

/** @param {import("../context.js").Page} page */
export function openSettings(page) {
  const { preferences, t } = page;
  const dialog = openDialog(page, { title: t("settings.title"), name: "settings" });
  const theme = createChoice(t("settings.theme"), [
    { value: "system", label: t("settings.theme_system") },
    { value: "light", label: t("settings.theme_light") },
    { value: "dark", label: t("settings.theme_dark") },
  ]);
  // A language is named in itself: who cannot read the others must find it.
  const language = createChoice(t("settings.language"), [
    { value: "auto", label: t("settings.language_auto") },
    { value: "en", label: "English", lang: "en" },
    { value: "zh-CN", label: "简体中文", lang: "zh-CN" },
  ]);
  dialog.body.append(theme.node, language.node);
  if (page.desktop) {
    dialog.body.append(createDesktopSection(page, page.desktop, dialog.life).node);
  }
  theme.set(preferences.get("theme"));
  language.set(preferences.get("language"));
  theme.onChoice((value) => preferences.set("theme", /** @type {any} */ (value)));
  language.onChoice((value) => preferences.set("language", /** @type {any} */ (value)));
  theme.focus();
}
