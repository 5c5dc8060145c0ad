// @ts-check
// One message in the log, sent, received or still on its way: face, name, bubble, time, and how far it got. The text is
// shown as it was written, and cannot reach out of its bubble.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { markdownReader } from "../../lib/vendor.js";
import { openProfile } from "../dialogs/profile.js";
import { createAvatar } from "../parts/avatar.js";
import { isDraft, lineOf, nameOf } from "../parts/entries.js";
import { icon } from "../parts/icon.js";
import { showRichText } from "../parts/rich-text.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("./rows.js").EntryRow} EntryRow */

/**
 * @typedef {object} Around  What a message does not know of itself.
 * @property {import("./picking.js").Picking} picking
 * @property {import("./roles.js").Roles} roles
 */

/** @type {Partial<Record<import("./rows.js").EntryState, string>>} */
const MARKS = { pending: "clock", sent: "sent", read: "read", failed: "failed" };

/** Which row an element shows. @type {WeakMap<Element, EntryRow>} */
const rows = new WeakMap();

/**
 * The message that an element belongs to.
 *
 * @param {unknown} node
 * @returns {{ node: HTMLElement, row: EntryRow } | null}
 */
export function entryAt(node) {
  const entry = node instanceof Element ? node.closest(".entry") : null;
  const row = entry && rows.get(entry);
  return row ? { node: /** @type {HTMLElement} */ (entry), row } : null;
}

/**
 * Has no more elements than it needs: there may be hundreds of messages in the page.
 *
 * @param {ClientPage} page
 * @param {EntryRow} first
 * @param {Around} around
 * @returns {import("../../lib/dom.js").ItemView<EntryRow>}
 */
export function createEntry(page, first, { picking, roles }) {
  const { client, calendar, t } = page;
  const text = h("div", { class: "bubble__text", dir: "auto" });
  const time = h("time", { class: "entry__time" });
  const mark = h("span", { class: "entry__mark" });
  const meta = h("span", { class: "entry__meta" }, first.own && mark, time);
  const line = h("div", { class: "entry__line" }, h("div", { class: "bubble" }, text), meta);
  const body = h("div", { class: "entry__body" }, line);
  const node = h("div", { class: "entry", role: "article", tabindex: -1 }, body);
  /** @type {ReturnType<typeof createFace> | null} */
  let face = null;
  /** @type {ReturnType<typeof createHead> | null} */
  let head = null;
  /** @type {HTMLElement | null} */
  let failure = null;
  /** @type {unknown[]} */
  let shown = [];

  /** @param {EntryRow} row */
  function update(row) {
    rows.set(node, row);
    const user = row.own ? client.me : client.user(row.sender_id);
    const called = nameOf(page, row.sender_id);
    const role = row.own ? null : roles.of(row.sender_id);
    const picked = picking.on ? picking.has(row) : null;
    // Most updates are about another row: what looks the same is not formatted again.
    const reader = markdownReader();
    const looks = [row.item, row.state, row.follows, called, user?.avatar, role, picked, reader];
    if (looks.every((part, index) => part === shown[index])) {
      return;
    }
    showWords(row.item.content, reader !== shown[7]);
    shown = looks;
    showWho(row, { called, avatar: user?.avatar, role });
    setText(time, calendar.time(row.at));
    setAttribute(time, "datetime", new Date(row.at).toISOString());
    showState(row, called);
    showPicked(row, picked);
  }

  /** @type {string | null} */
  let written = null;
  /** @param {string} content @param {boolean} anew */
  function showWords(content, anew) {
    if (content !== written || anew) {
      written = content;
      showRichText(page, text, content);
    }
  }

  /**
   * A face and a name only for the first of several: the others stand right below it.
   *
   * @param {EntryRow} row
   * @param {{ called: string, avatar: string | undefined, role: string | null }} who
   */
  function showWho(row, { called, avatar, role }) {
    if (row.follows) {
      face?.node.remove();
      head?.node.remove();
      face = null;
      head = null;
      return;
    }
    face ??= createFace(page, row.sender_id);
    face.update(called, avatar);
    body.before(face.node);
    if (roles.group && !row.own) {
      head ??= createHead(page);
      head.update(called, role);
      line.before(head.node);
    }
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
    mark.replaceChildren(...(kind ? [icon(kind)] : []));
    setAttribute(mark, "title", kind ? t(`entry.${row.state}`) : null);
    failure?.remove();
    failure = isDraft(row.item) && row.state === "failed" ? createFailure(page, row.item) : null;
    if (failure) {
      body.append(failure);
    }
  }

  /**
   * While messages are picked, each is a box to tick, and nothing else in it can be pressed.
   *
   * @param {EntryRow} row
   * @param {boolean | null} picked  Null: nothing is picked now.
   */
  function showPicked(row, picked) {
    const can = picked !== null && row.seq !== null;
    setAttribute(node, "role", can ? "checkbox" : "article");
    setAttribute(node, "aria-checked", can ? String(picked) : null);
    body.inert = can;
    if (face) {
      face.node.inert = can;
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
 * @param {ClientPage} page
 * @param {number} id
 */
function createFace(page, id) {
  const avatar = createAvatar(page, 32);
  // Without a stop for Tab: there may be hundreds. By keyboard, profiles open from the header and the members.
  const node = h("button", { type: "button", class: "entry__face", tabindex: -1 }, avatar.node);
  node.addEventListener("click", () => openProfile(page, id));
  return {
    node,
    /** @param {string} name @param {string | undefined} picture */
    update(name, picture) {
      avatar.update({ seed: `u:${id}`, name, avatar: picture });
      setAttribute(node, "aria-label", page.t("entry.about", { name }));
    },
  };
}

/** @param {ClientPage} page */
function createHead({ t }) {
  const name = h("bdi", { class: "entry__name", dir: "auto" });
  const chip = h("span", { class: "member__role" });
  const node = h("div", { class: "entry__head" }, name, chip);
  return {
    node,
    /** @param {string} called @param {string | null} role */
    update(called, role) {
      setText(name, called);
      setText(chip, role ? t(/** @type {any} */ (`role.${role}`)) : "");
      setAttribute(chip, "data-role", role);
    },
  };
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
