// @ts-check
// Oneself: name, address, the status that one chooses for others to see, one's notes, and the way out.

import { bdi, h, setText } from "../../lib/dom.js";
import { failureText } from "../context.js";
import { createAvatar, faceOfUser } from "../parts/avatar.js";
import { createChoice } from "../parts/choice.js";
import { openDialog } from "../parts/dialog.js";
import { createAlert } from "../parts/form.js";
import { openDevices } from "./fetched.js";
import { openLogOut } from "./log-out.js";
import { facts } from "./profile.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Status} Status */

/** @param {ClientPage} page */
export function openMyProfile(page) {
  const { client, t } = page;
  const dialog = openDialog(page, { title: t("mine.title"), name: "profile" });
  const avatar = createAvatar(page, 64);
  const shown = h("span", { class: "profile__status" });
  const alert = createAlert();
  const choice = createChoice(
    t("mine.status"),
    STATUSES.map(({ value, label, hint }) => ({ value, label: t(label), hint: t(hint) })),
  );
  const notes = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("mine.notes"));
  const devices = h(
    "button",
    { type: "button", class: "button", "data-kind": "quiet", "data-opens": "devices" },
    t("devices.title"),
  );
  const out = h("button", { type: "button", class: "button", "data-kind": "danger" }, t("mine.log_out"));
  dialog.body.append(
    h(
      "div",
      { class: "profile__head" },
      avatar.node,
      h("div", {}, bdi(client.me.username, { class: "profile__name" }), shown),
    ),
    choice.node,
    alert.node,
    facts([
      [t("profile.number"), String(client.me.id)],
      [t("login.email"), client.me.email ?? ""],
    ]),
    h("div", { class: "form__buttons" }, notes, devices, out),
  );

  /** What was chosen and has no answer yet. @type {Status | null} */
  let asked = null;

  function update() {
    avatar.update(faceOfUser(client.me, client.shownStatus ?? "offline"));
    choice.set(asked ?? client.me.status ?? "online");
    setText(shown, t("mine.shown", { status: t(`status.${client.shownStatus ?? "offline"}`) }));
    shown.dataset.status = client.shownStatus ?? "offline";
  }

  choice.onChoice(async (value) => {
    const status = /** @type {Status} */ (value);
    asked = status;
    alert.show(null);
    try {
      await client.setStatus(status);
    } catch (error) {
      alert.show(failureText(page, error));
    }
    // Another choice may have been made meanwhile.
    asked = asked === status ? null : asked;
    update();
  });
  dialog.life.listen(notes, "click", () => {
    dialog.close();
    page.go(client.keyOf(client.me));
  });
  dialog.life.listen(devices, "click", () => {
    dialog.close();
    openDevices(page);
  });
  dialog.life.listen(out, "click", () => openLogOut(page, dialog));
  for (const topic of ["me", "presence", "link"]) {
    dialog.life.add(client.on(topic, update));
  }
  update();
  choice.focus();
}

/** @type {{ value: Status, label: "status.online" | "status.away" | "status.invisible",
 *   hint: "mine.online_hint" | "mine.away_hint" | "mine.invisible_hint" }[]} */
const STATUSES = [
  { value: "online", label: "status.online", hint: "mine.online_hint" },
  { value: "away", label: "status.away", hint: "mine.away_hint" },
  { value: "offline", label: "status.invisible", hint: "mine.invisible_hint" },
];
