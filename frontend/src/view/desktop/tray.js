// @ts-check
// What stands beside the clock: how much is unread, whether notifications are muted, and a menu in the page's words.

import { Lifetime } from "../../lib/dom.js";
import { unreadIn } from "../alerts.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @returns {() => void} Ends it.
 */
export function mountTray({ client, desktop, preferences, t }) {
  const life = new Lifetime();

  /** @param {number} unread */
  function show(unread) {
    desktop?.show({
      unread,
      muted: preferences.get("quiet"),
      words: {
        show: t("tray.show"),
        mute: t("tray.mute"),
        quit: t("tray.quit"),
        tooltip: unread > 0 ? t("tray.unread", { count: unread }) : t("app.name"),
      },
    });
  }

  const update = () => show(unreadIn(client.conversations.rows));
  if (desktop) {
    life.add(client.on("conversations", update));
    life.add(preferences.on("change", update));
    life.add(desktop.on("mute", () => preferences.set("quiet", !preferences.get("quiet"))));
    // Nobody is logged in then, or it comes again at once in another language.
    life.add(() => show(0));
    update();
  }
  return () => life.end();
}
