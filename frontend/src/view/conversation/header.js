// @ts-check
// The head of a conversation: the way back, who it is with and how they are, who types, the search in it, and the panel
// beside it.

import { bdi, h, Lifetime, setAttribute, setText } from "../../lib/dom.js";
import { titleOf } from "../context.js";
import { openProfile } from "../dialogs/profile.js";
import { createAvatar, faceOfConversation } from "../parts/avatar.js";
import { icon } from "../parts/icon.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */
/** @typedef {import("../context.js").LogView} LogView */

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {{ panel: () => void, find: () => void }} opens
 */
export function createHeader(page, key, opens) {
  const { client, t } = page;
  const life = new Lifetime();
  const isGroup = key.startsWith("g:");
  const avatar = createAvatar(page, 40);
  const face = isGroup
    ? avatar.node
    : iconButton("conversation__face", t("conversation.profile"), avatar.node);
  const back = iconButton("icon-button conversation__back", t("conversation.back"), icon("back"));
  const name = h("bdi", { class: "conversation__name", dir: "auto" });
  const count = h("span", { class: "conversation__count" });
  const title = h(
    "h1",
    { class: "conversation__title", tabindex: -1, id: "conversation-title" },
    name,
    count,
  );
  const state = h("p", { class: "conversation__state" });
  const find = iconButton("icon-button conversation__find", t("search.label"), icon("search"));
  const panel = iconButton(
    "icon-button conversation__panel",
    t(isGroup ? "conversation.members" : "person.label"),
    icon(isGroup ? "members" : "person"),
  );
  const node = h(
    "header",
    { class: "conversation__head" },
    back,
    face,
    h("div", { class: "conversation__words" }, title, state),
    find,
    panel,
  );

  function update() {
    const view = client.log(key);
    const shown = titleOf(page, view);
    const presence = presenceOf(page, view);
    avatar.update({ ...faceOfConversation(view, shown), presence });
    setText(name, shown);
    setText(count, countOf(page, view));
    panel.hidden = view.state === "gone";
    showState(page, state, view, presence);
  }

  if (face instanceof HTMLButtonElement) {
    life.listen(face, "click", () => openProfile(page, Number(key.slice(2))));
  }
  life.listen(back, "click", () => client.close());
  life.listen(find, "click", opens.find);
  life.listen(panel, "click", opens.panel);
  for (const topic of ["log", "people", "presence", "members", "typing", "link"]) {
    life.add(client.on(topic, update));
  }
  update();
  return {
    node,
    /** @param {boolean} open */
    setPanelOpen: (open) => setAttribute(panel, "aria-expanded", String(open)),
    focus: () => title.focus({ preventScroll: true }),
    focusPanel: () => panel.focus(),
    destroy: () => life.end(),
  };
}

/**
 * @param {string} name
 * @param {string} label
 * @param {Node} child
 */
function iconButton(name, label, child) {
  const button = h("button", { type: "button", class: name, "aria-label": label, title: label });
  button.append(child);
  return button;
}

/**
 * @param {ClientPage} page
 * @param {LogView} view
 */
function presenceOf({ client }, { peer, is_notes }) {
  return peer && !is_notes ? client.status(peer.id) : null;
}

/**
 * @param {ClientPage} page
 * @param {LogView} view
 */
function countOf({ client, t }, { group, state }) {
  if (!group || state === "gone") {
    return "";
  }
  const { members } = client.groups.members(group.id);
  return members.length > 0 ? t("conversation.count", { count: members.length }) : "";
}

/**
 * @param {ClientPage} page
 * @param {HTMLElement} place
 * @param {LogView} view
 * @param {import("../context.js").Status | null} presence
 */
function showState(page, place, view, presence) {
  const { client, t } = page;
  const typists = client.typists(view.key);
  const parts = typists.length > 0 ? typingParts(page, typists) : [];
  if (parts.length === 0 && view.group) {
    parts.push(t("conversation.group_number", { number: view.group.id }));
  }
  if (parts.length === 0 && presence) {
    parts.push(t(`status.${presence}`));
  }
  if (view.is_notes) {
    parts.push(t("conversation.empty_notes"));
  }
  place.dataset.kind = typists.length > 0 ? "typing" : (presence ?? "plain");
  const said = parts.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
  if (place.textContent !== said) {
    place.replaceChildren(...parts);
  }
}

/**
 * @param {ClientPage} page
 * @param {import("../context.js").User[]} typists
 */
function typingParts({ t, words }, [first, second, third]) {
  if (third) {
    return [t("log.typing_many")];
  }
  const name = bdi(first.username);
  if (second) {
    return words.parts("log.typing_two", { name, other: bdi(second.username) });
  }
  return words.parts("log.typing_one", { name });
}
