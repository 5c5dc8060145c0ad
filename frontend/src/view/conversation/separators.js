// @ts-check
// What stands between messages: when it was, what is new from here, that something is missing, who came and went.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { noteParts } from "../parts/entries.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */

/**
 * @param {ClientPage} page
 * @returns {import("../../lib/dom.js").ItemView<import("./rows.js").PillRow>}
 */
export function createPill({ calendar, t }) {
  const text = h("time", { class: "pill__text" });
  const node = h("div", { class: "pill" }, text);
  return {
    node,
    update({ at, day }) {
      setText(
        text,
        day ? t("log.pill", { day: calendar.day(at), time: calendar.time(at) }) : calendar.time(at),
      );
      setAttribute(text, "title", calendar.full(at));
      setAttribute(text, "datetime", new Date(at).toISOString());
    },
  };
}

/**
 * @param {ClientPage} page
 * @returns {import("../../lib/dom.js").ItemView<import("./rows.js").NewRow>}
 */
export function createNewLine({ t }) {
  const node = h("div", { class: "new-line", role: "separator", "aria-label": t("log.new") });
  node.append(h("span", { class: "new-line__text" }, t("log.new")));
  return { node, update() {} };
}

/**
 * @param {ClientPage} page
 * @returns {import("../../lib/dom.js").ItemView<import("./rows.js").NoteRow>}
 */
export function createNote(page) {
  const text = h("span", { class: "note__text" });
  const node = h("div", { class: "note" }, text);
  return {
    node,
    update({ message, seq }) {
      setAttribute(node, "data-seq", seq);
      const parts = noteParts(page, message);
      const said = parts.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
      if (text.textContent !== said) {
        text.replaceChildren(...parts);
      }
    },
  };
}

/**
 * Filled by a press, and by itself when it comes into sight: once, so that a server that fails is not asked for ever.
 *
 * @param {ClientPage} page
 * @param {import("../context.js").Key} key
 * @param {import("./rows.js").HoleRow} row
 * @returns {import("../../lib/dom.js").ItemView<import("./rows.js").HoleRow>}
 */
export function createHole({ client, t }, key, { seq }) {
  const button = h("button", { type: "button", class: "button", "data-kind": "text" }, t("log.hole_fill"));
  const node = h("div", { class: "hole" }, h("span", {}, t("log.hole")), button);

  async function fill() {
    button.setAttribute("aria-disabled", "true");
    await client.fillHole(key, seq).catch(() => {});
    button.removeAttribute("aria-disabled");
  }

  const sight = new IntersectionObserver((changes) => {
    if (!changes.some((change) => change.isIntersecting)) {
      return;
    }
    sight.disconnect();
    fill();
  });
  sight.observe(node);
  button.addEventListener("click", fill);
  return { node, update() {}, destroy: () => sight.disconnect() };
}
