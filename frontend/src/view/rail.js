// @ts-check
// The narrow column at the edge: oneself with one's own presence, and the way to the settings.

import { h, Lifetime, setAttribute } from "../lib/dom.js";
import { openMyProfile } from "./dialogs/my-profile.js";
import { openSettings } from "./dialogs/settings.js";
import { createAvatar, faceOfUser } from "./parts/avatar.js";
import { icon } from "./parts/icon.js";

/** @param {import("./context.js").ClientPage} page */
export function mountRail(page) {
  const { client, t } = page;
  const life = new Lifetime();
  const avatar = createAvatar(page, 40);
  const mine = railButton(t("rail.profile"), "rail__mine", avatar.node);
  const conversations = railButton(t("rail.conversations"), "rail__button", icon("messages"));
  const settings = railButton(t("rail.settings"), "rail__button", icon("settings"));
  setAttribute(settings, "aria-keyshortcuts", "Control+,");
  setAttribute(conversations, "aria-current", "page");
  setAttribute(settings, "data-opens", "settings");
  const node = h(
    "nav",
    { class: "rail", "aria-label": t("rail.label") },
    mine,
    conversations,
    h("span", { class: "rail__gap" }),
    settings,
  );

  function update() {
    avatar.update(faceOfUser(client.me, client.shownStatus ?? "offline"));
  }

  life.listen(mine, "click", () => openMyProfile(page));
  life.listen(settings, "click", () => openSettings(page));
  life.listen(conversations, "click", () => {
    /** @type {HTMLElement | null} */ (page.root.querySelector("[role=option][tabindex='0']"))?.focus();
  });
  life.add(client.on("me", update));
  life.add(client.on("link", update));
  life.add(client.on("presence", update));
  update();
  return { node, destroy: () => life.end() };
}

/**
 * @param {string} label
 * @param {string} name
 * @param {Node} child
 */
function railButton(label, name, child) {
  const button = h("button", { type: "button", class: name, "aria-label": label, title: label });
  button.append(child);
  return button;
}
