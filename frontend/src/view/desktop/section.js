// @ts-check
// What the settings have in the desktop app beyond those of the page: the server, closing, starting.

import { h, setText } from "../../lib/dom.js";
import { createChoice } from "../parts/choice.js";
import { createAlert } from "../parts/form.js";
import { openServer } from "./server.js";

/** @typedef {import("../context.js").Page} Page */
/** @typedef {import("../context.js").Desktop} Desktop */

/** @type {import("../dialogs/settings.js").Section} */
export const desktopSection = {
  id: "desktop",
  icon: "desktop",
  label: ({ t }) => t("desktop.label"),
  build(page, { life }) {
    const { desktop } = page;
    return desktop
      ? [
          closingChoice(page, desktop, life).node,
          startChoice(page, desktop, life),
          serverLine(page, desktop, life),
        ]
      : [];
  },
};

/** @param {Page} page @param {Desktop} desktop @param {import("../../lib/dom.js").Lifetime} life */
function closingChoice({ t }, { choices }, life) {
  const choice = createChoice(t("desktop.closing"), [
    { value: "hide", label: t("desktop.closing_hide") },
    { value: "quit", label: t("desktop.closing_quit") },
    { value: "ask", label: t("desktop.closing_ask") },
  ]);
  const update = () => choice.set(choices.get("closing"));
  choice.onChoice((value) => choices.set("closing", /** @type {any} */ (value)));
  life.add(choices.on("change", update));
  update();
  return choice;
}

/**
 * The system is asked for what it has: nothing is shown as chosen before it has answered.
 *
 * @param {Page} page @param {Desktop} desktop @param {import("../../lib/dom.js").Lifetime} life
 */
function startChoice({ t }, desktop, life) {
  const choice = createChoice(t("desktop.start"), [
    { value: "yes", label: t("desktop.start_yes"), hint: t("desktop.start_yes_hint") },
    { value: "no", label: t("desktop.start_no") },
  ]);
  const alert = createAlert();
  const update = async () => {
    const starts = await desktop.startsByItself();
    if (!life.ended) {
      choice.set(starts ? "yes" : "no");
    }
  };
  choice.onChoice(async (value) => {
    alert.show(null);
    try {
      await desktop.startByItself(value === "yes");
    } catch {
      alert.show(t("desktop.start_failed"));
    }
    await update();
  });
  update();
  return h("div", { class: "desktop__start" }, choice.node, alert.node);
}

/** @param {Page} page @param {Desktop} desktop @param {import("../../lib/dom.js").Lifetime} life */
function serverLine(page, desktop, life) {
  const { t } = page;
  const name = h("bdi", { class: "desktop__name" });
  setText(name, desktop.server ?? "");
  const change = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("server.change"));
  life.listen(change, "click", () => openServer(page, desktop));
  return h(
    "div",
    { class: "desktop__server" },
    h("div", { class: "choice__label" }, t("server.label")),
    h("div", { class: "desktop__line" }, name, change),
  );
}
