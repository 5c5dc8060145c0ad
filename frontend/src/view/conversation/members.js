// @ts-check
// The panel beside a group's messages: its number, what it is about, who is in it and how they are, the way out.

import { h, reconcile, setAttribute, setText, unmountItems } from "../../lib/dom.js";
import { openLeaveGroup } from "../dialogs/fetched.js";
import { openProfile } from "../dialogs/profile.js";
import { createAvatar, faceOfUser } from "../parts/avatar.js";
import { createNotice, createSkeleton } from "../parts/notice.js";
import { createPanel } from "./panel.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Member} Member */
/** @typedef {import("../context.js").Group} Group */

/**
 * @param {ClientPage} page
 * @param {Group} group
 * @param {() => void} close
 */
export function createMembers(page, group, close) {
  const { client, t } = page;
  const panel = createPanel(page, { label: t("members.label"), close: t("members.close"), closed: close });
  const list = h("ul", { class: "members__list" });
  const instead = h("div", { class: "members__instead" });
  const leave = h("button", { type: "button", class: "button", "data-kind": "danger" }, t("members.leave"));
  panel.body.append(aboutOf(page, group), instead, list);
  panel.foot.append(leave);

  function update() {
    const view = client.groups.members(group.id);
    setText(
      panel.title,
      view.members.length > 0 ? t("members.count", { count: view.members.length }) : t("members.title"),
    );
    reconcile(
      list,
      view.members,
      (member) => String(member.user.id),
      () => createMember(page),
    );
    list.hidden = view.members.length === 0;
    showInstead(page, instead, group.id);
    page.watch(
      "members",
      view.members.slice(0, MOST_WATCHED).map((member) => member.user.id),
    );
  }

  panel.life.listen(leave, "click", () => openLeaveGroup(page, group));
  panel.life.add(() => {
    page.watch("members", []);
    unmountItems(list);
  });
  return panel.follow(["members", "people", "presence", "link"], update);
}

/** The server answers for 200 at once, and the list wants some of them too. */
const MOST_WATCHED = 150;

/**
 * @param {ClientPage} page
 * @param {Group} group
 */
function aboutOf({ t }, group) {
  return h(
    "div",
    { class: "members__about" },
    h("p", { class: "members__label" }, t("members.number")),
    h("p", { class: "members__number" }, String(group.id)),
    h("p", { class: "members__hint" }, t("members.number_hint")),
    group.description && h("p", { class: "members__label" }, t("members.about")),
    group.description && h("p", { class: "members__description", dir: "auto" }, group.description),
  );
}

/**
 * @param {ClientPage} page
 * @returns {import("../../lib/dom.js").ItemView<Member>}
 */
function createMember(page) {
  const { client, calendar, t } = page;
  const avatar = createAvatar(page, 32);
  const name = h("bdi", { class: "member__name", dir: "auto" });
  const you = h("span", { class: "member__you" });
  const chip = h("span", { class: "member__role" });
  const status = h("span", { class: "hidden" });
  const button = h("button", { type: "button", class: "member" }, avatar.node, name, you, status, chip);
  const node = h("li", {}, button);
  let shown = 0;
  button.addEventListener("click", () => openProfile(page, shown));
  return {
    node,
    /** @param {Member} member */
    update({ user, role, muted_until }) {
      shown = user.id;
      const mine = user.id === client.me.id;
      const presence = mine ? client.shownStatus : client.status(user.id);
      avatar.update(faceOfUser(user, presence));
      setText(name, user.username);
      setText(you, mine ? t("members.you") : "");
      setText(status, presence ? t(`status.${presence}`) : "");
      const muted = muted_until && Date.parse(muted_until) > calendar.now();
      setText(chip, muted ? t("members.muted") : role === "member" ? "" : t(`role.${role}`));
      setAttribute(chip, "data-role", muted ? "muted" : role);
    },
  };
}

/**
 * @param {ClientPage} page
 * @param {HTMLElement} place
 * @param {number} group_id
 */
function showInstead(page, place, group_id) {
  const { client, t, words } = page;
  const view = client.groups.members(group_id);
  const away = client.link.state === "offline" || client.link.state === "waiting";
  const unknown = away ? "offline" : view.state;
  const which = view.members.length > 0 || view.state === "ready" ? "none" : unknown;
  if (place.dataset.which === which) {
    return;
  }
  place.dataset.which = which;
  place.replaceChildren();
  if (which === "loading") {
    place.append(createSkeleton(t("members.loading"), 5, "member"));
  }
  if (which === "offline") {
    const words = { title: t("members.offline"), hint: t("members.offline_hint") };
    place.append(createNotice(page, { icon: "offline", ...words }));
  }
  if (which === "error") {
    const action = { label: t("members.retry"), run: () => client.groups.reloadMembers(group_id) };
    const hint = words.error(view.error ?? "internal");
    place.append(
      createNotice(page, { icon: "failed", title: t("members.error"), hint, code: view.error, action }),
    );
  }
}
