// @ts-check
// One message in the log, sent, received or still on its way: face, name, bubble, time, and how far it got. The text is
// shown as it was written, and cannot reach out of its bubble.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { openProfile } from "../dialogs/profile.js";
import { createAvatar } from "../parts/avatar.js";
import { isDraft, lineOf, nameOf } from "../parts/entries.js";
import { icon } from "../parts/icon.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("./rows.js").EntryRow} EntryRow */

/** @type {Partial<Record<import("./rows.js").EntryState, string>>} */
const MARKS = { pending: "clock", sent: "sent", read: "read", failed: "failed" };

/**
 * @param {ClientPage} page
 * @param {EntryRow} first
 * @returns {import("../../lib/dom.js").ItemView<EntryRow>}
 */
export function createEntry(page, first) {
  const { client, calendar, t } = page;
  const avatar = createAvatar(page, 32);
  // Without a stop for Tab: there may be hundreds. By keyboard, profiles open from the header and the members.
  const face = h("button", { type: "button", class: "entry__face", tabindex: -1 }, avatar.node);
  const name = h("bdi", { class: "entry__name", dir: "auto" });
  const text = h("div", { class: "bubble__text", dir: "auto" });
  const time = h("time", { class: "entry__time" });
  const mark = h("span", { class: "entry__mark" });
  const line = h(
    "div",
    { class: "entry__line" },
    h("div", { class: "bubble" }, text),
    h("span", { class: "entry__meta" }, mark, time),
  );
  const body = h("div", { class: "entry__body" }, name, line);
  const node = h("div", { class: "entry", role: "article" }, face, body);
  /** @type {HTMLElement | null} */
  let failure = null;
  /** @type {unknown[]} */
  let shown = [];

  face.addEventListener("click", () => openProfile(page, first.sender_id));

  /** @param {EntryRow} row */
  function update(row) {
    const user = row.own ? client.me : client.user(row.sender_id);
    const called = nameOf(page, row.sender_id);
    // Most updates are about another row: what looks the same is not formatted again.
    const looks = [row.item, row.state, row.follows, called, user?.avatar];
    if (looks.every((part, index) => part === shown[index])) {
      return;
    }
    shown = looks;
    avatar.update({ seed: `u:${row.sender_id}`, name: called, avatar: user?.avatar });
    setAttribute(face, "aria-label", t("entry.about", { name: called }));
    setText(name, called);
    setText(text, row.item.content);
    setText(time, calendar.time(row.at));
    setAttribute(time, "datetime", new Date(row.at).toISOString());
    setAttribute(time, "title", calendar.full(row.at));
    showState(row, called);
  }

  /**
   * @param {EntryRow} row
   * @param {string} called
   */
  function showState(row, called) {
    setAttribute(node, "data-seq", row.seq);
    setAttribute(node, "data-draft", isDraft(row.item) ? row.item.client_message_id : null);
    setAttribute(node, "data-own", row.own);
    setAttribute(node, "data-follows", row.follows);
    setAttribute(node, "aria-label", labelOf(row, called));
    if (node.dataset.state === row.state) {
      return;
    }
    node.dataset.state = row.state;
    const kind = MARKS[row.state];
    mark.replaceChildren(
      ...(kind ? [icon(kind), h("span", { class: "hidden" }, t(`entry.${row.state}`))] : []),
    );
    setAttribute(mark, "title", kind ? t(`entry.${row.state}`) : null);
    failure?.remove();
    failure = isDraft(row.item) && row.state === "failed" ? createFailure(page, row.item) : null;
    if (failure) {
      body.append(failure);
    }
  }

  /**
   * @param {EntryRow} row
   * @param {string} called
   */
  function labelOf(row, called) {
    const who = row.own ? t("entry.you") : called;
    return t("entry.label", {
      name: who,
      time: calendar.time(row.at),
      text: lineOf(page, row.item),
      state: t(`entry.${row.state}`),
    });
  }

  return { node, update };
}

/**
 * Why it was not sent, and the two ways on.
 *
 * @param {ClientPage} page
 * @param {import("../context.js").Draft} draft
 */
function createFailure({ client, t, words }, draft) {
  const reason = draft.code
    ? t("entry.failed_because", { reason: words.error(draft.code) })
    : t("entry.failed");
  const retry = h("button", { type: "button", class: "button", "data-kind": "text" }, t("entry.retry"));
  const discard = h("button", { type: "button", class: "button", "data-kind": "text" }, t("entry.discard"));
  retry.addEventListener("click", () => client.retry(draft.client_message_id));
  discard.addEventListener("click", () => client.discard(draft.client_message_id));
  return h("div", { class: "entry__failure" }, h("span", { class: "entry__reason" }, reason), retry, discard);
}
