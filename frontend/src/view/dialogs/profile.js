// @ts-check
// Who somebody is: name, picture, presence, number, and the way to write to them.

import { bdi, h, setText } from "../../lib/dom.js";
import { createAvatar, faceOfUser } from "../parts/avatar.js";
import { openDialog } from "../parts/dialog.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/**
 * @param {ClientPage} page
 * @param {number} id
 */
export function openProfile(page, id) {
  const { client, t } = page;
  const user = client.user(id) ?? (id === client.me.id ? client.me : null);
  const dialog = openDialog(page, { title: t("profile.title"), name: "profile" });
  if (!user) {
    dialog.body.append(h("p", { class: "form__text" }, t("profile.unknown")));
    return;
  }
  const avatar = createAvatar(page, 64);
  const presence = h("span", { class: "profile__status" });
  const message = h("button", { type: "button", class: "button", "data-kind": "main" }, t("profile.message"));
  dialog.body.append(
    h(
      "div",
      { class: "profile__head" },
      avatar.node,
      h("div", {}, bdi(user.username, { class: "profile__name" }), presence),
    ),
    factsOf(page, user),
    h("div", { class: "form__buttons" }, message),
  );

  function update() {
    const status = id === client.me.id ? client.shownStatus : client.status(id);
    avatar.update(faceOfUser(/** @type {import("../context.js").User} */ (user), status));
    setText(presence, t(`status.${status ?? "unknown"}`));
    presence.dataset.status = status ?? "unknown";
  }

  dialog.life.listen(message, "click", () => {
    dialog.close();
    page.go(client.keyOf(user));
  });
  dialog.life.add(client.on("presence", update));
  page.watch("profile", [id]);
  dialog.life.add(() => page.watch("profile", []));
  update();
}

/**
 * What does not change about somebody.
 *
 * @param {ClientPage} page
 * @param {import("../context.js").User} user
 */
export function factsOf({ t, words }, user) {
  const since = new Intl.DateTimeFormat(words.tag, { dateStyle: "long" });
  return facts([
    [t("profile.number"), String(user.id)],
    [t("profile.since"), since.format(Date.parse(user.created_at))],
  ]);
}

/** @param {[string, string][]} pairs */
export function facts(pairs) {
  const rows = pairs.map(([name, value]) =>
    h("div", { class: "facts__row" }, h("dt", {}, name), h("dd", {}, value)),
  );
  return h("dl", { class: "facts" }, ...rows);
}
