// @ts-check
// Settings: how news are told while nobody looks. Nothing is told unasked, and where the browser or the address of the
// page stands in the way, it is said here.

import { createSwitch } from "../parts/switch.js";

/** @type {import("../dialogs/settings.js").Section} */
export const notifications = {
  id: "notifications",
  icon: "bell",
  label: ({ t }) => t("settings.notifications"),
  build(page, { life }) {
    const { device, preferences, t } = page;
    const quiet = createSwitch(t("notify.quiet"), {
      hint: t("notify.quiet_hint"),
      set: (on) => preferences.set("quiet", on),
    });
    const notify = createSwitch(t("notify.show"), { set: (on) => choose(page, on) });
    const content = createSwitch(t("notify.content"), {
      hint: t("notify.content_hint"),
      set: (on) => preferences.set("notify_content", on),
    });
    const sound = createSwitch(t("notify.sound"), {
      hint: t(device.sound.possible ? "notify.sound_hint" : "notify.sound_missing"),
      set(on) {
        preferences.set("sound", on);
        if (on) {
          device.sound.play();
        }
      },
    });

    function update() {
      const { permission } = device.notifications;
      const possible = permission === "granted" || permission === "default";
      const on = permission === "granted" && preferences.get("notify");
      quiet.update({ on: preferences.get("quiet") });
      notify.update({ on, hint: t(`notify.${permission}`), disabled: !possible });
      content.update({ on: preferences.get("notify_content"), disabled: !on });
      sound.update({
        on: preferences.get("sound") && device.sound.possible,
        disabled: !device.sound.possible,
      });
    }

    life.add(preferences.on("change", update));
    life.add(device.notifications.on("change", update));
    update();
    return [notify.node, content.node, sound.node, quiet.node];
  },
};

/**
 * The browser asks once; what is answered there holds.
 *
 * @param {import("../context.js").ClientPage} page
 * @param {boolean} on
 */
async function choose({ device, preferences }, on) {
  const permission = on ? await device.notifications.ask() : "default";
  preferences.set("notify", on && permission === "granted");
}
