// @ts-check
// Ctrl+Shift+F: searches what this device holds of all conversations. The newest message comes first; choosing one opens
// its conversation there, with the search of that conversation standing on it.

import { bdi, h } from "../../lib/dom.js";
import { graphemes, isBlank, LONGEST_GRAPHEME, oneLine } from "../../lib/text.js";
import { titleOf } from "../context.js";
import { saidOf } from "../conversations/preview.js";
import { createAvatar, faceOfConversation } from "../parts/avatar.js";
import { timeOf } from "../parts/entries.js";
import { createNotice, createSkeleton } from "../parts/notice.js";
import { sayCombo } from "../shortcuts.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Hit} Hit */

/** What takes longer than this (in ms) is worth a sign. */
const SOON = 150;
/** So many letters of what was said stand before what was found, so that it is in sight in narrow lines. */
const BEFORE = 24;
/** So many behind it: more than two lines hold. */
const AFTER = 160;

/**
 * @param {ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 * @param {import("../parts/finder.js").Finder} finder  What is in it.
 */
export function fill(page, dialog, finder) {
  const { client, t } = page;
  const keys = sayCombo("Mod+F").join("+");
  const more = h("p", { class: "search__more", hidden: true });
  dialog.body.append(more, h("p", { class: "search__scope" }, t("everywhere.scope", { keys })));
  /** Those that are shown. @type {Hit[]} */
  let hits = [];
  /** What they were found for. */
  let words = "";
  /** The words that are being looked for. @type {string | null} */
  let wanted = null;
  /** Enter was pressed meanwhile. */
  let hurried = false;
  let notBusy = () => {};

  /** @param {string} typed */
  async function search(typed) {
    notBusy();
    wanted = typed;
    hurried = false;
    notBusy = dialog.life.after(SOON, busy);
    const found = await client.search.everywhere(typed).catch(failed);
    if (wanted !== typed || dialog.life.ended || !found) {
      return;
    }
    notBusy();
    wanted = null;
    show(typed, found.hits, found.more);
    if (hurried) {
      open(0);
    }
  }

  /** How it is done could not be fetched. */
  function failed() {
    notBusy();
    show("", [], false, createNotice(page, { icon: "failed", title: page.words.error("network") }));
    return null;
  }

  function busy() {
    show("", [], false, createSkeleton(t("app.loading"), 4, "row"));
  }

  /**
   * @param {string} typed
   * @param {Hit[]} found
   * @param {boolean} others  There are others.
   * @param {Node | null} [instead]
   */
  function show(typed, found, others, instead = found.length > 0 ? null : nothing(typed)) {
    hits = found;
    words = typed.trim();
    more.hidden = !others;
    more.textContent = t("everywhere.more", { count: hits.length });
    const says = isBlank(typed) ? "" : t("switch.count", { count: hits.length });
    finder.show(
      hits.map((hit) => createOption(page, hit, typed)),
      says,
      instead,
    );
  }

  /** @param {string} typed */
  function nothing(typed) {
    if (isBlank(typed)) {
      return createNotice(page, { icon: "search", title: t("everywhere.start") });
    }
    const action = { label: t("switch.clear"), run: finder.clear };
    return createNotice(page, { icon: "search", title: t("search.none"), action });
  }

  /** @param {number} index */
  function open(index) {
    const hit = hits[index];
    if (hit) {
      dialog.close();
      page.go(hit.key, { words, seq: hit.message.seq });
    }
  }

  /** Whoever presses Enter before the answer is there means its first. @param {number} index @param {boolean} [byKey] */
  function choose(index, byKey) {
    hurried = Boolean(byKey) && wanted !== null;
    if (!hurried) {
      open(index);
    }
  }

  dialog.life.add(() => client.search.everywhere("").catch(() => {}));
  finder.use({ search, choose });
}

/**
 * @param {ClientPage} page
 * @param {Hit} hit
 * @param {string} typed
 */
function createOption(page, { key, message }, typed) {
  const { calendar, client } = page;
  const conversation = client.log(key);
  const name = titleOf(page, conversation);
  const avatar = createAvatar(page, 32);
  avatar.update(faceOfConversation(conversation, name));
  const at = timeOf(message);
  const said = bdi("");
  const pieces = snippet(message.content, typed);
  said.append(...pieces.map((piece, index) => (index % 2 ? h("mark", {}, piece) : piece)));
  return h(
    "div",
    { class: "finder__option search__hit" },
    avatar.node,
    h(
      "div",
      { class: "search__words" },
      h(
        "div",
        { class: "search__head" },
        h("span", { class: "search__name" }, bdi(name)),
        h("time", { class: "search__time", title: calendar.full(at) }, calendar.listTime(at)),
      ),
      h("div", { class: "search__said" }, ...saidOf(page, conversation, message, said)),
    ),
  );
}

/**
 * A piece of what was said, around what was typed: every second part of it is that.
 *
 * @param {string} content
 * @param {string} typed
 * @returns {string[]}
 */
export function snippet(content, typed) {
  const text = flat(content);
  const wanted = flat(typed).trim().toLowerCase();
  const lower = text.toLowerCase();
  // A letter that is another number of letters in lower case would shift what follows: then nothing is marked.
  const first = lower.length === text.length ? lower.indexOf(wanted) : -1;
  if (first < 0 || wanted === "") {
    return [oneLine(text, AFTER)];
  }
  return marked(text.slice(first), wanted, tail(text.slice(0, first)));
}

/**
 * The end of what stands before, from the beginning of a word if one is near.
 *
 * @param {string} text
 */
function tail(text) {
  const letters = graphemes(text.slice(-BEFORE * LONGEST_GRAPHEME));
  if (letters.length <= BEFORE) {
    return letters.join("").trimStart();
  }
  const end = letters.slice(-BEFORE).join("");
  return `…${end.replace(/^\S{0,9}\s/u, "")}`;
}

/**
 * @param {string} text  Begins with it.
 * @param {string} wanted
 * @param {string} before
 */
function marked(text, wanted, before) {
  const parts = [before];
  const end = Math.min(text.length, wanted.length + AFTER);
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = 0; at >= 0 && at < end; at = lower.indexOf(wanted, from)) {
    // Accents stay with their letter.
    const accents = /^[\p{M}\u200d]*/u.exec(text.slice(at + wanted.length))?.[0] ?? "";
    const past = at + wanted.length + accents.length;
    parts[parts.length - 1] += text.slice(from, at);
    parts.push(text.slice(at, past), "");
    from = past;
  }
  parts[parts.length - 1] += oneLine(`.${text.slice(from)}`, AFTER).slice(1);
  return parts;
}

/** @param {string} text */
function flat(text) {
  return text.replace(/\s+/gu, " ");
}
