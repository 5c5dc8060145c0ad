// @ts-check
// What the keys of shortcuts.js do. Dialogs and menus take their own before it comes here.

import { openSearch } from "./dialogs/fetched.js";
import { openSettings } from "./dialogs/settings.js";
import { openSwitcher } from "./dialogs/switcher.js";
import { openShortcuts } from "./settings/shortcuts.js";
import { actionOf } from "./shortcuts.js";

/** @typedef {import("./context.js").ClientPage} ClientPage */
/** @typedef {import("./context.js").ConversationRow} ConversationRow */
/** @typedef {Pick<ReturnType<typeof import("./conversation/conversation.js").mountConversation>, "find" | "closeFind" | "toEnd">} Open */

/**
 * @param {ClientPage} page
 * @param {HTMLElement} workspace
 * @param {() => Open | null} open  The open conversation.
 * @returns {() => void} Ends it.
 */
export function handleKeys(page, workspace, open) {
  /** @type {Record<import("./shortcuts.js").Action, (digit: number) => unknown>} */
  const does = {
    switch: () => openSwitcher(page) ?? true,
    settings: () => openSettings(page) ?? true,
    help: () => openShortcuts(page) ?? true,
    find: () => find(open()),
    search: () => openSearch(page),
    previous: () => toNeighbour(page, -1),
    next: () => toNeighbour(page, 1),
    previous_unread: () => toNeighbour(page, -1, isUnread),
    next_unread: () => toNeighbour(page, 1, isUnread),
    nth: (digit) => toPlace(page, digit - 1),
    next_part: () => toNextPart(workspace, 1),
    previous_part: () => toNextPart(workspace, -1),
    out: () => stepOut(page, workspace, open()),
  };

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    // Esc that takes back a composition is the input method's.
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) {
      return;
    }
    const asked = actionOf(event);
    if (asked && does[asked.action](asked.digit)) {
      event.preventDefault();
    }
  }
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** @param {Open | null} open */
function find(open) {
  // Pressed in it once more, it is the browser's own search that is wanted.
  if (!open || document.activeElement?.closest(".find")) {
    return false;
  }
  open.find();
  return true;
}

/**
 * The search closes. Then what is unread is read, and the newest shown; with nothing unread, from the conversation to its row in the list. Where
 * only one column fits, the conversation closes.
 *
 * @param {ClientPage} page
 * @param {HTMLElement} workspace
 * @param {Open | null} open
 */
function stepOut({ client }, workspace, open) {
  const { current } = client;
  if (!current || !open) {
    return false;
  }
  if (open.closeFind()) {
    return true;
  }
  const { unread, have } = client.log(current);
  if (unread > 0) {
    open.toEnd();
    client.seen(current, have);
  } else if (matchMedia("(max-width: 639.98px)").matches) {
    client.close();
  } else {
    focusRow(workspace);
  }
  return true;
}

/** @param {HTMLElement} workspace */
export function focusRow(workspace) {
  const rows = [...workspace.querySelectorAll("[role=option]")];
  const row = rows.find((option) => option.getAttribute("tabindex") === "0");
  if (row instanceof HTMLElement) {
    row.focus();
  }
}

/** @param {ConversationRow} row */
function isUnread({ unread, muted }) {
  return unread > 0 && !muted;
}

/**
 * @param {ClientPage} page
 * @param {1 | -1} step
 * @param {(row: ConversationRow) => boolean} [wanted]
 */
function toNeighbour({ client }, step, wanted = () => true) {
  const { rows } = client.conversations;
  const at = rows.findIndex((row) => row.key === client.current);
  const after = step > 0 ? rows.slice(at + 1) : rows.slice(0, at < 0 ? rows.length : at).reverse();
  const to = after.find(wanted);
  if (to) {
    client.open(to.key);
  }
  return rows.length > 0;
}

/**
 * @param {ClientPage} page
 * @param {number} place
 */
function toPlace(page, place) {
  const row = page.client.conversations.rows[place];
  if (row) {
    page.go(row.key);
  }
  return row !== undefined;
}

/** Where F6 stops: in each part what one would use there first. */
const STOPS = [
  "nav button",
  ".conversations [role=option][tabindex='0'], .conversations__instead:not([hidden]) button",
  ".conversation__head button",
  ".log",
  ".composer__form:not([hidden]) .composer__input",
  ".panel button",
];
const PARTS = "nav, .conversations, .conversation__head, .log-frame, .composer, .panel";

/**
 * @param {HTMLElement} workspace
 * @param {number} step
 */
function toNextPart(workspace, step) {
  const stops = STOPS.map((selector) => firstShown(workspace, selector)).filter((stop) => stop !== null);
  const here = document.activeElement?.closest(PARTS);
  const at = stops.findIndex((stop) => stop.closest(PARTS) === here);
  const to = at < 0 ? (step > 0 ? 0 : stops.length - 1) : (at + step + stops.length) % stops.length;
  stops[to]?.focus();
  return stops.length > 0;
}

/**
 * @param {HTMLElement} workspace
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
function firstShown(workspace, selector) {
  const all = /** @type {HTMLElement[]} */ ([...workspace.querySelectorAll(selector)]);
  return (
    all.find((stop) => stop.checkVisibility?.({ visibilityProperty: true }) ?? stop.offsetParent) ?? null
  );
}
