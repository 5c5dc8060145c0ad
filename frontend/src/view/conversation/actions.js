// @ts-check
// What one can do with messages: the menu of one (by the other mouse button, by the button beside it, by keyboard), and
// picking several. What is done is told in a few words at the foot of the log.

import { h, setText } from "../../lib/dom.js";
import { openDeleteMessages } from "../dialogs/fetched.js";
import { openContextMenu } from "../parts/context-menu.js";
import { copyText } from "../parts/copy.js";
import { isDraft, nameOf } from "../parts/entries.js";
import { icon } from "../parts/icon.js";
import { entryAt } from "./entry.js";
import { createPicking } from "./picking.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("./rows.js").EntryRow} EntryRow */
/** @typedef {import("../parts/context-menu.js").MenuItem} Item */

const TOLD_FOR = 2500;

/**
 * @param {ClientPage} page
 * @param {import("../context.js").Key} key
 * @param {object} parts
 * @param {import("../../lib/dom.js").Lifetime} parts.life
 * @param {HTMLElement} parts.log
 * @param {HTMLElement} parts.frame
 * @param {() => void} parts.changed
 */
export function createActions(page, key, { life, log, frame, changed }) {
  const { client, t } = page;
  const told = h("div", { class: "log-frame__told", role: "status" });
  const picking = createPicking(page, { changed, copy: copyAll, remove });
  /** @type {(() => void) | null} */
  let closeMenu = null;
  const more = createMore(page, (node, row) => {
    const { left, bottom } = more.node.getBoundingClientRect();
    open(node, row, { at: { x: left, y: bottom }, link: null });
  });
  frame.append(told);

  let silence = () => {};
  /** @param {string} words */
  function tell(words) {
    silence();
    setText(told, words);
    silence = life.after(TOLD_FOR, () => setText(told, ""));
  }

  /** @param {string} text */
  async function copy(text) {
    tell(t((await copyText(text)) ? "menu.copied" : "menu.not_copied"));
  }

  /** @param {EntryRow[]} rows */
  function copyAll(rows) {
    const said = rows.map((row) => {
      const when = page.calendar.full(row.at);
      return rows.length === 1
        ? row.item.content
        : `${t("picking.said", { name: nameOf(page, row.sender_id), time: when })}\n${row.item.content}`;
    });
    picking.end();
    log.focus({ preventScroll: true });
    copy(said.join("\n\n"));
  }

  /** @param {EntryRow[]} rows */
  function remove(rows) {
    const seqs = rows.flatMap(({ seq }) => (seq === null ? [] : [seq]));
    openDeleteMessages(page, seqs.length, () => {
      client.deleteForMe(key, seqs);
      picking.end();
      log.focus({ preventScroll: true });
    });
  }

  /**
   * @param {EntryRow} row
   * @param {string | null} link
   * @returns {Item[]}
   */
  function itemsOf(row, link) {
    const { item } = row;
    /** @type {Item[]} */
    const items = [
      { icon: "copy", label: t("menu.copy"), choose: () => copy(selectedIn(log) ?? item.content) },
    ];
    if (link) {
      items.push({ icon: "link", label: t("menu.copy_link"), choose: () => copy(link) });
    }
    if (isDraft(item)) {
      return item.state === "failed" ? [...items, ...failedItems(item.client_message_id)] : items;
    }
    items.push({ icon: "pick", label: t("menu.pick"), choose: () => picking.begin(row) });
    items.push({ icon: "remove", label: t("menu.remove"), danger: true, choose: () => remove([row]) });
    return items;
  }

  /** @param {string} id @returns {Item[]} */
  function failedItems(id) {
    return [
      { icon: "reload", label: t("entry.retry"), choose: () => client.retry(id) },
      { icon: "remove", label: t("entry.discard"), danger: true, choose: () => client.discard(id) },
    ];
  }

  /**
   * @param {HTMLElement} node
   * @param {EntryRow} row
   * @param {{ at: { x: number, y: number }, link: string | null }} where
   */
  function open(node, row, { at, link }) {
    closeMenu?.();
    node.setAttribute("data-menu", "");
    const menu = openContextMenu(log.closest("main") ?? page.root, at, t("menu.label"), itemsOf(row, link), {
      back: node,
      closed() {
        node.removeAttribute("data-menu");
        closeMenu = null;
      },
    });
    closeMenu = menu.close;
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape" && picking.on) {
      event.preventDefault();
      picking.end();
      return;
    }
    const found = entryAt(event.target);
    if (!found || found.node !== event.target) {
      return;
    }
    if (picking.on && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      picking.toggle(found.row);
    } else if (asksForMenu(event) && !picking.on) {
      event.preventDefault();
      const box = (found.node.querySelector(".bubble") ?? found.node).getBoundingClientRect();
      const at = { x: box.left, y: box.top + Math.min(box.height, 32) };
      open(found.node, found.row, { at, link: null });
    }
  }

  life.listen(log, "keydown", onKey);
  life.listen(log, "contextmenu", (event) => {
    const found = entryAt(event.target);
    // With Shift the browser's own menu comes, as everywhere.
    if (!found || picking.on || event.shiftKey || closeMenu) {
      return;
    }
    event.preventDefault();
    const link = /** @type {Element} */ (event.target).closest("a")?.getAttribute("href") ?? null;
    open(found.node, found.row, { at: { x: event.clientX, y: event.clientY }, link });
  });
  life.listen(log, "click", (event) => {
    const found = picking.on ? entryAt(event.target) : null;
    if (found) {
      event.preventDefault();
      picking.toggle(found.row);
    }
  });
  life.listen(log, "pointerover", (event) => {
    const found = picking.on || event.pointerType === "touch" ? null : entryAt(event.target);
    more.follow(found);
    if (found) {
      // The whole date is wanted for one message in a thousand, and takes long to write.
      const time = found.node.querySelector(".entry__time");
      time?.setAttribute("title", page.calendar.full(found.row.at));
    }
  });
  life.listen(log, "pointerleave", () => more.follow(null));
  life.add(() => closeMenu?.());

  return {
    picking,
    bar: picking.bar,
    /** @param {import("../context.js").LogView} view */
    update(view) {
      picking.follow(view);
      log.toggleAttribute("data-picking", picking.on);
    },
    scrolled: () => closeMenu?.(),
  };
}

/**
 * The button beside the message that one points at. There is one for all of them.
 *
 * @param {ClientPage} page
 * @param {(node: HTMLElement, row: EntryRow) => void} press
 */
function createMore({ t }, press) {
  const node = h("button", {
    type: "button",
    class: "entry__more",
    tabindex: -1,
    "aria-label": t("menu.open"),
    title: t("menu.open"),
  });
  node.append(icon("more"));
  /** @type {ReturnType<typeof entryAt>} */
  let at = null;
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    if (at) {
      press(at.node, at.row);
    }
  });
  return {
    node,
    /** @param {ReturnType<typeof entryAt>} found */
    follow(found) {
      at = found;
      const line = found?.node.querySelector(".entry__line") ?? null;
      if (!line) {
        node.remove();
      } else if (node.parentNode !== line) {
        line.append(node);
      }
    },
  };
}

/** @param {KeyboardEvent} event */
function asksForMenu({ key, shiftKey }) {
  return key === "Enter" || key === "ContextMenu" || (key === "F10" && shiftKey);
}

/** What is marked in the log, if anything is. @param {HTMLElement} log */
function selectedIn(log) {
  const marked = document.getSelection();
  const within = marked && !marked.isCollapsed && log.contains(marked.anchorNode);
  return within ? marked.toString() : null;
}
