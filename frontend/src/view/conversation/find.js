// @ts-check
// Ctrl+F: searches what is held of the open conversation. The newest result comes first; Enter goes to the older ones,
// Shift+Enter back. What lies further back is loaded when it is asked for, and the bar says how far it has looked.

import { h, Lifetime, setAttribute, setText } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";
import { paintFound } from "./found.js";
import { reach } from "./reach.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/**
 * @typedef {object} Log
 * @property {HTMLElement} rows
 * @property {(seq: number, centred: boolean) => void} show
 * @property {() => void} leave  Gives the focus away.
 */

/** So many pages are loaded to get to a message: more than the cache keeps of a conversation. */
const PAGES_MOST = 50;

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {Log} log
 */
export function createFind(page, key, log) {
  const { client, calendar, t } = page;
  const life = new Lifetime();
  const input = h("input", {
    class: "field__input find__input",
    type: "search",
    dir: "auto",
    maxlength: 200,
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": t("search.label"),
    placeholder: t("search.placeholder"),
  });
  const count = h("span", { class: "find__count", role: "status" });
  const older = button("up", t("search.older"));
  const newer = button("down", t("search.newer"));
  const closing = button("close", t("search.close"));
  const since = h("span", { class: "find__since" });
  const further = h("button", { type: "button", class: "button", "data-kind": "text" }, t("search.further"));
  const foot = h("div", { class: "find__foot" }, since, further);
  const node = h(
    "search",
    { class: "find", "aria-label": t("search.label"), hidden: true },
    h("div", { class: "find__bar" }, input, count, older, newer, closing),
    foot,
  );
  const paint = paintFound(log.rows);
  /** @type {number[]} Ascending. */
  let found = [];
  /** The result that is shown. @type {number | null} */
  let here = null;
  /** The entry that one is on the way to. @type {number | null} */
  let aim = null;

  function search() {
    const view = client.log(key);
    found = client.search.within(key, input.value);
    const [first] = view.entries;
    setText(since, first ? t("search.since", { day: calendar.day(Date.parse(first.created_at)) }) : "");
    foot.hidden = !first || view.older === "end" || input.value.trim() === "";
    setAttribute(further, "aria-disabled", String(view.older === "loading"));
    setText(further, t(view.older === "loading" ? "search.further_busy" : "search.further"));
    if (view.older === "error") {
      setText(since, t("search.further_error"));
    }
    say();
  }

  function say() {
    const at = here === null ? -1 : found.indexOf(here);
    const none = input.value.trim() === "" ? "" : t("search.none");
    // Counted from the newest, as one meets them.
    const place = { at: at < 0 ? "–" : found.length - at, all: found.length };
    setText(count, found.length === 0 ? none : t("search.count", place));
    for (const step of [older, newer]) {
      setAttribute(step, "aria-disabled", String(found.length === 0));
    }
    paint.show(input.value.trim(), here);
  }

  /** @param {number | undefined} seq */
  function go(seq) {
    aim = null;
    here = seq ?? null;
    if (seq !== undefined) {
      log.show(seq, true);
    }
    say();
  }

  /** @param {1 | -1} step */
  function move(step) {
    const at = here === null ? found.length : found.indexOf(here);
    go(found[(at + step + found.length) % found.length]);
  }

  /** @param {import("../context.js").FoundThere} [there]  What was found from elsewhere. */
  function open(there) {
    node.hidden = false;
    const chosen = there?.words ?? getSelection()?.toString().trim() ?? "";
    if (chosen && chosen.length <= 100 && !chosen.includes("\n")) {
      input.value = chosen;
    }
    here = there ? null : here;
    search();
    // A touch keyboard would hide half of what one came to see.
    if (!there || matchMedia("(hover: hover)").matches) {
      input.focus();
      input.select();
    }
    if (there) {
      goFar(there.seq).catch(() => {});
    }
  }

  /** Where nothing may be loaded yet; unless one does something else meanwhile. @param {number} seq */
  async function goFar(seq) {
    aim = seq;
    let pages = 0;
    const wanted = () => aim === seq && !life.ended;
    await reach(client, key, seq, () => {
      pages += 1;
      return wanted() && pages < PAGES_MOST;
    });
    if (wanted()) {
      search();
      go(found.includes(seq) ? seq : undefined);
    }
  }

  function close() {
    node.hidden = true;
    here = aim = null;
    paint.show("", null);
    log.leave();
  }

  life.listen(input, "input", () => {
    search();
    go(found.at(-1));
  });
  life.listen(input, "keydown", (event) => {
    const step = { Enter: event.shiftKey ? 1 : -1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && found.length > 0 && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      move(/** @type {1 | -1} */ (step));
    }
  });
  life.listen(node, "keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      close();
    }
  });
  life.listen(older, "click", () => found.length > 0 && move(-1));
  life.listen(newer, "click", () => found.length > 0 && move(1));
  life.listen(closing, "click", close);
  life.listen(further, "click", () => client.loadOlder(key).catch(() => {}));
  life.add(client.on("log", (/** @type {Key} */ changed) => changed === key && !node.hidden && search()));
  return {
    node,
    open,
    /** Whether there was anything to close. */
    close() {
      const shown = !node.hidden;
      if (shown) {
        close();
      }
      return shown;
    },
    destroy() {
      paint.end();
      life.end();
    },
  };
}

/**
 * @param {string} name
 * @param {string} label
 */
function button(name, label) {
  const node = h("button", { type: "button", class: "icon-button", "aria-label": label, title: label });
  node.append(icon(name));
  return node;
}
