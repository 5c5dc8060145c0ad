// @ts-check
// The messages of one conversation: a scrolling window over its newest entries that grows upwards as one reads back,
// stays at its end while one is there, and says what has really been seen. Where things stand is position.js's,
// what stands there rows.js's.

import { h, Lifetime, reconcile, setAttribute, unmountItems } from "../../lib/dom.js";
import { createAnnouncer } from "./announcer.js";
import { createEntry } from "./entry.js";
import { createExtent } from "./extent.js";
import { createJump } from "./jump.js";
import { createOlder, createTrouble, showInstead } from "./log-states.js";
import { createNewAfter } from "./new-after.js";
import { createPosition } from "./position.js";
import { rowsOf } from "./rows.js";
import { createHole, createNewLine, createNote, createPill } from "./separators.js";
import { createSight } from "./sight.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */
/** @typedef {import("./rows.js").LogRow} LogRow */

/** So near to the upper edge older entries are fetched: before one gets there. */
const NEAR_TOP = 500;

/**
 * @param {ClientPage} page
 * @param {Key} key
 */
export function createLog(page, key) {
  const { client, t } = page;
  const life = new Lifetime();
  const older = createOlder(page, key);
  const rows = h("div", { class: "log__rows" });
  const log = h("div", {
    class: "log",
    role: "log",
    "aria-live": "off",
    "aria-label": t("log.label"),
    tabindex: 0,
  });
  setAttribute(log, "data-kind", key.startsWith("g:") ? "group" : "direct");
  log.append(h("div", { class: "log__space" }), older.node, rows);
  const instead = h("div", { class: "log-frame__instead", hidden: true });
  const trouble = createTrouble(page, key);
  const announcer = createAnnouncer(page, life);
  const jump = createJump(page, toEnd);
  const node = h("div", { class: "log-frame" }, log, instead, trouble.node, jump.node, announcer.node);
  const position = createPosition(log, rows);
  const extent = createExtent();
  const sight = createSight(page, key, { log, rows });
  const newLine = createNewAfter(client.log(key));

  function update() {
    const view = client.log(key);
    extent.follow(view, position.atEnd, newAfter(view));
    older.update(view, extent.reaches(view));
    reconcile(rows, rowsFor(view), (row) => row.key, create);
    showInstead(page, instead, view);
    trouble.update(view);
    if (!newLine.place(view.older === "end" && extent.reaches(view), rows, position)) {
      position.keep();
    }
    announcer.update(view);
    settle();
  }

  /** @param {import("../context.js").LogView} view */
  function newAfter(view) {
    return newLine.after(view, page.attention.looking);
  }

  /** @param {import("../context.js").LogView} view */
  function rowsFor(view) {
    return rowsOf({ view, me: client.me.id, newAfter: newAfter(view), first: extent.first });
  }

  /** @param {LogRow} row @returns {import("../../lib/dom.js").ItemView<any>} */
  function create(row) {
    if (row.kind === "entry") {
      return createEntry(page, row);
    }
    if (row.kind === "note") {
      return createNote(page);
    }
    if (row.kind === "pill") {
      return createPill(page);
    }
    return row.kind === "hole" ? createHole(page, key, row) : createNewLine(page);
  }

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
      sight.look();
      jump.show(!position.atEnd, sight.countBelow());
      reachUp();
    });
  }

  /** More of what is held, else more from the server. A failed fetch waits for its button. */
  function reachUp() {
    const view = client.log(key);
    if (log.scrollTop > NEAR_TOP || view.entries.length === 0) {
      return;
    }
    if (extent.grow(view)) {
      update();
    } else if (view.older === "idle" && view.state !== "gone") {
      client.loadOlder(key).catch(() => {});
    }
  }

  /**
   * Puts an entry into the middle of what is seen.
   *
   * @param {number} seq
   * @returns {HTMLElement | null} Null: it is not held.
   */
  function show(seq) {
    const view = client.log(key);
    if (!view.entries.some((entry) => entry.seq === seq)) {
      return null;
    }
    // Away from the end first, or what is shown above it would be taken away again.
    log.scrollTop = 0;
    position.note();
    while (seq < extent.first && extent.grow(view)) {
      // Further up.
    }
    update();
    const row = /** @type {HTMLElement | null} */ (rows.querySelector(`:scope > [data-seq="${seq}"]`));
    row?.scrollIntoView({ block: "center" });
    position.note();
    settle();
    return row;
  }

  function toEnd() {
    position.toEnd();
    settle();
  }

  function onScroll() {
    position.note();
    settle();
  }

  function fill() {
    update();
    const sizes = new ResizeObserver(() => {
      position.keep();
      settle();
    });
    sizes.observe(log);
    sizes.observe(rows);
    life.add(() => sizes.disconnect());
    life.listen(log, "scroll", onScroll, { passive: true });
    life.add(page.attention.on("change", update));
    life.add(client.on("people", update));
    life.add(client.on("link", update));
    life.add(client.on("me", update));
    life.add(client.on("log", (/** @type {Key} */ changed) => changed === key && update()));
  }

  return {
    node,
    fill,
    show,
    rows,
    toEnd,
    focus: () => log.focus({ preventScroll: true }),
    destroy() {
      life.end();
      unmountItems(rows);
    },
  };
}
