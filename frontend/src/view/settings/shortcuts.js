// @ts-check
// Settings, and the help that Ctrl+/ opens: the keys that work everywhere, as keys.js has them.

import { h } from "../../lib/dom.js";
import { openDialog } from "../parts/dialog.js";
import { SHORTCUTS, sayCombo } from "../shortcuts.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/** @type {import("../dialogs/settings.js").Section} */
export const shortcuts = {
  id: "shortcuts",
  icon: "keyboard",
  label: ({ t }) => t("settings.shortcuts"),
  build: (page) => createShortcuts(page),
};

/** @param {ClientPage} page */
export function openShortcuts(page) {
  const dialog = openDialog(page, { title: page.t("keys.title"), name: "shortcuts" });
  // By keyboard one reads on from here; there is nothing to press.
  const place = h("div", {
    class: "shortcuts",
    tabindex: 0,
    role: "document",
    "aria-label": page.t("keys.title"),
  });
  place.append(...createShortcuts(page));
  dialog.body.append(place);
  place.focus();
}

/** @param {ClientPage} page */
function createShortcuts({ t, preferences }) {
  const sending =
    preferences.get("send_key") === "ctrl_enter" ? ["Mod+Enter", "Enter"] : ["Enter", "Shift+Enter"];
  const lists = [
    ...SHORTCUTS.map(({ combos, says }) => ({ combos: combos.slice(0, 2), says })),
    { combos: [sending[0]], says: /** @type {const} */ ("keys.send") },
    { combos: [sending[1]], says: /** @type {const} */ ("keys.new_line") },
    { combos: ["ArrowUp", "ArrowDown"], says: /** @type {const} */ ("keys.lists") },
  ];
  const rows = lists.map(({ combos, says }) =>
    h(
      "div",
      { class: "shortcuts__row" },
      h("dt", {}, t(says)),
      h("dd", {}, ...combos.flatMap((combo, index) => [index > 0 && " / ", keysOf(combo)])),
    ),
  );
  return [
    h("dl", { class: "shortcuts__list" }, ...rows),
    h("p", { class: "setting__hint" }, t("keys.browser")),
  ];
}

/** @param {string} combo */
function keysOf(combo) {
  const keys = sayCombo(combo).map((key) => h("kbd", { class: "key" }, key));
  return h("span", { class: "shortcuts__keys" }, ...keys);
}
