// @ts-check
// The messages of one conversation: a scrolling window over what is held of it, that moves as one reads back, stays at
// its end while one is there, and says what has really been seen. Where things stand is position.js's, which of them
// stand there extent.js's, as what rows.js's; what one can do with a message is actions.js's.

import { h, Lifetime, setAttribute } from "../../lib/dom.js";
import { loadMarkdown, markdownReader } from "../../lib/vendor.js";
import { createActions } from "./actions.js";
import { createAnnouncer } from "./announcer.js";
import { createChunks } from "./chunks.js";
import { createEntry } from "./entry.js";
import { createExtent } from "./extent.js";
import { createFirstNew } from "./first-new.js";
import { createJump } from "./jump.js";
import { createOlder, createTrouble, showInstead } from "./log-states.js";
import { createNewAfter } from "./new-after.js";
import { createPosition } from "./position.js";
import { createRoles } from "./roles.js";
import { rowsOf } from "./rows.js";
import { createHole, createNewLine, createNote, createPill } from "./separators.js";
import { createSight } from "./sight.js";
import { walkMessages } from "./walk.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */
/** @typedef {import("./rows.js").LogRow} LogRow */

/** So near to the upper edge older entries are fetched: before one gets there. */
const NEAR_TOP = 1200;

/** So long after it was opened (in ms) only what is in sight stands there: whoever goes through conversations wants each of
 *  them at once, and what lies beyond takes longer to build than that. */
const OPENING = 250;

/**
 * @param {ClientPage} page
 * @param {Key} key
 */
export function createLog(page, key) {
  const { client, t } = page;
  const life = new Lifetime();
  const older = createOlder(page, key);
  const log = h("div", {
    class: "log",
    role: "log",
    "aria-live": "off",
    "aria-label": t("log.label"),
    tabindex: 0,
  });
  setAttribute(log, "data-kind", key.startsWith("g:") ? "group" : "direct");
  const extent = createExtent();
  const chunks = createChunks({ log, extent, create, resized });
  const rows = chunks.node;
  log.append(h("div", { class: "log__space" }), older.node, rows);
  const instead = h("div", { class: "log-frame__instead", hidden: true });
  const trouble = createTrouble(page, key);
  const announcer = createAnnouncer(page, life);
  const jump = createJump(page, toEnd);
  const position = createPosition(log, rows);
  const sight = createSight(page, key, { log, rows });
  const roles = createRoles(page, key);
  const newLine = createNewAfter(client.log(key));
  const firstNew = createFirstNew(page, key, { life, log, rows, show });
  const node = h("div", { class: "log-frame" }, log, instead, trouble.node, firstNew.node, jump.node);
  const actions = createActions(page, key, { life, log, frame: node, changed: update });
  node.append(announcer.node);

  function update() {
    render(false);
  }

  /** @param {boolean} moved  Only the window did. */
  function render(moved) {
    const view = client.log(key);
    const after = newAfter(view);
    firstNew.note(view, after);
    extent.follow(view, position.atEnd, after);
    older.update(view, extent.reaches(view));
    const { first, last } = extent;
    chunks.update(
      rowsOf({ view, me: client.me.id, newAfter: after, first, last }),
      extent.space(view),
      moved,
    );
    showInstead(page, instead, view);
    trouble.update(view);
    if (!newLine.place(view.older === "end" && extent.reaches(view), rows, position)) {
      position.keep();
    }
    announcer.update(view);
    actions.update(view);
    settle();
  }

  /** @param {import("../context.js").LogView} view */
  function newAfter(view) {
    const after = newLine.after(view, page.attention.looking);
    if (newLine.takeBack() && !touched) {
      extent.toEnd(view);
      position.toEnd();
    }
    return after;
  }

  /** @param {LogRow} row @returns {import("../../lib/dom.js").ItemView<any>} */
  function create(row) {
    if (row.kind === "entry") {
      return createEntry(page, row, { picking: actions.picking, roles });
    }
    if (row.kind === "note") {
      return createNote(page);
    }
    if (row.kind === "pill") {
      return createPill(page);
    }
    return row.kind === "hole" ? createHole(page, key, row) : createNewLine(page);
  }

  /** The reader has gone somewhere. */
  let touched = false;
  const touch = () => {
    touched = true;
  };
  let opening = true;
  let settling = false;
  /** What depends on the layout, once a frame. */
  function settle() {
    if (settling) {
      return;
    }
    settling = true;
    requestAnimationFrame(() => {
      settling = false;
      if (life.ended) {
        return;
      }
      if (!opening) {
        moveWindow();
      }
      sight.look();
      const view = client.log(key);
      jump.show(!position.atEnd || !extent.atEnd, sight.countBelow());
      firstNew.update(view);
      reachUp(view);
    });
  }

  /** The window of what stands in the page goes along with what is in sight. */
  function moveWindow() {
    const view = client.log(key);
    // What somebody marks to copy it stays while they do.
    const marked = document.getSelection();
    const drops = !marked || marked.isCollapsed || !log.contains(marked.anchorNode);
    if (
      extent.cover(
        view,
        position.chunks((distance) => extent.at(view, distance)),
        drops,
      )
    ) {
      render(true);
    }
  }

  /** More from the server before one gets to the top of what is held. A failed fetch waits for its button. */
  function reachUp(/** @type {import("../context.js").LogView} */ view) {
    if (log.scrollTop > NEAR_TOP || view.entries.length === 0 || !extent.reaches(view)) {
      return;
    }
    if (view.older === "idle" && view.state !== "gone") {
      client.loadOlder(key).catch(() => {});
    }
  }

  /**
   * Goes to where an entry stands, if it is held.
   *
   * @param {number} seq
   * @param {boolean} [centred]  Into the middle of what is seen. Otherwise what begins with it is shown from its beginning.
   */
  function show(seq, centred = false) {
    const view = client.log(key);
    if (!view.entries.some((entry) => entry.seq === seq)) {
      return;
    }
    touch();
    extent.show(view, seq);
    position.leaveEnd();
    update();
    const row = rows.querySelector(`[data-seq="${seq}"]`);
    if (row && centred) {
      row.scrollIntoView({ block: "center" });
      position.note();
    } else if (row) {
      position.toRow(rows.querySelector(".new-line") ?? row);
    }
    settle();
  }

  function toEnd() {
    extent.toEnd(client.log(key));
    position.toEnd();
    update();
  }

  function resized() {
    position.keep();
    settle();
  }

  function onScroll() {
    position.note();
    actions.scrolled();
    settle();
  }

  function fill() {
    update();
    life.after(OPENING, () => {
      opening = false;
      settle();
    });
    life.listen(log, "scroll", onScroll, { passive: true });
    for (const type of /** @type {const} */ (["wheel", "pointerdown", "keydown"])) {
      life.listen(log, type, touch, { passive: true });
    }
    life.add(walkMessages(log, rows));
    if (!markdownReader()) {
      loadMarkdown().then((there) => there && !life.ended && update());
    }
    life.add(page.attention.on("change", update));
    life.add(client.on("people", update));
    life.add(client.on("link", update));
    life.add(client.on("me", update));
    life.add(client.on("members", update));
    life.add(client.on("log", (/** @type {Key} */ changed) => changed === key && update()));
  }

  return {
    node,
    fill,
    show,
    rows,
    toEnd,
    /** What stands in the place of the composer while messages are picked. */
    picking: actions.bar,
    focus: () => log.focus({ preventScroll: true }),
    destroy() {
      life.end();
      chunks.destroy();
    },
  };
}
