// @ts-check
// The emoji to pick from: a panel above the composer with a search in both languages, groups, what was used last, and
// colours of skin. Arrows go through it, Enter picks, Esc closes; the list is fetched when it is first opened.

import { h, Lifetime, setAttribute, setText } from "../../lib/dom.js";
import { findEmoji, GROUPS, inTone } from "../../lib/emoji.js";
import { loadEmoji } from "../../lib/vendor.js";
import { createGrid } from "./emoji-grid.js";

/** @typedef {import("../../lib/emoji.js").Emoji} Emoji */
/** @typedef {import("../context.js").Page} Page */

/** What is used last stands first: so many. */
const RECENT_MOST = 27;
/** What stands on a group's tab, by its number in the data; -1 is what was used last. @type {Record<number, string>} */
const SIGNS = { [-1]: "🕘", 0: "😀", 1: "👋", 3: "🐻", 4: "🍎", 5: "🚗", 6: "⚽", 7: "💡", 8: "🔣", 9: "🏁" };
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

/**
 * @param {Page} page
 * @param {object} parts
 * @param {(emoji: string) => void} parts.pick
 * @param {() => void} parts.closed
 */
export function openEmojiPanel(page, { pick, closed }) {
  const { t, preferences } = page;
  const life = new Lifetime();
  const search = h("input", {
    type: "search",
    class: "field__input emoji__search",
    placeholder: t("emoji.search"),
    "aria-label": t("emoji.search"),
    autocomplete: "off",
    spellcheck: "false",
  });
  const tone = h("button", {
    type: "button",
    class: "emoji__tone",
    "aria-label": t("emoji.tone"),
    title: t("emoji.tone"),
  });
  const tabs = h("div", { class: "emoji__tabs", role: "toolbar", "aria-label": t("emoji.groups") });
  const said = h("p", { class: "emoji__said", role: "status", hidden: true });
  const name = h("p", { class: "emoji__name", "aria-hidden": "true" });
  const grid = createGrid(page, { life, chosen, shown: (label) => caption(label), above: search });
  const node = h(
    "div",
    { class: "emoji", role: "dialog", "aria-label": t("emoji.label") },
    h("div", { class: "emoji__head" }, search, tone),
    tabs,
    said,
    grid.node,
    name,
  );
  /** @type {Emoji[]} */
  let all = [];
  let group = recent().length > 0 ? -1 : 0;

  /** @returns {string[]} */
  function recent() {
    const kept = preferences.get("recent_emoji");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, RECENT_MOST) : [];
  }

  function toneNumber() {
    const kept = Number(preferences.get("emoji_tone"));
    return kept >= 0 && kept < TONES.length ? kept : 0;
  }

  /** @param {string} emoji */
  function chosen(emoji) {
    preferences.set(
      "recent_emoji",
      [emoji, ...recent().filter((one) => one !== emoji)].slice(0, RECENT_MOST),
    );
    pick(emoji);
  }

  function show() {
    const asked = search.value.trim();
    const list = asked ? findEmoji(all, asked) : all.filter((emoji) => emoji.g === group);
    const wanted =
      group === -1 && !asked
        ? recent().map((e) => nameOf(e))
        : list.map((emoji) => ({ emoji: inTone(emoji, toneNumber()), label: labelOf(emoji) }));
    grid.show(wanted);
    tell(wanted.length > 0 || all.length === 0 ? null : t(asked ? "emoji.none" : "emoji.none_recent"));
    setText(tone, TONES[toneNumber()]);
    caption("");
    for (const tab of tabs.children) {
      setAttribute(tab, "aria-pressed", String(!asked && tab.getAttribute("data-group") === String(group)));
    }
  }

  /** What is pointed at; without that, what the list is of. @param {string} label */
  function caption(label) {
    const list = search.value.trim()
      ? ""
      : t(/** @type {any} */ (`emoji.group_${group === -1 ? "recent" : group}`));
    setText(name, label || list);
  }

  /** @param {Emoji} emoji */
  const labelOf = (emoji) => (page.words.language === "zh-CN" ? emoji.zh || emoji.en : emoji.en);

  /** One that was used before, maybe in a colour of skin. @param {string} used */
  function nameOf(used) {
    const known = all.find((emoji) => emoji.e === used || emoji.s?.includes(used));
    return { emoji: used, label: known ? labelOf(known) : used };
  }

  /** @param {string | null} words */
  function tell(words) {
    said.hidden = words === null;
    setText(said, words ?? "");
  }

  function createTabs() {
    for (const number of [-1, ...GROUPS]) {
      const label = t(/** @type {any} */ (`emoji.group_${number === -1 ? "recent" : number}`));
      const tab = h(
        "button",
        { type: "button", class: "emoji__tab", "data-group": number, "aria-label": label, title: label },
        SIGNS[number],
      );
      life.listen(tab, "click", () => {
        group = number;
        search.value = "";
        show();
      });
      tabs.append(tab);
    }
  }

  async function fill() {
    tell(t("emoji.loading"));
    const list = await loadEmoji();
    if (life.ended) {
      return;
    }
    if (!list) {
      tell(t("emoji.missing"));
      return;
    }
    all = list;
    show();
  }

  function close() {
    life.end();
    node.remove();
    closed();
  }

  life.listen(search, "input", show);
  life.listen(tone, "click", () => {
    preferences.set("emoji_tone", (toneNumber() + 1) % TONES.length);
    show();
  });
  life.listen(node, "keydown", (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.target === search && event.key === "Enter") {
      event.preventDefault();
      grid.pickFirst();
    } else if (event.target === search && event.key === "ArrowDown") {
      event.preventDefault();
      grid.focusFirst();
    }
  });
  createTabs();
  fill();
  return { node, close, focus: () => search.focus({ preventScroll: true }) };
}
