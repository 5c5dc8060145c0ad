// @ts-check
// The column of conversations: a listbox whose rows are walked by arrows and opened by Enter, and what stands there
// instead while there are none. Tells the client whose presence is in sight.

import { h, Lifetime, reconcile, setAttribute, setText, unmountItems } from "../../lib/dom.js";
import { failureText } from "../context.js";
import { openMessageSomeone } from "../dialogs/fetched.js";
import { openSwitcher } from "../dialogs/switcher.js";
import { icon } from "../parts/icon.js";
import { moveByKey } from "../parts/menu.js";
import { createNotice, createSkeleton } from "../parts/notice.js";
import { createHeadMenu } from "./head-menu.js";
import { createNewButton } from "./new.js";
import { createRow } from "./row.js";
import { openRowMenu } from "./row-menu.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

const DAY_CHECK = 30_000;
/** How long a refusal is shown. */
const SAID_FOR = 8000;

/** @param {ClientPage} page */
export function mountConversations(page) {
  const { client, calendar, t } = page;
  const life = new Lifetime();
  const fresh = createNewButton(page);
  const said = h("div", { class: "conversations__said", role: "alert" });
  const more = createHeadMenu(page, say);
  // Looks like a field; what one types goes into the switcher's.
  const search = h("button", {
    type: "button",
    class: "conversations__search",
    title: t("switch.title"),
    "aria-keyshortcuts": "Control+K",
    "aria-haspopup": "dialog",
  });
  search.append(icon("search"), h("span", {}, t("list.search")));
  const rows = h("div", { class: "conversations__rows", role: "listbox", "aria-label": t("list.label") });
  const instead = h("div", { class: "conversations__instead" });
  const trouble = createTrouble(page, life);
  const head = h(
    "header",
    { class: "conversations__head" },
    h("h2", { class: "conversations__title hidden" }, t("rail.conversations")),
    search,
    h("div", { class: "conversations__buttons" }, more.node, fresh.node),
  );
  const node = h(
    "section",
    { class: "conversations", "aria-label": t("list.label") },
    head,
    trouble.node,
    said,
    instead,
    rows,
  );
  /** The row that Tab reaches. @type {Key | null} */
  let active = null;

  function update() {
    const list = client.conversations;
    reconcile(
      rows,
      list.rows,
      (row) => row.key,
      (row) => createRow(page, row),
    );
    rows.hidden = list.rows.length === 0;
    trouble.update();
    showInstead(page, instead);
    setActive(
      list.rows.some((row) => row.key === active) ? active : (client.current ?? list.rows[0]?.key ?? null),
    );
    watchSoon();
  }

  /** @param {Key | null} key */
  function setActive(key) {
    active = key;
    const known = [...rows.children].some((option) => option.getAttribute("data-key") === key);
    [...rows.children].forEach((option, index) => {
      const here = known ? option.getAttribute("data-key") === key : index === 0;
      setAttribute(option, "tabindex", here ? "0" : "-1");
    });
  }

  function followCurrent() {
    active = client.current ?? active;
    update();
    rows.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  let cancelSaid = () => {};
  /** What was not done, and why. @param {unknown} error */
  function say(error) {
    cancelSaid();
    setText(said, t("row.refused", { why: failureText(page, error) }));
    cancelSaid = life.after(SAID_FOR, () => setText(said, ""));
  }

  /**
   * @param {Element} target
   * @param {{ x: number, y: number } | null} at  Null: below the row's name.
   */
  function openMenu(target, at) {
    const option = /** @type {HTMLElement | null} */ (target.closest("[role=option]"));
    const row = client.conversations.rows.find(({ key }) => key === option?.dataset.key);
    if (!option || !row) {
      return false;
    }
    option.focus({ preventScroll: true });
    const box = option.getBoundingClientRect();
    openRowMenu(page, node, row, at ?? { x: box.left + box.width / 4, y: box.bottom - box.height / 3 }, say);
    return true;
  }

  /** @param {Element | null} option */
  function openRow(option) {
    const key = /** @type {Key | null} */ (option?.getAttribute("data-key") ?? null);
    if (key) {
      page.go(key);
    }
  }

  let watching = false;
  function watchSoon() {
    if (watching) {
      return;
    }
    watching = true;
    life.after(200, () => {
      watching = false;
      page.watch("list", peersInSight(client.conversations.rows, rows));
    });
  }

  life.listen(search, "click", () => openSwitcher(page));
  life.listen(rows, "click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-menu]")) {
      openMenu(target, { x: event.clientX, y: event.clientY });
    } else {
      openRow(target.closest("[role=option]"));
    }
  });
  life.listen(rows, "contextmenu", (event) => {
    // By keyboard the browser names no place, or one that is not the row's.
    const byMouse = event.button === 2 || event.pointerType === "touch";
    const at = byMouse ? { x: event.clientX, y: event.clientY } : null;
    if (openMenu(/** @type {Element} */ (event.target), at)) {
      event.preventDefault();
    }
  });
  life.listen(rows, "keydown", (event) => {
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      if (document.activeElement && openMenu(document.activeElement, null)) {
        event.preventDefault();
      }
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      openRow(document.activeElement);
    } else if (moveByKey(event, /** @type {HTMLElement[]} */ ([...rows.children]))) {
      event.stopPropagation();
    }
  });
  life.listen(rows, "focusin", (event) => {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    setActive(/** @type {Key | null} */ (option?.getAttribute("data-key") ?? active));
  });
  life.listen(rows, "scroll", watchSoon, { passive: true });
  for (const topic of ["conversations", "presence", "people", "typing", "link"]) {
    life.add(client.on(topic, update));
  }
  life.listen(said, "click", () => setText(said, ""));
  life.add(client.on("current", followCurrent));
  let day = calendar.dayKey(calendar.now());
  life.every(DAY_CHECK, () => {
    if (day === calendar.dayKey(calendar.now())) {
      return;
    }
    day = calendar.dayKey(calendar.now());
    update();
  });

  return {
    node,
    fill: update,
    destroy() {
      life.end();
      fresh.destroy();
      more.destroy();
      unmountItems(rows);
    },
  };
}

/**
 * What went wrong while there are rows to show none the less.
 *
 * @param {ClientPage} page
 * @param {Lifetime} life
 */
function createTrouble({ client, t, words }, life) {
  const text = h("span", { role: "alert" });
  const retry = h("button", { type: "button", class: "button", "data-kind": "small" }, t("list.retry"));
  const node = h("div", { class: "conversations__trouble", hidden: true }, text, retry);
  life.listen(retry, "click", () => client.reloadConversations());
  function update() {
    const { state, error, rows } = client.conversations;
    node.hidden = state !== "error" || rows.length === 0 || client.link.state === "offline";
    setText(text, node.hidden ? "" : words.error(error ?? "internal"));
  }
  return { node, update };
}

/**
 * Rebuilt only when it is another one: a skeleton that starts anew would flicker, a button would lose its focus.
 *
 * @param {ClientPage} page
 * @param {HTMLElement} place
 */
function showInstead(page, place) {
  const { client, t } = page;
  const { state, error, rows } = client.conversations;
  const away = client.link.state === "offline" || client.link.state === "waiting";
  const which = rows.length > 0 ? "none" : state === "loading" && away ? "offline" : state;
  place.hidden = which === "none";
  if (place.dataset.which === which) {
    return;
  }
  place.dataset.which = which;
  place.replaceChildren();
  if (which === "loading") {
    place.append(createSkeleton(t("list.loading"), 8, "row"));
  }
  if (which === "offline") {
    place.append(createNotice(page, { icon: "offline", title: t("list.offline_empty") }));
  }
  if (which === "error") {
    const action = { label: t("list.retry"), run: () => client.reloadConversations() };
    const hint = page.words.error(error ?? "internal");
    place.append(createNotice(page, { icon: "failed", title: t("list.error"), hint, code: error, action }));
  }
  if (which === "ready") {
    const action = { label: t("list.empty_action"), run: () => openMessageSomeone(page) };
    place.append(
      createNotice(page, { icon: "messages", title: t("list.empty"), hint: t("list.empty_hint"), action }),
    );
  }
}

/**
 * @param {import("../context.js").ConversationRow[]} rows
 * @param {HTMLElement} box
 */
function peersInSight(rows, box) {
  const height = box.firstElementChild?.clientHeight || 68;
  const first = Math.max(0, Math.floor(box.scrollTop / height) - 5);
  const last = Math.ceil((box.scrollTop + box.clientHeight) / height) + 5;
  return rows.slice(first, last).flatMap((row) => (row.peer && !row.is_notes ? [row.peer.id] : []));
}
