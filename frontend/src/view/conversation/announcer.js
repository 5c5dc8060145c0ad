// @ts-check
// Reads out what comes in, for those who hear the page: only what is new in the open conversation, at most once a
// second, and no more than a count when much comes at once. The log itself is silent, or a page of history would be read.

import { h, setText } from "../../lib/dom.js";
import { plainName } from "../../lib/text.js";
import { kindOf } from "../../net/wire.js";
import { lineOf, nameOf, noteParts } from "../parts/entries.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Message} Message */

const PAUSE = 1000;
const READ_IN_FULL = 3;

/**
 * @param {ClientPage} page
 * @param {import("../../lib/dom.js").Lifetime} life
 */
export function createAnnouncer(page, life) {
  const node = h("div", { class: "hidden", "aria-live": "polite" });
  /** What is up to here was there, or has been read. @type {number | null} */
  let known = null;
  /** @type {Message[]} */
  let waiting = [];
  let paused = false;

  function speak() {
    if (paused || waiting.length === 0) {
      return;
    }
    const lines = waiting.map((message) => sayEntry(page, message));
    const many = page.t("log.announce_many", { count: lines.length });
    setText(node, lines.length > READ_IN_FULL ? many : lines.join("\n"));
    waiting = [];
    paused = true;
    life.after(PAUSE, () => {
      paused = false;
      speak();
    });
  }

  /** @param {import("../context.js").LogView} view */
  function update(view) {
    if (view.state !== "ready") {
      return;
    }
    const newest = view.entries.at(-1)?.seq ?? 0;
    if (known !== null && newest > known) {
      const from = known;
      waiting.push(...view.entries.filter((entry) => entry.seq > from && isWorthSaying(page, entry)));
      speak();
    }
    known = Math.max(known ?? 0, newest);
  }

  return { node, update };
}

/**
 * @param {ClientPage} page
 * @param {Message} message
 */
function isWorthSaying({ client }, message) {
  return message.sender_id !== client.me.id && kindOf(message.message_type) !== "unknown";
}

/**
 * @param {ClientPage} page
 * @param {Message} message
 */
function sayEntry(page, message) {
  if (kindOf(message.message_type) === "note") {
    return noteParts(page, message)
      .map((part) => (typeof part === "string" ? part : plainName(part.textContent ?? "")))
      .join("");
  }
  return page.t("log.announce", { name: nameOf(page, message.sender_id), text: lineOf(page, message) });
}
