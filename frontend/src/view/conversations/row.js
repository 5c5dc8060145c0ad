// @ts-check
// A row of the list of conversations: face with presence, title, last line, time, how much is unread or was not sent.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { plainName } from "../../lib/text.js";
import { kindOf } from "../../net/wire.js";
import { titleOf } from "../context.js";
import { createAvatar, faceOfConversation } from "../parts/avatar.js";
import { isDraft, nameOf, timeOf } from "../parts/entries.js";
import { icon } from "../parts/icon.js";
import { previewOf } from "./preview.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").ConversationRow} ConversationRow */

/**
 * @param {ClientPage} page
 * @param {ConversationRow} first
 * @returns {import("../../lib/dom.js").ItemView<ConversationRow>}
 */
export function createRow(page, first) {
  const { client, calendar, t } = page;
  const avatar = createAvatar(page, 40);
  const title = h("bdi", { class: "row__title", dir: "auto" });
  const time = h("time", { class: "row__time" });
  const failed = h("span", { class: "row__failed", title: t("list.failed"), hidden: true }, icon("failed"));
  const preview = h("span", { class: "row__preview" });
  const badge = h("span", { class: "row__badge", hidden: true });
  const muted = h("span", { class: "row__muted", title: t("row.muted"), hidden: true }, icon("bellOff"));
  // For the mouse only: by keyboard the row itself opens the menu.
  const more = h("span", { class: "row__more", title: t("row.more"), "data-menu": "" }, icon("more"));
  const node = h(
    "div",
    { class: "row", role: "option", tabindex: -1, "data-key": first.key },
    avatar.node,
    h("span", { class: "row__line" }, title, time, more),
    h("span", { class: "row__line" }, failed, preview, muted, badge),
  );

  /** @type {unknown[]} */
  let shown = [];

  /**
   * Somebody's coming and going updates all rows, and hundreds of them are formatted in no short time: only those that
   * look different are.
   *
   * @param {ConversationRow} row
   */
  function update(row) {
    const name = titleOf(page, row);
    const presence = presenceOf(page, row);
    const looks = looksOf(page, row, [name, presence]);
    if (looks.length === shown.length && looks.every((part, index) => part === shown[index])) {
      return;
    }
    shown = looks;
    avatar.update({ ...faceOfConversation(row, name), presence });
    setText(title, name);
    showTime(row.last ? timeOf(row.last) : null);
    failed.hidden = row.failed === 0;
    showPreview(row);
    const dot = row.unread === 0 && row.marked_unread;
    badge.hidden = row.unread === 0 && !dot;
    badge.dataset.quiet = String(row.muted);
    badge.dataset.dot = String(dot);
    muted.hidden = !row.muted;
    node.dataset.pinned = String(row.pinned);
    setText(badge, dot ? "" : row.unread > 99 ? t("app.more_than", { count: 99 }) : String(row.unread));
    setAttribute(node, "aria-selected", String(row.key === client.current));
    setAttribute(node, "aria-label", labelOf(row, name, presence));
  }

  /** @param {number | null} at */
  function showTime(at) {
    setText(time, at === null ? "" : calendar.listTime(at));
    setAttribute(time, "title", at === null ? null : calendar.full(at));
  }

  /** @param {ConversationRow} row */
  function showPreview(row) {
    const { kind, nodes } = previewOf(page, row);
    const text = nodes.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
    if (preview.dataset.kind === kind && preview.textContent === text) {
      return;
    }
    preview.dataset.kind = kind;
    preview.replaceChildren(...nodes);
  }

  /**
   * @param {ConversationRow} row
   * @param {string} name
   * @param {import("../context.js").Status | null} presence
   */
  function labelOf(row, name, presence) {
    const unread = row.unread > 99 ? t("list.unread_many") : t("list.unread", { count: row.unread });
    const said = [
      plainName(name),
      row.group && t("list.group"),
      row.unread > 0 && unread,
      row.unread === 0 && row.marked_unread && t("row.marked_unread"),
      row.pinned && t("row.pinned"),
      row.muted && t("row.muted"),
      row.failed > 0 && t("list.failed"),
      presence && t(`status.${presence}`),
      plainName(preview.textContent ?? ""),
      time.textContent,
    ];
    return said.filter(Boolean).join(t("list.comma"));
  }

  return { node, update };
}

/**
 * All that a row's looks depend on. Notes speak of people by ids inside of their text: those are always another one.
 *
 * @param {ClientPage} page
 * @param {ConversationRow} row
 * @param {unknown[]} more
 */
function looksOf(page, row, more) {
  const { client, calendar } = page;
  const { last } = row;
  const typist = client.typists(row.key)[0]?.username;
  const said =
    !last || isDraft(last) ? last : kindOf(last.message_type) === "note" ? {} : nameOf(page, last.sender_id);
  const picture = (row.group ?? row.peer)?.avatar;
  const selected = row.key === client.current;
  const today = calendar.dayKey(calendar.now());
  const kept = [row.pinned, row.muted, row.marked_unread];
  return [...more, ...kept, last, said, typist, picture, selected, today, row.unread, row.draft, row.failed];
}

/**
 * @param {ClientPage} page
 * @param {ConversationRow} row
 */
function presenceOf({ client }, { peer, is_notes }) {
  return peer && !is_notes ? client.status(peer.id) : null;
}
