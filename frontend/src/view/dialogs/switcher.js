// @ts-check
// Ctrl+K: from wherever one is to any conversation or person that is known, by a few letters of the name, or of how it
// is said. Empty, it offers those that one was in last. The field keeps the focus; arrows move in the list under it.

import { bdi, h, setAttribute } from "../../lib/dom.js";
import { fits } from "../../lib/fuzzy.js";
import { titleOf } from "../context.js";
import { createAvatar } from "../parts/avatar.js";
import { openDialog } from "../parts/dialog.js";
import { createNotice } from "../parts/notice.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/**
 * @typedef {object} Candidate
 * @property {Key} key
 * @property {string} name
 * @property {string} avatar
 * @property {string} says  What it is, in a word.
 * @property {number} unread
 * @property {number} bonus  Those that one talks with come before those that one only knows.
 *
 * @typedef {Candidate & { at: Set<number>, score: number }} Found
 */

const MOST = 30;

/** @param {ClientPage} page */
export function openSwitcher(page) {
  const { t } = page;
  const dialog = openDialog(page, { title: t("switch.title"), name: "switcher" });
  const input = h("input", {
    class: "field__input switcher__input",
    type: "text",
    role: "combobox",
    dir: "auto",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: 100,
    placeholder: t("switch.placeholder"),
    "aria-label": t("switch.title"),
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": "switcher-list",
  });
  const list = h("div", { class: "switcher__list", id: "switcher-list", role: "listbox" });
  setAttribute(list, "aria-label", t("switch.results"));
  const instead = h("div", { class: "switcher__instead", hidden: true });
  const count = h("div", { class: "hidden", role: "status" });
  dialog.body.append(input, list, instead, count);
  const all = candidates(page);
  /** @type {Found[]} */
  let found = [];
  let at = 0;
  let match = fits;
  let soundless = false;

  async function learnPinyin() {
    // Few need it, and the readings have to be fetched anyway.
    const module = await import("../../lib/pinyin.js").catch(() => null);
    const sounds = await module?.fitsSound();
    if (dialog.life.ended) {
      return;
    }
    match = sounds ? (typed, name) => fits(typed, name) ?? sounds(typed, name) : fits;
    soundless = !sounds;
    if (input.value.trim()) {
      search();
    }
  }

  function search() {
    found = ranked(all, input.value, match);
    list.replaceChildren(...found.map((one, index) => createOption(page, one, index)));
    list.hidden = found.length === 0;
    instead.hidden = found.length > 0;
    instead.replaceChildren(...(found.length > 0 ? [] : [nobody()]));
    count.textContent = t("switch.count", { count: found.length });
    mark(0);
  }

  function nobody() {
    const clear = () => {
      input.value = "";
      search();
      input.focus();
    };
    const action = all.length > 0 ? { label: t("switch.clear"), run: clear } : undefined;
    return createNotice(page, {
      icon: "search",
      title: t("switch.none"),
      hint: t(soundless ? "switch.no_pinyin" : "switch.none_hint"),
      action,
    });
  }

  /** @param {number} index */
  function mark(index) {
    at = Math.max(0, Math.min(found.length - 1, index));
    [...list.children].forEach((option, place) => {
      setAttribute(option, "aria-selected", String(place === at));
    });
    setAttribute(input, "aria-activedescendant", list.children[at]?.id);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  function choose(index) {
    const chosen = found[index];
    if (chosen) {
      dialog.close();
      page.go(chosen.key);
    }
  }

  dialog.life.listen(input, "input", search);
  dialog.life.listen(input, "keydown", (event) => {
    // Enter that ends a composition is the input method's.
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 7, PageUp: at - 7 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      choose(at);
    } else if (step !== undefined) {
      event.preventDefault();
      mark(step);
    }
  });
  dialog.life.listen(list, "click", (event) => {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    choose([...list.children].indexOf(/** @type {Element} */ (option)));
  });
  search();
  input.focus();
  if (all.some(({ name }) => /\p{Script=Han}/u.test(name))) {
    learnPinyin();
  }
}

/**
 * @param {ClientPage} page
 * @returns {Candidate[]}
 */
export function candidates(page) {
  const { client, t } = page;
  const { rows } = client.conversations;
  const talked = new Set(rows.map(({ key }) => key));
  const conversations = rows.map((row, index) => ({
    key: row.key,
    name: titleOf(page, row),
    avatar: (row.group ?? row.peer)?.avatar ?? "",
    says: row.group ? t("switch.group") : row.is_notes ? "" : t("switch.person"),
    unread: row.unread,
    // The one that is open comes last of those that nobody asked for by name.
    bonus: row.key === client.current ? 0 : 40 - Math.min(30, index),
  }));
  const people = client.people
    .filter((user) => user.id !== client.me.id && !talked.has(client.keyOf(user)))
    .map((user) => ({
      key: client.keyOf(user),
      name: user.username,
      avatar: user.avatar,
      says: t("switch.person"),
      unread: 0,
      bonus: -20,
    }));
  return [...conversations, ...people];
}

/**
 * @param {Candidate[]} all
 * @param {string} typed
 * @param {typeof fits} match
 * @returns {Found[]}
 */
export function ranked(all, typed, match) {
  const ranking = all.flatMap((one) => {
    const found = match(typed, one.name);
    return found ? [{ ...one, at: found.at, score: found.score + one.bonus }] : [];
  });
  return ranking.sort((a, b) => b.score - a.score).slice(0, MOST);
}

/**
 * @param {ClientPage} page
 * @param {Found} found
 * @param {number} index
 */
function createOption(page, found, index) {
  const { t } = page;
  const avatar = createAvatar(page, 32);
  avatar.update({ seed: found.key, name: found.name, avatar: found.avatar });
  const unread = found.unread > 99 ? t("app.more_than", { count: 99 }) : String(found.unread);
  return h(
    "div",
    { class: "switcher__option", role: "option", id: `switcher-${index}` },
    avatar.node,
    marked(found.name, found.at),
    h("span", { class: "switcher__says" }, found.says),
    found.unread > 0 &&
      h("span", { class: "row__badge", title: t("list.unread", { count: found.unread }) }, unread),
  );
}

/**
 * The name, with what was typed in bold.
 *
 * @param {string} name
 * @param {Set<number>} at
 */
function marked(name, at) {
  const node = bdi("", { class: "switcher__name" });
  let run = "";
  let bold = false;
  const flush = () => run && node.append(bold ? h("b", {}, run) : run);
  [...name].forEach((letter, index) => {
    // Accents stay with their letter.
    if (at.has(index) !== bold && !/\p{M}|\u200d/u.test(letter)) {
      flush();
      run = "";
      bold = !bold;
    }
    run += letter;
  });
  flush();
  return node;
}
