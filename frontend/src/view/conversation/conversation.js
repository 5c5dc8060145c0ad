// @ts-check
// An open conversation: header, log, composer, and beside them the panel with the group's members or the person. It is
// built for one key and destroyed with it; whether the panel is shown is remembered for the next conversation.

import { h, Lifetime } from "../../lib/dom.js";
import { createComposer } from "./composer.js";
import { createFind } from "./find.js";
import { createHeader } from "./header.js";
import { createLog } from "./log.js";
import { createMembers } from "./members.js";
import { createPerson } from "./person.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/** Whether the panel is shown, by the client that one is logged in with. @type {WeakMap<object, boolean>} */
const panelWanted = new WeakMap();

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {HTMLElement} place
 */
export function mountConversation(page, key, place) {
  const { client } = page;
  const life = new Lifetime();
  const header = createHeader(page, key, { panel: () => showPanel(!panel, true), find: () => search.open() });
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
  let panel = null;

  /**
   * @param {boolean} wanted
   * @param {boolean} byHand
   */
  function showPanel(wanted, byHand) {
    const had = panel?.node.contains(document.activeElement);
    panel?.destroy();
    panel = wanted ? createPanelOf() : null;
    if (panel) {
      body.append(panel.node);
    }
    header.setPanelOpen(panel !== null);
    if (byHand) {
      panelWanted.set(client, panel !== null);
    }
    if (had) {
      header.focusPanel();
    }
  }

  /** Null: there is nothing to say of it, yet or any more. */
  function createPanelOf() {
    const { group, state } = client.log(key);
    const close = () => showPanel(false, true);
    if (state === "gone") {
      return null;
    }
    if (key.startsWith("u:")) {
      return createPerson(page, key, close);
    }
    return group && createMembers(page, group, close);
  }

  function watchPeer() {
    const { peer, is_notes } = client.log(key);
    page.watch("conversation", peer && !is_notes ? [peer.id] : []);
  }

  life.listen(body, "keydown", (event) => {
    if (event.key !== "Escape" || !panel || !overlays(panel.node)) {
      return;
    }
    event.preventDefault();
    showPanel(false, true);
  });
  life.add(
    client.on("log", (/** @type {Key} */ changed) => {
      if (changed !== key) {
        return;
      }
      watchPeer();
      if (client.log(key).state === "gone" && panel) {
        showPanel(false, false);
      } else if (!panel && panelWanted.get(client) && !isOverlaid()) {
        showPanel(true, false);
      }
    }),
  );
  place.replaceChildren(node);
  log.fill();
  watchPeer();
  showPanel(Boolean(panelWanted.get(client)) && !isOverlaid(), false);

  // A touch keyboard would hide half of what one came to read.
  const focus = () => (matchMedia("(hover: hover)").matches && !composer.closed ? composer : header).focus();

  return {
    node,
    focus,
    find: search.open,
    closeFind: search.close,
    toEnd: log.toEnd,
    destroy() {
      life.end();
      page.watch("conversation", []);
      for (const view of [header, search, log, composer, panel]) {
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
