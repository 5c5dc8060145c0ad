// @ts-check
// Ctrl+K: from wherever one is to any conversation or person that is known, by a few letters of the name, or of how it
// is said. Empty, it offers those that one was in last. The field keeps the focus; arrows move in the list under it.

import { bdi, h } from "../../lib/dom.js";
import { fits } from "../../lib/fuzzy.js";
import { titleOf } from "../context.js";
import { createAvatar } from "../parts/avatar.js";
import { openFinder } from "../parts/finder.js";
import { icon } from "../parts/icon.js";
import { createNotice } from "../parts/notice.js";
import { openSearch } from "./fetched.js";

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
  const { dialog, input, ...finder } = openFinder(page, {
    name: "switcher",
    title: t("switch.title"),
    placeholder: t("switch.placeholder"),
    results: t("switch.results"),
  });
  const all = candidates(page);
  /** @type {Found[]} */
  let found = [];
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
    const typed = input.value.trim();
    found = ranked(all, typed, match);
    const options = found.map((one) => createOption(page, one));
    if (typed) {
      options.push(createMessagesOption(page, typed));
    }
    finder.show(options, t("switch.count", { count: found.length }), found.length > 0 ? null : nobody());
  }

  function nobody() {
    return createNotice(page, {
      icon: "search",
      title: t("switch.none"),
      hint: t(soundless ? "switch.no_pinyin" : "switch.none_hint"),
      action: all.length > 0 ? { label: t("switch.clear"), run: finder.clear } : undefined,
    });
  }

  /** @param {number} index */
  function choose(index) {
    const typed = input.value.trim();
    const chosen = found[index];
    if (chosen) {
      dialog.close();
      page.go(chosen.key);
    } else if (typed) {
      dialog.close();
      openSearch(page, typed);
    }
  }

  finder.use({ search, choose });
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
 */
function createOption(page, found) {
  const { t } = page;
  const avatar = createAvatar(page, 32);
  avatar.update({ seed: found.key, name: found.name, avatar: found.avatar });
  const unread = found.unread > 99 ? t("app.more_than", { count: 99 }) : String(found.unread);
  return h(
    "div",
    { class: "finder__option" },
    avatar.node,
    marked(found.name, found.at),
    h("span", { class: "switcher__says" }, found.says),
    found.unread > 0 &&
      h("span", { class: "row__badge", title: t("list.unread", { count: found.unread }) }, unread),
  );
}

/**
 * The last of them: whoever does not know who said it looks for what was said.
 *
 * @param {ClientPage} page
 * @param {string} typed
 */
function createMessagesOption({ t }, typed) {
  return h(
    "div",
    { class: "finder__option" },
    h("span", { class: "switcher__search" }, icon("search")),
    h("bdi", { class: "switcher__name" }, t("switch.messages", { text: typed })),
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
