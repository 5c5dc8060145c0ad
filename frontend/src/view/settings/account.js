// @ts-check
// Settings: who is logged in here, and the way out.

import { bdi, h } from "../../lib/dom.js";
import { openDevices } from "../dialogs/fetched.js";
import { openLogOut } from "../dialogs/log-out.js";
import { openMyProfile } from "../dialogs/my-profile.js";
import { facts } from "../dialogs/profile.js";
import { createAvatar, faceOfUser } from "../parts/avatar.js";

/** @type {import("../dialogs/settings.js").Section} */
export const account = {
  id: "account",
  icon: "person",
  label: ({ t }) => t("settings.account"),
  build(page, dialog) {
    const { client, t } = page;
    const avatar = createAvatar(page, 64);
    const profile = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("mine.title"));
    const out = h("button", { type: "button", class: "button", "data-kind": "danger" }, t("mine.log_out"));
    const devices = h(
      "button",
      { type: "button", class: "button", "data-kind": "quiet" },
      t("devices.title"),
    );
    avatar.update(faceOfUser(client.me));
    dialog.life.listen(profile, "click", () => {
      dialog.close();
      openMyProfile(page);
    });
    dialog.life.listen(devices, "click", () => {
      dialog.close();
      openDevices(page);
    });
    dialog.life.listen(out, "click", () => openLogOut(page, dialog));
    return [
      h(
        "div",
        { class: "profile__head" },
        avatar.node,
        h("div", {}, bdi(client.me.username, { class: "profile__name" })),
      ),
      facts([
        [t("profile.number"), String(client.me.id)],
        [t("login.email"), client.me.email ?? ""],
      ]),
      h("div", { class: "form__buttons" }, profile, devices, out),
    ];
  },
};
