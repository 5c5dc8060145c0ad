// @ts-check
// An open conversation: header, log, composer, and for groups the members beside them. It is built for one key and
// destroyed with it; whether the members are shown is remembered for the next group.

import { h, Lifetime } from "../../lib/dom.js";
import { createComposer } from "./composer.js";
import { createFind } from "./find.js";
import { createHeader } from "./header.js";
import { createLog } from "./log.js";
import { createMembers } from "./members.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/** Whether members are shown, by the client that one is logged in with. @type {WeakMap<object, boolean>} */
const membersWanted = new WeakMap();

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {HTMLElement} place
 */
export function mountConversation(page, key, place) {
  const { client } = page;
  const life = new Lifetime();
  const header = createHeader(page, key, () => showMembers(!members, true));
  const log = createLog(page, key);
  const composer = createComposer(page, key, log.toEnd);
  const search = createFind(page, key, { ...log, leave: () => focus() });
  const centre = h(
    "div",
    { class: "conversation__centre" },
    search.node,
    log.node,
    log.picking,
    composer.node,
  );
  const body = h("div", { class: "conversation__body" }, centre);
  const node = h(
    "main",
    { class: "conversation", "aria-labelledby": "conversation-title" },
    header.node,
    body,
  );
  /** @type {ReturnType<typeof createMembers> | null} */
  let members = null;

  /**
   * @param {boolean} wanted
   * @param {boolean} byHand
   */
  function showMembers(wanted, byHand) {
    const { group, state } = client.log(key);
    const had = members?.node.contains(document.activeElement);
    members?.destroy();
    members =
      wanted && group && state !== "gone" ? createMembers(page, group, () => showMembers(false, true)) : null;
    if (members) {
      body.append(members.node);
    }
    header.setMembersOpen(members !== null);
    if (byHand) {
      membersWanted.set(client, members !== null);
    }
    if (had) {
      header.focusMembers();
    }
  }

  function watchPeer() {
    const { peer, is_notes } = client.log(key);
    page.watch("conversation", peer && !is_notes ? [peer.id] : []);
  }

  life.listen(body, "keydown", (event) => {
    if (event.key !== "Escape" || !members || !overlays(members.node)) {
      return;
    }
    event.preventDefault();
    showMembers(false, true);
  });
  life.add(
    client.on("log", (/** @type {Key} */ changed) => {
      if (changed !== key) {
        return;
      }
      watchPeer();
      const { group, state } = client.log(key);
      if (state === "gone" && members) {
        showMembers(false, false);
      } else if (group && !members && membersWanted.get(client) && !isOverlaid()) {
        showMembers(true, false);
      }
    }),
  );
  place.replaceChildren(node);
  log.fill();
  watchPeer();
  showMembers(Boolean(membersWanted.get(client)) && !isOverlaid(), false);

  // A touch keyboard would hide half of what one came to read.
  const focus = () => (matchMedia("(hover: hover)").matches && !composer.closed ? composer : header).focus();

  return {
    node,
    focus,
    find: search.open,
    destroy() {
      life.end();
      page.watch("conversation", []);
      for (const view of [header, search, log, composer, members]) {
        view?.destroy();
      }
      node.remove();
    },
  };
}

/** @param {HTMLElement} panel */
function overlays(panel) {
  return getComputedStyle(panel).position === "absolute";
}

function isOverlaid() {
  return matchMedia("(max-width: 879.98px)").matches;
}
