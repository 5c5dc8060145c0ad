// @ts-check
// What everybody may have their own way on this device, in sections: tabs beside them, or above where there is little
// room. Choices hold at once. A platform adds sections of its own by `device.sections`; each is built when it is shown
// first.

import { h, setAttribute } from "../../lib/dom.js";
import { openDialog } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";
import { moveByKey } from "../parts/menu.js";
import { account } from "../settings/account.js";
import { appearance } from "../settings/appearance.js";
import { general } from "../settings/general.js";
import { notifications } from "../settings/notifications.js";
import { shortcuts } from "../settings/shortcuts.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/**
 * @typedef {object} Section
 * @property {string} id
 * @property {string} icon
 * @property {(page: ClientPage) => string} label
 * @property {(page: ClientPage, dialog: import("../parts/dialog.js").Dialog) => HTMLElement[]} build  What it listens to ends
 *   with the dialog's life.
 */

/** @type {Section[]} */
const SECTIONS = [general, appearance, notifications, shortcuts, account];

/**
 * @param {ClientPage} page
 * @param {string} [first]  The section that is shown first.
 */
export function openSettings(page, first = general.id) {
  const { t } = page;
  const dialog = openDialog(page, { title: t("settings.title"), name: "settings" });
  const sections = [...SECTIONS, ...page.device.sections];
  const tabs = sections.map((section) => tabFor(page, section));
  const panels = sections.map(({ id }, index) =>
    h("div", {
      class: "settings__panel",
      role: "tabpanel",
      id: panelId(id),
      "aria-labelledby": tabs[index].id,
      tabindex: 0,
      hidden: true,
    }),
  );
  const list = h("div", {
    class: "settings__tabs",
    role: "tablist",
    "aria-label": t("settings.sections"),
    "aria-orientation": "vertical",
  });
  list.append(...tabs);
  dialog.body.append(
    h("div", { class: "settings" }, list, h("div", { class: "settings__panels" }, ...panels)),
  );

  /** @param {number} at */
  function show(at) {
    const panel = panels[at];
    if (panel.childElementCount === 0) {
      panel.append(...sections[at].build(page, dialog));
    }
    dialog.node.dataset.section = sections[at].id;
    tabs[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    tabs.forEach((tab, index) => {
      setAttribute(tab, "aria-selected", String(index === at));
      setAttribute(tab, "tabindex", index === at ? 0 : -1);
      panels[index].hidden = index !== at;
    });
  }

  tabs.forEach((tab, index) => {
    dialog.life.listen(tab, "click", () => show(index));
    dialog.life.listen(tab, "focus", () => show(index));
  });
  dialog.life.listen(list, "keydown", (event) => moveByTabKey(event, tabs));
  const at = Math.max(
    0,
    sections.findIndex(({ id }) => id === first),
  );
  show(at);
  tabs[at].focus();
}

/** @param {string} id */
const panelId = (id) => `settings-${id}`;

/**
 * @param {ClientPage} page
 * @param {Section} section
 */
function tabFor(page, section) {
  const attributes = {
    type: "button",
    class: "settings__tab",
    role: "tab",
    id: `settings-tab-${section.id}`,
    "aria-controls": panelId(section.id),
  };
  return h("button", attributes, icon(section.icon), h("span", {}, section.label(page)));
}

/**
 * The tabs stand in a column or in a row: both pairs of arrows move.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} tabs
 */
function moveByTabKey(event, tabs) {
  const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    tabs[Math.max(0, Math.min(tabs.length - 1, at + step))].focus();
  } else {
    moveByKey(event, tabs);
  }
}
