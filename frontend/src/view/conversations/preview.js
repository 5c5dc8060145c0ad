// @ts-check
// The second line of a row: who is typing, what stands unsent, or what was said last. Each part is an element, so that
// nobody's text can reorder the line.

import { bdi, h } from "../../lib/dom.js";
import { oneLine } from "../../lib/text.js";
import { kindOf } from "../../net/wire.js";
import { isDraft, lineOf, nameOf, noteParts } from "../parts/entries.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").ConversationRow} ConversationRow */

/**
 * @param {ClientPage} page
 * @param {ConversationRow} row
 * @returns {{ kind: "typing" | "draft" | "said" | "nothing", nodes: (Node | string)[] }}
 */
export function previewOf(page, row) {
  const { client, t, words } = page;
  const [typist] = client.typists(row.key);
  if (typist) {
    const said = row.group
      ? words.parts("list.typing_name", { name: bdi(typist.username) })
      : [t("list.typing")];
    return { kind: "typing", nodes: said };
  }
  if (row.draft.trim() !== "" && row.key !== client.current) {
    return {
      kind: "draft",
      nodes: [h("b", { class: "row__draft" }, t("list.draft")), " ", bdi(oneLine(row.draft))],
    };
  }
  if (!row.last) {
    return { kind: "nothing", nodes: [t("list.nothing")] };
  }
  return { kind: "said", nodes: saidOf(page, row, row.last) };
}

/**
 * What was said last, as the list and notifications say it.
 *
 * @param {ClientPage} page
 * @param {Pick<ConversationRow, "group">} row
 * @param {import("../context.js").Message | import("../context.js").Draft} last
 * @param {Node} [text]  What of it is shown, if not its line.
 */
export function saidOf(page, row, last, text = bdi(lineOf(page, last))) {
  const { client, t, words } = page;
  if (!isDraft(last) && kindOf(last.message_type) === "note") {
    return noteParts(page, last);
  }
  if (!row.group) {
    return [text];
  }
  const sender = isDraft(last) ? client.me.id : last.sender_id;
  const name = sender === client.me.id ? t("list.yourself") : nameOf(page, sender);
  return words.parts("list.said", { name: bdi(name), text });
}
