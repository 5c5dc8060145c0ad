// @ts-check
// What can be done with a row of the list: pin, mute, mark read or unread, hide. Each is shown at once; if the server
// refuses it, it is taken back and said.

import { titleOf } from "../context.js";
import { openContextMenu } from "../parts/context-menu.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").ConversationRow} ConversationRow */

/**
 * @param {ClientPage} page
 * @param {HTMLElement} list  The part of the page that the row is in.
 * @param {ConversationRow} row
 * @param {{ x: number, y: number }} at
 * @param {(error: unknown) => void} failed
 */
export function openRowMenu(page, list, row, at, failed) {
  const { client, t } = page;
  const { key, pinned, muted } = row;
  const unread = row.unread > 0 || row.marked_unread;
  /** @param {() => Promise<unknown>} act */
  const run = (act) => () => {
    act().catch(failed);
  };
  const items = [
    {
      icon: "pin",
      label: t(pinned ? "row.unpin" : "row.pin"),
      choose: run(() => client.changeView(key, { pinned: !pinned })),
    },
    {
      icon: "bellOff",
      label: t(muted ? "row.unmute" : "row.mute"),
      choose: run(() => client.changeView(key, { muted: !muted })),
    },
    {
      icon: "read",
      label: t(unread ? "row.mark_read" : "row.mark_unread"),
      choose: run(() => (unread ? client.markRead(key) : client.changeView(key, { marked_unread: true }))),
    },
    {
      icon: "close",
      label: t("row.hide"),
      choose: run(() => {
        if (client.current === key) {
          client.close();
        }
        return client.changeView(key, { hidden: true });
      }),
    },
  ];
  return openContextMenu(list, at, t("row.menu", { name: titleOf(page, row) }), items);
}
